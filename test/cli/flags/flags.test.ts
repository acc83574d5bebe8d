/**
 * Every command's flags, as flags.txt lists them, so that none changes by accident. `UPDATE_FLAGS=1` writes the list
 * anew: read the difference before you commit it. A flag that goes, or a name, default or choice that changes, breaks
 * somebody's script.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescribedFlag } from '#src/cli/definitions.ts';
import manifest from '../../../oclif.manifest.json' with { type: 'json' };

interface Described {
  hidden?: boolean;
  flags: Readonly<Record<string, DescribedFlag>>;
}

const commands: Readonly<Record<string, Described>> = manifest.commands;
const list = join(import.meta.dirname, 'flags.txt');
const updating = process.env['UPDATE_FLAGS'] === '1';

function lineFor(flag: DescribedFlag): string {
  const { name, char, type, multiple, options, default: value, implied, integer, refusesEmpty } = flag;
  const facts = [
    type === 'boolean' ? 'boolean' : integer ? 'integer' : options ? options.join('|') : 'text',
    multiple ? 'repeatable' : '',
    refusesEmpty ? 'not blank' : '',
    value === undefined ? '' : `default ${value}`,
    implied === undefined ? '' : `alone ${implied}`,
  ];
  return [`  ${char === undefined ? '    ' : `-${char}, `}--${name}`, ...facts.filter(Boolean)].join('; ');
}

function linesFor(name: string, { hidden, flags }: Described): string[] {
  const isGlobal = (flag: DescribedFlag) => flag.listed === 'global' && lineFor(flag) === globals.get(flag.name);
  const all = Object.values(flags).sort((one, other) => (one.name < other.name ? -1 : 1));
  const own = all.filter((flag) => !isGlobal(flag)).map((flag) => `${lineFor(flag)}; ${flag.listed}`);
  const others = all.length - own.length;
  return [
    hidden ? `${name} (hidden)` : name,
    ...own,
    ...(others > 0 ? [`  and ${others} flags of options, as they are there`] : []),
  ];
}

const globals = new Map(Object.values(manifest.commands.options.flags).map((flag) => [flag.name, lineFor(flag)]));

describe('the flags of every command', () => {
  it('are those of flags.txt: with UPDATE_FLAGS=1 this test writes the list anew', () => {
    const actual = `${Object.entries(commands)
      .flatMap(([name, command]) => linesFor(name, command))
      .join('\n')}\n`;
    if (updating) writeFileSync(list, actual);
    assert.equal(actual, readFileSync(list, 'utf8'));
  });

  it('say where the help lists them', () => {
    for (const [name, { flags }] of Object.entries(commands)) {
      for (const flag of Object.values(flags)) {
        assert.ok(['common', 'rare', 'global'].includes(flag.listed), `${name} --${flag.name}`);
      }
    }
  });

  it('have one meaning for each short flag that commands share with kubectl', () => {
    const meanings = new Map<string, Set<string>>();
    for (const { flags } of Object.values(commands)) {
      for (const { char, name } of Object.values(flags)) {
        if (char !== undefined) meanings.set(char, (meanings.get(char) ?? new Set()).add(name));
      }
    }
    for (const [char, names] of meanings) assert.equal(names.size, 1, `-${char}: ${[...names]}`);
  });
});
