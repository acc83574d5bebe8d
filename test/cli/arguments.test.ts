import assert from 'node:assert/strict';
import { Args, Flags, type Interfaces, Parser } from '@oclif/core';
import fc from 'fast-check';
import { readArguments } from '#src/cli/arguments.ts';
import type { FlagDefinition, ReadingRules } from '#src/cli/definitions.ts';
import { connectionFlags, dryRun, implying, text } from '#src/cli/flags.ts';
import Tree from '#src/tree/command/tree.ts';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { COMMANDS } from '../../packaging/commands.ts';
import { anyText } from '../properties.ts';

/** A command with kinds of flags that no real command has yet. */
const later = {
  args: { NAME: Args.string({ multiple: true }) },
  flags: {
    'dry-run': { ...dryRun(''), default: undefined },
    quick: implying(text({ char: 'q', helpValue: '<how>' }), 'very'),
    careful: Flags.boolean({ allowNo: true, default: true }),
    ...connectionFlags,
  },
};

const laterDefinition = {
  args: later.args,
  flags: Object.fromEntries(Object.entries(later.flags).map(([name, flag]) => [name, { ...flag, name }])),
};

const commands = { ...manifest.commands, later: laterDefinition };

function read(line: string | readonly string[]) {
  return readArguments(typeof line === 'string' ? line.split(' ').filter(Boolean) : line, commands);
}

interface CommandInput {
  args: Interfaces.ArgInput;
  flags: Interfaces.FlagInput;
}

/** The words and flags that a command gets from oclif for a command line. */
async function received(line: string | readonly string[]): Promise<{ words: unknown; flags: Record<string, unknown> }> {
  const result = read(line);
  assert.equal(result.kind, 'run', JSON.stringify(result));
  const input: CommandInput = result.command === 'later' ? later : Tree;
  const { args, flags } = await Parser.parse([...result.argv], input);
  return { words: args['NAME'], flags };
}

const truths = ['true', '1', 't', 'T', 'TRUE', 'True'];
const falsehoods = ['false', '0', 'f', 'F', 'FALSE', 'False'];

interface Rule {
  rule: string;
  /** Lines that all mean the same. */
  lines: (string | string[])[];
  flags?: Record<string, unknown>;
  words?: string[];
}

