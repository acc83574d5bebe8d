/** What `dns -w` writes in a pipe: a line for each name of which something has changed. */
import { humanDuration, parseTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import { type JudgedName, type JudgedSet, leadsRight } from '../model/verdicts.ts';
import { addressWords, verdictWords } from './words.ts';

interface Seen {
  /** The name in the line. */
  name: string;
  verdict: string;
  /** The addresses that it should give. */
  expected: string;
  /** When these were first expected, in milliseconds since the epoch; undefined if that was before the first look. */
  since: number | undefined;
  /** Whether DNS gives what is expected. */
  settled: boolean;
}

/**
 * Lines `TIME  NAME  VERDICT`: for all names at first, then for those that changed and those that are gone. When DNS
 * catches up with a change, the line says how long that took, from the look that found the change in the cluster to the
 * look that found it in DNS.
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

/** Unique even for a pod without a DNS name, and for a Service that several sets share. */
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
    settled: leadsRight(name) || kind === 'not published',
  };
}

function howLate(name: JudgedName, earlier: Seen | undefined, seen: Seen, at: number): string {
  if (!seen.settled || !earlier) return '';
  const moved = seen.since !== undefined && (earlier.expected !== seen.expected || !earlier.settled);
  const given = moved && seen.expected ? `, now ${addressWords(name.addresses.map(({ address }) => address))}` : '';
  const late = moved && !earlier.settled && earlier.expected === seen.expected;
  return late ? `${given}, DNS lagged ${humanDuration(at - (seen.since ?? at))}` : given;
}
