import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { floors, importsIn, placeOf, rooms, sourceFiles, wings, wingUses } from './rooms.ts';
import { biome, tool } from './tool.ts';

/** Places without I/O, clock, environment or randomness. */
const pure = ['objects', 'statefulset', 'drawing', 'model', 'view'];
/** Places that are handed the clock and the environment; a test hands them its own. */
const handed = [...pure, 'resolver', 'command', 'live'];
const knowOclif = ['cli', 'command'];

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

/** Every place that rules are for: its name, and a folder in it. A wing that nobody has thought of has the same rooms. */
const places = [
  ...Object.keys(floors).map((name) => ({ name, folder: name })),
  ...Object.keys(rooms).flatMap((name) => [
    { name, folder: `tree/${name}` },
    { name, folder: `prune/${name}` },
  ]),
];

function cases(): Case[] {
  const table: Case[] = [];
  const add = (place: string, statement: string, refused: boolean): void => {
    table.push({ file: `${place}-${table.length}.ts`, statement, refused });
  };
  const addAll = (place: string, module: string, refused: boolean): void => {
    for (const way of ways) add(place, way(module), refused);
  };
  for (const { name, folder } of places) {
    const file = `${folder}/file`;
    const known = rooms[name]?.floors ?? floors[name] ?? [];
    for (const floor of Object.keys(floors)) {
      if (floor === name) continue;
      addAll(file, `#src/${floor}/thing.ts`, !known.includes(floor));
      addAll(`${folder}/deeper/file`, `#src/${floor}/deeper/thing.ts`, !known.includes(floor));
    }
    for (const room of Object.keys(rooms)) {
      if (room === name) continue;
      const isKnown = rooms[name]?.rooms.includes(room) ?? false;
      addAll(file, `#src/dns/${room}/thing.ts`, !isKnown);
      if (Object.hasOwn(rooms, name)) addAll(file, `../${room}/thing.ts`, !isKnown);
    }
    addAll(file, './thing.ts', false);
    for (const front of ['start', 'main', 'commands']) addAll(file, `#src/${front}.ts`, true);
    addAll(file, '@oclif/core', !knowOclif.includes(name));
    addAll(file, '@oclif/core/errors', !knowOclif.includes(name));
    addAll(file, '@kubernetes/client-node', name !== 'kube');
    addAll(file, '@kubernetes/client-node/dist/config.js', name !== 'kube');
    for (const builtin of ['node:fs', 'node:fs/promises', 'node:net', 'node:child_process']) {
      addAll(file, builtin, pure.includes(name));
    }
    for (const reach of [
      'Date.now()',
      'new Date()',
      'process.env',
      'setTimeout(own, 1)',
      'setInterval(own, 1)',
      'fetch("/")',
      'console.log(1)',
      'performance.now()',
      'crypto.randomUUID()',
    ]) {
      if (handed.includes(name)) add(file, `export const own = () => ${reach};`, true);
    }
  }
  // A wing of a few files has them in place of rooms.
  addAll('prune/model', './live.ts', true);
  addAll('prune/view', './model.ts', false);
  add('objects/types', `import type { V1Pod } from '@kubernetes/client-node';\nexport type Own = V1Pod;`, false);
  add('objects/time', 'export const own = (text: string) => Date.parse(text);', false);
  // A file has at most 300 lines, and a function's body at most 60.
  const lines = (count: number) =>
    Array.from({ length: count }, (_, line) => `export const own${line} = 0;`).join('\n');
  const body = (count: number) => `export function own(): void {\n${'  own();\n'.repeat(count)}}`;
  add('cli/just-a-file', lines(300), false);
  add('cli/too-long', lines(301), true);
  add('pin/view/just-a-function', body(60), false);
  add('pin/view/too-long', body(61), true);
  // Only the loader knows the commands.
  for (const front of ['main', 'start', 'other']) addAll(front, '#src/tree/command/tree.ts', true);
  addAll('commands', '#src/tree/command/tree.ts', false);
  // What is named in the rules must bear exactly its name.
  const named = /^(objects\/(?:types|time)|commands|prune\/(?:model|view))-(\d+)/;
  return table.map((one) => ({ ...one, file: one.file.replace(named, '$2/src/$1') }));
}

/** Several files of one name need a folder each, with a src/ of its own. */
function pathOf(folder: string, file: string): string {
  return file.includes('/src/') ? join(folder, file) : join(folder, '0', 'src', file);
}

