/**
 * The controller of the simulation is `nextSync`. In some hundred histories, the real controller is asked about every
 * state that it met: where it does the same in each, it would have driven these histories itself.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTime } from '#src/objects/time.ts';
import type { Sync } from '#src/statefulset/controller/acts.ts';
import { nextSync } from '#src/statefulset/controller/sync.ts';
import { differences } from '../../../judge/compare.ts';
import { askController, type State } from '../../../judge/controller.ts';
import { runs } from '../../../properties.ts';
import { newest } from '../../../stand/kubernetes.ts';
import { historiesWith } from './arbitrary.ts';
import { live } from './history.ts';
import { roll } from './rollmodule.ts';

interface Asked {
  state: State;
  sync: Sync;
}

/** Every state that the simulated controller was asked about, but for the UIDs of the pods that came and went, and for how long they are available. */
function statesMet(seed: number): Asked[] {
  const met = new Map<string, Asked>();
  const sync: typeof nextSync = (set, pods, claims = [], now, controller) => {
    const answer = nextSync(set, pods, claims, now, controller);
    const key = JSON.stringify([set, pods, claims], (name, value) => {
      if (name === 'lastTransitionTime') return parseTime(value) + (set.spec?.minReadySeconds ?? 0) * 1_000 <= now;
      return name === 'uid' ? undefined : value;
    });
    assert.ok(set.spec && set.status?.updateRevision);
    const revisions = [{ name: set.status.updateRevision, template: set.spec.template }];
    const state = { set, revisions, pods, claims, now: new Date(now).toISOString().replace('.000', '') };
    met.set(key, { state, sync: answer });
    return answer;
  };
  const histories = fc.sample(historiesWith(), { numRuns: runs(500), seed });
  for (const history of histories) live(history, roll, undefined, sync);
  return [...met.values()];
}

describe('the controller of the simulated rolls', function () {
  this.timeout(300_000);

  it('does in each state what the real controller does', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const met = statesMet(seed);
    const answers = await askController(
      { minor: newest, gates: {} },
      met.map(({ state }) => state),
    );
    for (const [place, { state, sync }] of met.entries()) {
      const answer = answers[place];
      const found = answer ? differences(state, sync, answer) : ['no answer'];
      assert.deepEqual(found, [], `seed ${seed}: ${JSON.stringify(state)}`);
    }
    const acting = met.filter(({ sync }) => sync.acts.length > 0).length;
    assert.ok(acting > 20 && met.length > acting, `${met.length} states, and in ${acting} it does something`);
  });
});
