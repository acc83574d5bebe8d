/** What the demo shows on a cluster. */
import { type Cluster, namespace } from './cluster.ts';
import { interruption, show, tell } from './stage.ts';

interface Step {
  comment: string;
  /** Behind `kubectl sts`. */
  words: readonly string[];
}

const manifest = 'examples/demo/sets.yaml';

const steps: readonly Step[] = [
  {
    comment:
      'A gate for scripts: it waits until the rollout of a set is complete, and gives up as soon as it cannot end well.',
    words: ['status', 'shop', '--wait', '--timeout', '180s'],
  },
  {
    comment: 'Are my sets well? One line for each, and those in trouble come first.',
    words: ['status'],
  },
  {
    comment: 'What belongs to a set: each pod with its own claim, volume and storage class.',
    words: ['tree', 'shop'],
  },
  {
    comment:
      "What are the pods called in DNS, and do these names lead to them right now? The cluster's own DNS servers are asked.",
    words: ['dns', 'shop', '--wait', '--timeout', '30s'],
  },
  {
    comment: 'The Service shop-front leads to three pods. A pin sends it to pod 1 alone: watch the endpoints follow.',
    words: ['pin', 'shop-front', '1'],
  },
  { comment: 'Who has pinned what, and is it still so?', words: ['pin', '--list'] },
  { comment: 'Back to the selector that it had before.', words: ['unpin', 'shop-front'] },
  {
    comment:
      'A restart, pod by pod, in an order of your own: pod 0 goes last. The next pod goes only when the one before is really back.',
    words: ['roll', 'shop', '--last', '0', '--stable', '1s'],
  },
  {
    comment: 'And orders? The cause, since when, and what to look at.',
    words: ['status', 'orders'],
  },
];

/** @throws when Ctrl-C ends it */
export async function tour({ flags, env, kubectl }: Cluster): Promise<void> {
  tell(`The namespace ${namespace} gets two sets: shop, which is well, and orders, which is not.`);
  await kubectl('create', '-n', namespace, '-f', manifest);
  for (const { comment, words } of steps) {
    interruption.signal.throwIfAborted();
    tell(comment);
    const own = [...words, ...flags];
    await show(`kubectl sts ${own.join(' ')}`, 'kubectl', ['sts', ...own], env);
  }
}
