/**
 * `npm run histories`: rollouts that go well, heal or get stuck, each waited for by `kubectl sts status --wait`, which a
 * watcher judges that knows nothing of the plugin.
 *
 *   npm run histories                              1,000 of them
 *   npm run histories -- --count 100 --seed 7      fewer, or those of an earlier run
 *   npm run histories -- --history heals-12        one
 *   npm run histories -- --kubectl                 with `kubectl rollout status` beside each
 *
 * Makes a stand of its own, unless KUBECTL_STS_STAND names one. Exit code 1 when a gate was wrong.
 */
import { parseArgs } from 'node:util';
import { duration, reportTo } from '../../../packaging/progress.ts';
import { fates, type History } from '../../histories/history.ts';
import { historyOf, mixOf } from '../../histories/recipes.ts';
import { pluginToTest } from '../../runner/plugin.ts';
import { standVariables } from '../../runner/stand-variables.ts';
import { down, type Stand, up } from '../../stand/stand.ts';
import { failureLines, summaryLines } from './report.ts';
import { mostPlaces } from './scene.ts';
import { playAll, type WaiterName } from './stage.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: `${Math.floor(Math.random() * 2 ** 30)}` },
    history: { type: 'string' },
    'side-by-side': { type: 'string', default: '12' },
    kubectl: { type: 'boolean', default: false },
  },
});
const report = reportTo(process.stderr);
const chosen = histories();
if (typeof chosen === 'string') {
  console.error(`error: ${chosen}`);
  process.exitCode = 2;
} else process.exitCode = await withStand((stand) => run(stand, chosen));

function histories(): History[] | string {
  const [count, seed] = [Number(values.count), Number(values.seed)];
  if (!Number.isInteger(count) || count < 1) return `--count ${values.count} is no number of histories`;
  const sideBySide = Number(values['side-by-side']);
  if (!(sideBySide >= 1 && sideBySide <= mostPlaces)) return `--side-by-side takes 1 to ${mostPlaces}`;
  if (!Number.isInteger(seed)) return `--seed ${values.seed} is no whole number`;
  if (values.history === undefined) return mixOf(count, seed);
  const [, word, number] = /^([a-z]+)-(\d+)$/.exec(values.history) ?? [];
  const fate = fates.find((each) => each === word);
  return fate ? [historyOf(fate, Number(number))] : `--history ${values.history}: there is ${fates.join('-N, ')}-N`;
}

async function withStand<T>(work: (stand: Stand) => Promise<T>): Promise<T> {
  const named = process.env['KUBECTL_STS_STAND'];
  if (named) return work(await up({ name: named }, report));
  const name = `histories-${process.pid}`;
  try {
    return await work(await up({ name, owner: process.pid }, report));
  } finally {
    await down(name, report);
  }
}

/** @returns the exit code */
async function run(stand: Stand, chosen: readonly History[]): Promise<number> {
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') throw new Error(plugin.error);
  Object.assign(process.env, standVariables(stand, plugin));
  console.log(values.history ?? `${chosen.length} histories, --seed ${values.seed}`);
  const waiters: WaiterName[] = values.kubectl ? ['sts', 'kubectl'] : ['sts'];
  const begun = performance.now();
  let done = 0;
  let wrong = 0;
  const { outcomes, load } = await playAll(chosen, {
    sideBySide: Number(values['side-by-side']),
    waiters,
    tell(one) {
      const lines = failureLines(one);
      if (lines.length > 0) {
        wrong++;
        console.log(`\n${lines.join('\n')}`);
      }
      report({ kind: 'progress', text: `${++done} of ${chosen.length} histories, ${wrong} wrong` });
    },
  });
  console.log(`\n${summaryLines(outcomes, waiters).join('\n')}\n`);
  // Where it is near 1, gates are late by each other's work.
  console.log(`the thread of the gates was at work for ${(100 * load).toFixed(0)} % of the time`);
  const took = duration(performance.now() - begun);
  console.log(`${chosen.length - wrong} of ${chosen.length} were judged right, after ${took}`);
  return wrong === 0 ? 0 : 1;
}
