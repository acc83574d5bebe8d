import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { textAt } from '#src/sources/filebytes.ts';
import { FileError } from '#src/sources/fileerror.ts';
import { encoded } from '../objects/encodings.ts';
import { temporaryFolder } from './folder.ts';

describe('the text of a file', () => {
  const folder = temporaryFolder();

  function refusal(path: string, most?: number): string {
    try {
      textAt(path, most);
    } catch (error) {
      assert.ok(error instanceof FileError);
      return error.message;
    }
    assert.fail('read without complaint');
  }

  it('is decompressed by gzip, whatever the name of the file, and then decoded', () => {
    assert.equal(textAt(folder.write('a.yaml', gzipSync('name: größe\n'))), 'name: größe\n');
    assert.equal(textAt(folder.write('b.gz', gzipSync(encoded('name: web\r\n', 'UTF-16LE')))), 'name: web\r\n');
    const members = Buffer.concat([gzipSync('a: 1\n'), gzipSync('b: 2\n')]);
    assert.equal(textAt(folder.write('c.gz', members)), 'a: 1\nb: 2\n');
    assert.equal(textAt(folder.write('empty.yaml', '')), '');
  });

  it('is not read beyond a limit: a large file, a small one that grows, a device without end', () => {
    const fits = folder.write('fits', 'x'.repeat(1000));
    assert.equal(textAt(fits, 1000).length, 1000);
    assert.equal(refusal(fits, 999), `${fits} holds more than 999 bytes: leave out what is not needed`);
    const bomb = folder.write('bomb.gz', gzipSync(Buffer.alloc(10_000_000)));
    assert.equal(refusal(bomb, 1_000_000), `${bomb} holds more than 1000000 bytes: leave out what is not needed`);
    assert.match(refusal('/dev/zero', 1_000_000), /^\/dev\/zero holds more than 1000000 bytes/);
  });

  it('is refused if it was cut off or damaged', () => {
    const whole = gzipSync('name: web\n'.repeat(100));
    assert.match(refusal(folder.write('cut.gz', whole.subarray(0, 30))), /cut\.gz cannot be decompressed: /);
    const damaged = folder.write('damaged.gz', Buffer.from([0x1f, 0x8b, 0, 0, 0, 0]));
    assert.match(refusal(damaged), /damaged\.gz cannot be decompressed: /);
  });

  it('is none in an archive, which has to be unpacked', () => {
    folder.write('set.yaml', 'kind: StatefulSet\n');
    const archive = folder.path('bundle.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', folder.path(''), 'set.yaml']);
    assert.equal(refusal(archive), `${archive} is a tar archive: unpack it, and read the folder with -R`);
  });
});
