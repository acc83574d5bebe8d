/** The events about an object. They live for an hour and are throttled: that there is none proves nothing. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { parseTime, timeOf } from '#src/objects/time.ts';
import type { Event } from '#src/objects/types.ts';

/** The object that an event is about: its UID or, in a file without UIDs, its kind, namespace and name. */
export function subjectOf(kind: string, { uid, namespace, name }: EventSubject): string {
  return uid || `${kind}/${namespacedKey(namespace, name ?? '')}`;
}

interface EventSubject {
  uid?: string;
  namespace?: string;
  name?: string;
}

/** The newest event of each object, by `subjectOf` the object. */
export function newestEvents(events: readonly Event[]): Map<string, Event> {
  const newest = new Map<string, Event>();
  for (const event of events) {
    const { kind = '', ...about } = event.involvedObject ?? {};
    const subject = subjectOf(kind, about);
    const other = newest.get(subject);
    if (other === undefined || lastSeen(event) > lastSeen(other)) newest.set(subject, event);
  }
  return newest;
}

/** The newest warning of each object, by `subjectOf` the object. */
export function newestWarnings(events: readonly Event[]): Map<string, Event> {
  return newestEvents(events.filter(({ type }) => type === 'Warning'));
}

/**
 * When the newest warning of each object was given first, by `subjectOf` the object, in milliseconds since the epoch. The
 * words of one failure may change each time, and each wording is an event of its own: the reason tells that it is the same.
 */
export function warnedSince(events: readonly Event[], newest: ReadonlyMap<string, Event>): Map<string, number> {
  const since = new Map<string, number>();
  for (const event of events) {
    const { kind = '', ...about } = event.involvedObject ?? {};
    const subject = subjectOf(kind, about);
    const last = newest.get(subject);
    const isSame = last !== undefined && event.type === 'Warning' && event.reason === last.reason;
    const first = timeOf(event.firstTimestamp ?? event.eventTime);
    if (!isSame || first === undefined || lastSeen(last) - lastSeen(event) > longestPause) continue;
    since.set(subject, Math.min(since.get(subject) ?? Number.POSITIVE_INFINITY, first));
  }
  return since;
}

/** Milliseconds after which a warning is not of the same failure any more. */
const longestPause = 10 * 60_000;

/** When the event happened last, in milliseconds since the epoch; 0 if it does not say. */
export function lastSeen({ series, eventTime, lastTimestamp, firstTimestamp }: Event): number {
  const text = series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? firstTimestamp;
  return text ? parseTime(text) || 0 : 0;
}

/** When it happened first, in milliseconds since the epoch; 0 if it does not say. */
export function firstSeen({ firstTimestamp, eventTime, lastTimestamp }: Event): number {
  const text = firstTimestamp ?? eventTime ?? lastTimestamp;
  return text ? parseTime(text) || 0 : 0;
}
