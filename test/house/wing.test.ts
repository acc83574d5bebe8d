import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { biome, mocha, tool, tsc } from './tool.ts';

/** A capability that there is not yet: the claims that a set left over, and which of them can go. */
const prune: Readonly<Record<string, string>> = {
  'src/prune/command.ts': `import { Args, Flags } from '@oclif/core';
import { chooseSets } from '#src/cli/choosesets.ts';
import { connected } from '#src/cli/connected.ts';
import { connectionOf } from '#src/cli/connection.ts';
import { connectionFlags, displayFlags } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { readClaims } from './live.ts';
import { verdictsOn } from './model.ts';
import { verdictLine } from './view.ts';

export default class Prune extends StsCommand {
  static override readonly summary = 'Show the claims that a StatefulSet left over.';
  static override readonly args = { NAME: Args.string({ multiple: true, description: 'A StatefulSet.' }) };
  static override readonly flags = {
    all: Flags.boolean({ summary: 'Show the claims that are in use too.' }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Prune);
    const selection = chooseSets(args.NAME ?? [], { selector: undefined, 'all-namespaces': false });
    const console = processConsole(this.deps.host, flags.color);
    return connected(connectionOf(flags), this.deps, console, async (client) => {
      const verdicts = verdictsOn(await readClaims(client), selection.names);
      const shown = flags.all ? verdicts : verdicts.filter(({ kind }) => kind === 'left over');
      for (const verdict of shown) console.out(verdictLine(verdict));
      return 0;
    });
  }
}
`,
  'src/prune/model.ts': `import type { Claim } from '#src/objects/types.ts';

export type PruneVerdict = { kind: 'left over' | 'in use'; claim: string };

export function verdictsOn(claims: readonly Claim[], sets: readonly string[]): PruneVerdict[] {
  return claims.map(({ metadata: { name } }) => ({
    kind: sets.some((set) => name.includes(set)) ? 'in use' : 'left over',
    claim: name,
  }));
}
`,
  'src/prune/live.ts': `import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Claim } from '#src/objects/types.ts';

export async function readClaims(client: Client): Promise<readonly Claim[]> {
  const claims = await client.list<Claim>(resources.claims, client.namespace);
  if (claims instanceof StatusError) throw claims;
  return claims;
}
`,
  'src/prune/view.ts': `import { printable } from '#src/terminal/escape.ts';
import type { PruneVerdict } from './model.ts';

// A verdict that is added to the model does not compile until it has its words.
const words: Record<PruneVerdict['kind'], string> = { 'left over': 'left over', 'in use': 'in use' };

export function verdictLine({ kind, claim }: PruneVerdict): string {
  return \`\${printable(claim)}  \${words[kind]}\\n\`;
}
`,
};

/** What must be told of a new wing outside of it. */
const registered: readonly [file: string, from: string, to: string][] = [
  [
    'src/commands.ts',
    "  roll: async () => (await import('#src/roll/command/roll.ts')).default,\n",
    "  prune: async () => (await import('#src/prune/command.ts')).default,\n  roll: async () => (await import('#src/roll/command/roll.ts')).default,\n",
  ],
];

/** Files outside of a new wing that its author may have to touch. */
const mostTouched = 6;

const sourcesOnly = 'tsconfig.sources.json';

describe('a new capability', function () {
  this.timeout(120_000);
  let copy: string;
  const tracked = (): string[] =>
    execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: checkout, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
  const texts = new Map<string, string>();

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'kubectl-sts-wing-'));
    for (const file of tracked()) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(checkout, file), join(copy, file));
      texts.set(file, readFileSync(join(copy, file), 'latin1'));
    }
    symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
    for (const [file, text] of Object.entries(prune)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    }
    for (const [file, from, to] of registered) {
      const text = readFileSync(join(copy, file), 'utf8');
      assert.ok(text.includes(from), `${file} is not what this test takes it for`);
      writeFileSync(join(copy, file), text.replace(from, to));
    }
    // Other tests know nothing of the new wing, and take longer to compile than the sources.
    writeFileSync(
      join(copy, sourcesOnly),
      JSON.stringify({ extends: './tsconfig.json', include: ['src', 'packaging', 'test/house/rooms.ts'] }),
    );
    execFileSync(process.execPath, ['packaging/manifest.ts'], { cwd: copy });
  });

  after(() => rmSync(copy, { recursive: true, force: true }));

  it('is a folder of its own, and at most six files outside of it', () => {
    const touched = [...texts].filter(([file, text]) => readFileSync(join(copy, file), 'latin1') !== text);
    assert.deepEqual(touched.map(([file]) => file).sort(), ['oclif.manifest.json', 'src/commands.ts']);
    assert.ok(touched.length <= mostTouched);
  });

  it('passes the linter', async () => {
    const { code, said } = await tool(biome, ['check', '--error-on-warnings', '--vcs-enabled=false', 'src'], copy);
    assert.equal(code, 0, said);
  });

  it('passes the compiler', async () => {
    const { code, said } = await tool(tsc, ['--noEmit', '--pretty', 'false', '-p', sourcesOnly], copy);
    assert.equal(code, 0, said);
  });

  it('does not compile with a verdict that has no words', async () => {
    const model = join(copy, 'src', 'prune', 'model.ts');
    const text = readFileSync(model, 'utf8');
    writeFileSync(model, text.replace("'left over' | 'in use'", "'left over' | 'in use' | 'kept'"));
    const { code, said } = await tool(tsc, ['--noEmit', '--pretty', 'false', '-p', sourcesOnly], copy);
    writeFileSync(model, text);
    assert.notEqual(code, 0);
    assert.match(said, /^src\/prune\/view\.ts\(\d+,\d+\): error TS2741: Property 'kept' is missing/m);
  });

  it('passes the tests of what all commands have in common, as they are', async () => {
    const files = ['main', 'cli/*', 'kube/config/connectionoptions'].map((name) => `test/${name}.test.ts`);
    const { code, said } = await tool(
      mocha,
      ['--no-config', '--timeout', '20000', '--reporter', 'dot', ...files],
      copy,
    );
    assert.equal(code, 0, said);
  });

  it('has its help', () => {
    const help = execFileSync(process.execPath, ['src/start.ts', 'prune', '--help'], { cwd: copy, encoding: 'utf8' });
    assert.match(help, /^Show the claims that a StatefulSet left over\.\n/);
    assert.match(help, /--all +Show the claims that are in use too\./);
  });
});
