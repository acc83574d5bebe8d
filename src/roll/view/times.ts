/** How long the parts of each pod's restart took. */
import type { RollNews, StepNews } from '../model/news.ts';

/** When things happened to a pod. Milliseconds, by one clock. */
export interface StepTimes {
  evicted?: number;
  gone?: number;
  ready?: number;
  done?: number;
}

/** The times of all pods of a roll. */
export interface Timekeeper {
  readonly times: ReadonlyMap<string, StepTimes>;
  /** Notes an event. @returns the times of the pod that it is about */
  note(news: RollNews, now: number): StepTimes;
}

export function timekeeper(): Timekeeper {
  const times = new Map<string, StepTimes>();
  return {
    times,
    note(news, now) {
      if (news.kind !== 'step') return {};
      const known = timesAfter(times.get(news.pod) ?? {}, news, now);
      times.set(news.pod, known);
      return known;
    },
  };
}

function timesAfter(times: StepTimes, { what, already }: StepNews, now: number): StepTimes {
  switch (what) {
    case 'evicted':
      return { ...times, evicted: now };
    case 'gone':
      return already ? times : { ...times, gone: now };
    case 'ready':
      return { ...times, ready: now };
    case 'unready': {
      const { ready: _, ...rest } = times;
      return rest;
    }
    case 'done':
      return { ...times, done: now };
    default:
      return times;
  }
}
