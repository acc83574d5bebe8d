import assert from 'node:assert/strict';
import type { ControllerRevision } from '#src/objects/types.ts';
import { templateChanges } from '#src/statefulset/templatechange.ts';
import { namespace, statefulSet } from '../objects/snapshots.ts';

describe('what an update changes', () => {
  const set = statefulSet('web', { status: { currentRevision: 'web-1', updateRevision: 'web-2' } });
  const revision = (name: string, template: object): ControllerRevision => ({
    metadata: { name, namespace },
    data: { spec: { template } },
  });
  const db = { name: 'db', image: 'db:1', env: [{ name: 'PASSWORD', value: 'secret' }] };
  const before = revision('web-1', { metadata: { labels: { app: 'web' } }, spec: { containers: [db] } });
  const changes = (template: object) => templateChanges(set, [before, revision('web-2', template)]);

  it('is told by the two revisions: images, and the names of other fields without their values', () => {
    const env = [{ name: 'PASSWORD', value: 'other' }];
    const found = changes({
      metadata: { labels: { app: 'web' }, annotations: { restarted: 'now' } },
      spec: { nodeSelector: { disk: 'ssd' }, containers: [{ ...db, image: 'db:2', env }, { name: 'proxy' }] },
    });
    assert.deepEqual(found, [
      { kind: 'image', container: 'db', from: 'db:1', to: 'db:2' },
      { kind: 'container fields', container: 'db', fields: ['env'] },
      { kind: 'container added', container: 'proxy' },
      { kind: 'pod fields', fields: ['nodeSelector'] },
      { kind: 'metadata fields', fields: ['annotations'] },
    ]);
    assert.doesNotMatch(JSON.stringify(found), /secret|other/);
    assert.deepEqual(changes({ metadata: { labels: { app: 'web' } }, spec: { containers: [] } }), [
      { kind: 'container removed', container: 'db' },
    ]);
  });

  it('is not known without one of them, and nothing where no update is under way', () => {
    assert.equal(templateChanges(set, [before]), undefined);
    assert.equal(templateChanges(statefulSet('web'), [before]), undefined);
  });
});
