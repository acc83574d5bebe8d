import assert from 'node:assert/strict';
import type { RollRefusal, RollWarning } from '#src/roll/model/plan.ts';
import type { Problem } from '#src/roll/model/problem.ts';
import { problemLine, refusalWords, warningWords } from '#src/roll/view/refusals.ts';
import type { Progress } from '#src/statefulset/rollout.ts';

const web = { name: 'web', namespace: 'shop' };

/** A rollout of which only these counts are known. */
function progressOf(counts: Partial<Progress>): Progress {
  return {
    state: 'done',
    pods: 3,
    wanted: 3,
    updated: 3,
    target: 3,
    heldBack: 0,
    next: [],
    waitsFor: [],
    unavailable: [],
    condemned: [],
    otherwise: undefined,
    judgement: { kind: 'goes on' },
    now: 0,
    ...counts,
  };
}

describe('why a roll is not begun', () => {
  const refusal = { verb: 'list', resource: 'pods', message: 'pods is forbidden' };
  const cases: [refusal: RollRefusal, words: RegExp][] = [
    [
      {
        kind: 'controller at work',
        rollout: progressOf({ state: 'updating', updated: 1, target: 3 }),
        remedy: { kind: 'wait', troubled: undefined },
      },
      /the controller has work of its own \(Updating, 1 of 3 updated\): wait until it is done$/,
    ],
    [
      {
        kind: 'controller at work',
        rollout: progressOf({ state: 'scaling', pods: 5, wanted: 3 }),
        remedy: { kind: 'wait', troubled: undefined },
      },
      /Scaling, 5 pods are there, 3 wanted/,
    ],
    [
      { kind: 'ordinal outside the set', ordinal: 7, wanted: { start: 5, end: 7 } },
      /no ordinal 7: its ordinals are 5 to 6/,
    ],
    [{ kind: 'ordinal outside the set', ordinal: 0, wanted: { start: 0, end: 0 } }, /no ordinal 0: it wants no pod/],
    [
      { kind: 'revision label too long', pods: ['web-1', 'web-0'] },
      /^web-1, web-0 would not come back: the API server refuses the label controller-revision-hash of the next pod/,
    ],
    [{ kind: 'ordered set', maxUnavailable: 2 }, /--max-unavailable 2 is for Parallel sets/],
    [
      {
        kind: 'not ready',
        pods: [{ pod: 'web-0', word: 'CrashLoopBackOff', trouble: true }],
        first: undefined,
        claimsStay: true,
      },
      /web-0 is CrashLoopBackOff: no other pod may go meanwhile: mend it, or make it anew: kubectl delete pod web-0 -n shop$/,
    ],
    [
      {
        kind: 'not ready',
        pods: [{ pod: 'web-0', word: 'CrashLoopBackOff', trouble: true }],
        first: undefined,
        claimsStay: false,
      },
      /web-0 is CrashLoopBackOff: no other pod may go meanwhile: mend it$/,
    ],
    [
      {
        kind: 'not ready',
        pods: [{ pod: 'web-1', word: 'ContainerCreating', trouble: false }],
        first: 1,
        claimsStay: true,
      },
      /web-1 is ContainerCreating: .*: wait until it is ready, or let it go first: --first 1$/,
    ],
    ...(
      [
        ['deleted', /claim data-web-1 of web-1 is being deleted: its data would go with the pod; save it first$/],
        ['scrubbed', /its data would go with the pod; save it first$/],
        ['to be deleted', /its data would go with the pod if its volume can be deleted; save it first$/],
        ['unknown', /its data may go with the pod, since its volume was not read; save it first$/],
        ['kept', /the claim would go with the pod, .* without its data; its volume is kept \(Retain\)$/],
        [undefined, /: the claim would go with the pod$/],
      ] as const
    ).map(([volumeFate, words]): [RollRefusal, RegExp] => [
      { kind: 'claim is being deleted', pod: 'web-1', claim: 'data-web-1', volumeFate },
      words,
    ]),
    [
      { kind: 'budget never lets go', budget: 'web', pods: ['web-0', 'web-1'] },
      /PodDisruptionBudget web never lets web-0, web-1 go/,
    ],
    [
      { kind: 'several budgets', pod: 'web-0', budgets: ['a', 'b'] },
      /web-0 is selected by several PodDisruptionBudgets \(a, b\)/,
    ],
    [{ kind: 'unknown', part: 'pods', refusal }, /no right to list pods.*pods is forbidden/],
    [{ kind: 'unknown', part: 'claims', refusal: undefined }, /claims were not seen/],
  ];
  for (const [refused, words] of cases) {
    it(`is said: ${words.source}`, () => assert.match(refusalWords(web, refused), words));
  }
});

