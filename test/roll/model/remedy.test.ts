import assert from 'node:assert/strict';
import { formatTime } from '#src/objects/time.ts';
import type { Claim, Pod } from '#src/objects/types.ts';
import { type Remedy, remedyFor } from '#src/roll/model/remedy.ts';
import { remedyWords } from '#src/roll/view/remedywords.ts';
import { rollout } from '#src/statefulset/rollout.ts';
import { type RolloutSnapshot, rolloutContexts } from '#src/statefulset/rolloutcontext.ts';
import {
  boundClaim,
  crashing,
  forbidden,
  podOf,
  read,
  snapshotOf,
  statefulSet,
  time,
  uidOf,
} from '../../objects/snapshots.ts';

const web = { name: 'web', namespace: 'shop' };
/** So often that it is no accident. */
const broken = { status: crashing(9) };
/** A crash of a moment ago. */
const recently = {
  ...crashing(1),
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: formatTime(time - 10_000) }],
};
const twoRevisions = { currentRevision: 'web-1', updateRevision: 'web-2' };

type Shape = Parameters<typeof statefulSet>[1];

function remedy(
  shape: Shape,
  podsOf: (set: ReturnType<typeof statefulSet>) => Pod[],
  more: Partial<RolloutSnapshot> = {},
) {
  const set = statefulSet('web', { replicas: 3, ...shape });
  const pods = podsOf(set);
  const snapshot = { ...snapshotOf({ statefulSets: [set], pods }), ...more };
  return remedyFor(set, rollout(rolloutContexts(snapshot)(set)), pods);
}

/** A claim that goes with its pod. */
function ownedBy(name: string, pod: string): Claim {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: pod, uid: uidOf('Pod', pod), controller: true };
  return boundClaim(name, { metadata: { ownerReferences: [owner] } });
}

