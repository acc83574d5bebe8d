/** Plays many histories side by side, each in a namespace that it has for itself meanwhile. */
import type { History } from '../../histories/history.ts';
import { inParallel } from '../../runner/queue.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { kubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import { uniqueName } from '../namespace.ts';
import { personEnv } from '../sandbox.ts';
import { openFeed } from './feed.ts';
import { processGates, threadGates } from './gates.ts';
import { type Played, play } from './player.ts';
import { removed, until } from './requests.ts';
import { kubectlWaiter, stsWaiter, type Waiter } from './waiters.ts';

/** `sts` is the command under test, `kubectl` is `kubectl rollout status`. */
export type WaiterName = 'sts' | 'kubectl';

interface Options {
  sideBySide: number;
  /** Their outcomes come in this order: `sts`, `kubectl`. */
  waiters: readonly WaiterName[];
  /** Called after each. */
  tell?: (outcome: Played | NotPlayed) => void;
}

/** Something went wrong that is no gate's fault. */
export interface NotPlayed {
  history: History;
  error: unknown;
}

/** On the stand that the environment names. @returns also for which share of the time the gates' thread was at work */
export async function playAll(
  histories: readonly History[],
  { sideBySide, waiters, tell = () => {} }: Options,
): Promise<{ outcomes: (Played | NotPlayed)[]; load: number }> {
  const { kubeconfig, plugin, kubectl: program } = sharedStand();
  const feed = await openFeed(kubeconfig);
  const inThread = waiters.includes('sts') ? await threadGates(kubeconfig) : undefined;
  const env = personEnv();
  const own: Waiter[] = inThread ? [stsWaiter(inThread.start, processGates(plugin, env))] : [];
  const kubectls = waiters.includes('kubectl') ? [kubectlWaiter(processGates(program, env))] : [];
  const namespaces = uniqueName('histories');
  const outcomes: (Played | NotPlayed)[] = [];
  let places = 0;
  try {
    await inParallel(histories, sideBySide, new AbortController().signal, () => {
      const nth = places++;
      const namespace = `${namespaces}-${nth}`;
      let isThere = false;
      return {
        async run(history) {
          if (!isThere) await makeNamespace(namespace);
          isThere = true;
          const played = play(history, { namespace, nth }, feed, [...own, ...kubectls], inThread?.stalls ?? []);
          const outcome = await played.catch((error: unknown) => ({ history, error }));
          outcomes.push(outcome);
          tell(outcome);
        },
        end: () => removed(`/api/v1/namespaces/${namespace}`, {}),
      };
    });
    return { outcomes, load: inThread?.load() ?? 0 };
  } finally {
    feed.close();
    await inThread?.close();
  }
}

async function makeNamespace(name: string): Promise<void> {
  await kubectl(['create', 'namespace', name]);
  // Without it the API server refuses pods.
  await until('a ServiceAccount for pods', 30_000, () =>
    looked(`${paths.serviceAccounts(name)}/default`).then(
      () => true,
      () => false,
    ),
  );
}
