import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { checkout } from '../runner/files.ts';
import { biome, tool } from './tool.ts';

const rooms = ['commands', 'dns', 'kube', 'objects', 'operations', 'render', 'sources', 'statefulset', 'terminal'];

/** The design's directions: what a room may know of, besides itself. Whatever is not in here is refused. */
const mayKnow: Record<string, string[]> = {
  commands: rooms,
  dns: ['objects'],
  kube: ['objects'],
  objects: [],
  operations: ['dns', 'kube', 'objects', 'sources', 'statefulset'],
  render: ['objects', 'statefulset', 'terminal'],
  sources: ['kube', 'objects', 'statefulset'],
  statefulset: ['objects'],
  terminal: [],
};

/** Rooms without I/O, clock, environment or randomness. */
const pure = ['objects', 'statefulset', 'render'];
const oclifRooms = ['commands'];

interface Case {
  /** The file that holds the statement, from src/. */
  file: string;
  statement: string;
  refused: boolean;
}

const ways: ((module: string) => string)[] = [
  (module) => `import { it } from '${module}';\nexport const own = it;`,
  (module) => `import type { It } from '${module}';\nexport type Own = It;`,
  (module) => `export * from '${module}';`,
  (module) => `import '${module}';`,
  (module) => `export const own = async () => import('${module}');`,
];

function cases(): Case[] {
  const table: Case[] = [];
  const add = (place: string, statement: string, refused: boolean): void => {
    table.push({ file: `${place}-${table.length}.ts`, statement, refused });
  };
  const addAll = (place: string, module: string, refused: boolean): void => {
    for (const way of ways) add(place, way(module), refused);
  };
  for (const room of rooms) {
    const place = `${room}/file`;
    for (const other of rooms.filter((one) => one !== room)) {
      addAll(place, `../${other}/thing.ts`, !mayKnow[room]?.includes(other));
      addAll(`${room}/deeper/file`, `../../${other}/thing.ts`, !mayKnow[room]?.includes(other));
    }
    addAll(place, './thing.ts', false);
    addAll(place, '../main.ts', room !== 'commands');
    for (const file of ['flags', 'arguments']) addAll(place, `../${file}.ts`, room !== 'commands');
    addAll(place, '@oclif/core', !oclifRooms.includes(room));
    addAll(place, '@oclif/core/errors', !oclifRooms.includes(room));
    addAll(place, '@kubernetes/client-node', room !== 'kube');
    addAll(place, '@kubernetes/client-node/dist/config.js', room !== 'kube');
    for (const builtin of ['node:fs', 'node:fs/promises', 'node:net', 'node:child_process']) {
      addAll(place, builtin, pure.includes(room));
    }
    for (const reach of ['Date.now()', 'new Date()', 'process.env', 'fetch("/")', 'performance.now()']) {
      if (!['kube', 'sources', 'operations', 'terminal', 'commands'].includes(room)) {
        add(place, `export const own = () => ${reach};`, true);
      }
    }
  }
  add('objects/types', `import type { V1Pod } from '@kubernetes/client-node';\nexport type Own = V1Pod;`, false);
  add('objects/time', 'export const own = (text: string) => Date.parse(text);', false);
  // The two files that are named in the rules must bear exactly their names.
  for (const file of ['flags', 'arguments', 'errors', 'clock']) addAll(file, './commands/tree.ts', true);
  return table.map((one) => ({ ...one, file: one.file.replace(/^(objects\/(?:types|time))-\d+/, '$1') }));
}

describe('import directions', function () {
  this.timeout(60_000);
  let folder: string;
  const table = cases();
  const faults = new Map<string, string[]>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-imports-'));
    const config = JSON.parse(readFileSync(join(checkout, 'biome.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: undefined }));
    for (const { file, statement } of table) {
      const path = join(folder, 'src', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${statement}\n`);
    }
    const { said } = await tool(biome, ['lint', '--reporter=json', '--max-diagnostics=none', 'src'], folder);
    const start = said.indexOf('{"summary"');
    const json = said.slice(start, said.indexOf('\n', start) + 1 || undefined);
    const { diagnostics } = JSON.parse(json) as { diagnostics: Diagnostic[] };
    for (const { category, location } of diagnostics) {
      if (!/noRestricted(Imports|Globals)$/.test(category)) continue;
      const file = relative(join(folder, 'src'), join(folder, pathOf(location)));
      faults.set(file, [...(faults.get(file) ?? []), category]);
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('against the design are all refused by the linter', () => {
    const letBy = table.filter(({ refused, file }) => refused && !faults.has(file));
    assert.deepEqual(letBy.map(described), []);
  });

  it('that the design allows are not refused', () => {
    const wronged = table.filter(({ refused, file }) => !refused && faults.has(file));
    assert.deepEqual(wronged.map(described), []);
  });

  it('name every room of src/', () => {
    assert.ok(table.length > 500, 'the table is made of every pair of rooms');
    assert.deepEqual(Object.keys(mayKnow).sort(), rooms);
  });
});

interface Diagnostic {
  category: string;
  location: { path: string | { file: string } };
}

function pathOf({ path }: Diagnostic['location']): string {
  return typeof path === 'string' ? path : path.file;
}

function described({ file, statement }: Case): string {
  return `${dirname(file)}/: ${statement.split('\n')[0]}`;
}
