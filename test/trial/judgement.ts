/** Judges a history of a replicated database. Nothing of the plugin is used: it must not share its mistakes. */
import type { Answer, History, Move, Restart } from './history.ts';

export type Fault =
  /** Rows whose commit was reported are missing on a server. */
  | { kind: 'lost'; server: string; rows: readonly string[] }
  /** Rows that nobody wrote, or whose writing was refused. */
  | { kind: 'unwritten'; server: string; rows: readonly string[] }
  /** A write was acknowledged by a server that did not lead then, or belongs to another database. */
  | { kind: 'wrong writer'; answer: Answer; at: number; leader: string }
  /** A read went to a server that did not follow then. */
  | { kind: 'wrong reader'; answer: Answer; at: number; leader: string }
  | { kind: 'two primaries'; servers: readonly [string, string]; at: number }
  /** Pods were restarted otherwise than they should have been. */
  | { kind: 'order'; restarted: readonly string[]; why: string }
  /** A pod has another volume than before. */
  | { kind: 'other volume'; server: string; volumes: readonly [string, string] }
  /** Not exactly one server leads when all is over. */
  | { kind: 'leaders'; leaders: readonly string[] }
  /** Nothing was written when all was over, or hardly anything was asked: such a history proves nothing. */
  | { kind: 'silent'; what: 'writes' | 'writes at the end' | 'reads' | 'probes' };

/** So few answers prove nothing. */
const enough = 10;

export function judged(history: History): Fault[] {
  return [
    ...silence(history),
    ...rowFaults(history),
    ...wrongWriters(history),
    ...wrongReaders(history),
    ...twoPrimaries(history),
    ...orderFaults(history),
    ...serverFaults(history),
  ];
}

function silence({ writes, reads, probes, settled }: History): Fault[] {
  const acknowledged = writes.filter(({ outcome }) => outcome === 'acknowledged');
  const isAnswered = ({ answer }: { answer?: Answer }) => answer !== undefined;
  const faults: Fault[] = [];
  if (acknowledged.length < enough) faults.push({ kind: 'silent', what: 'writes' });
  if (!acknowledged.some(({ begun }) => begun >= settled)) faults.push({ kind: 'silent', what: 'writes at the end' });
  if (reads.filter(isAnswered).length < enough) faults.push({ kind: 'silent', what: 'reads' });
  if (probes.filter(isAnswered).length < enough) faults.push({ kind: 'silent', what: 'probes' });
  return faults;
}

function rowFaults({ writes, held }: History): Fault[] {
  const acknowledged = writes.filter(({ outcome }) => outcome === 'acknowledged').map(({ row }) => row);
  const possible = new Set(writes.filter(({ outcome }) => outcome !== 'refused').map(({ row }) => row));
  return held.flatMap(({ server, rows }) => {
    const there = new Set(rows);
    const lost = acknowledged.filter((row) => !there.has(row));
    const unwritten = rows.filter((row) => !possible.has(row));
    return [
      ...(lost.length > 0 ? [{ kind: 'lost', server, rows: lost } as const] : []),
      ...(unwritten.length > 0 ? [{ kind: 'unwritten', server, rows: unwritten } as const] : []),
    ];
  });
}

function wrongWriters({ leader, moves, system, writes }: History): Fault[] {
  return writes.flatMap(({ answer, begun, ended }): Fault[] => {
    if (answer === undefined) return [];
    const leaders = leadersWithin(leader, moves, begun, ended);
    const isRight = !answer.follows && answer.system === system && leaders.includes(answer.server);
    return isRight ? [] : [{ kind: 'wrong writer', answer, at: ended, leader: leaders.join(' or ') }];
  });
}

function wrongReaders({ leader, moves, system, reads }: History): Fault[] {
  return reads.flatMap(({ answer, begun, ended }): Fault[] => {
    if (answer === undefined || isWithinMove(moves, begun, ended)) return [];
    const leaders = leadersWithin(leader, moves, begun, ended);
    const isRight = answer.follows && answer.system === system && !leaders.includes(answer.server);
    return isRight ? [] : [{ kind: 'wrong reader', answer, at: ended, leader: leaders.join(' or ') }];
  });
}

/** Reads that the leader answered while it was being moved. */
function readsInMoves({ moves, reads }: Pick<History, 'moves' | 'reads'>): number {
  return reads.filter(({ answer, begun, ended }) => answer && !answer.follows && isWithinMove(moves, begun, ended))
    .length;
}

function isWithinMove(moves: readonly Move[], begun: number, ended: number): boolean {
  return moves.some((move) => begun <= move.ended && ended >= move.begun);
}

/** Who may have led at some moment of this time. Within a move it is either of the two. */
function leadersWithin(first: string, moves: readonly Move[], begun: number, ended: number): string[] {
  const leaders = new Set<string>();
  let leader = first;
  let since = Number.NEGATIVE_INFINITY;
  for (const move of moves.toSorted((a, b) => a.begun - b.begun)) {
    if (begun <= move.ended && ended >= since) leaders.add(leader);
    leader = move.to;
    since = move.begun;
  }
  if (ended >= since) leaders.add(leader);
  return [...leaders];
}

