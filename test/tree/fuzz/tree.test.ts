import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Absence, Part, Snapshot } from '#src/objects/snapshot.ts';
import { FileError } from '#src/sources/fileerror.ts';
import { readFiles } from '#src/sources/files.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { render } from '#src/tree/view/format.ts';
import { type Format, formats } from '#src/tree/view/formats.ts';
import { runs } from '../../properties.ts';
import { changes, hostileNumber, hostileValue, inheritedNamesAreNoWords, spoilt } from './hostile.ts';
import { soundObjects } from './objects.ts';

/** Lists within Lists overflow the stack. Flip when `objectsOf` of src/sources/files.ts ends with a FileError instead. */
const nestedListsAreRefused = true;

const everyFormat: readonly Format[] = ['tree', ...formats];

/** Of one screen, on a machine that has other things to do too. */
const longestTime = 3_000;
const longestText = 2_000_000;

// What acts on a terminal: control characters, line separators, bidirectional overrides, characters without width.
const acting =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
const colours = /\u001b\[(?:0|2|31|32|33)m/g;

const style = { allNamespaces: fc.boolean(), header: fc.boolean(), single: fc.boolean(), colour: fc.boolean() };
const width = fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined });
const others = fc.constantFrom<Absence>('missing', 'forbidden', 'not given');
const options = fc.record({ ...style, width, others });

type Options = typeof options extends fc.Arbitrary<infer Value> ? Value : never;

describe('hostile objects', () => {
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-fuzz-'));
    file = join(folder, 'objects.json');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Draws what the text of a file says; undefined where the file is refused. */
  function drawn(text: string, format: Format, { others, ...drawing }: Options): string | undefined {
    writeFileSync(file, text);
    let read: Snapshot;
    try {
      read = readFiles({ paths: [file], recursive: false }, 1_773_057_600_000).snapshot;
    } catch (error) {
      if (error instanceof FileError) return undefined;
      throw error;
    }
    const snapshot = withOthers(read, others);
    return render(topologies(snapshot, snapshot.statefulSets.items), { format, now: 1_773_057_600_000, ...drawing });
  }

  /** Nothing is thrown, it takes no long time, and nothing comes out that acts on a terminal. */
  function check(objects: readonly unknown[], format: Format, options: Options): boolean {
    const started = performance.now();
    const text = drawn(listOf(objects), format, options) ?? '';
    const took = performance.now() - started;
    assert.ok(took < longestTime, `${Math.round(took)} ms`);
    assert.ok(text.length < longestText, `${text.length} characters`);
    assert.doesNotMatch(options.colour ? text.replace(colours, '') : text, acting);
    return text !== '';
  }

  for (const format of everyFormat) {
    it(`neither crash nor hang ${format}, nor get a control character out`, function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(changes, options, (list, options) => {
          check(spoilt(soundObjects, list), format, options);
        }),
        { numRuns: runs(200) },
      );
    });

    it(`may be of any shape below what makes them objects, in ${format}`, function () {
      this.timeout(30_000);
      const object = fc.record({ position: fc.nat(soundObjects.length - 1), spec: hostileValue, status: hostileValue });
      fc.assert(
        fc.property(fc.array(object, { maxLength: 5 }), options, (list, options) => {
          const shapeless = list.map(({ position, ...fields }) => ({ ...soundObjects[position], ...fields }));
          check([...soundObjects, ...shapeless], format, options);
        }),
        { numRuns: runs(100) },
      );
    });

    it(`may want any number of pods from any ordinal on, in ${format}`, function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(hostileNumber, hostileNumber, hostileNumber, options, (replicas, start, partition, options) => {
          const updateStrategy = { rollingUpdate: { partition } };
          check(
            soundObjects.map((object) => withSpec(object, { replicas, ordinals: { start }, updateStrategy })),
            format,
            options,
          );
        }),
        { numRuns: runs(100) },
      );
    });

    it(`may own each other in circles, and be there twice, in ${format}`, function () {
      this.timeout(30_000);
      const owner = fc.record({
        kind: fc.constantFrom('StatefulSet', 'Pod', 'PersistentVolumeClaim'),
        name: fc.constantFrom('db', 'db-0', 'data-db-0'),
        uid: fc.constantFrom('uid-StatefulSet-db', 'uid-Pod-db-0', 'uid-PersistentVolumeClaim-data-db-0'),
        controller: fc.boolean(),
      });
      const owned = fc.record({
        position: fc.nat(soundObjects.length - 1),
        ownerReferences: fc.array(owner, { maxLength: 4 }),
      });
      fc.assert(
        fc.property(fc.array(owned, { maxLength: 20 }), options, (list, options) => {
          const circles = list.map(({ position, ownerReferences }) =>
            withOwners(soundObjects[position], ownerReferences),
          );
          assert.ok(check([...soundObjects, ...circles], format, options), 'nothing was drawn');
        }),
        { numRuns: runs(100) },
      );
    });
  }

  it('may hold ten thousand pods', function () {
    this.timeout(30_000);
    const pods = Array.from({ length: 10_000 }, (_, ordinal) => podAt(ordinal));
    const options = { ...plain, others: 'missing' } as const;
    for (const format of ['tree', 'json'] as const) {
      const text = drawn(listOf([...soundObjects, ...pods]), format, options);
      assert.ok(text?.includes('db-9999'));
    }
  });

  it('may be nested deep, and are refused, as by kubectl, where they are nested as deep as a parser goes', () => {
    const nested = (levels: number) => {
      const value = `${'['.repeat(levels)}${']'.repeat(levels)}`;
      return `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},"spec":{"replicas":1,"x":${value}}}`;
    };
    assert.ok(drawn(nested(900), 'tree', plain)?.startsWith('NAME'));
    assert.equal(drawn(nested(50_000), 'tree', plain), undefined);
  });

  if (inheritedNamesAreNoWords) {
    for (const word of ['toString', 'constructor', '__proto__']) {
      it(`may have the phase and the access mode ${word}`, () => {
        const status = { phase: word, accessModes: [word] };
        const objects = soundObjects.map((object) => ({ ...object, status }));
        for (const format of everyFormat) check(objects, format, { ...plain, colour: true });
        assert.doesNotMatch(drawn(listOf(objects), 'tree', plain) ?? '', /native code/);
      });
    }
  }

  if (nestedListsAreRefused) {
    it('may be in Lists within Lists', () => {
      const lists = `${'{"apiVersion":"v1","kind":"List","items":['.repeat(50_000)}${']}'.repeat(50_000)}`;
      assert.equal(drawn(lists, 'tree', plain), undefined);
    });
  }
});