describe('what helps where a roll may not begin', () => {
  const cases: [what: string, found: Remedy, expected: Remedy, words: RegExp][] = [
    [
      'time, where the controller goes on',
      remedy({ status: twoRevisions }, (set) => [0, 1, 2].map((at) => podOf(set, at, { revision: 'web-1' }))),
      { kind: 'wait', troubled: undefined },
      /^wait until it is done$/,
    ],
    [
      'time, and a look at a pod that crashes, but may get well',
      remedy({ status: twoRevisions }, (set) => [
        podOf(set, 0, { revision: 'web-1' }),
        podOf(set, 1, { revision: 'web-1' }),
        podOf(set, 2, { status: recently }),
      ]),
      { kind: 'wait', troubled: 'web-2' },
      /^wait until it is done, unless web-2 does not get well: kubectl describe pod web-2 -n shop$/,
    ],
    [
      'nothing, where the set is being deleted',
      remedy({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, (set) => [podOf(set, 0)]),
      { kind: 'none' },
      /no pod to roll/,
    ],
    [
      'to delete a pod that is broken in an older revision, which the controller never replaces',
      remedy({ status: twoRevisions }, (set) => [
        podOf(set, 0, { revision: 'web-1' }),
        podOf(set, 1, { revision: 'web-1' }),
        podOf(set, 2, { revision: 'web-0', ...broken }),
      ]),
      { kind: 'delete pod', pod: 'web-2', comesBack: true, goes: [] },
      /^kubectl delete pod web-2 -n shop \(it comes back in another revision\)$/,
    ],
    [
      'to mend the template or go back where the update revision is broken, and to delete the broken pod then',
      remedy({ status: twoRevisions }, (set) => [
        podOf(set, 0, { revision: 'web-1' }),
        podOf(set, 1, { revision: 'web-1' }),
        podOf(set, 2, broken),
      ]),
      { kind: 'mend the pod', pod: 'web-2', undo: true, remains: true, goes: [] },
      /^see why web-2 is not ready \(kubectl describe pod web-2 -n shop\); .* go back: kubectl rollout undo statefulset\/web -n shop; then kubectl delete pod web-2 -n shop/,
    ],
    [
      'not to delete a broken pod that the partition would bring back as it is',
      remedy(
        {
          status: twoRevisions,
          spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
        },
        (set) => [
          podOf(set, 0, { revision: 'web-1', ...broken }),
          podOf(set, 1, { revision: 'web-1' }),
          podOf(set, 2, { revision: 'web-1' }),
        ],
      ),
      { kind: 'mend the pod', pod: 'web-0', undo: false, remains: true, goes: [] },
      /if its revision is broken, mend the pod template; then/,
    ],
    [
      'to delete a condemned pod that is broken, and to know what goes with it',
      remedy({ replicas: 0, templates: ['data'] }, (set) => [podOf(set, 1, broken), podOf(set, 2, broken)], {
        claims: read([ownedBy('data-web-2', 'web-2')]),
      }),
      { kind: 'delete pod', pod: 'web-2', comesBack: false, goes: [{ claim: 'data-web-2', volumeFate: undefined }] },
      /^kubectl delete pod web-2 -n shop \(it does not come back; data-web-2 would be deleted with it\)$/,
    ],
    [
      'to save the data of a broken pod whose claim is being deleted',
      remedy(
        { templates: ['data'], status: twoRevisions },
        (set) => [
          podOf(set, 0, { revision: 'web-1' }),
          podOf(set, 1, { revision: 'web-1' }),
          podOf(set, 2, { revision: 'web-0', ...broken }),
        ],
        { claims: read([boundClaim('data-web-2', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })]) },
      ),
      { kind: 'save data', pod: 'web-2', claim: 'data-web-2', volumeFate: undefined },
      /^kubectl delete pod web-2 -n shop$/,
    ],
    [
      'whoever holds a pod that does not end',
      remedy({ replicas: 2 }, (set) => [
        podOf(set, 0),
        podOf(set, 1),
        podOf(set, 2, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/keep'] } }),
      ]),
      { kind: 'let it end', pod: 'web-2', finalizers: ['example.com/keep'], node: 'node-1' },
      /^web-2 is being deleted already: the controllers of its finalizers \(example.com\/keep\)/,
    ],
    [
      'to look where nobody knows',
      remedy(
        { status: twoRevisions },
        (set) => [
          podOf(set, 0, { revision: 'web-1' }),
          podOf(set, 1, { revision: 'web-1' }),
          podOf(set, 2, { status: { phase: 'Pending' } }),
        ],
        { events: forbidden('events') },
      ),
      { kind: 'look', pods: ['web-2'] },
      /^whether it goes on by itself is not known: kubectl describe pod web-2 -n shop$/,
    ],
  ];
  for (const [what, found, expected, words] of cases) {
    it(what, () => {
      assert.deepEqual(found, expected);
      assert.match(remedyWords(web, found), words);
    });
  }
});

describe('the words for what helps', () => {
  const cases: [remedy: Remedy, words: RegExp][] = [
    [{ kind: 'look', pods: [] }, /^whether it goes on by itself is not known$/],
    [
      { kind: 'let it end', pod: 'web-1', finalizers: [], node: 'node-1' },
      /once you are sure that it runs no longer on node node-1: kubectl delete pod web-1 -n shop --force$/,
    ],
    [{ kind: 'let it end', pod: 'web-1', finalizers: [], node: undefined }, /runs no longer anywhere: /],
    [
      { kind: 'free the name', pod: 'web-1', owner: undefined },
      /^web-1 belongs to no controller: move it away, or if nobody needs it: kubectl delete pod web-1 -n shop$/,
    ],
    [
      { kind: 'save data', pod: 'web-1', claim: 'data-web-1', volumeFate: 'deleted' },
      /^save its data, and only then: kubectl delete pod web-1 -n shop$/,
    ],
    [
      { kind: 'save data', pod: 'web-1', claim: 'data-web-1', volumeFate: 'kept' },
      /^its volume keeps its data \(Retain\); if it may come back without it: kubectl delete pod web-1 -n shop$/,
    ],
    [
      {
        kind: 'delete pod',
        pod: 'web-1',
        comesBack: false,
        goes: [
          { claim: 'data-web-1', volumeFate: 'deleted' },
          { claim: 'log-web-1', volumeFate: 'kept' },
        ],
      },
      /\(it does not come back; data-web-1 would be deleted with it, its volume too \(Delete\); log-web-1 would be deleted with it, its volume is kept \(Retain\)\)$/,
    ],
    [
      {
        kind: 'mend the pod',
        pod: 'web-1',
        undo: false,
        remains: true,
        goes: [{ claim: 'data-web-1', volumeFate: 'deleted' }],
      },
      /; then kubectl delete pod web-1 -n shop \(data-web-1 would be deleted with it, its volume too \(Delete\)\), since/,
    ],
    [
      { kind: 'mend the pod', pod: 'web-1', undo: false, remains: true, goes: undefined },
      /delete pod web-1 -n shop \(whether a claim would go with it is not known\), since/,
    ],
    [{ kind: 'mend the cause' }, /API server/],
    [{ kind: 'rename the set' }, /shorter name/],
    [{ kind: 'change the strategy' }, /RollingUpdate or OnDelete/],
  ];
  for (const [remedy, words] of cases) {
    it(`are those of: ${remedy.kind}`, () => assert.match(remedyWords(web, remedy), words));
  }

  it('quote for the shell what is no name', () => {
    assert.match(
      remedyWords(web, { kind: 'delete pod', pod: 'web-1; id', comesBack: false, goes: [] }),
      /pod 'web-1; id' -n/,
    );
  });
});
