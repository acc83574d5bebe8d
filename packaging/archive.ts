/** Makes a .tar.gz whose bytes depend only on the names, modes and contents of its files. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { root } from './places.ts';
import { thisPlatform } from './platform.ts';
import { runtimeFile } from './runtimes.ts';

export interface ArchivedFile {
  name: string;
  mode: number;
  content: Buffer | string;
}

const mtime = new Date(0);

export async function tarGz(files: readonly ArchivedFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, mode, content } of files) {
    tar.entry({ name, mode, mtime, uid: 0, gid: 0, uname: '', gname: '' }, content);
  }
  tar.finalize();
  return gzip(await buffer(tar));
}

async function gzip(content: Buffer): Promise<Buffer> {
  const child = spawn(runtimeFile(thisPlatform()), ['gzip.ts'], {
    cwd: `${root}packaging`,
    // No other variables, since bun obeys BUN_OPTIONS.
    env: {},
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  child.stdin.end(content);
  const zipped = await buffer(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`packaging/gzip.ts ended with exit code ${code}`);
  // RFC 1952: the operating system that compressed. 255 means unknown, so that the bytes are the same on every one.
  zipped[9] = 255;
  return zipped;
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The sums of files, as `sha256sum -c` reads them. */
export function sumsText(sums: readonly { file: string; sha256: string }[]): string {
  return sums.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
}
