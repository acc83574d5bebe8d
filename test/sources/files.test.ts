import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileError } from '#src/sources/fileerror.ts';
import { type Files, readFiles } from '#src/sources/files.ts';
import { encoded, encodingNames } from '../objects/encodings.ts';
import { runs } from '../properties.ts';
import { checkout } from '../runner/files.ts';

/** When the files are read. */
const now = Date.parse('2026-03-09T12:00:00Z');

const set = 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: web }\n';
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web-0 }\n';

describe('files', () => {
  let folder: string;
  let written = 0;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function file(text: string | Buffer, name = `file-${written++}.yaml`): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  function read(...paths: string[]): Files {
    return readFiles({ paths, recursive: false }, now);
  }

  function names(...paths: string[]): string[] {
    const { statefulSets, services, pods, claims, volumes, classes } = read(...paths).snapshot;
    return [statefulSets, services, pods, claims, volumes, classes].flatMap(({ items }) =>
      items.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    );
  }

  function refusal(path: string): string {
    try {
      read(path);
    } catch (error) {
      assert.ok(error instanceof FileError, `a FileError, not ${error instanceof Error ? error.stack : String(error)}`);
      return error.message;
    }
    assert.fail('read without complaint');
  }

  it('may be YAML with several documents, some of them empty', () => {
    assert.deepEqual(names(file(`---\n${set}---\n---\n# nothing\n---\n${pod}`)), ['StatefulSet/web', 'Pod/web-0']);
  });

  it('may be JSON', () => {
    const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' } };
    assert.deepEqual(names(file(JSON.stringify(object), 'one.json')), ['StatefulSet/web']);
    assert.deepEqual(names(file(`\n  ${JSON.stringify(object, undefined, 2)}\n`, 'two.json')), ['StatefulSet/web']);
  });

  for (const encoding of encodingNames) {
    it(`may be ${encoding}, as a shell on Windows redirects output`, () => {
      const dump = `${set}---\n${pod}`.replaceAll('\n', '\r\n');
      assert.deepEqual(names(file(encoded(dump, encoding))), ['StatefulSet/web', 'Pod/web-0']);
      const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' } };
      const json = JSON.stringify(object, undefined, 2).replaceAll('\n', '\r\n');
      assert.deepEqual(names(file(encoded(json, encoding))), ['StatefulSet/web']);
    });
  }

  it('may hold a List, also one within another', () => {
    const inner = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
    };
    const other = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } };
    const list = { apiVersion: 'v1', kind: 'List', items: [inner, other] };
    assert.deepEqual(names(file(JSON.stringify(list))), ['Pod/a', 'Pod/b']);
  });

  it('that hold an object twice count the last of them', () => {
    const pod = (phase: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: {phase: ${phase}}\n`;
    const { items } = read(file(`${pod('Pending')}---\n${pod('Running')}`)).snapshot.pods;
    assert.deepEqual(
      items.map(({ status }) => status?.phase),
      ['Running'],
    );
  });

  it('that repeat parts of themselves without end are refused', () => {
    const levels = Array.from({ length: 6 }, (_, level) => {
      const items =
        level === 0 ? '{kind: Pod, apiVersion: v1, metadata: {name: a}}' : `[${`*l${level - 1},`.repeat(30)}]`;
      return `l${level}: &l${level} ${items}`;
    });
    assert.throws(() => read(file(`kind: List\n${levels.join('\n')}\n`)), FileError);
  });

  it('may hold a PodList, whose items do not say what they are', () => {
    const list = { apiVersion: 'v1', kind: 'PodList', metadata: {}, items: [{ metadata: { name: 'a' } }] };
    assert.deepEqual(names(file(JSON.stringify(list))), ['Pod/a']);
    const sets = { apiVersion: 'apps/v1', kind: 'StatefulSetList', items: [{ metadata: { name: 'web' } }] };
    assert.deepEqual(names(file(JSON.stringify(sets))), ['StatefulSet/web']);
  });

  it('may hold an empty list', () => {
    assert.deepEqual(names(file('apiVersion: v1\nkind: List\nitems: []\n')), []);
  });

  it('hold other kinds too, which are passed over', () => {
    const others =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n';
    assert.deepEqual(names(file(`${others}---\n${set}`)), ['StatefulSet/web']);
  });

  it('are told apart by group: another StatefulSet is none', () => {
    const foreign = 'apiVersion: apps.kruise.io/v1beta1\nkind: StatefulSet\nmetadata: { name: advanced }\n';
    assert.deepEqual(names(file(`${foreign}---\n${set}`)), ['StatefulSet/web']);
  });

  it('may be many', () => {
    assert.deepEqual(names(file(pod), file(set)), ['StatefulSet/web', 'Pod/web-0']);
  });

  it('may be folders: what ends like a manifest counts, folders within do not', () => {
    const place = join(folder, 'place');
    mkdirSync(join(place, 'deeper'), { recursive: true });
    for (const [name, text] of [
      ['b.yml', pod],
      ['a.yaml', set],
      ['c.json', '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}'],
      ['README.md', '# not YAML: at all: {'],
      ['deeper/d.yaml', pod],
    ] as const) {
      writeFileSync(join(place, name), text);
    }
    assert.deepEqual(names(place), ['StatefulSet/web', 'Service/web', 'Pod/web-0']);
  });

  it('may be standard input', () => {
    const program = `import { readFiles } from './src/sources/files.ts';
      console.log(readFiles({ paths: ['-'], recursive: false }, 0).snapshot.statefulSets.items.map(({ metadata }) => metadata.name).join());`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: checkout,
      input: set,
    });
    assert.equal(stdout.toString(), 'web\n');
  });

  it('say nothing of what they do not hold', () => {
    const { time: _, latest: __, ...parts } = read(file(set)).snapshot;
    for (const part of Object.values(parts)) assert.equal(part.others, 'not given');
  });

  it('keep every field of an object', () => {
    const [item] = read(file(`${set}spec: { replicas: 3 }\nstatus: { readyReplicas: 2 }\n`)).snapshot.statefulSets
      .items;
    assert.equal(item?.spec?.replicas, 3);
    assert.equal(item?.status?.readyReplicas, 2);
  });

  it('keep times as text, quoted or not', () => {
    const times = "{ name: web, creationTimestamp: 2026-01-02T03:04:05Z, deletionTimestamp: '2026-01-02T03:04:05Z' }";
    const [item] = read(file(`apiVersion: apps/v1\nkind: StatefulSet\nmetadata: ${times}\n`)).snapshot.statefulSets
      .items;
    assert.equal(item?.metadata.creationTimestamp, '2026-01-02T03:04:05Z');
    assert.equal(item?.metadata.deletionTimestamp, '2026-01-02T03:04:05Z');
  });

  it('may repeat parts by aliases and merge keys, as kubectl reads them', () => {
    const text = `${set}x: &labels { app: web }\nspec:\n  serviceName: web\n  selector: { matchLabels: { <<: *labels, tier: db } }\n`;
    const [item] = read(file(text)).snapshot.statefulSets.items;
    assert.deepEqual({ ...item?.spec?.selector?.matchLabels }, { app: 'web', tier: 'db' });
  });

  describe('that cannot be read', () => {
    it('are named: not there', () => {
      assert.equal(refusal('/nowhere/x.yaml'), 'the path "/nowhere/x.yaml" does not exist');
    });

    it('are named with the line of the fault', () => {
      const path = file(`${set}---\n${pod}spec: { broken\nmore: [}\n`);
      const message = refusal(path);
      assert.ok(message.includes(path), message);
      assert.match(message, /line \d+/);
      assert.doesNotMatch(message, /\n/);
    });

    it('are named with the document that is no object of Kubernetes', () => {
      const path = file(`${set}---\n- a\n- b\n`);
      assert.match(refusal(path), /document 2: not a Kubernetes object/);
      assert.ok(refusal(path).startsWith(path));
    });

    const others: [what: string, text: string][] = [
      ['a plain text', 'hello\n'],
      ['a number', '7\n'],
      ['without kind', 'metadata: { name: a }\n'],
      ['with a name that is no text', 'apiVersion: v1\nkind: Pod\nmetadata: { name: 7 }\n'],
      ['a list of no objects', 'apiVersion: v1\nkind: List\nitems: [1, null, [], hello]\n'],
      ['JSON that is cut off', '{"apiVersion": "v1", "kind": "Pod", "metadata": {"na'],
      ['binary', '\u0000\u0001\u0002\u0003'],
      ['YAML with tabs', 'kind: Pod\n\tmetadata: {}\n'],
      ['an alias to nothing', 'kind: *nothing\n'],
      ['an alias to itself', '&a [*a]\n'],
    ];
    for (const [what, text] of others) {
      it(`are refused in one line: ${what}`, () => assert.doesNotMatch(refusal(file(text)), /\n/));
    }
  });

  describe('of hostile making', () => {
    it('do not grow: aliases of aliases stay small, or are refused', () => {
      const levels = Array.from({ length: 30 }, (_, level) => {
        const items =
          level === 0
            ? 'lol'
            : Array(9)
                .fill(`*a${level - 1}`)
                .join(', ');
        return `a${level}: &a${level} [${items}]`;
      });
      const path = file(`${set}spec:\n${levels.map((line) => `  ${line}\n`).join('')}`);
      const began = performance.now();
      try {
        assert.deepEqual(names(path), ['StatefulSet/web']);
      } catch (error) {
        assert.ok(error instanceof FileError);
      }
      assert.ok(performance.now() - began < 2_000, 'at once');
    });

    it('cannot change what other objects are', () => {
      names(
        file('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"__proto__":{"polluted":true}}', 'proto.json'),
        file(
          'apiVersion: v1\nkind: Pod\nmetadata: { name: a, __proto__: { polluted: true } }\n__proto__: { polluted: true }\n',
        ),
        file('apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nconstructor: { prototype: { polluted: true } }\n'),
      );
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    });

    it('may hold numbers of any size: they are read, or refused by file and document', () => {
      for (const spec of [
        '{ replicas: 999999999999999999999999 }',
        '{ ordinals: { start: 1e400 } }',
        '{ replicas: .nan }',
      ]) {
        try {
          assert.deepEqual(names(file(`${set}spec: ${spec}\n`)), ['StatefulSet/web']);
        } catch (error) {
          assert.ok(error instanceof FileError, `a FileError, not ${String(error)}`);
          assert.match(error.message, /file-\d+\.yaml: document 1: StatefulSet\/web/);
        }
      }
    });

    it('may be deep', () => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      for (const text of [`${set}spec: ${deep}\n`, `{"kind":"Pod","metadata":{"name":"a"},"spec":${deep}}`]) {
        try {
          names(file(text));
        } catch (error) {
          assert.ok(error instanceof FileError, `a FileError, not ${String(error)}`);
        }
      }
    });

    it('of whatever text are read or refused, never more', () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(...' \n:-[]{}&*!|>"\'#ka') })),
          (text) => {
            const path = file(text, 'fuzz.yaml');
            try {
              read(path);
            } catch (error) {
              assert.ok(error instanceof FileError, `a FileError, not ${error instanceof Error ? error.stack : ''}`);
              assert.doesNotMatch(error.message, /\n/);
            }
          },
        ),
        { numRuns: runs(300) },
      );
    });
  });
});
