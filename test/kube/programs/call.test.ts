import assert from 'node:assert/strict';
import fc from 'fast-check';
import { callOf } from '#src/kube/programs/call.ts';
import { environmentOf } from '#src/kube/programs/environment.ts';
import { anyText, runs } from '../../properties.ts';

const variables = [
  ['SYSTEMROOT', 'D:\\Windows'],
  ['Path', 'C:\\bin'],
] as const;

/** The one command line that cmd.exe gets. */
function commandLine(args: readonly string[], file = 'C:\\my tools\\login.bat'): string {
  const call = callOf(file, 'login', args, variables, 'win32');
  assert.ok('file' in call, JSON.stringify(call));
  assert.equal(call.file, 'D:\\Windows\\System32\\cmd.exe');
  assert.deepEqual(call.args.slice(0, -1), ['/e:on', '/v:off', '/d', '/c']);
  assert.deepEqual(call.options, {
    argv0: 'cmd.exe',
    env: Object.fromEntries(variables),
    windowsVerbatimArguments: true,
  });
  return call.args.at(-1) ?? '';
}

describe('a program is started', () => {
  const asItIs: [platform: NodeJS.Platform, file: string][] = [
    ['linux', '/opt/login'],
    ['linux', '/opt/login.bat'],
    ['win32', 'C:\\login.exe'],
    ['win32', 'C:\\login.bat.exe'],
  ];
  for (const [platform, file] of asItIs) {
    it(`by the system: ${file} on ${platform}`, () => {
      assert.deepEqual(callOf(file, 'login', ['"&calc', '%PATH%'], variables, platform), {
        file,
        args: ['"&calc', '%PATH%'],
        options: { argv0: 'login', env: Object.fromEntries(variables) },
      });
    });
  }

  for (const file of ['C:\\login.bat', 'C:\\login.CMD', 'C:\\login.bat. .']) {
    it(`by the command processor of Windows: ${file}`, () => {
      assert.equal(commandLine(['get-token'], file), `""${file}" get-token"`);
    });
  }
});

describe('the command processor of Windows is given', () => {
  const cases: [what: string, word: string, quoted: string][] = [
    ['a plain word as it is', '--cluster:my-cluster_1', '--cluster:my-cluster_1'],
    ['a path as it is', 'C:\\x\\y.json', 'C:\\x\\y.json'],
    ['an empty word', '', '""'],
    ['a space', 'a b', '"a b"'],
    ['what it would take for another command', '"&calc', '"""&calc"'],
    ['what it would take for a file', 'a>b<c|d', '"a>b<c|d"'],
    ['its own escapes', '^&(!)', '"^&(!)"'],
    ['what it would take for the end of a word', 'a=b,c;d', '"a=b,c;d"'],
    ['a variable', '%PATH%', '"%%cd:~,%PATH%%cd:~,%"'],
    ['a backslash at the end', 'C:\\x\\', '"C:\\x\\\\"'],
    ['backslashes before a quote', 'a\\\\"b', '"a\\\\\\\\""b"'],
    ['letters of other alphabets', 'größe', '"größe"'],
  ];
  for (const [what, word, quoted] of cases) {
    it(`${what}: ${word}`, () => assert.equal(commandLine([word]), `""C:\\my tools\\login.bat" ${quoted}"`));
  }

  for (const word of ['a\nb', 'a\rb', 'a\0b']) {
    it(`no ${JSON.stringify(word)}, at which it would end the command`, () => {
      assert.deepEqual(callOf('C:\\login.bat', 'login', ['x', word], variables, 'win32'), {
        fault: 'a batch file takes no line breaks in an argument',
      });
    });
  }

  it('nothing outside quotes on which it acts, whatever the words are', () => {
    fc.assert(
      fc.property(fc.array(anyText({ maxLength: 10 }).map((text) => text.replace(/[\0\r\n]/g, '&'))), (words) => {
        const line = commandLine(words).slice(1, -1);
        assert.match(line.replace(/"[^"]*"/g, ''), /^[\w#$*+./:?@\\ -]*$/);
        assert.doesNotMatch(line.replaceAll('%%cd:~,%', ''), /%/);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('of two variables of one name', () => {
  const twice = [
    ['Path', 'one'],
    ['none', undefined],
    ['PATH', 'two'],
  ] as const;

  it('a program on Windows is given the last one, whatever their case', () => {
    assert.deepEqual(environmentOf(twice, 'win32'), { PATH: 'two' });
  });

  it('a program elsewhere is given both', () => {
    assert.deepEqual(environmentOf(twice, 'linux'), { Path: 'one', PATH: 'two' });
  });
});
