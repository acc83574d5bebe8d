import assert from 'node:assert/strict';
import { type FolderState, homeFolder, pathList } from '#src/kube/paths.ts';

describe('a list of paths', () => {
  const cases: [platform: NodeJS.Platform, list: string, paths: string[]][] = [
    ['linux', '/a:/b c', ['/a', '/b c']],
    ['linux', 'C:\\a', ['C', '\\a']],
    ['win32', 'C:\\a;D:\\b c', ['C:\\a', 'D:\\b c']],
    ['win32', ';C:\\a;', ['', 'C:\\a', '']],
    ['win32', '"C:\\a;b";D:\\c', ['C:\\a;b', 'D:\\c']],
    ['win32', 'C:\\"a;b"\\c;D:\\d', ['C:\\a;b\\c', 'D:\\d']],
    ['win32', 'C:\\a;"D:\\b;c', ['C:\\a', 'D:\\b;c']],
  ];
  for (const [platform, list, paths] of cases) {
    it(`on ${platform}: ${list}`, () => assert.deepEqual(pathList(list, platform), paths));
  }
});

describe('the folder of .kube', () => {
  const env = { HOME: 'C:\\home', HOMEDRIVE: 'H:', HOMEPATH: '\\ann', USERPROFILE: 'C:\\Users\\ann' };

  function home(states: Record<string, FolderState>, variables: Record<string, string> = env): string {
    return homeFolder(variables, 'win32', (path) => states[path] ?? 'missing');
  }

  it('is HOME', () => {
    assert.equal(homeFolder({ ...env, HOME: '/home/ann' }, 'linux'), '/home/ann');
    assert.equal(homeFolder({}, 'linux'), '');
  });

  it('is on Windows the one that has a kubeconfig: of HOME, HOMEDRIVE with HOMEPATH, and USERPROFILE', () => {
    const [first, second, third] = ['C:\\home', 'H:\\ann', 'C:\\Users\\ann'].map(
      (folder) => `${folder}\\.kube\\config`,
    );
    assert.ok(first && second && third);
    assert.equal(home({ [third]: 'not writable', 'C:\\home': 'writable' }), 'C:\\Users\\ann');
    assert.equal(home({ [second]: 'not writable', [third]: 'not writable' }), 'H:\\ann');
    assert.equal(home({ [first]: 'not writable', [third]: 'not writable' }), 'C:\\home');
  });

  it('is else the first that can be written to, that is there, or that is named: USERPROFILE before HOMEDRIVE', () => {
    const { HOME, ...others } = env;
    assert.equal(home({ [HOME]: 'not writable', 'H:\\ann': 'writable' }), 'H:\\ann');
    assert.equal(home({ 'H:\\ann': 'writable', 'C:\\Users\\ann': 'writable' }, others), 'C:\\Users\\ann');
    assert.equal(home({ 'H:\\ann': 'not writable' }), 'H:\\ann');
    assert.equal(home({}, others), 'C:\\Users\\ann');
    assert.equal(home({}, { HOMEDRIVE: 'H:' }), '');
  });
});
