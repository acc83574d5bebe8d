import assert from 'node:assert/strict';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { type Runner, runnerOn } from '../memory/run.ts';

const globalFlags = 'Use "kubectl sts options" for a list of all global flags.\n';

describe('help', () => {
  let runner: Runner;
  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  for (const words of ['', '--help', 'help']) {
    it(`lists the commands, and ends with the line about global flags: ${words}`, async () => {
      const { code, stdout, stderr } = await runner.run(words);
      const shown = Object.values<{ id: string; hidden?: boolean }>(manifest.commands).filter(({ hidden }) => !hidden);
      for (const { id } of shown) assert.match(stdout, new RegExp(`^ {2}${id} {2,}[A-Z]`, 'm'));
      assert.doesNotMatch(stdout, /^ {2}options /m);
      assert.ok(stdout.endsWith(`\n${globalFlags}`), stdout);
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  for (const [command, { flags, summary }] of Object.entries(manifest.commands)) {
    for (const words of [`${command} --help`, `help ${command}`, `-h ${command}`]) {
      it(`goes to standard output: ${words}`, async () => {
        const { code, stdout, stderr } = await runner.run(words);
        assert.ok(stdout.startsWith(summary), stdout);
        assert.match(stdout, new RegExp(`^ {2}\\$ kubectl sts ${command}`, 'm'));
        assert.deepEqual([code, stderr], [0, '']);
        // kubectl has the line where a command takes global flags.
        const hasLine = 'context' in flags && command !== 'options';
        assert.equal(stdout.endsWith(`\n${globalFlags}`), hasLine);
        assert.equal(stdout.includes(globalFlags), hasLine);
      });
    }
  }

  it('of a command shows its own flags, and of the global ones those that people need most', async () => {
    const { stdout } = await runner.run('tree --help');
    for (const flag of ['--all-namespaces', '--color=<when>[="always"]', '--namespace', '--context', '--kubeconfig']) {
      assert.ok(stdout.includes(flag), flag);
    }
    for (const flag of ['--as-group', '--token']) assert.ok(!stdout.includes(flag), flag);
  });
});

describe('kubectl sts options', () => {
  it('lists all global flags, and nothing else', async () => {
    const runner = runnerOn(undefined);
    const { code, stdout, stderr } = await runner.run('options');
    runner.close();
    const { flags } = manifest.commands.options;
    for (const name of Object.keys(flags)) assert.match(stdout, new RegExp(`--${name}\\b`));
    assert.doesNotMatch(stdout, /--help|global flags\./);
    assert.deepEqual([code, stderr], [0, '']);
  });
});

describe('the version', () => {
  let runner: Runner;
  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  // bun says that it is a Node as well.
  const runtimes = [
    { versions: { node: '26.0.0' }, line: 'kubectl-sts 1.2.3 linux/x64 node 26.0.0' },
    { versions: { node: '24.3.0', bun: '1.3.1' }, line: 'kubectl-sts 1.2.3 linux/x64 bun 1.3.1' },
  ];
  for (const { versions, line } of runtimes) {
    for (const words of ['version', '--version']) {
      it(`goes to standard output, with the runtime: ${words}, ${line}`, async () => {
        assert.deepEqual(await runner.run(words, { versions }), { code: 0, stdout: `${line}\n`, stderr: '' });
      });
    }

    it(`is in the help as well: ${line}`, async () => {
      const { stdout } = await runner.run('--help', { versions });
      assert.ok(stdout.includes(`VERSION\n  ${line}\n`), stdout);
    });
  }
});
