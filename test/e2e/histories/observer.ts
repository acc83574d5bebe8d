/** Notes when a rollout is done, and since when it fails: the judge's own eyes. */
import { failingSince, type Goal, outdatedPods, ownPods, unmet } from '../../histories/definition.ts';
import type { Failing, Held, Line } from '../../histories/judgement.ts';
import { looked, paths } from '../look.ts';
import type { Feed } from './feed.ts';

export interface Observation {
  held: readonly Held[];
  /** Undefined while no failure was seen. */
  failing(): Failing | undefined;
  /** The pods that are outdated now. */
  outdated(): string[];
  generation(): number;
  /** What was seen, for a person. */
  lines: readonly Line[];
  stop(): void;
}

/** What is observed: this set, and no earlier generation of it. */
export interface Subject {
  namespace: string;
  name: string;
  uid: string;
  generation: number;
}

/** @param lostAt when the node of its pods was lost, in milliseconds since the epoch: the set's objects do not tell */
export function observe(feed: Feed, subject: Subject, goal: Goal, lostAt: number | undefined): Observation {
  const { namespace, name, uid, generation } = subject;
  const held: Held[] = [];
  const lines: Line[] = [];
  let failing = lostAt === undefined ? undefined : { since: lostAt, seenAt: lostAt };
  let timer: NodeJS.Timeout | undefined;

  const now = () => {
    const set = feed.sets.get(`${namespace}/${name}`);
    const isIt = set?.metadata.uid === uid && (set.metadata.generation ?? 0) >= generation;
    return isIt ? { set, pods: ownPods(set, feed.pods.values()) } : undefined;
  };

  function look(): void {
    const at = Date.now();
    const seen = now();
    const missing = seen ? unmet(seen.set, seen.pods, goal, at) : { why: 'the change is not seen' };
    const since = seen && failingSince(seen.set, seen.pods, feed.events.values(), at);
    if (since !== undefined) failing ??= { since, seenAt: at };
    const text = missing?.why ?? 'done';
    if (lines.at(-1)?.text !== text) lines.push({ at, text });
    note(missing === undefined, at);
    clearTimeout(timer);
    if (missing?.at !== undefined) timer = setTimeout(look, missing.at - at + 1);
  }

  function note(isDone: boolean, at: number): void {
    const last = held.at(-1);
    const wasDone = last !== undefined && last.to === undefined;
    if (isDone && !wasDone) {
      const one: Held = { from: at, to: undefined, looks: 0 };
      held.push(one);
      void lookTwice(one);
    }
    if (!isDone && wasDone) last.to = at;
  }

  async function lookTwice(one: Held): Promise<void> {
    const lookOnce = () =>
      Promise.allSettled([looked(`${paths.sets(namespace)}/${name}`), looked(paths.pods(namespace))]);
    await lookOnce();
    await lookOnce();
    one.looks = Date.now() - one.from;
  }

  const unfollow = feed.follow(namespace, look);
  look();
  return {
    held,
    failing: () => failing,
    outdated() {
      const seen = now();
      return seen ? outdatedPods(seen.set, seen.pods) : [];
    },
    generation: () => now()?.set.metadata.generation ?? generation,
    lines,
    stop() {
      unfollow();
      clearTimeout(timer);
    },
  };
}