interface Sight {
  server: string;
  /** When it answered: at some moment between these two. */
  from: number;
  to: number;
  follows: boolean;
}

/**
 * Two servers led at once where one was seen to lead, then the other, and then the first one again without having
 * followed meanwhile: a server that is down in between has still not been told that it no longer leads.
 */
function twoPrimaries({ writes, reads, probes }: History): Fault[] {
  const sights: Sight[] = [...writes, ...reads, ...probes]
    .flatMap(({ answer, begun, ended }) =>
      answer ? [{ server: answer.server, follows: answer.follows, from: begun, to: ended }] : [],
    )
    .sort((a, b) => a.to - b.to);
  const reigns = new Map<string, { from: number; to: number }[]>();
  const isOver = new Map<string, boolean>();
  for (const { server, follows, from, to } of sights) {
    const own = reigns.get(server) ?? [];
    reigns.set(server, own);
    if (follows) isOver.set(server, true);
    else {
      const last = own.at(-1);
      // It began to lead no later than its answer came, and still led when it was asked last.
      if (last === undefined || isOver.get(server)) own.push({ from: to, to: from });
      else last.to = Math.max(last.to, from);
      isOver.set(server, false);
    }
  }
  const all = [...reigns].flatMap(([server, list]) => list.map((reign) => ({ server, ...reign })));
  for (const [index, one] of all.entries()) {
    const other = all
      .slice(index + 1)
      .find((each) => each.server !== one.server && each.from < one.to && one.from < each.to);
    if (other) {
      return [{ kind: 'two primaries', servers: [one.server, other.server], at: Math.max(one.from, other.from) }];
    }
  }
  return [];
}

function orderFaults({ expected, restarts, leader, moves, held }: History): Fault[] {
  if (expected === undefined) return [];
  const replaced = restarts.filter(({ kind }) => kind === 'replaced').toSorted((a, b) => a.at - b.at);
  const restarted = replaced.map(({ pod }) => pod);
  const fault = (why: string): Fault[] => [{ kind: 'order', restarted, why }];
  if (expected === 'none') return replaced.length === 0 ? [] : fault('none should have been restarted');
  const pods = held.map(({ server }) => server).sort();
  if (restarted.toSorted().join() !== pods.join()) return fault('each should have been restarted once');
  const early = replaced.slice(0, -1).find((restart) => leads(restart, leader, moves));
  return early === undefined ? [] : fault(`${early.pod} led when it was restarted, and others were left`);
}

function leads({ pod, at }: Restart, leader: string, moves: readonly Move[]): boolean {
  return leadersWithin(leader, moves, at, at).includes(pod);
}

function serverFaults({ held }: History): Fault[] {
  const leaders = held.filter(({ follows }) => !follows).map(({ server }) => server);
  const faults: Fault[] = leaders.length === 1 ? [] : [{ kind: 'leaders', leaders }];
  for (const { server, volumes } of held) {
    if (volumes[0] !== volumes[1]) faults.push({ kind: 'other volume', server, volumes });
  }
  return faults;
}

/** What is counted, whether or not anything is wrong. */
export interface Figures {
  acknowledged: number;
  /** Writes of which the client does not know. */
  open: number;
  /** Rows of those that are there all the same, on the leader. */
  openThere: number;
  /** The longest time without a successful write, in milliseconds, and when it began. */
  pause: { longest: number; at: number };
  reads: number;
  readsInMoves: number;
  restarts: readonly string[];
  bytes: Readonly<Record<string, number>>;
}

export function figuresOf(history: History): Figures {
  const { writes, reads, restarts, held } = history;
  const open = writes.filter(({ outcome }) => outcome === 'open').map(({ row }) => row);
  const onLeader = new Set(held.find(({ follows }) => !follows)?.rows);
  return {
    acknowledged: writes.filter(({ outcome }) => outcome === 'acknowledged').length,
    open: open.length,
    openThere: open.filter((row) => onLeader.has(row)).length,
    pause: longestPause(history),
    reads: reads.filter(({ answer }) => answer).length,
    readsInMoves: readsInMoves(history),
    restarts: restarts
      .toSorted((a, b) => a.at - b.at)
      .map(({ pod, kind }) => (kind === 'replaced' ? pod : `${pod} in place`)),
    bytes: Object.fromEntries(held.map(({ server, bytes }) => [server, bytes])),
  };
}

/** Between two acknowledgements, or one and the beginning or end. */
function longestPause({ writes, begun, ended }: History): { longest: number; at: number } {
  const times = writes.filter(({ outcome }) => outcome === 'acknowledged').map((write) => write.ended);
  const all = [begun, ...times.sort((a, b) => a - b), ended];
  let worst = { longest: 0, at: begun };
  for (const [index, at] of all.slice(0, -1).entries()) {
    const longest = (all[index + 1] ?? at) - at;
    if (longest > worst.longest) worst = { longest, at };
  }
  return worst;
}
