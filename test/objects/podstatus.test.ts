import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isRunningAndReady, isTrouble, podStatus } from '#src/objects/podstatus.ts';
import type { Pod } from '#src/objects/types.ts';
import { podCases } from '../e2e/podstatus-cases.ts';

describe('a pod’s status: a pod that', () => {
  for (const { what, word, init = [], containers = ['main'], status, deleted } of podCases) {
    it(`${what} is ${word}`, () => {
      const pod = {
        metadata: { name: 'web-0', ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
        spec: {
          initContainers: init.map(({ name, sidecar }) => ({ name, ...(sidecar ? { restartPolicy: 'Always' } : {}) })),
          containers: containers.map((name) => ({ name })),
        },
        // The API server gives every pod a phase.
        status: { phase: 'Pending', ...status },
      } as Pod;
      assert.equal(podStatus(pod).word, word);
    });
  }

  it('has no status is shown without a word', () => {
    const status = podStatus({ metadata: { name: 'web-0' }, spec: { containers: [{ name: 'main' }] } });
    assert.deepEqual(status, { word: '', ready: 0, containers: 1, restarts: 0 });
  });

  it('has no spec is shown all the same', () => {
    assert.deepEqual(podStatus({ metadata: { name: 'web-0' } }), { word: '', ready: 0, containers: 0, restarts: 0 });
  });

  it('has restarted tells how often, and when last', () => {
    const container = (name: string, restartCount: number, finishedAt?: string) => ({
      name,
      ready: true,
      restartCount,
      image: '',
      imageID: '',
      state: { running: {} },
      ...(finishedAt && { lastState: { terminated: { exitCode: 1, finishedAt } } }),
    });
    const early = '2026-01-01T00:00:00Z';
    const late = '2026-01-02T00:00:00Z';
    const restarts = (...containerStatuses: ReturnType<typeof container>[]) => {
      const { restarts, lastRestart } = podStatus({ metadata: { name: 'web-0' }, status: { containerStatuses } });
      return [restarts, lastRestart];
    };
    assert.deepEqual(restarts(container('a', 1, early), container('b', 2, late)), [3, late]);
    assert.deepEqual(restarts(container('a', 1, late), container('b', 2, early)), [3, late]);
    assert.deepEqual(restarts(container('a', 1, early), container('b', 2)), [3, early]);
    assert.deepEqual(restarts(container('a', 0), container('b', 2, early)), [2, early]);
    assert.deepEqual(restarts(container('a', 0, early)), [0, undefined]);
  });

  it('is of whatever made never is a crash of the plugin', () => {
    const state = fc.oneof(
      fc.record({ running: fc.record({}) }),
      fc.record({ waiting: fc.record({ reason: fc.string() }, { requiredKeys: [] }) }),
      fc.record({
        terminated: fc.record(
          { exitCode: fc.integer(), reason: fc.string(), signal: fc.integer() },
          { requiredKeys: [] },
        ),
      }),
      fc.constant({}),
    );
    const container = fc.record(
      {
        name: fc.constantFrom('main', 'first', 'other'),
        ready: fc.boolean(),
        started: fc.boolean(),
        restartCount: fc.nat(),
        state,
        lastState: state,
      },
      { requiredKeys: ['name'] },
    );
    const status = fc.record(
      {
        phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown', 'Strange', ''),
        reason: fc.string(),
        conditions: fc.array(
          fc.record({
            type: fc.constantFrom('Ready', 'Initialized', 'PodScheduled'),
            status: fc.constantFrom('True', 'False'),
          }),
        ),
        initContainerStatuses: fc.array(container, { maxLength: 3 }),
        containerStatuses: fc.array(container, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(status, (one) => {
        const { word, ready, restarts } = podStatus({ metadata: { name: 'web-0' }, status: one } as unknown as Pod);
        assert.equal(typeof word, 'string');
        assert.ok(ready >= 0 && restarts >= 0);
      }),
    );
  });
});

describe('a status word', () => {
  it('tells trouble from what passes', () => {
    for (const word of [
      'Running',
      'Pending',
      'Init:0/2',
      'Init:10/12',
      'Terminating',
      'ContainerCreating',
      'Completed',
    ]) {
      assert.equal(isTrouble(word), false, word);
    }
    for (const word of [
      'CrashLoopBackOff',
      'ImagePullBackOff',
      'Init:Error',
      'Init:CrashLoopBackOff',
      'Error',
      'Evicted',
      'Unknown',
    ]) {
      assert.equal(isTrouble(word), true, word);
    }
  });
});

describe('the controller goes on to the next pod', () => {
  const pod = (phase: string, ready: string, more: object = {}): Pod => ({
    metadata: { name: 'web-0', ...more },
    status: { phase, conditions: [{ type: 'Ready', status: ready }] },
  });

  it('when this one is Running and Ready and not being deleted', () => {
    assert.equal(isRunningAndReady(pod('Running', 'True')), true);
    assert.equal(isRunningAndReady(pod('Running', 'False')), false);
    assert.equal(isRunningAndReady(pod('Pending', 'True')), false);
    assert.equal(isRunningAndReady(pod('Running', 'True', { deletionTimestamp: '2026-01-01T00:00:00Z' })), false);
    assert.equal(isRunningAndReady({ metadata: { name: 'web-0' } }), false);
  });
});
