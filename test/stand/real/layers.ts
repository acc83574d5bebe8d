/** Container images from files: what is in a layer, and a docker-archive of images. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack } from 'tar-stream';

type Kind = 'file' | 'directory' | 'symlink' | 'link';

/** What stands at a path. Of whoever it is, and as old as can be: bytes depend on contents only. */
interface Entry {
  kind: Kind;
  mode: number;
  uid: number;
  gid: number;
  linkname: string;
  content: Buffer;
}

/** By path, without a slash before it. */
export type Layer = Map<string, Entry>;

const nobodys = { uid: 0, gid: 0, linkname: '', content: Buffer.alloc(0) };

export function addFile(layer: Layer, path: string, content: Buffer | string, mode = 0o644): void {
  layer.set(path, { ...nobodys, kind: 'file', mode, content: Buffer.from(content) });
}

export function addDirectory(layer: Layer, path: string, mode = 0o755): void {
  layer.set(path, { ...nobodys, kind: 'directory', mode });
}

export function addLink(layer: Layer, path: string, target: string): void {
  layer.set(path, { ...nobodys, kind: 'symlink', mode: 0o777, linkname: target });
}

/** The layer that a tar archive is, without the paths that are not wanted. */
export async function readLayer(archive: string, isWanted: (path: string) => boolean): Promise<Layer> {
  const layer: Layer = new Map();
  const entries = extract();
  const reading = pipeline(createReadStream(archive), entries);
  for await (const entry of entries) {
    const { name, type, mode = 0o644, uid = 0, gid = 0, linkname } = entry.header;
    const path = trimmed(name);
    const content = await buffer(entry);
    // Devices are the container's own.
    if (path === '' || !isWanted(path) || !isKind(type)) continue;
    layer.set(path, { kind: type, mode, uid, gid, linkname: linkname ?? '', content });
  }
  await reading;
  return layer;
}

function trimmed(path: string): string {
  return path.replace(/^\.?\/+/, '').replace(/\/+$/, '');
}

function isKind(type: Header['type']): type is Kind {
  return type === 'file' || type === 'directory' || type === 'symlink' || type === 'link';
}

export interface Image {
  name: string;
  layers: readonly Layer[];
  config: { Entrypoint?: string[]; Cmd?: string[]; Env?: string[]; StopSignal?: string };
}

/** `docker save`'s form, that `ctr images import` takes: each layer once. */
export async function writeArchive(path: string, images: readonly Image[]): Promise<void> {
  const archive = pack();
  const writing = pipeline(archive, createWriteStream(path));
  const add = (name: string, content: Buffer | string) =>
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, content);
  const ids = new Map<Layer, string>();
  for (const layer of new Set(images.flatMap(({ layers }) => layers))) {
    const bytes = await archived(layer);
    const id = sha256(bytes);
    ids.set(layer, id);
    add(`${id}.tar`, bytes);
  }
  const manifest = images.map(({ name, layers, config }) => {
    const diffs = layers.map((layer) => ids.get(layer) ?? '');
    const text = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: diffs.map((id) => `sha256:${id}`) },
    });
    const file = `${sha256(text)}.json`;
    add(file, text);
    return { Config: file, RepoTags: [name], Layers: diffs.map((id) => `${id}.tar`) };
  });
  add('manifest.json', JSON.stringify(manifest));
  archive.finalize();
  await writing;
}

async function archived(layer: Layer): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const [path, { kind, mode, uid, gid, linkname, content }] of [...layer].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const header = { name: path, type: kind, mode, uid, gid, mtime: new Date(0) };
    if (kind === 'file') archive.entry(header, content);
    else archive.entry({ ...header, ...(linkname && { linkname: kind === 'link' ? trimmed(linkname) : linkname }) });
  }
  archive.finalize();
  return bytes;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
