/**
 * A replicated database that is rolled while clients write to it and read from it: the short version of `npm run trial`
 * (docs/reliability.md).
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

  for (const name of ['kill', 'api'] as const) {
    it(`loses no acknowledged row, and its leader goes last: ${scenarios[name].title}`, async () => {
      const played = await play(namespace, name, scenarios[name], seed).catch(async (error: Error) => {
        const kept = await keep(`${name}-${seed}`, namespace, error).catch((why: Error) => [
          `not kept: ${why.message}`,
        ]);
        error.message += `\n${kept.join('\n')}`;
        throw error;
      });
      const faults = faultLines(judged(played.history));
      const kept = faults.length > 0 ? await keep(`${name}-${seed}`, namespace, played) : [];
      assert.deepEqual(faults, [], [historyLine(played.history), ...kept].join('\n'));
    });
  }

  it('is judged by who would see it otherwise: a careless roll is found out', async () => {
    const { history } = await play(namespace, 'careless', scenarios.careless, seed);
    assert.deepEqual(
      judged(history).map(({ kind }) => kind),
      ['order'],
      historyLine(history),
    );
  });
});
