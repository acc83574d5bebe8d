/** The diagnosis of objects, events and logs that somebody spoilt: it ends, in bounded words, and tells no credential. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { FileError } from '#src/sources/fileerror.ts';
import { readFiles } from '#src/sources/files.ts';
import { verdictOf } from '#src/status/command/verdict.ts';
import { diagnose } from '#src/status/model/diagnosis.ts';
import { gateLook } from '#src/status/model/gatelook.ts';
import { statusChanges } from '#src/status/view/changes.ts';
import { type Format, formats, render } from '#src/status/view/format.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { time } from '../../objects/snapshots.ts';
import { anyText, runs } from '../../properties.ts';
import { changes, hostileValue, spoilt } from '../../tree/fuzz/hostile.ts';
import { acting } from '../../tree/view/arbitrary.ts';
import { brokenObjects, credential, facts } from './objects.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
const colours = /\u001b\[(?:0|2|31|32|33)m/g;

const everyFormat: readonly Format[] = ['table', ...formats];

const options = fc.record({
  allNamespaces: fc.boolean(),
  header: fc.boolean(),
  single: fc.boolean(),
  colour: fc.boolean(),
  width: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
});

type Options = typeof options extends fc.Arbitrary<infer Value> ? Value : never;

const plain: Options = { allNamespaces: false, header: true, single: false, colour: false, width: undefined };

const log = fc.oneof(
  anyText(),
  fc.constantFrom('\u001b[2J\r\n\u202edrow\u0007', '\u0000'.repeat(9), 'x'.repeat(65_536)),
);

const listOf = (items: readonly unknown[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

describe('the diagnosis of hostile objects', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-fuzz-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Undefined where the file is refused. */
  function snapshotOf(objects: readonly unknown[]): Snapshot | undefined {
    const file = join(folder, 'objects.json');
    writeFileSync(file, listOf(objects));
    try {
      return { ...readFiles({ paths: [file], recursive: false }, time).snapshot, time };
    } catch (error) {
      if (error instanceof FileError) return undefined;
      throw error;
    }
  }

  /** All that a person or a program may get to read of the objects, for a line each. */
  async function written(objects: readonly unknown[], format: Format, drawing: Options, text: string): Promise<string> {
    const snapshot = snapshotOf(objects);
    if (snapshot === undefined) return '';
    const told = topologies(snapshot, snapshot.statefulSets.items);
    const diagnosed = (topology: (typeof told)[number]) => ({
      ...diagnose(topology, snapshot, { ...facts, pods: { items: snapshot.pods.items, others: 'missing' } }),
      log: { pod: 'db-0', container: 'db', previous: true, text },
    });
    const screen = await render(told, { format, diagnosed, now: time, ...drawing });
    return drawing.colour ? screen.replace(colours, '') : screen;
  }

  /** What a gate says in the end, and in between, for people and for programs. */
  function gateWritten(objects: readonly unknown[]): string {
    const snapshot = snapshotOf(objects);
    if (snapshot === undefined) return '';
    const look = gateLook(snapshot, topologies(snapshot, snapshot.statefulSets.items), 'rollout', new Map());
    const diagnoses = new Map(
      look.sets.map(({ topology }) => [topology, diagnose(topology, snapshot, { ...facts, pods: snapshot.pods })]),
    );
    const words = { goal: 'rollout', allNamespaces: true, timeout: 1_000 } as const;
    const unused = { show() {}, end() {}, say() {}, notice() {}, close() {} };
    const { out, err } = verdictOf(look, diagnoses, words, { ...unused, takesWords: true, tellsClosely: false });
    const moments = look.sets.map(({ topology, standing: { kind } }) => ({
      ...{ topology, now: time, diagnosis: diagnoses.get(topology) },
      gate: { goal: 'rollout', standing: kind } as const,
    }));
    const lines = (['table', 'json', 'yaml'] as const).map((format) =>
      statusChanges({ format, allNamespaces: true })(moments, '2026-03-09T12:00:00Z'),
    );
    return [...out, ...err, ...lines].join('\n');
  }

  function assertHarmless(text: string): void {
    assert.doesNotMatch(text, acting);
    assert.ok(!text.includes(credential), text);
  }

  it('begins with objects of which each brings its cause about', async () => {
    const screen = await written(brokenObjects, 'json', plain, '');
    const [document] = (JSON.parse(screen) as { items: { causes: { kind: string }[]; skipped: object[] }[] }).items;
    const kinds = new Set(document?.causes.map(({ kind }) => kind));
    const wanted = [
      'crash',
      'image',
      'containerNotCreated',
      'mount',
      'attach',
      'doesNotEnd',
      'probe',
      'node',
      'podRefused',
      'budget',
    ];
    assert.deepEqual(
      wanted.filter((kind) => !kinds.has(kind)),
      [],
    );
    assertHarmless(screen);
    assert.match(gateWritten(brokenObjects), /error: statefulset\/db in shop is/);
  });

  for (const format of everyFormat) {
    it(`neither crashes nor acts on a terminal, nor tells a credential, in ${format}`, async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(changes, options, log, async (list, drawing, text) => {
          assertHarmless(await written(spoilt(brokenObjects, list), format, drawing, text));
        }),
        { numRuns: runs(100) },
      );
    });

    it(`takes objects of any shape below what makes them objects, in ${format}`, async function () {
      this.timeout(60_000);
      const object = fc.record({
        position: fc.nat(brokenObjects.length - 1),
        spec: hostileValue,
        status: hostileValue,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(object, { maxLength: 5 }), options, log, async (list, drawing, text) => {
          const shapeless = list.map(({ position, ...fields }) => ({ ...brokenObjects[position], ...fields }));
          assertHarmless(await written([...brokenObjects, ...shapeless], format, drawing, text));
        }),
        { numRuns: runs(50) },
      );
    });
  }

  it('ends a gate in words that are as harmless', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(changes, (list) => assertHarmless(gateWritten(spoilt(brokenObjects, list)))),
      { numRuns: runs(300) },
    );
  });

  it('shortens messages of a megabyte, wherever they are', async () => {
    const long = `${'x'.repeat(500_000)} \u001b[2J ${'y '.repeat(250_000)}`;
    const inflated = JSON.parse(
      JSON.stringify(brokenObjects, (key, value: unknown) => (key === 'message' ? `${String(value)} ${long}` : value)),
    ) as object[];
    const before = await written(brokenObjects, 'table', { ...plain, width: 100 }, '');
    const after = await written(inflated, 'table', { ...plain, width: 100 }, '');
    assertHarmless(after);
    assert.ok(after.length > before.length && after.length < 20_000, `${after.length} characters`);
    const ended = gateWritten(inflated)
      .split('\n')
      .filter((line) => line.startsWith('error: '));
    for (const line of ended) assert.ok(line.length < 10_000, `${line.length} characters`);
  });
});