describe('what to mind in a roll', () => {
  const reach = {
    volumes: [{ name: 'pv', place: { kind: 'nodes' as const, text: 'node-1' }, nodes: 1 }],
    nodes: [{ name: 'node-1', closed: { state: 'cordoned' as const } }],
    complete: true,
  };
  const cases: [warning: RollWarning, words: RegExp][] = [
    [
      { kind: 'data left behind', volumes: ['tmp'] },
      /^each new pod begins without the data in tmp, which the old volumes keep \(Retain\)$/,
    ],
    [{ kind: 'data goes', volumes: ['cache', 'tmp'] }, /what is in cache, tmp goes with each pod/],
    [{ kind: 'owner', owner: 'Postgres/db' }, /kept by Postgres\/db/],
    [
      { kind: 'no way back', pod: 'web-1', reach },
      /web-1 may not come back: its volume lives on node-1, which is cordoned/,
    ],
    [{ kind: 'no grace period' }, /terminationGracePeriodSeconds is 0/],
    [
      { kind: 'way back unknown', refusal: { verb: 'list', resource: 'nodes', message: '' } },
      /^whether a node takes each pod back is not known: no right to list nodes$/,
    ],
    [
      { kind: 'budgets unknown', refusal: { verb: 'list', resource: 'poddisruptionbudgets.policy', message: '' } },
      /is not known: no right to list poddisruptionbudgets.policy/,
    ],
  ];
  for (const [warning, words] of cases) {
    it(`is said: ${words.source}`, () => assert.match(warningWords(warning), words));
  }
});

describe('what keeps a roll from beginning, besides its plan', () => {
  const cases: [problem: Problem, line: string][] = [
    [
      { kind: 'plan', refusal: { kind: 'ordered set', maxUnavailable: 2 } },
      '--max-unavailable 2 is for Parallel sets: the controller of an OrderedReady set makes one pod at a time',
    ],
    [
      { kind: 'rights missing', rights: ['create pods/eviction', 'get pods/exec'], namespace: 'shop' },
      'no right to create pods/eviction, get pods/exec in namespace shop',
    ],
    [
      { kind: 'lease rights missing', rights: ['create leases.coordination.k8s.io'], namespace: 'shop' },
      'no right to create leases.coordination.k8s.io in namespace shop: with --no-lease it goes without, but then nobody keeps another roll of the set away, and this one cannot be resumed',
    ],
    [{ kind: 'no such container', container: 'db' }, '--container db: its pod template has no such container'],
    [
      { kind: 'other roll', roll: { id: '7f3a', holder: 'ann@desk' } },
      'roll 7f3a of statefulset/web is under way, or was cut off: held by ann@desk: see it with --status, go on with --resume, or forget it with --abort',
    ],
    [
      { kind: 'other roll', roll: { id: undefined, holder: undefined } },
      'a roll of statefulset/web was stopped before its end: see it with --status, or forget it with --abort',
    ],
    [
      { kind: 'name wrong', pod: 'web-1', fault: { kind: 'no name' } },
      '--wait-dns: the name of web-1 is not right even now: it has no name',
    ],
    [{ kind: 'somebody was faster' }, 'somebody else has just begun a roll of it'],
  ];
  for (const [problem, line] of cases) {
    it(`is said: ${line}`, () =>
      assert.equal(problemLine(web, problem), `error: statefulset/web is not rolled: ${line}`));
  }
});