const rules: Rule[] = [
  {
    rule: 'a value stands behind = or a space, and behind a short flag without either',
    lines: ['--namespace=shop', '--namespace shop', '-nshop', '-n=shop', '-n shop'].map((flag) => `tree ${flag}`),
    flags: { namespace: 'shop' },
  },
  {
    rule: 'short flags can be bundled, and the last of them can take a value',
    lines: ['-A -w -o json', '-Awojson', '-Awo json', '-Awo=json', '-wAojson'].map((flags) => `tree ${flags}`),
    flags: { 'all-namespaces': true, watch: true, output: 'json' },
  },
  {
    rule: 'a boolean takes a value behind = only, as Go reads it',
    lines: ['tree -A', ...truths.flatMap((value) => [`tree -A=${value}`, `tree --all-namespaces=${value}`])],
    flags: { 'all-namespaces': true },
  },
  {
    rule: 'a boolean can be refused',
    lines: ['tree -A -A=false', ...falsehoods.map((value) => `tree --all-namespaces=${value}`)],
  },
  {
    rule: 'a boolean leaves the next word alone',
    lines: ['tree -A false'],
    flags: { 'all-namespaces': true },
    words: ['false'],
  },
  {
    rule: 'a boolean that is true unless it is refused can be refused',
    lines: ['later --careful=false', 'later --careful --careful=0'],
    flags: { careful: false },
  },
  {
    rule: 'a flag that can go without a value leaves the next word alone',
    lines: ['later --dry-run server', 'later --dry_run server', 'later --dry-run=client server'],
    flags: { 'dry-run': 'client', careful: true },
    words: ['server'],
  },
  {
    rule: 'a flag that can go without a value takes one behind =',
    lines: ['later --dry-run=server', 'later --dry-run --dry-run=server'],
    flags: { 'dry-run': 'server', careful: true },
  },
  {
    rule: 'a flag that can go without a value does so in a bundle',
    lines: ['later -qnshop', 'later -q=very -n shop', 'later -q -n=shop'],
    flags: { quick: 'very', namespace: 'shop', careful: true },
  },
  {
    rule: 'flags stand before and behind the command, and between names',
    lines: [
      'tree web db -n shop -o json',
      '-n shop tree web db -o json',
      '-nshop -o=json tree web db',
      'tree web -n shop db -o json',
      'tree -n shop -o json -- web db',
    ],
    flags: { namespace: 'shop', output: 'json' },
    words: ['web', 'db'],
  },
  {
    rule: 'the first word is the command, and others like it are names',
    lines: ['tree tree help'],
    words: ['tree', 'help'],
  },
  {
    rule: 'a value that reads like a command is none',
    lines: ['-n tree tree later', '-ntree tree later'],
    flags: { namespace: 'tree' },
    words: ['later'],
  },
  {
    rule: 'behind -- all words are names, and a dash alone and an empty word always are',
    lines: [['tree', '-', '', '--', '-A', '--nope', '-5', '--']],
    words: ['-', '', '-A', '--nope', '-5', '--'],
  },
  {
    rule: 'the later value wins',
    lines: ['tree -n a -o x -n b --namespace=shop -o wide'],
    flags: { namespace: 'shop', output: 'wide' },
  },
  {
    rule: 'a list takes all values, and is not split at commas',
    lines: ['tree --as-group a,b --as_group=c', 'tree --as-group=a,b --as-group=c'],
    flags: { 'as-group': ['a,b', 'c'] },
  },
  {
    rule: 'underscores in names are dashes',
    lines: ['tree --request_timeout=1_s', 'tree --request-timeout 1_s'],
    flags: { 'request-timeout': '1_s' },
  },
  {
    rule: 'verbosity is a number',
    lines: ['tree -v 6', 'tree -v6', 'tree --v=6', 'tree -v=+6', 'tree -v=06'],
    flags: { v: 6 },
  },
  { rule: 'a number can be negative', lines: ['tree -v -1', 'tree -v-1', 'tree --v=-1'], flags: { v: -1 } },
  { rule: 'an empty value is none', lines: ['tree', 'tree --output= --context=', ['tree', '-o', '', '-n', '']] },
  {
    rule: 'the next word is the value, whatever it is',
    lines: ['tree --token -abc -n -A -l --watch -f -h -f -'],
    flags: { token: '-abc', namespace: '-A', selector: '--watch', filename: ['-h', '-'] },
  },
  {
    rule: 'a value may hold =',
    lines: ['tree -la=b', 'tree -l=a=b', 'tree --selector=a=b'],
    flags: { selector: 'a=b' },
  },
];

describe('on the command line', () => {
  for (const { rule, lines, flags = {}, words } of rules) {
    for (const line of lines) {
      it(`${rule}: ${typeof line === 'string' ? line : JSON.stringify(line)}`, async () => {
        assert.deepEqual(await received(line), { words, flags });
      });
    }
  }
});

describe('values', () => {
  // No argument of a process can hold a NUL.
  const argument = fc
    .string({
      unit: fc.oneof(fc.constantFrom('-', '=', 'A', ','), anyText({ minLength: 1, maxLength: 1 })),
    })
    .map((text) => text.replaceAll('\0', ''));

  for (const [command, { flags }] of Object.entries<{ flags: Interfaces.FlagInput }>(COMMANDS)) {
    for (const [name, flag] of Object.entries(flags ?? {})) {
      const { integer, refusesEmpty, implied } = flag as ReadingRules;
      const takesAnyText = flag.type === 'option' && !flag.options && !integer;
      if (!takesAnyText) continue;
      const taken = refusesEmpty ? argument.filter((value) => value.trim() !== '') : argument.filter(Boolean);
      it(`reach the command as they were given: ${command} --${name}`, async () => {
        await fc.assert(
          fc.asyncProperty(taken, async (value) => {
            const words = implied === undefined ? [`--${name}`, value] : [`--${name}=${value}`];
            const result = read([command, ...words]);
            assert.ok(result.kind === 'run');
            const got = (await Parser.parse([...result.argv], { flags })).flags as Record<string, unknown>;
            assert.deepEqual(got[name], flag.multiple ? [value] : value);
          }),
          { numRuns: 20, examples: [['-h'], ['--'], ['--watch'], ['-A']] },
        );
      });
    }
  }

  it('reach it behind -- as they were given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { minLength: 1 }), async (words) => {
        assert.deepEqual(await received(['tree', '--', ...words]), { words, flags: {} });
      }),
    );
  });
});

