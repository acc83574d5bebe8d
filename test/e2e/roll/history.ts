/** The judge of a roll: what happened to the pods of a namespace, as kubectl's own watch told it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { personEnv, sandbox } from '../sandbox.ts';
import { isReady, podsOf } from './sets.ts';

interface Happened<T> {
  value: T;
  /** The pods that went, in the order in which they were told to; one that went twice stands there twice. */
  gone: string[];
  /** How many pods of the sets were not ready at a time, at most. */
  mostAway: number;
  /** Milliseconds from a pod's readiness until the next one went, at least; Infinity where none did. */
  leastRest: number;
}

export interface PodHistory {
  /** What happened to the pods of these sets while `work` went on. */
  during<T>(sets: readonly string[], work: () => Promise<T>): Promise<Happened<T>>;
}

interface PodEvent {
  kind: string;
  pod: string;
  uid: string;
  isEnding: boolean;
  /** And not ending, as in `sets.ts`. */
  isReady: boolean;
  /** When it was told, in milliseconds. */
  at: number;
}

const fields = [
  '{.type}',
  '{.object.metadata.name}',
  '{.object.metadata.uid}',
  '{.object.metadata.deletionTimestamp}',
  '{.object.status.conditions[?(@.type=="Ready")].status}',
];

/** Of the tests of a `describe`, in their namespace. */
export function ownHistory(namespace: string): PodHistory {
  const events: PodEvent[] = [];
  let end = (): void => {};

  before(() => {
    const output = `jsonpath=${fields.join('|')}{"\\n"}`;
    const args = ['get', 'pods', '-n', namespace, '--watch', '--output-watch-events', '-o', output];
    const child = spawn(join(sandbox(), 'bin', 'kubectl'), args, {
      env: personEnv(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    end = () => void child.kill();
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      events.push(...lines.map(eventIn));
    });
  });
  after(() => end());

  /** Waits until the watch has told what kubectl sees now. */
  async function caughtUp(sets: readonly string[]): Promise<void> {
    await eventually('a watch that has caught up', async () => {
      for (const set of sets) {
        const told = [...latest(events).values()].filter(({ pod }) => isOf(set, pod));
        const known = told.map(({ pod, uid, isEnding, isReady }) => [pod, { uid, isEnding, isReady }]);
        // Without readiness, a pod that was ready before would look like one that becomes ready now.
        const there = (await podsOf(namespace, set)).map((pod) => {
          const { name, uid, deletionTimestamp } = pod.metadata;
          return [name, { uid, isEnding: deletionTimestamp !== undefined, isReady: isReady(pod) }];
        });
        assert.deepEqual(Object.fromEntries(known), Object.fromEntries(there));
      }
    });
  }

  return {
    async during(sets, work) {
      await caughtUp(sets);
      const begun = events.length;
      const value = await work();
      await caughtUp(sets);
      const ofSets = ({ pod }: PodEvent) => sets.some((set) => isOf(set, pod));
      const earlier = latest(events.slice(0, begun).filter(ofSets));
      return { value, ...happened(earlier, events.slice(begun).filter(ofSets)) };
    },
  };
}

function eventIn(line: string): PodEvent {
  const [kind = '', pod = '', uid = '', deleted, ready] = line.split('|');
  const isEnding = Boolean(deleted);
  return { kind, pod, uid, isEnding, isReady: ready === 'True' && !isEnding, at: performance.now() };
}

function isOf(set: string, pod: string): boolean {
  return pod.startsWith(`${set}-`) && /^\d+$/.test(pod.slice(set.length + 1));
}

/** The pods that are there after these events, by name. */
function latest(events: readonly PodEvent[]): Map<string, PodEvent> {
  const there = new Map<string, PodEvent>();
  for (const event of events) {
    if (event.kind === 'DELETED') there.delete(event.pod);
    else there.set(event.pod, event);
  }
  return there;
}

function happened(earlier: Map<string, PodEvent>, events: readonly PodEvent[]): Omit<Happened<unknown>, 'value'> {
  const there = new Map(earlier);
  const wanted = new Set(earlier.keys());
  const ending = new Set<string>();
  const gone: string[] = [];
  let mostAway = 0;
  let leastRest = Number.POSITIVE_INFINITY;
  let readyAt = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const { kind, pod, uid, isEnding, isReady, at } = event;
    if ((isEnding || kind === 'DELETED') && !ending.has(uid)) {
      ending.add(uid);
      gone.push(pod);
      leastRest = Math.min(leastRest, at - readyAt);
    }
    if (kind !== 'DELETED' && isReady && !there.get(pod)?.isReady) readyAt = at;
    if (kind === 'DELETED') there.delete(pod);
    else there.set(pod, event);
    const ready = [...there.values()].filter((one) => one.isReady && wanted.has(one.pod));
    mostAway = Math.max(mostAway, wanted.size - ready.length);
  }
  return { gone, mostAway, leastRest };
}
