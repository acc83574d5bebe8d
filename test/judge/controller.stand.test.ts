import assert from 'node:assert/strict';
import type { Pod } from '#src/objects/types.ts';
import { inTurn, newest, today } from '../stand/kubernetes.ts';
import { type Act, askController, type State, type Sync, type Variant, variants } from './controller.ts';
import { claimOf, dataTemplate, podOf, podsOf, readySince, stateOf, withVolume } from './handmade-states.ts';

interface Expected {
  acts: Act[];
  error?: RegExp;
  /** The last line of the log that names a pod. */
  says?: RegExp;
}

interface Case {
  title: string;
  state: State;
  expected: Expected | ((gates: Variant['gates']) => Expected);
}

const [old, current] = ['web-old', 'web-new'] as const;
const unready: Pod['status'] = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
const without = (pod: Pod, part: 'labels' | 'ownerReferences'): Pod => {
  return { ...pod, metadata: { ...pod.metadata, [part]: part === 'labels' ? {} : [] } };
};
const deleted = (name: string, why: 'update' | 'scale-down' | 'recreate' | 'ended'): Act => {
  return { act: 'deletePod', name, why };
};

const cases: Case[] = [
  {
    title: 'the first pod is made first, after its claim',
    state: stateOf(dataTemplate, []),
    expected: {
      acts: [
        { act: 'createClaim', name: 'data-web-0' },
        { act: 'createPod', name: 'web-0', revision: current, volumes: { data: 'data-web-0' } },
      ],
    },
  },
  {
    title: 'the next pod waits until the one before it is ready',
    state: stateOf({}, [podOf(0, current, unready)]),
    expected: { acts: [], says: /waiting for Pod to be Running and Ready web-0$/ },
  },
  {
    title: 'a pod that has been ready for less than minReadySeconds is waited for',
    state: stateOf({ minReadySeconds: 30 }, [podOf(0, current, readySince(20))]),
    expected: { acts: [], says: /waiting for Pod to be Available web-0$/ },
  },
  {
    title: 'a pod that has been ready for longer is not',
    state: stateOf({ minReadySeconds: 30 }, [podOf(0, current, readySince(40))]),
    expected: { acts: [{ act: 'createPod', name: 'web-1', revision: current, volumes: {} }] },
  },
  {
    title: 'the highest pod goes first when a set is scaled down',
    state: stateOf({ replicas: 1 }, podsOf(current)),
    expected: { acts: [deleted('web-2', 'scale-down')] },
  },
  {
    title: 'the highest pod is updated first',
    state: stateOf({}, podsOf(old)),
    expected: { acts: [deleted('web-2', 'update')] },
  },
  {
    title: 'a pod that has failed is deleted',
    state: stateOf({}, [podOf(0, current), podOf(1, current, { phase: 'Failed' }), podOf(2, current)]),
    expected: { acts: [deleted('web-1', 'ended')] },
  },
  {
    title: 'two pods of a Parallel set are updated together, where maxUnavailable is obeyed',
    state: stateOf(
      {
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } },
      },
      podsOf(old),
    ),
    expected: ({ MaxUnavailableStatefulSet: obeyed }) => {
      return { acts: ['web-2', ...(obeyed ? ['web-1'] : [])].map((name) => deleted(name, 'update')) };
    },
  },
  {
    title: 'a pod is not made where a pod of somebody else has its name',
    state: stateOf({}, [without(without(podOf(0, old), 'labels'), 'ownerReferences')]),
    expected: {
      acts: [{ act: 'createPod', name: 'web-0', refused: 'AlreadyExists' }],
      error: /"web-0" already exists/,
    },
  },
  {
    title: 'a pod without the volume of a new claim template cannot be mended',
    state: stateOf({ ...dataTemplate, replicas: 1 }, [podOf(0, current)], [claimOf('web-0')]),
    expected: { acts: [{ act: 'updatePod', name: 'web-0', refused: 'Invalid' }], error: /Pod "web-0" is invalid/ },
  },
  {
    title: 'an orphan is adopted',
    state: stateOf({ replicas: 1 }, [without(podOf(0, current), 'ownerReferences')]),
    expected: { acts: [{ act: 'adopt', name: 'web-0' }] },
  },
  {
    title: 'a pod that the selector no longer finds is released, and blocks its successor',
    state: stateOf({ replicas: 1 }, [without(podOf(0, current), 'labels')]),
    expected: {
      acts: [
        { act: 'release', name: 'web-0' },
        { act: 'createPod', name: 'web-0', refused: 'AlreadyExists' },
      ],
      error: /"web-0" already exists/,
    },
  },
  {
    title: 'a claim that goes with an earlier pod is waited for',
    state: stateOf(
      { ...dataTemplate, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } },
      [],
      [claimOf('web-0', { kind: 'Pod', name: 'web-0', uid: 'uid-of-an-earlier-web-0' })],
    ),
    expected: { acts: [] },
  },
  {
    title: 'a claim that is to go with the set gets it as its owner',
    state: stateOf(
      { ...dataTemplate, replicas: 1, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } },
      [withVolume(podOf(0, current))],
      [claimOf('web-0')],
    ),
    expected: {
      acts: [
        {
          act: 'updateClaim',
          name: 'data-web-0',
          owners: [{ kind: 'StatefulSet', name: 'web', uid: 'uid-of-web', controller: true }],
        },
        { act: 'updatePod', name: 'web-0' },
      ],
    },
  },
];

const recreated: Case = {
  title: 'all pods are deleted together by the strategy Recreate, where there is one',
  state: stateOf({ updateStrategy: { type: 'Recreate' } }, podsOf(old)),
  expected: ({ StatefulSetRecreateStrategy: known }) => {
    return known
      ? { acts: ['web-0', 'web-1', 'web-2'].map((name) => deleted(name, 'recreate')) }
      : { acts: [], error: /uses Recreate strategy but feature gate StatefulSetRecreateStrategy is disabled/ };
  },
};

// The newest, and the older ones whose turn it is: those that are built anyway.
const built = [newest, ...inTurn(today())];

for (const variant of variants.filter(({ minor }) => built.includes(minor))) {
  const { minor, gates } = variant;
  const on = Object.keys(gates).filter((gate) => gates[gate]);
  const asked = 'StatefulSetRecreateStrategy' in gates ? [...cases, recreated] : cases;

  describe(`the controller of Kubernetes ${minor} with ${on.join(' and ') || 'no gate'}, asked by itself`, function () {
    this.timeout(600_000);
    let answers: Sync[];

    before(async () => {
      const states = asked.map(({ state }) => state);
      answers = (await askController(variant, states)).map((answer) => {
        assert.ok(!('panic' in answer), 'panic' in answer ? answer.panic : '');
        return answer;
      });
      assert.equal(answers.length, asked.length);
    });

    for (const [index, { title, expected }] of asked.entries()) {
      it(title, () => {
        const { acts, error, says } = typeof expected === 'function' ? expected(gates) : expected;
        const answer = answers[index];
        assert.ok(answer);
        // Pods that are handled side by side come in any order.
        const told = answer.acts.some(({ act, ...more }) => 'why' in more && more.why === 'recreate')
          ? answer.acts.toSorted((a, b) => a.name.localeCompare(b.name))
          : answer.acts;
        assert.deepEqual(told, acts);
        assert.match(answer.error ?? '', error ?? /^$/);
        const named = answer.log.findLast(({ pod }) => pod !== undefined);
        if (says) assert.match(`${named?.message} ${named?.pod}`, says);
        assert.equal(answer.status?.updateRevision ?? current, current);
      });
    }
  });
}
