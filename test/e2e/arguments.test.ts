import assert from 'node:assert/strict';
import { kubectl, kubectlSts, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

/** What kubectl says of `kubectl get`, as the plugin is to say it of `kubectl sts tree`. */
function translated(said: string): string {
  return said.replace(/'kubectl( get)? --help'/, (_, get) => `'kubectl sts${get ? ' tree' : ''} --help'`);
}

describe('arguments', () => {
  const namespace = ownNamespace('arguments');

  const wrong = [
    ['-z'],
    ['-Az'],
    ['-A='],
    ['-A=', '--nope'],
    ['-5'],
    ['--nope'],
    ['--nope=1', '-z'],
    ['--no_pe'],
    ['---x'],
    ['--=x'],
    ['-n'],
    ['-Ao'],
    ['--context'],
    ['--as_uid'],
    ['-A=x'],
    ['--all-namespaces='],
    ['--all_namespaces=yes'],
    ['--insecure-skip-tls-verify=maybe'],
    ['--v=x"y'],
    ['-v', '99999999999'],
    ['-v=0x10'],
    ['--help=maybe'],
    ['-h', '--nope'],
    ['-hz'],
  ];
  for (const args of wrong) {
    it(`that are wrong are answered as by kubectl: ${args.join(' ')}`, async () => {
      const judge = await tryKubectl(['get', 'sts', ...args]);
      assert.equal(judge.code, 1);
      const { stdout, stderr, code } = await kubectlSts(['tree', ...args]);
      assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: translated(judge.stderr), code: 2 });
    });
  }

  // kubectl takes no flags before the name of a plugin.
  for (const args of [['-n'], ['--v=x'], ['--nope'], ['--nope', 'get'], ['-z', 'get'], ['--v=x', 'get']]) {
    it(`that are wrong before the command are answered as by kubectl: ${args.join(' ')}`, async () => {
      const judge = await tryKubectl(args);
      const { stderr, code } = await kubectlSts(args.map((word) => (word === 'get' ? 'tree' : word)));
      assert.deepEqual({ stderr, code }, { stderr: translated(judge.stderr), code: 2 });
    });
  }

  it('an output that there is not is answered as by kubectl, with the plugin’s own', async () => {
    const formats = /allowed formats are: .*/;
    const judge = await tryKubectl(['get', 'sts', '-o', 'x"y']);
    const { stderr } = await sts(['tree', '-o', 'x"y']);
    assert.equal(stderr.replace(formats, ''), judge.stderr.replace(formats, ''));
  });

  // Both programs say which namespace they found empty.
  const right = [
    ['-n', namespace, '-o', 'wide'],
    [`-n=${namespace}`, '-o=wide'],
    [`-n${namespace}`, '-owide'],
    [`--namespace=${namespace}`, '--output', 'wide', '-A=false'],
    ['-n', 'other', '-o', 'x', '-n', namespace, '-o', 'wide'],
    ['-n', namespace, '-o', ''],
    ['-A=0', '-l', 'a', '-l', '', '-n', namespace],
    ['-Aowide', '-A=F', '-n', namespace],
    ['--no_headers', '-n', namespace],
    ['--as=admin', '--as-group', 'system:masters,x', '--as_group=system:masters', '-n', namespace],
    ['-n', '-x'],
    ['-n', '--all-namespaces'],
  ];
  for (const args of right) {
    it(`that are right are read as by kubectl: ${args.join(' ')}`, async () => {
      const judge = await tryKubectl(['get', 'sts', ...args]);
      const { stdout, stderr, code } = await kubectlSts(['tree', ...args]);
      assert.deepEqual({ stdout, stderr, code }, judge);
      const before = await sts([...args, 'tree']);
      assert.deepEqual(before, { stdout, stderr, code });
    });
  }

  it('every global flag of kubectl is there, but for those that steer Go’s own runtime', async () => {
    const names = (text: string) => [...text.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);
    const ofKubectl = names(await kubectl(['options']));
    assert.ok(ofKubectl.length > 25);
    const { stdout } = await sts(['options']);
    const missing = ofKubectl.filter((name) => !names(stdout).includes(name));
    assert.deepEqual(missing, ['profile', 'profile-output', 'vmodule']);
  });
});
