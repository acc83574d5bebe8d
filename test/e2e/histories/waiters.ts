/** Who waits for a rollout. */

import { type Ground, type History, setNameOf } from '../../histories/history.ts';
import type { Gate, StartGate } from './gates.ts';

export interface Waiter {
  start(history: History, namespace: string): Gate;
  /** The reason that it gives, by what it wrote, for a code of 1. */
  groundOf(text: string): Ground | undefined;
}

/** The command under test. */
export function stsWaiter(inThread: StartGate, asProcess: StartGate): Waiter {
  return {
    start(history, namespace) {
      const { gate } = history;
      const words = ['status', setNameOf(history), '-n', namespace, '--wait', `--for=${gate.for}`];
      const limits = ['--timeout', seconds(gate.timeout), '--stuck-after', seconds(gate.stuckAfter)];
      const start = gate.asProcess ? asProcess : inThread;
      return start([...words, ...limits, ...(gate.output === 'json' ? ['-o', 'json'] : [])]);
    },
    groundOf: (text) => grounds.find(([words]) => words.test(text))?.[1],
  };
}

const grounds: readonly [RegExp, Ground][] = [
  [/^error: \S+ is stuck: /m, 'certain'],
  [/^error: \S+ is probably stuck: /m, 'likely'],
  [/^error: \S+ is not rolled out: with OnDelete, /m, 'outdated'],
  [/^error: timed out after \S+ waiting /m, 'time-out'],
];

/** What runbooks use. It gives no reason but the time-out. */
export function kubectlWaiter(asProcess: StartGate): Waiter {
  return {
    start(history, namespace) {
      const words = ['rollout', 'status', `statefulset/${setNameOf(history)}`, '-n', namespace];
      return asProcess([...words, '--timeout', seconds(history.gate.timeout)]);
    },
    groundOf: (text) => (text.includes('timed out') ? 'time-out' : undefined),
  };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000}s`;
}
