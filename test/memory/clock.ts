import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '#src/objects/clock.ts';

/**
 * Turns of the event loop without anything new after which a process with its servers on loopback has nothing to do: what
 * one end writes reaches the other in one or two turns, however slow the machine is.
 */
const quiet = 20;

/**
 * A clock whose time passes only when nothing else happens: it then goes on to the end of the shortest sleep. A command that
 * waits for minutes takes no longer than its requests do, and none runs out of time because the machine is busy. A
 * millisecond passes with each look at it, since a roll believes only a reading that is later than what it has done.
 *
 * Not for commands that start programs or read files while they wait: that takes more turns than a server on loopback.
 *
 * @param activity changes when something happens, such as how many requests a server has had
 */
export function idleClock(activity: () => unknown): Clock {
  const sleepers = new Set<{ end: number; wake(): void }>();
  let now = Date.parse('2026-01-01T00:00:00Z');
  let slept = 0;
  let isPassing = false;

  async function untilIdle(): Promise<void> {
    let seen = activity();
    let sleeps = slept;
    for (let turns = 0; turns < quiet; turns++) {
      await turn();
      if (seen === activity() && sleeps === slept) continue;
      seen = activity();
      sleeps = slept;
      turns = 0;
    }
  }

  async function pass(): Promise<void> {
    if (isPassing) return;
    isPassing = true;
    while (sleepers.size > 0) {
      await untilIdle();
      const [first] = [...sleepers].sort((a, b) => a.end - b.end);
      if (first === undefined) break;
      now = Math.max(now, first.end);
      first.wake();
    }
    isPassing = false;
  }

  return {
    now: () => ++now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const sleeper = {
          end: now + milliseconds,
          wake() {
            signal.removeEventListener('abort', sleeper.wake);
            sleepers.delete(sleeper);
            slept++;
            resolve();
          },
        };
        signal.addEventListener('abort', sleeper.wake);
        sleepers.add(sleeper);
        slept++;
        void pass();
      }),
  };
}