describe('imports, and the length of files and functions', function () {
  this.timeout(60_000);
  let folder: string;
  const table = cases();
  const faults = new Set<string>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-imports-'));
    const text = readFileSync(join(checkout, 'biome.json'), 'utf8').replaceAll('"src/', '"**/src/');
    const config = JSON.parse(text.replaceAll('"!src/', '"!**/src/')) as object;
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: undefined }));
    for (const { file, statement } of table) {
      const path = pathOf(folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${statement}\n`);
    }
    const { said } = await tool(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], folder);
    const start = said.indexOf('{"summary"');
    const json = said.slice(start, said.indexOf('\n', start) + 1 || undefined);
    const { diagnostics } = JSON.parse(json) as { diagnostics: Diagnostic[] };
    for (const { category, location } of diagnostics) {
      if (/noRestricted(Imports|Globals)$|noExcessiveLinesPer(File|Function)$/.test(category))
        faults.add(join(folder, placeIn(location)));
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('against the design are all refused by the linter', () => {
    const letBy = table.filter(({ refused, file }) => refused && !faults.has(pathOf(folder, file)));
    assert.deepEqual(letBy.map(described), []);
  });

  it('that the design allows are not refused', () => {
    const wronged = table.filter(({ refused, file }) => !refused && faults.has(pathOf(folder, file)));
    assert.deepEqual(wronged.map(described), []);
  });

  it('are tried from and to every place', () => {
    assert.ok(table.length > 1_500, `${table.length}`);
  });
});

describe('the imports of src/', () => {
  const all = sourceFiles().flatMap((file) =>
    importsIn(file, readFileSync(join(checkout, file), 'utf8')).map((one) => ({ file, ...one })),
  );

  it('are written #src/… where they leave a wing or a floor, and relative within', () => {
    const wrong = all.filter(({ file, written, target }) => {
      if (!target.startsWith('src/')) return false;
      const isWithin = placeOf(file).unit === placeOf(target).unit;
      return isWithin === written.startsWith('#');
    });
    assert.deepEqual(
      wrong.map(({ file, written }) => `${file}: ${written}`),
      [],
    );
    assert.ok(all.length > 500);
  });

  it('lead from one wing into another only where the one uses the other', () => {
    const known = wings();
    const uses = all.flatMap(({ file, target }) => {
      const [from, to] = [placeOf(file).unit, placeOf(target).unit];
      return from !== to && known.includes(from) && known.includes(to) ? [`${from} -> ${to}`] : [];
    });
    const allowed = Object.entries(wingUses).flatMap(([from, list]) => list.map((to) => `${from} -> ${to}`));
    assert.deepEqual([...new Set(uses)].sort(), allowed.sort());
  });
});

describe('the files of src/', () => {
  it('stand in a room, and rooms hold no folders', () => {
    const wrong = sourceFiles().filter((file) => {
      const { unit, room } = placeOf(file);
      if (!wings().includes(unit)) return false;
      return room === undefined || !Object.hasOwn(rooms, room) || file.split('/').length > 4;
    });
    assert.deepEqual(wrong, []);
  });

  it('have rooms where a wing has six of them or more', () => {
    for (const wing of wings()) {
      const files = sourceFiles().filter((file) => placeOf(file).unit === wing);
      const isFlat = files.every((file) => file.split('/').length === 3);
      assert.equal(isFlat, files.length < 6, wing);
    }
  });

  it('have no name that begins with that of their wing or room', () => {
    /** Words of their own. */
    const words = ['kubeconfig', 'pinning'];
    const wrong = sourceFiles().filter((file) => {
      const { unit, room } = placeOf(file);
      const name = basename(file, '.ts');
      const isRepeated = (folder: string | undefined) => folder && name !== folder && name.startsWith(folder);
      return !words.includes(name) && (isRepeated(unit) || isRepeated(room));
    });
    assert.deepEqual(wrong, []);
  });

  it('play the same part wherever they have the same name', () => {
    const roomsOf = new Map<string, Set<string>>();
    for (const file of sourceFiles()) {
      const { unit, room } = placeOf(file);
      if (!wings().includes(unit) || room === undefined) continue;
      const name = basename(file);
      roomsOf.set(name, (roomsOf.get(name) ?? new Set()).add(room));
    }
    const several = [...roomsOf]
      .filter(([, set]) => set.size > 1)
      .map(([name, set]) => `${name}: ${[...set].join(', ')}`);
    assert.deepEqual(several, []);
  });
});

interface Diagnostic {
  category: string;
  location: { path: string | { file: string } };
}

function placeIn({ path }: Diagnostic['location']): string {
  return typeof path === 'string' ? path : path.file;
}

function described({ file, statement }: Case): string {
  return `${file}: ${statement.split('\n')[0]}`;
}
