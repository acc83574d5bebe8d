import assert from 'node:assert/strict';
import { readArguments } from '#src/cli/arguments.ts';
import type { DescribedFlag } from '#src/cli/definitions.ts';
import { commandHelp } from '#src/cli/help.ts';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { type Runner, runnerOn } from '../memory/run.ts';

const globalFlags = 'Use "kubectl sts options" for a list of all global flags.\n';

interface Described {
  summary: string;
  usage: string[];
  examples: { command: string }[];
  flags: Readonly<Record<string, DescribedFlag>>;
  hidden?: boolean;
}

const commands: [command: string, described: Described][] = Object.entries(manifest.commands);

/** Words of the help, whatever lines they stand in. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe('help', () => {
  let runner: Runner;
  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  for (const words of ['', '--help', 'help', '--help=all']) {
    it(`lists the commands, and ends with the line about global flags: ${words}`, async () => {
      const { code, stdout, stderr } = await runner.run(words);
      for (const [command, { summary, hidden }] of commands) {
        const line = `\n  ${command.padEnd(10)}  ${summary.replace(/\.$/, '')}\n`;
        assert.equal(stdout.includes(line), !hidden, stdout);
      }
      assert.ok(stdout.endsWith(`\n${globalFlags}`), stdout);
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  it('tells the commands that only read from those that change the cluster', async () => {
    const { stdout } = await runner.run('--help');
    const headings = new Map(
      stdout.split('\n\n').map((block) => {
        const [heading = '', ...lines] = block.split('\n');
        return [heading, lines.map((line) => /^ {2}(\w+) {2}/.exec(line)?.[1])];
      }),
    );
    assert.deepEqual(headings.get('Commands that change the cluster:'), ['pin', 'roll', 'unpin']);
    assert.ok(headings.get('Commands that only read:')?.includes('tree'));
  });

  for (const [command, { summary, flags }] of commands) {
    for (const words of [`${command} --help`, `help ${command}`, `-h ${command}`, `${command} --help=all`]) {
      it(`goes to standard output: ${words}`, async () => {
        const { code, stdout, stderr } = await runner.run(words);
        assert.ok(stdout.startsWith(`${summary}\n\n`), stdout);
        assert.match(stdout, new RegExp(`^Usage:\\n {2}kubectl sts ${command}\\b`, 'm'));
        assert.deepEqual([code, stderr], [0, '']);
        // kubectl has the line where a command takes global flags.
        const hasLine = 'context' in flags && command !== 'options';
        assert.equal(stdout.endsWith(`\n${globalFlags}`), hasLine);
        assert.equal(stdout.includes(globalFlags), hasLine);
      });
    }
  }

  // The hidden one is a long list.
  for (const [command] of commands.filter(([, { hidden }]) => !hidden)) {
    it(`fits on one screen of 80 columns and 40 lines, above the prompt: ${command} -h`, async () => {
      const lines = (await runner.run(`${command} -h`)).stdout.trimEnd().split('\n');
      assert.ok(lines.length <= 39, `${lines.length} lines`);
    });
  }

  for (const [command] of commands) {
    for (const words of [`${command} -h`, `${command} --help=all`, command === 'options' ? 'options' : '-h']) {
      // The last one is not taken by the console of Windows.
      for (const columns of [undefined, 80, 79, 200]) {
        it(`is at most 80 columns wide, and no wider than the terminal: ${words} on ${columns}`, async () => {
          const { stdout } = await runner.run(words, { columns });
          for (const line of stdout.split('\n')) {
            assert.ok(line.length <= Math.min(80, columns ?? 80), line);
            assert.equal(line, line.trimEnd());
          }
        });
      }
    }
  }

  for (const [command, { examples }] of commands) {
    it(`has examples that the command line takes: ${command}`, () => {
      for (const { command: example } of examples) {
        // Of a pipe, the plugin's part; a redirection is the shell's.
        const own = /kubectl sts (?:'[^']*'|[^'|>])+/.exec(example)?.[0] ?? '';
        const words = own.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
        const read = readArguments(words.slice(2), manifest.commands);
        assert.equal(read.kind, 'run', `${example}: ${JSON.stringify(read)}`);
      }
    });
  }

  for (const [command, { flags }] of commands) {
    it(`shows the common flags first, and all of the command's own with --help=all: ${command}`, async () => {
      const [first, all] = [await runner.run(`${command} -h`), await runner.run(`${command} --help=all`)];
      for (const { name, listed, options } of Object.values(flags)) {
        const label = new RegExp(`^ {2}(-\\w,|   ) --${name}(=|\\s)`, 'm');
        assert.equal(label.test(first.stdout), listed === 'common', `--${name}`);
        assert.equal(label.test(all.stdout), listed !== 'global', `--${name}`);
        if (options && listed !== 'global') {
          assert.ok(unwrapped(all.stdout).includes(`One of: ${options.join(', ')}`), `--${name}`);
        }
      }
    });
  }

  it('says how to see the rest, where there is more', async () => {
    const hint = 'Use "kubectl sts roll --help=all" for all flags and details.\n';
    assert.ok((await runner.run('roll -h')).stdout.includes(hint));
    assert.ok(!(await runner.run('roll --help=all')).stdout.includes('--help=all'));
    assert.ok(!(await runner.run('version -h')).stdout.includes('--help=all'));
  });

  for (const [command, { flags }] of commands) {
    it(`tells in sentences how each flag works, and which switches are on by default: ${command}`, () => {
      for (const { name, summary = '', type, default: value } of Object.values(flags)) {
        assert.match(summary, /^[A-Z].*\.$/, `--${name}`);
        // The layout adds the default of a flag that takes a value, but a switch is on only where its words say so.
        if (type === 'boolean' && value === true) assert.ok(summary.includes(`--${name}=false`), `--${name}`);
      }
    });
  }
});

describe('the help of a command', () => {
  const flag = { type: 'option', helpValue: '<n>' };
  const command = {
    id: 'grow',
    summary: 'Grow a set.',
    description: 'grow adds pods to a set, one after the other, and waits for each of them to be ready and available.',
    details: 'The first paragraph.\n\n  keeps   its form\n\nThe last paragraph.',
    group: 'changing',
    usage: ['grow NAME [flags]', 'grow --list'],
    examples: [{ description: 'Grow web by 2', command: 'kubectl sts grow web --by 2' }],
    args: { NAME: { description: 'A StatefulSet.' } },
    flags: {
      'wait-for-each-of-its-names': { ...flag, name: 'wait-for-each-of-its-names', listed: 'rare', summary: 'Wait.' },
      by: { ...flag, name: 'by', listed: 'common', summary: 'How many pods to add.', default: 1 },
      list: { type: 'boolean', name: 'list', char: 'l', listed: 'common', summary: 'List what grows.' },
      output: {
        ...flag,
        name: 'output',
        char: 'o',
        listed: 'common',
        multiple: true,
        summary: 'Output format.',
        options: ['wide', 'json'],
      },
      context: { ...flag, name: 'context', listed: 'global', summary: 'Not here.' },
    },
  };

  it('is laid out as kubectl’s', () => {
    assert.equal(
      commandHelp(command, 'common', undefined),
      `Grow a set.

grow adds pods to a set, one after the other, and waits for each of them to be
ready and available.

Usage:
  kubectl sts grow NAME [flags]
  kubectl sts grow --list

Examples:
  # Grow web by 2
  kubectl sts grow web --by 2

Flags:
      --by=<n>         How many pods to add (default 1).
  -l, --list           List what grows.
  -o, --output=<n>...  Output format. One of: wide, json.

Use "kubectl sts grow --help=all" for all flags and details.
Use "kubectl sts options" for a list of all global flags.
`,
    );
  });

  it('has the rest below that', () => {
    const text = commandHelp(command, 'all', 60);
    assert.equal(
      text.slice(text.indexOf('More flags:')),
      `More flags:
      --wait-for-each-of-its-names=<n>
                       Wait.

Details:
  The first paragraph.

    keeps   its form

  The last paragraph.

Use "kubectl sts options" for a list of all global flags.
`,
    );
    assert.ok(text.includes('\nArguments:\n  NAME  A StatefulSet.\n'));
    assert.ok(text.includes('\ngrow adds pods to a set, one after the other, and waits for\neach of them'));
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
  }
});
