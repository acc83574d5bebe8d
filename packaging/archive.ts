/** Makes a .tar.gz whose bytes depend only on the names, modes and contents of its files. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';

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
  const zipped = await promisify(gzip)(await buffer(tar), { level: 9 });
  // RFC 1952: the operating system that compressed. 255 means unknown, so that the bytes are the same on every one.
  zipped[9] = 255;
  return zipped;
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
