/**
 * A replicated database that is rolled while clients write to it and read from it. The short version of `npm run trial`:
 * docs/reliability.md.
 */
import assert from 'node:assert/strict';
import { ownNamespace } from '../e2e/namespace.ts';
import { judged } from '../trial/judgement.ts';
import { faultLines, historyLine } from '../trial/report.ts';
import { makeDatabase } from './trial/database.ts';
import { keep } from './trial/keep.ts';
import { play } from './trial/play.ts';
import { scenarios } from './trial/scenarios.ts';

describe('a replicated database under load', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('replicated');
  const seed = Date.now() % 100_000;

  before(() => makeDatabase(namespace, 'synchronous'));

  for (const name of ['undisturbed', 'kill', 'api']) {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(name);
    it(`loses no acknowledged row: ${scenario.title}`, async () => {
      const played = await play(namespace, name, scenario, seed);
      const { history } = played;
      const faults = faultLines(judged(history));
      const kept = faults.length > 0 ? await keep(`${name}-${seed}`, namespace, played) : [];
      assert.deepEqual(faults, [], [historyLine(history), ...faults, ...kept].join('\n'));
      console.log(`      ${historyLine(history)}`);
    });
  }
});