function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const plain: Options = {
  allNamespaces: false,
  header: true,
  single: false,
  colour: false,
  width: undefined,
  others: 'not given',
};

function withOthers(snapshot: Snapshot, others: Absence): Snapshot {
  const part = <T>({ items }: Part<T>): Part<T> =>
    others === 'forbidden'
      ? { items, others, refusal: { verb: 'list', resource: 'it', message: 'no' } }
      : { items, others };
  return {
    statefulSets: part(snapshot.statefulSets),
    services: part(snapshot.services),
    pods: part(snapshot.pods),
    claims: part(snapshot.claims),
    volumes: part(snapshot.volumes),
    classes: part(snapshot.classes),
    nodes: part(snapshot.nodes),
    events: part(snapshot.events),
    time: snapshot.time,
  };
}

function withSpec(object: object, more: object): object {
  if (!('kind' in object) || object.kind !== 'StatefulSet' || !('spec' in object)) return object;
  return { ...object, spec: { ...(object.spec as object), ...more } };
}

function withOwners(object: object | undefined, ownerReferences: object[]): unknown {
  if (object === undefined || !('metadata' in object)) return object;
  return { ...object, metadata: { ...(object.metadata as object), ownerReferences } };
}

function podAt(ordinal: number): object {
  const controller = { kind: 'StatefulSet', name: 'db', uid: 'uid-StatefulSet-db', controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `db-${ordinal}`, namespace: 'shop', uid: `uid-${ordinal}`, ownerReferences: [controller] },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-db-${ordinal}` } }], containers: [] },
    status: { phase: 'Running' },
  };
}
