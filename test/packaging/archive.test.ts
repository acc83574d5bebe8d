import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { tarGz } from '../../packaging/archive.ts';

const files = [
  { name: 'LICENSE', mode: 0o644, content: 'as you like it' },
  { name: 'kubectl-sts', mode: 0o755, content: Buffer.from([0, 1, 2]) },
];

describe('the archive', () => {
  it('is the same, byte by byte, when it is made again', async () => {
    assert.deepEqual(await tarGz(files), await tarGz(files));
  });

  it('tells nothing of when and by whom it was made', async () => {
    const found: object[] = [];
    for await (const entry of Readable.from([gunzipSync(await tarGz(files))]).pipe(extract())) {
      const { name, mode, mtime, uid, gid, uname, gname } = entry.header;
      found.push({ name, mode, mtime, uid, gid, uname, gname });
      entry.resume();
    }
    const nobody = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
    assert.deepEqual(
      found,
      files.map(({ name, mode }) => ({ name, mode, ...nobody })),
    );
  });
});
