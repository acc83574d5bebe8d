/** What a watch of DNS names writes where nothing can be drawn anew: a line for each name of which something changed. */
import { humanDuration, parseTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import type { JudgedName, JudgedSet } from '../model/verdicts.ts';
import { addressWords, verdictWords } from './words.ts';

interface Seen {
  /** What the line calls it. */
  name: string;
  verdict: string;
  /** What it should give. */
  expected: string;
  /** When that was first seen, in milliseconds since the epoch; undefined at the beginning, when it may be old. */
  since: number | undefined;
  /** Whether DNS has followed. */
  settled: boolean;
}

/**
 * All names the first time, then those of which something else is to be said than the last time, and those that are
 * gone: `TIME  NAME  VERDICT`. When DNS comes to follow a change that was seen, the line says how long that took: from
 * the look that found the change in the cluster to the one that found it in DNS.
 */
export function nameChanges(): (sets: readonly JudgedSet[], time: string) => string {
  let before: Map<string, Seen> | undefined;
  return (sets, time) => {
    const at = parseTime(time);
    const now = new Map<string, Seen>();
    const lines: string[] = [];
    for (const set of sets) {
      for (const name of set.names) {
        const key = keyOf(set, name);
        const earlier = before?.get(key);
        const seen = see(set, name, earlier, before === undefined, at);
        now.set(key, seen);
        if (earlier?.verdict === seen.verdict && earlier.expected === seen.expected) continue;
        lines.push(`${seen.name}  ${seen.verdict}${howLate(name, earlier, seen, at)}`);
      }
    }
    const gone = [...(before ?? [])].filter(([key]) => !now.has(key)).map(([, seen]) => `${seen.name}  gone`);
    before = now;
    const shown = time.replace(/\.\d+/, '');
    return [...gone, ...lines].map((line) => `${shown}  ${printable(line)}\n`).join('');
  };
}

/** A pod need not have a name, and several sets may share a Service. */
function keyOf({ set: { metadata } }: JudgedSet, { subject }: JudgedName): string {
  const own = subject.kind === 'pod' ? `pod/${subject.pod}` : `service/${subject.service}`;
  return [metadata.namespace, metadata.name, own].join('\n');
}

function see(set: JudgedSet, name: JudgedName, earlier: Seen | undefined, first: boolean, at: number): Seen {
  const expected = name.addresses.map(({ address }) => address).join(',');
  const { kind } = name.verdicts[0];
  return {
    name: name.fqdn || (name.subject.kind === 'pod' ? name.subject.pod : name.subject.service),
    verdict: verdictWords(name, set).text,
    expected,
    since: earlier?.expected === expected ? earlier.since : first ? undefined : at,
    settled: kind === 'ok' || kind === 'not published',
  };
}

function howLate(name: JudgedName, earlier: Seen | undefined, seen: Seen, at: number): string {
  if (!seen.settled || !earlier) return '';
  const moved = seen.since !== undefined && (earlier.expected !== seen.expected || !earlier.settled);
  const given = moved && seen.expected ? `, now ${addressWords(name.addresses.map(({ address }) => address))}` : '';
  const late = moved && !earlier.settled && earlier.expected === seen.expected;
  return late ? `${given}, DNS lagged ${humanDuration(at - (seen.since ?? at))}` : given;
}
