import assert from 'node:assert/strict';
import { win32 } from 'node:path';
import { foundAmongFolders, withEnding } from '#src/kube/programs/windowslookpath.ts';

/** A machine with these files, on which the command runs in `C:\work`. Windows ignores the case of names. */
function machine(...files: string[]) {
  const whole = (file: string) => win32.resolve('C:\\work', file).toLowerCase();
  const names = new Set(files.map(whole));
  return {
    hasFile: (file: string) => names.has(whole(file)),
    isSame: (one: string, other: string) => whole(one) === whole(other),
  };
}

const env = { PATH: 'C:\\bin;;"D:\\my;tools"', PATHEXT: '.COM;.EXE;.BAT;cmd;.PS1' };
const notFound = { fault: 'exec: "login": executable file not found in %PATH%' };
const relative = { fault: 'exec: "login": cannot run executable found relative to current directory' };

describe('a program on Windows', () => {
  it('is found in the folders of PATH, with the endings of PATHEXT in their order', () => {
    assert.deepEqual(foundAmongFolders('login', env, machine('C:\\bin\\login.bat', 'C:\\bin\\login.exe')), {
      found: 'C:\\bin\\login.exe',
    });
    assert.deepEqual(foundAmongFolders('login', env, machine('D:\\my;tools\\login.cmd')), {
      found: 'D:\\my;tools\\login.cmd',
    });
    assert.deepEqual(foundAmongFolders('login.v2', env, machine('C:\\bin\\login.v2.bat')), {
      found: 'C:\\bin\\login.v2.bat',
    });
    assert.deepEqual(foundAmongFolders('login.bat', env, machine('C:\\bin\\login.bat')), {
      found: 'C:\\bin\\login.bat',
    });
  });

  it('has the endings of Windows where PATHEXT is not set', () => {
    const { PATH } = env;
    assert.deepEqual(foundAmongFolders('login', { PATH }, machine('C:\\bin\\login.cmd')), {
      found: 'C:\\bin\\login.cmd',
    });
    assert.deepEqual(foundAmongFolders('login', { PATH }, machine('C:\\bin\\login.ps1')), notFound);
  });

  it('is not found without an ending', () => {
    assert.deepEqual(foundAmongFolders('login', env, machine('C:\\bin\\login')), notFound);
    assert.deepEqual(foundAmongFolders('..', env, machine()), {
      fault: 'exec: "..": executable file not found in %PATH%',
    });
  });

  it('is never one of the current folder, as in Go', () => {
    assert.deepEqual(foundAmongFolders('login', env, machine('C:\\work\\login.bat')), relative);
    const both = machine('C:\\work\\login.bat', 'C:\\bin\\login.exe');
    assert.deepEqual(foundAmongFolders('login', env, both), relative);
    assert.deepEqual(foundAmongFolders('login', { ...env, NoDefaultCurrentDirectoryInExePath: '' }, both), {
      found: 'C:\\bin\\login.exe',
    });
    assert.deepEqual(foundAmongFolders('login', { ...env, PATH: '.\\tools' }, machine('tools\\login.exe')), relative);
  });

  it('may be one of the current folder if PATH names that folder', () => {
    assert.deepEqual(foundAmongFolders('login', { ...env, PATH: 'C:\\work' }, machine('login.exe')), {
      found: 'C:\\work\\login.exe',
    });
  });

  it('may be named by its path, with or without its ending', () => {
    const disk = machine('C:\\x\\login.bat', 'C:\\work\\login.cmd', 'C:\\x\\login.v2.exe');
    assert.deepEqual(withEnding('C:\\x\\login', env, disk), { found: 'C:\\x\\login.bat' });
    assert.deepEqual(withEnding('C:\\x\\login.v2', env, disk), { found: 'C:\\x\\login.v2.exe' });
    assert.deepEqual(withEnding('.\\login', env, disk), { found: '.\\login.cmd' });
    assert.deepEqual(withEnding('C:\\x\\login.BAT', env, disk), { found: 'C:\\x\\login.BAT' });
    assert.deepEqual(withEnding('C:\\x\\nope', env, disk), {
      fault: 'exec: "C:\\\\x\\\\nope": executable file not found in %PATH%',
    });
    assert.deepEqual(withEnding('C:\\x\\nope.v2', env, disk), {
      fault: 'exec: "C:\\\\x\\\\nope.v2": file does not exist',
    });
  });
});
