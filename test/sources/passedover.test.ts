import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { FileError } from '#src/sources/fileerror.ts';
import { type Files, readFiles } from '#src/sources/files.ts';
import { temporaryFolder } from './folder.ts';

describe('files that hold more than is needed', () => {
  const folder = temporaryFolder();

  const read = (path: string, recursive = false): Files => readFiles({ paths: [path], recursive }, 0);
  const setsIn = ({ snapshot }: Files) => snapshot.statefulSets.items.map(({ metadata }) => metadata.name);
  const set = (name: string) => `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: ${name} }\n`;

  it('are read without objects of other kinds, which are counted, and need no name', () => {
    const others = [
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a }',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: b }',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization',
      'apiVersion: apps.example.io/v1\nkind: StatefulSet\nmetadata: { name: c }',
      'kind: Pod\nmetadata: { name: 7 }\napiVersion: example.io/v1',
      'apiVersion: v1\nkind: Ageless\nmetadata: seven',
    ];
    const files = read(folder.write('others.yaml', [...others, set('web')].join('\n---\n')));
    assert.deepEqual(setsIn(files), ['web']);
    assert.deepEqual(Object.fromEntries(files.passedOver.kinds), {
      Secret: 2,
      Kustomization: 1,
      'StatefulSet.apps.example.io': 1,
      'Pod.example.io': 1,
      Ageless: 1,
    });
    assert.equal(files.passedOver.nameless.size, 0);
  });

  it('are read without the objects that have no name, as kubectl create gives them one', () => {
    const documents = [
      'apiVersion: v1\nkind: Pod\nmetadata: { generateName: web- }',
      'apiVersion: v1\nkind: Pod\nmetadata:',
      'apiVersion: v1\nkind: Pod',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: "" }',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: null }',
    ];
    const files = read(folder.write('nameless.yaml', [...documents, set('web')].join('\n---\n')));
    assert.deepEqual([setsIn(files), files.snapshot.pods.items], [['web'], []]);
    assert.deepEqual(Object.fromEntries(files.passedOver.nameless), { Pod: 3, StatefulSet: 2 });
  });

  it('may hold objects in any kind of list', () => {
    const object = (name: string) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name } });
    const texts: [text: unknown[], names: string[]][] = [
      [[[object('a'), object('b')]], ['a', 'b']],
      [[{ apiVersion: 'v1', kind: 'List', items: null }, object('a')], ['a']],
      [[{ apiVersion: 'v1', kind: 'List' }, object('a')], ['a']],
      [[{ apiVersion: 'apps/v1', kind: 'StatefulSetList', items: null }, object('a')], ['a']],
      [['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'List', items: [object(name)] })), ['a', 'b']],
      [[{ apiVersion: 'apps/v1', kind: 'StatefulSetList', items: [{ metadata: { name: 'a' } }] }], ['a']],
      [[[{ apiVersion: 'v1', kind: 'List', items: [[object('a')]] }]], ['a']],
      [[{ apiVersion: 'example.io/v1', kind: 'AllowList', metadata: { name: 'x' } }, object('a')], ['a']],
    ];
    for (const [position, [values, names]] of texts.entries()) {
      const text = values.map((value) => JSON.stringify(value)).join('\n');
      const files = read(folder.write(`lists-${position}.json`, text));
      assert.deepEqual(setsIn(files), names, text);
    }
    const depth = 100_000;
    const spec = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    assert.throws(
      () => read(folder.write('deep-spec.json', spec)),
      /deep-spec\.json: document 1: Pod: more than 1000 levels deep/,
    );
    assert.throws(
      () => read(folder.write('deep.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
      /deep\.json: document 1: lists within lists, more than 10 deep/,
    );
  });

  it('are read whole in a folder, whatever else lies there: what is no object is counted, and faults are told', () => {
    folder.write(
      'bundle/sets/shop.json',
      JSON.stringify([{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' } }]),
    );
    folder.write('bundle/sets/values.yaml', 'image: web\nreplicas: 3\n');
    folder.write('bundle/errors.json', '["pods is forbidden", "secrets is forbidden"]');
    folder.write('bundle/empty.json', '');
    folder.write('bundle/null.json', 'null');
    folder.write('bundle/version.yaml', '1.36.3\n');
    folder.write('bundle/template.yaml', 'metadata: { name: {{ .Release.Name }} }\n');
    folder.write('bundle/wrong.yaml', `${set('db')}---\n${set('cache')}spec: { replicas: three }\n`);
    execFileSync('mkfifo', [folder.path('bundle/pipe.yaml')]);
    const files = read(folder.path('bundle'), true);
    assert.deepEqual(setsIn(files), ['web', 'db']);
    assert.deepEqual([files.passedOver.noObjects, files.passedOver.noFiles], [4, 1]);
    assert.deepEqual(
      files.faults.map(({ message }) => message.replace(folder.path('bundle/'), '').replace(/line 1: .*/, 'line 1')),
      ['template.yaml: line 1', 'wrong.yaml: document 2: StatefulSet/cache: spec.replicas is not a number'],
    );
  });

  it('are refused at their first fault if they were named', () => {
    const values = folder.write('values.yaml', 'image: web\n');
    assert.throws(() => read(values), new FileError(`${values}: document 1: not a Kubernetes object: it has no kind`));
    const wrong = folder.write('wrong.yaml', `${set('a')}spec: { replicas: three }\n---\n${set('b')}`);
    assert.throws(
      () => read(wrong),
      new FileError(`${wrong}: document 1: StatefulSet/a: spec.replicas is not a number`),
    );
  });

  it('tell by all their objects how old they are', () => {
    const lease = 'apiVersion: coordination.k8s.io/v1\nkind: Lease\nspec: { renewTime: "2026-03-09T11:00:00.000000Z" }';
    const files = read(folder.write('old.yaml', `${lease}\n---\n${set('web')}`));
    assert.equal(files.snapshot.time, Date.parse('2026-03-09T11:00:00Z'));
  });

  it('have events of either API group, each of which counts once', () => {
    const core = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web-0.1', namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-0' },
      type: 'Warning',
      reason: 'FailedMount',
      message: 'no such volume',
      firstTimestamp: '2026-03-09T11:00:00Z',
      lastTimestamp: '2026-03-09T11:30:00Z',
    };
    const { involvedObject, message, firstTimestamp, lastTimestamp, ...same } = core;
    const newer = {
      ...same,
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: message,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
    };
    for (const events of [[core], [newer], [core, newer]]) {
      const files = read(folder.write('events.json', JSON.stringify(events)));
      const told = files.snapshot.events.items.map((event) => {
        const {
          metadata,
          reason,
          involvedObject: object,
          message: words,
          firstTimestamp: first,
          lastTimestamp: last,
        } = event;
        return [metadata.name, reason, object, words, first, last];
      });
      assert.deepEqual(told, [['web-0.1', 'FailedMount', involvedObject, message, firstTimestamp, lastTimestamp]]);
    }
  });
});
