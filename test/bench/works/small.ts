/** A set of 3 pods with 2 claims each: alone, in a crowd, and far away. */
import { statSync } from 'node:fs';
import { longerBy, moreReceived, moreRoundTrips, type Side, timeRatio, within } from '../aims.ts';
import type { Figure } from '../figures.ts';
import { gapsBetween } from '../gaps.ts';
import { type Bench, farAway, figure, type Place, sides } from '../place.ts';
import { makeClutter, makeLeftOver, makeSet, outsideName, setName } from '../sets.ts';

/** The namespace. */
const small = 'bench-small';

const crowd = { pods: 2_000, volumes: 5_000 };

export async function makeSmall(bench: Bench, { run }: Place): Promise<void> {
  await makeSet(run, small, 3, bench.report, { claims: 2 });
}

/** @param crowded another cluster, so that the same set is read alone and in a crowd by turns */
export async function trees(bench: Bench, near: Place, crowded: Place): Promise<Figure[]> {
  await makeSmall(bench, crowded);
  bench.report({ kind: 'begin', text: 'a crowd …' });
  await makeClutter(crowded.run, small, crowd);
  const tree = ['tree', setName, '-n', small];
  const get = ['get', 'sts,svc,pod,pvc,pv,sc', '-n', small];
  return farAway(bench, near, (far) =>
    farAway(bench, crowded, async (farCrowded) => {
      const close = await sides(
        bench,
        30,
        { alone: near.plugin(...tree), crowded: crowded.plugin(...tree), kubectl: near.kubectl(...get) },
        ['alone', 'crowded', 'kubectl'],
      );
      const distant = await sides(bench, 10, {
        alone: far.plugin(...tree),
        crowded: farCrowded.plugin(...tree),
        kubectl: far.kubectl(...get),
      });
      const remove = await makeLeftOver(crowded.run, small);
      const over = await sides(bench, 10, { crowded: crowded.plugin(...tree) }, ['crowded']);
      await remove();
      const here: Side = { ...close.alone, words: 'the same, alone' };
      const near4 = (side: Side): Side => ({ ...side, words: 'the same, near' });
      return [
        figure('`tree` of 3 pods, 6 claims', close.alone, close.kubectl, timeRatio(0.65)),
        figure('… among 2,000 pods and 5,000 volumes', close.crowded, here, timeRatio(1.3), moreReceived(60e3)),
        figure('… with a claim left over', over.crowded, here, within(1.5)),
        figure('far away', distant.alone, distant.kubectl, timeRatio(0.6)),
        figure('far away', distant.alone, near4(close.alone), moreRoundTrips(4.5)),
        figure('far away, in the crowd', distant.crowded, distant.kubectl, timeRatio(0.6)),
        figure('far away, in the crowd', distant.crowded, near4(close.crowded), moreRoundTrips(4.5)),
      ];
    }),
  );
}

/** Nothing is stored, so that each run meets the same Service. */
export async function pin(bench: Bench, near: Place): Promise<Figure[]> {
  const selector = JSON.stringify({ spec: { selector: { 'statefulset.kubernetes.io/pod-name': `${setName}-1` } } });
  const patch = `patch service ${outsideName} -n ${small} --type=merge --dry-run=server --patch '${selector}'`;
  const { plugin, kubectl } = await sides(
    bench,
    20,
    {
      plugin: near.plugin('pin', outsideName, '1', '-n', small, '--dry-run=server'),
      kubectl: near.kubectls(`get svc,pod,sts,endpointslices -n ${small}`, patch),
    },
    ['plugin'],
  );
  const words = '`kubectl get svc,pod,sts,endpointslices` and `kubectl patch service`';
  return [figure('`pin`', plugin, { ...kubectl, words }, timeRatio(0.45))];
}

/**
 * Pods that are ready at once and gone at once: all of the time is the tools' own, and the controller's. kubectl sets a
 * variable, since it refuses two `rollout restart` within a second.
 */
export async function roll(bench: Bench, near: Place): Promise<Figure[]> {
  const { auditLog } = near.cluster;
  const { size } = statSync(auditLog);
  const measured = await sides(
    bench,
    10,
    {
      plugin: near.plugin('roll', setName, '-n', small, '--stable', '0s'),
      kubectl: near.kubectls(
        `set env sts/${setName} ROUND=$$ -n ${small}`,
        `rollout status sts/${setName} -n ${small}`,
      ),
    },
    ['plugin'],
  );
  const gaps = await gapsBetween(auditLog, size, small);
  const side = (words: string, times: readonly number[]): Side => ({
    words,
    runs: times.map((time) => ({
      seconds: time / 1_000,
      processor: Number.NaN,
      bytes: Number.NaN,
      private: Number.NaN,
    })),
  });
  const waits = side(
    '',
    gaps.map(({ all }) => all),
  );
  const readings = side(
    'its reading',
    gaps.map(({ reading }) => reading),
  );
  return [
    figure('`roll` of 3 pods', measured.plugin, {
      ...measured.kubectl,
      words: '`kubectl set env` and `rollout status`',
    }),
    figure('from readiness to the next eviction', waits, readings, longerBy(0.06)),
  ];
}