describe('errors', () => {
  const usage = "See 'kubectl sts tree --help' for usage.";
  const table: [line: string, message: string][] = [
    ['tree --nope', `error: unknown flag: --nope\n${usage}`],
    ['tree --no_pe=1 --neither', `error: unknown flag: --no_pe\n${usage}`],
    ['tree --profile=cpu', `error: unknown flag: --profile\n${usage}`],
    ['tree -z', `error: unknown shorthand flag: 'z' in -z\n${usage}`],
    ['tree -Azw', `error: unknown shorthand flag: 'z' in -zw\n${usage}`],
    ['tree -A=', `error: unknown shorthand flag: '=' in -=\n${usage}`],
    ['tree -5', `error: unknown shorthand flag: '5' in -5\n${usage}`],
    ['tree --context', `error: flag needs an argument: --context\n${usage}`],
    ['tree --as_uid', `error: flag needs an argument: --as_uid\n${usage}`],
    ['tree -Awn', `error: flag needs an argument: 'n' in -n\n${usage}`],
    ['tree ---x', `error: bad flag syntax: ---x\n${usage}`],
    ['tree --=x', `error: bad flag syntax: --=x\n${usage}`],
    [
      'tree -A=x',
      `error: invalid argument "x" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "x": invalid syntax\n${usage}`,
    ],
    [
      'tree --disable_compression=',
      `error: invalid argument "" for "--disable-compression" flag: strconv.ParseBool: parsing "": invalid syntax\n${usage}`,
    ],
    [
      'tree -v x',
      `error: invalid argument "x" for "-v, --v" flag: strconv.ParseInt: parsing "x": invalid syntax\n${usage}`,
    ],
    [
      'tree -v=2147483648',
      `error: invalid argument "2147483648" for "-v, --v" flag: strconv.ParseInt: parsing "2147483648": value out of range\n${usage}`,
    ],
    [
      'tree --help=maybe',
      `error: invalid argument "maybe" for "-h, --help" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n${usage}`,
    ],
    [
      'tree -o table',
      'error: unable to match a printer suitable for the output format "table", allowed formats are: dot,json,mermaid,name,wide,yaml',
    ],
    ['later --dry-run=', 'error: Invalid dry-run value (). Must be one of "none", "client", "server".'],
    ['version of what', 'error: extra arguments: [of what]'],
    ['-n', "error: flag needs an argument: 'n' in -n\nSee 'kubectl sts --help' for usage."],
    ['--nope tree', "error: unknown flag: --nope\nSee 'kubectl sts --help' for usage."],
    [
      '-v x tree',
      `error: invalid argument "x" for "-v, --v" flag: strconv.ParseInt: parsing "x": invalid syntax\n${usage}`,
    ],
    [
      '-v=x',
      `error: invalid argument "x" for "-v, --v" flag: strconv.ParseInt: parsing "x": invalid syntax\nSee 'kubectl sts --help' for usage.`,
    ],
    ['-A version', "error: unknown shorthand flag: 'A' in -A\nSee 'kubectl sts version --help' for usage."],
    ['grow', `error: unknown command "grow" for "kubectl sts"\nSee 'kubectl sts --help' for usage.`],
    ['constructor', `error: unknown command "constructor" for "kubectl sts"\nSee 'kubectl sts --help' for usage.`],
    ['help grow', `error: unknown command "grow" for "kubectl sts"\nSee 'kubectl sts --help' for usage.`],
    ['-A tere', 'error: unknown command "tere" for "kubectl sts"\n\nDid you mean this?\n\ttree'],
    ['VERSI', 'error: unknown command "VERSI" for "kubectl sts"\n\nDid you mean this?\n\tversion'],
    ['rolle', 'error: unknown command "rolle" for "kubectl sts"\n\nDid you mean this?\n\troll'],
    ['tree --no-haeders', `error: unknown flag: --no-haeders\n\nDid you mean this?\n\t--no-headers\n\n${usage}`],
    [
      'tree --all_namespace=1',
      `error: unknown flag: --all_namespace\n\nDid you mean this?\n\t--all-namespaces\n\n${usage}`,
    ],
    [
      '--otdated roll',
      "error: unknown flag: --otdated\n\nDid you mean this?\n\t--outdated\n\nSee 'kubectl sts --help' for usage.",
    ],
    [
      'tree -o ymal',
      'error: unable to match a printer suitable for the output format "ymal", allowed formats are: dot,json,mermaid,name,wide,yaml\n\nDid you mean this?\n\tyaml',
    ],
    [
      'dns --via=exce',
      'error: Invalid via value (exce). Must be one of "port-forward", "exec", "direct", "none".\n\nDid you mean this?\n\texec',
    ],
    ['tree --\u001b[2J', `error: unknown flag: --\\u001b[2J\n${usage}`],
    ['\u001b[2J', `error: unknown command "\\u001b[2J" for "kubectl sts"\nSee 'kubectl sts --help' for usage.`],
  ];
  for (const [line, message] of table) {
    it(`are in kubectl’s words: ${JSON.stringify(line)}`, () => {
      const result = read(line);
      assert.deepEqual(result, { kind: 'error', message });
    });
  }

  const refusing = Object.entries<{ flags: Record<string, FlagDefinition> }>(manifest.commands).flatMap(
    ([command, { flags }]) =>
      Object.values(flags)
        .filter(({ refusesEmpty }) => refusesEmpty)
        .map((flag) => ({ command, flag })),
  );
  for (const { command, flag } of refusing) {
    for (const [value, shown] of [
      ['', '""'],
      [' ', '" "'],
      ['\t', '"\\t"'],
    ] as const) {
      it(`are the same for a blank value: ${command} --${flag.name} ${shown}`, () => {
        const names = flag.char ? `-${flag.char}, --${flag.name}` : `--${flag.name}`;
        const message = `error: invalid argument ${shown} for "${names}" flag: it is empty\nSee 'kubectl sts ${command} --help' for usage.`;
        assert.deepEqual(read([command, `--${flag.name}`, value]), { kind: 'error', message });
        assert.deepEqual(read([command, `--${flag.name}=${value}`]), { kind: 'error', message });
      });
    }
  }

  it('of blank values are for the flags that would be missed in silence', () => {
    const names = new Set(refusing.map(({ command, flag }) => `${command} --${flag.name}`));
    for (const flag of ['roll --check', 'roll --pre-check', 'roll --order', 'roll --ordinals', 'roll --older-than']) {
      assert.ok(names.has(flag), flag);
    }
  });

  it('of a flag come before the help that is asked for', () => {
    assert.equal(read('tree -h --nope').kind, 'error');
  });

  it('of a value come from the last one only, where only that counts', () => {
    assert.equal(read('tree -o table -o json').kind, 'run');
  });
});

