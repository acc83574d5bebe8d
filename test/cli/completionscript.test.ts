import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { completionScript, isOurs, krewFolder, pathFolders } from '#src/cli/completionscript.ts';
import { type Runner, runnerOn } from '../memory/run.ts';

const name = 'kubectl_complete-sts';

describe('kubectl sts completion', () => {
  let runner: Runner;
  let home: string;
  let path: string[];

  beforeEach(() => {
    runner = runnerOn(undefined);
    home = join(runner.files.write('home', ''), '..', 'ann');
    path = [];
  });
  afterEach(() => runner.close());

  /** A folder of the PATH. */
  function folder(relative: string): string {
    const made = join(home, relative);
    mkdirSync(made, { recursive: true });
    path.push(made);
    return made;
  }

  const run = (words: string) => runner.run(words, { env: { HOME: home, PATH: path.join(':') } });

  it('install writes a script that calls the plugin by its name, and anybody may run it', async () => {
    const bin = folder('bin');
    const { code, stdout } = await run('completion install');
    assert.deepEqual([code, stdout], [0, `${join(bin, name)} written\n`]);
    assert.match(readFileSync(join(bin, name), 'utf8'), /^#!\/bin\/sh\n#.*\nexec kubectl sts __complete "\$@"\n$/);
    assert.equal(statSync(join(bin, name)).mode & 0o500, 0o500);
    assert.deepEqual(await run('completion install'), {
      code: 0,
      stdout: `${join(bin, name)} unchanged\n`,
      stderr: '',
    });
  });

  it("install takes krew's folder first, then that of the plugin, then the first of the PATH", async () => {
    const [first, plugin] = [folder('first'), folder('plugin')];
    assert.equal((await run('completion install')).stdout, `${join(first, name)} written\n`);
    await run('completion uninstall');
    writeFileSync(join(plugin, 'kubectl-sts'), '');
    assert.equal((await run('completion install')).stdout, `${join(plugin, name)} written\n`);
    await run('completion uninstall');
    const krew = folder('.krew/bin');
    assert.equal((await run('completion install')).stdout, `${join(krew, name)} written\n`);
  });

  it('install passes over folders that cannot be written or are missing', async () => {
    // Nobody can write there, not even root.
    path.push('/proc', join(home, 'missing'), 'relative', '.');
    const bin = folder('bin');
    assert.equal((await run('completion install')).stdout, `${join(bin, name)} written\n`);
  });

  it('install says what to do where no folder can be written', async () => {
    path.push(join(home, 'missing'));
    const { code, stderr } = await run('completion install');
    assert.equal(code, 2);
    assert.match(stderr, /^error: no folder of the PATH can be written\. .*--dir\n$/);
  });

  it('install writes into the folder of --dir, and warns where kubectl does not look', async () => {
    folder('bin');
    const other = folder('other');
    path.pop();
    const { stdout, stderr } = await run(`completion install --dir ${other}`);
    assert.equal(stdout, `${join(other, name)} written\n`);
    assert.match(stderr, /^warning: its folder is not in the PATH/);
    assert.equal((await run(`completion uninstall --dir ${other}`)).stdout, `${join(other, name)} deleted\n`);
    assert.equal((await run(`completion install --dir ${join(home, 'none')}`)).code, 2);
  });

  it('install renews the script of another version where it stands', async () => {
    folder('bin');
    const old = folder('old');
    writeFileSync(join(old, name), completionScript('linux').text.replace('exec ', 'exec  '));
    assert.equal((await run('completion install')).stdout, `${join(old, name)} written\n`);
    assert.equal(readFileSync(join(old, name), 'utf8'), completionScript('linux').text);
  });

  const foreign: Record<string, (file: string) => void> = {
    'a script of somebody else': (file) => writeFileSync(file, '#!/bin/sh\nexec my-own "$@"\n'),
    'an empty file': (file) => writeFileSync(file, ''),
    'a link, even to a script of this command': (file) => {
      writeFileSync(`${file}.real`, completionScript('linux').text);
      symlinkSync(`${file}.real`, file);
    },
    'a link to nothing': (file) => symlinkSync('nothing', file),
    'a folder': (file) => mkdirSync(file),
  };
  for (const [what, put] of Object.entries(foreign)) {
    it(`leaves ${what} alone, wherever it stands in the PATH`, async () => {
      const bin = folder('bin');
      const other = folder('other');
      put(join(other, name));
      const before = statSync(join(other, name), { throwIfNoEntry: false })?.mtimeMs;
      const installed = await run('completion install');
      assert.deepEqual([installed.code, installed.stdout], [1, '']);
      assert.ok(installed.stderr.startsWith(`error: ${join(other, name)} was not written by this command`));
      assert.equal(statSync(join(bin, name), { throwIfNoEntry: false }), undefined);
      const removed = await run('completion uninstall');
      assert.ok(removed.stderr.startsWith(`${join(other, name)} was not written by this command`));
      assert.equal(statSync(join(other, name), { throwIfNoEntry: false })?.mtimeMs, before);
    });
  }

  it('uninstall deletes each script of this command in the PATH, and is content with none', async () => {
    const folders = [folder('one'), folder('two')];
    for (const one of folders) writeFileSync(join(one, name), completionScript('linux').text);
    const { code, stdout } = await run('completion uninstall');
    assert.deepEqual([code, stdout], [0, folders.map((one) => `${join(one, name)} deleted\n`).join('')]);
    const again = await run('completion uninstall');
    assert.deepEqual([again.code, again.stderr], [0, 'There is no script of this command to delete.\n']);
  });

  it('asks what to do when that was not said', async () => {
    const { code, stderr } = await run('completion');
    assert.deepEqual([code, stderr], [2, 'error: say what to do: kubectl sts completion install or uninstall\n']);
  });
});

describe('on Windows the script for completion', () => {
  const { name: file, text } = completionScript('win32');
  let runner: Runner;
  let folder: string;

  beforeEach(() => {
    runner = runnerOn(undefined);
    folder = dirname(runner.files.write('kubectl-sts.exe', ''));
  });
  afterEach(() => runner.close());

  const run = (action: string) => runner.run(`completion ${action} --dir ${folder}`, { platform: 'win32' });

  it("comes with an empty file of the plugin's bare name, by which kubectl finds it, and takes that along", async () => {
    const bare = join(folder, 'kubectl-sts');
    assert.equal((await run('install')).stdout, `${join(folder, file)} written\n`);
    assert.equal(readFileSync(bare, 'utf8'), '');
    rmSync(bare);
    assert.equal((await run('install')).stdout, `${join(folder, file)} written\n`);
    assert.equal((await run('install')).stdout, `${join(folder, file)} unchanged\n`);
    assert.equal((await run('uninstall')).code, 0);
    assert.deepEqual(readdirSync(folder), ['config', 'kubectl-sts.exe']);
  });

  it('leaves a file of the bare name alone that holds something', async () => {
    const bare = runner.files.write('kubectl-sts', '#!/bin/sh\n');
    await run('install');
    await run('uninstall');
    assert.equal(readFileSync(bare, 'utf8'), '#!/bin/sh\n');
  });

  it('is one that cmd.exe runs, with its line ends, and is known again', () => {
    assert.equal(file, 'kubectl_complete-sts.cmd');
    assert.deepEqual(text.split('\r\n').slice(-2), ['kubectl sts __complete %*', '']);
    assert.ok(isOurs(text));
  });

  it('goes into a folder of a PATH with semicolons and drives', () => {
    const env = { Path: 'C:\\Windows;D:\\my tools;relative', USERPROFILE: 'C:\\Users\\Ann' };
    assert.deepEqual(pathFolders({ platform: 'win32', env }), ['C:\\Windows', 'D:\\my tools']);
    assert.equal(krewFolder({ platform: 'win32', env }), 'C:\\Users\\Ann\\.krew\\bin');
  });
});
