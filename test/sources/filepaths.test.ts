import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { FileError } from '#src/sources/fileerror.ts';
import { filesAt } from '#src/sources/filepaths.ts';
import { temporaryFolder } from './folder.ts';

describe('the files of a path', () => {
  const folder = temporaryFolder();

  before(() => {
    for (const name of ['b.yml', 'a.yaml', 'c.json', 'd.yaml.gz', 'README.md', 'Makefile', 'e.YAML', '.hidden.yaml']) {
      folder.write(`flat/${name}`, '');
    }
    for (const name of ['z.yaml', 'pods/shop.json', 'pods/deep/er.yml', 'pods/pod.log']) {
      folder.write(`bundle/${name}`, '');
    }
  });

  /** From the folder. What is no file has its kind before it. */
  function found(path: string, recursive = false): string[] {
    return filesAt(folder.path(path), recursive).map((each) => {
      const name = 'path' in each ? relative(folder.path(''), each.path) : '';
      if (each.kind === 'unreadable') return `unreadable ${each.fault.message.replace(/.*: /, '')}`;
      return each.kind === 'file' ? name : `${each.kind} ${name}`;
    });
  }

  function refusal(path: string, recursive = false): string {
    try {
      filesAt(path, recursive);
    } catch (error) {
      assert.ok(error instanceof FileError);
      return error.message;
    }
    assert.fail('found without complaint');
  }

  it('are the file itself, whatever its ending', () => {
    assert.deepEqual(filesAt('-', false), [{ kind: 'standard input' }]);
    assert.deepEqual(found('flat/README.md'), ['flat/README.md']);
  });

  it('are those of a folder that end like a manifest, as kubectl has it, or like a compressed one', () => {
    const names = ['.hidden.yaml', 'a.yaml', 'b.yml', 'c.json', 'd.yaml.gz'];
    assert.deepEqual(
      found('flat'),
      names.map((name) => `flat/${name}`),
    );
  });

  it('are those of the folders within it only if that is asked for', () => {
    assert.deepEqual(found('bundle'), ['bundle/z.yaml']);
    assert.deepEqual(found('bundle', true), ['bundle/pods/deep/er.yml', 'bundle/pods/shop.json', 'bundle/z.yaml']);
    const none = folder.path('bundle/none');
    assert.equal(refusal(none), `the path "${none}" does not exist`);
    folder.write('lonely/below/a.yaml', '');
    const lonely = folder.path('lonely');
    assert.equal(
      refusal(lonely),
      `"${lonely}" holds no file that ends with .json, .yaml or .yml: -R reads the folders within it`,
    );
    folder.write('logs/a.log', '');
    const logs = folder.path('logs');
    for (const recursive of [false, true]) {
      assert.equal(refusal(logs, recursive), `"${logs}" holds no file that ends with .json, .yaml or .yml`);
    }
  });

  it('come to an end: no symbolic link leads into a folder, and links to files are followed', () => {
    folder.write('links/real/a.yaml', '');
    symlinkSync('real/a.yaml', folder.path('links/file.yaml'));
    symlinkSync('..', folder.path('links/loop'));
    symlinkSync('..', folder.path('links/real/loop.yaml'));
    symlinkSync('nowhere', folder.path('links/dangling.yaml'));
    symlinkSync('itself.yaml', folder.path('links/itself.yaml'));
    const [dangling = '', ...others] = found('links', true);
    assert.match(dangling, /^unreadable the path .*dangling\.yaml" does not exist$/);
    assert.deepEqual(others.slice(0, 1), ['links/file.yaml']);
    assert.match(others[1] ?? '', /^unreadable .*symbolic links/);
    assert.deepEqual(others.slice(2), ['links/real/a.yaml', 'no file links/real/loop.yaml']);
    // The folder itself may be one.
    symlinkSync('links/real', folder.path('link'));
    assert.deepEqual(found('link'), ['link/a.yaml', 'no file link/loop.yaml']);
  });

  it('are no pipes in a folder, which would never end, and no folders that are called like a manifest', () => {
    folder.write('odd/a.yaml', '');
    folder.write('odd/folder.yaml/b.yaml', '');
    execFileSync('mkfifo', [folder.path('odd/pipe.yaml')]);
    assert.deepEqual(found('odd'), ['odd/a.yaml', 'no file odd/pipe.yaml']);
    assert.deepEqual(found('odd', true), ['odd/a.yaml', 'odd/folder.yaml/b.yaml', 'no file odd/pipe.yaml']);
    assert.deepEqual(
      found('odd/pipe.yaml'),
      ['odd/pipe.yaml'],
      'named, it is read: <(kubectl get …) of a shell is one',
    );
  });

  it('may be given by a pattern, which a shell that has no such thing leaves as it is', () => {
    assert.deepEqual(found('flat/[a-b].y*ml'), ['flat/a.yaml', 'flat/b.yml']);
    assert.deepEqual(found('[^bfl]*/?.yaml'), ['odd/a.yaml']);
    assert.deepEqual(found('bundle/po*'), ['bundle/pods/shop.json'], 'a folder');
    folder.write('odd names/a[1].yaml', '');
    assert.deepEqual(found('odd names/a[1].yaml'), ['odd names/a[1].yaml'], 'a file of that name goes before');
    const none = folder.path('flat/*.txt');
    assert.equal(refusal(none), `the path "${none}" does not exist`);
    assert.match(refusal(folder.path('flat/[z-a].yaml')), /pattern .* is not valid/);
    assert.match(refusal(folder.path(`flat/${'*'.repeat(300)}`)), /cannot read .*ENAMETOOLONG/);
  });

  it('are not fetched from elsewhere', () => {
    const url = 'https://example.com/set.yaml';
    assert.equal(refusal(url), `"${url}" is no file: curl -sSL reads it, and -f - reads what curl prints`);
  });
});