describe('help', () => {
  for (const line of [
    '',
    '-h',
    '--help',
    'help',
    'help help',
    '-n shop',
    '--help -n x',
    'help -h',
    '--version=false',
    '-- tree',
  ]) {
    it(`is about all: ${line}`, () =>
      assert.deepEqual(read(line), { kind: 'help', command: undefined, extent: 'common' }));
  }

  for (const line of [
    'tree -h',
    'tree web --help',
    'help tree',
    'help tree web',
    'tree -Ah',
    'tree -n x -h=true web',
    '-h tree',
    'help help tree',
  ]) {
    it(`is about a command: ${line}`, () =>
      assert.deepEqual(read(line), { kind: 'help', command: 'tree', extent: 'common' }));
  }

  for (const line of [
    'tree --help=all',
    'tree -h=all web',
    'help tree --help=all',
    '--help=all tree',
    'tree -h --help=all',
  ]) {
    it(`is about all that a command can do: ${line}`, () => {
      assert.deepEqual(read(line), { kind: 'help', command: 'tree', extent: 'all' });
    });
  }

  for (const line of ['tree --help=false', 'tree -- --help', 'tree help', 'tree -n --help', 'tree -h -h=0']) {
    it(`is not asked for: ${line}`, () => assert.equal(read(line).kind, 'run'));
  }

  for (const line of ['version', '--version', '--version -n shop', '-A --version=1']) {
    it(`is not the version: ${line}`, () => {
      const result = read(line);
      assert.deepEqual(result.kind === 'run' && result.command, 'version');
    });
  }
});
