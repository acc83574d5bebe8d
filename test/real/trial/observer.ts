/** Watches the pods of the set from outside: which were restarted, and when. */
import { setTimeout as delay } from 'node:timers/promises';
import { looked, paths } from '../../e2e/look.ts';
import type { Restart } from '../../trial/history.ts';
import { setName } from './database.ts';

/** Milliseconds between two looks. A pod takes longer than that to come. */
const interval = 250;

interface SeenPod {
  metadata: { name: string; uid: string };
  status: { containerStatuses?: { restartCount: number }[] };
}

export interface Observer {
  restarts(): readonly Restart[];
  /** Pods that were never replaced so far are left out. */
  replaced(): string[];
  stop(): Promise<readonly Restart[]>;
}

/** Begins to watch. While the API server gives no answer, nothing changes there either. */
export async function observe(namespace: string): Promise<Observer> {
  const path = `${paths.pods(namespace)}?labelSelector=app%3D${setName}`;
  const known = new Map<string, { uid: string; count: number }>();
  const restarts: Restart[] = [];
  const stopping = new AbortController();
  await look();
  const watching = watch();

  async function look(): Promise<void> {
    const { items } = await looked<{ items: SeenPod[] }>(path);
    for (const { metadata, status } of items) {
      const { name: pod, uid } = metadata;
      const count = status.containerStatuses?.[0]?.restartCount ?? 0;
      const last = known.get(pod);
      known.set(pod, { uid, count });
      if (last === undefined) continue;
      if (last.uid !== uid) restarts.push({ pod, at: Date.now(), kind: 'replaced' });
      else if (count > last.count) restarts.push({ pod, at: Date.now(), kind: 'container' });
    }
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await delay(interval);
      await look().catch(() => {});
    }
  }

  return {
    restarts: () => restarts,
    replaced: () => restarts.filter(({ kind }) => kind === 'replaced').map(({ pod }) => pod),
    async stop() {
      stopping.abort();
      await watching;
      return restarts;
    },
  };
}
