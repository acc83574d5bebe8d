import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { completionScript, isOurs, isSystemFolder, krewFolder, pathFolders } from '#src/cli/completionscript.ts';
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

  /** Runs a command without the rights of root, if the tests have them. */
  async function runUnprivileged(words: string) {
    // So that the command is loaded: the other user may not be allowed to read it.
    await runner.run(words, { env: { HOME: home, PATH: '' } });
    const isRoot = process.getuid?.() === 0;
    chmodSync(join(home, '..'), 0o755);
    if (isRoot) process.seteuid?.(65534);
    try {
      return await run(words);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }

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

  it("install takes krew's folder first, then that of the plugin, one of the home, the first of the PATH", async () => {
    /** Where the script goes now. */
    async function taken(): Promise<string> {
      const { stdout } = await run('completion install');
      await run('completion uninstall');
      return stdout;
    }
    const [system, first, plugin] = [folder('../usr/sbin'), folder('../first'), folder('../plugin')];
    assert.equal(await taken(), `${join(first, name)} written\n`);
    const own = folder('bin');
    assert.equal(await taken(), `${join(own, name)} written\n`);
    writeFileSync(join(plugin, 'kubectl-sts'), '');
    assert.equal(await taken(), `${join(plugin, name)} written\n`);
    // The PATH names krew's folder by a link.
    const krew = join(home, 'krew');
    mkdirSync(join(home, '.krew', 'bin'), { recursive: true });
    symlinkSync('.krew/bin', krew);
    path.push(krew);
    assert.equal(await taken(), `${join(krew, name)} written\n`);
    path = [system];
    assert.equal((await run('completion install')).code, 2);
    assert.deepEqual(readdirSync(system), []);
    assert.equal((await run(`completion install --dir ${system}`)).stdout, `${join(system, name)} written\n`);
  });

  it('knows the folders that the system keeps for its own programs', () => {
    const linux = { platform: 'linux', env: {} } as const;
    const all = ['/bin', '/usr/bin/', '/usr/sbin', '/usr/local/bin', '/opt/usr/bin', '/usr/local/sbin'];
    const systems = all.filter((one) => isSystemFolder(linux, one));
    assert.deepEqual(systems, ['/bin', '/usr/bin/', '/usr/sbin', '/usr/local/sbin']);
    const windows = { platform: 'win32', env: { SystemRoot: 'C:\\WINDOWS' } } as const;
    const folders = ['c:\\windows', 'C:\\Windows\\System32\\Wbem', 'C:\\WindowsApps', 'D:\\Windows', 'C:\\tools'];
    assert.deepEqual(
      folders.filter((one) => isSystemFolder(windows, one)),
      folders.slice(0, 2),
    );
  });

  it('install passes over folders that cannot be written or are missing', async () => {
    // Nobody can write there, not even root.
    path.push('/proc', join(home, 'missing'), 'relative', '.');
    const bin = folder('bin');
    assert.equal((await run('completion install')).stdout, `${join(bin, name)} written\n`);
  });

  /** What a PATH may name besides folders in which one can search. */
  const odd: Record<string, (odd: string) => void> = {
    'a file': (odd) => writeFileSync(odd, ''),
    'a folder below a file': (odd) => {
      writeFileSync(odd, '');
      path.push(join(odd, 'bin'));
    },
    'a link to itself': (odd) => symlinkSync('odd', odd),
    'a name that is too long': () => path.push(join(home, 'x'.repeat(300))),
    'a folder that nobody may search': (odd) => mkdirSync(odd, { mode: 0o600 }),
  };
  for (const [what, put] of Object.entries(odd)) {
    it(`install and uninstall pass over ${what} in the PATH, and --dir refuses it`, async () => {
      path.push(join(home, 'odd'));
      mkdirSync(home, { recursive: true });
      put(join(home, 'odd'));
      const refused = path.at(-1) ?? '';
      const bin = folder('bin');
      chmodSync(bin, 0o777);
      assert.deepEqual((await runUnprivileged('completion install')).stdout, `${join(bin, name)} written\n`);
      assert.deepEqual(await runUnprivileged('completion uninstall'), {
        code: 0,
        stdout: `${join(bin, name)} deleted\n`,
        stderr: '',
      });
      for (const action of ['install', 'uninstall']) {
        const { code, stdout, stderr } = await runUnprivileged(`completion ${action} --dir ${refused}`);
        assert.deepEqual([code, stdout], [2, ''], stderr);
        const reason = what.endsWith('search')
          ? `open ${join(refused, name)}: permission denied`
          : `--dir ${refused} is not a folder`;
        assert.ok(stderr.startsWith(`error: ${reason}`), stderr);
      }
    });
  }

  it('install says what to do where no folder can be written', async () => {
    path.push(join(home, 'missing'));
    const { code, stderr } = await run('completion install');
    assert.equal(code, 2);
    assert.match(stderr, /^error: no folder of the PATH can be written, .*--dir\n$/);
  });

  it('install writes into the folder of --dir, and warns where kubectl does not look', async () => {
    folder('bin');
    const other = folder('other');
    path.pop();
    const { stdout, stderr } = await run(`completion install --dir ${other}`);
    assert.equal(stdout, `${join(other, name)} written\n`);
    assert.match(stderr, /^warning: its folder is not in the PATH/);
    assert.equal((await run(`completion uninstall --dir ${other}`)).stdout, `${join(other, name)} deleted\n`);
    for (const action of ['install', 'uninstall']) {
      const { code, stderr } = await run(`completion ${action} --dir ${join(home, 'none')}`);
      assert.deepEqual([code, stderr], [2, `error: --dir ${join(home, 'none')} is not a folder\n`]);
    }
  });

  it('install finds the folder of --dir in the PATH under another name', async () => {
    const bin = folder('bin');
    symlinkSync('bin', join(home, 'link'));
    for (const dir of [`${bin}/`, join(home, 'link')]) {
      const { stderr } = await run(`completion install --dir ${dir}`);
      assert.doesNotMatch(stderr, /warning/);
    }
  });

  it('install warns where kubectl runs the script of somebody else instead, earlier in the PATH', async () => {
    const [earlier, bin, later] = [folder('earlier'), folder('bin'), folder('later')];
    for (const other of [earlier, later]) writeFileSync(join(other, name), '#!/bin/sh\n');
    const warned = async () => (await run(`completion install --dir ${bin}`)).stderr.split('\n')[0];
    assert.doesNotMatch((await warned()) ?? '', /warning/, 'nobody may run it');
    chmodSync(join(earlier, name), 0o755);
    const instead = `kubectl runs ${join(earlier, name)} instead, which stands earlier in the PATH`;
    assert.equal(await warned(), `warning: ${instead}: delete that`);
  });

  it('install renews the script of another version where it stands', async () => {
    folder('bin');
    const old = folder('old');
    writeFileSync(join(old, name), completionScript('linux').text.replace('exec ', 'exec  '));
    assert.equal((await run('completion install')).stdout, `${join(old, name)} written\n`);
    assert.equal(readFileSync(join(old, name), 'utf8'), completionScript('linux').text);
  });

  it('install lets everybody run the script, whatever the umask, and mends one that nobody may run', async () => {
    const file = join(folder('bin'), name);
    const umask = process.umask(0o077);
    try {
      await run('completion install');
    } finally {
      process.umask(umask);
    }
    assert.equal(statSync(file).mode & 0o777, 0o755);
    chmodSync(file, 0o644);
    assert.equal((await run('completion install')).stdout, `${file} written\n`);
    assert.equal(statSync(file).mode & 0o777, 0o755);
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

  it('uninstall deletes the script once in a folder that stands in the PATH under several names', async () => {
    const bin = folder('bin');
    symlinkSync('bin', join(home, 'link'));
    path.push(join(home, 'link'), `${bin}/`);
    writeFileSync(join(bin, name), completionScript('linux').text);
    const { code, stdout, stderr } = await run('completion uninstall');
    assert.deepEqual([code, stdout, stderr], [0, `${join(bin, name)} deleted\n`, '']);
  });

  it('uninstall goes on where one script cannot be deleted, says why, and ends with 2', async () => {
    const [locked, open] = [folder('locked'), folder('open')];
    for (const one of [locked, open]) writeFileSync(join(one, name), completionScript('linux').text);
    chmodSync(locked, 0o555);
    chmodSync(open, 0o777);
    assert.deepEqual(await runUnprivileged('completion uninstall'), {
      code: 2,
      stdout: `${join(open, name)} deleted\n`,
      stderr: `error: remove ${join(locked, name)}: permission denied\n`,
    });
  });

  it('says which script it may not read', async () => {
    const [bin, other] = [folder('bin'), folder('other')];
    writeFileSync(join(bin, name), completionScript('linux').text, { mode: 0o600 });
    chmodSync(join(bin, name), 0o000);
    writeFileSync(join(other, name), completionScript('linux').text);
    chmodSync(other, 0o777);
    const stderr = `error: open ${join(bin, name)}: permission denied\n`;
    assert.deepEqual(await runUnprivileged('completion install'), { code: 2, stdout: '', stderr });
    const stdout = `${join(other, name)} deleted\n`;
    assert.deepEqual(await runUnprivileged('completion uninstall'), { code: 2, stdout, stderr });
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

  it("comes with a file of the plugin's bare name, by which kubectl finds it, and takes that along", async () => {
    const bare = join(folder, 'kubectl-sts');
    assert.equal((await run('install')).stdout, `${join(folder, file)} written\n`);
    assert.ok(isOurs(readFileSync(bare, 'utf8')));
    rmSync(bare);
    assert.equal((await run('install')).stdout, `${join(folder, file)} written\n`);
    assert.equal((await run('install')).stdout, `${join(folder, file)} unchanged\n`);
    assert.equal((await run('uninstall')).code, 0);
    assert.deepEqual(readdirSync(folder), ['config', 'kubectl-sts.exe']);
  });

  for (const content of ['#!/bin/sh\n', '']) {
    it(`leaves a file of the bare name alone that was there before, ${content ? 'with text' : 'empty'}`, async () => {
      const bare = runner.files.write('kubectl-sts', content);
      assert.equal((await run('install')).stdout, `${join(folder, file)} written\n`);
      assert.equal((await run('uninstall')).stdout, `${join(folder, file)} deleted\n`);
      assert.equal(existsSync(bare) && readFileSync(bare, 'utf8'), content);
    });
  }

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
