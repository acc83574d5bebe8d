/**
 * What happened to a replicated database while its set was restarted, as plain objects. All times are milliseconds since
 * the epoch; those of clients, of the observer and of who moves the leadership come from one machine's clock.
 */

/** Who gave an answer, by its own word. */
export interface Answer {
  /** The name of its pod. */
  server: string;
  /** Whether it follows: `pg_is_in_recovery()`. */
  follows: boolean;
  /** The system identifier of its database. */
  system: string;
  address: string;
}

/**
 * What a client knows of a write.
 * - acknowledged: the commit was reported, without any warning.
 * - open: sent, and the connection broke or a warning came: the row may be there or not.
 * - refused: never sent, or answered with an error: the row is not there.
 */
export type Outcome = 'acknowledged' | 'open' | 'refused';

export interface Write {
  /** `WRITER/NUMBER`: each is tried once. */
  row: string;
  begun: number;
  ended: number;
  outcome: Outcome;
  /** Of an acknowledged one. */
  answer?: Answer;
  /** What the client was told. */
  said: string;
}

export interface Read {
  begun: number;
  ended: number;
  /** None where the client was refused, or its connection broke. */
  answer?: Answer;
  said: string;
}

/** A pod was asked by its own name, past all Services. */
export interface Probe extends Read {
  pod: string;
}

/** Somebody moved the leadership. Within this time clients may be led to either server. */
export interface Move {
  from: string;
  to: string;
  begun: number;
  ended: number;
}

/** A pod that was there anew: under another UID, or with its container started again in place. */
export interface Restart {
  pod: string;
  at: number;
  kind: 'replaced' | 'container';
}

/** What a server holds when all is over. */
export interface Held {
  server: string;
  follows: boolean;
  rows: readonly string[];
  /** Of its volume. */
  bytes: number;
  /** The volume's name, before and after. */
  volumes: readonly [string, string];
}

/** How the pods should have been restarted; undefined where nothing is asked. */
export type Expected = 'each once, leader last' | 'none' | undefined;

export interface History {
  name: string;
  seed: number;
  begun: number;
  ended: number;
  /** From when on writes must work again. */
  settled: number;
  /** The leader at the beginning. */
  leader: string;
  system: string;
  moves: readonly Move[];
  writes: readonly Write[];
  reads: readonly Read[];
  probes: readonly Probe[];
  restarts: readonly Restart[];
  held: readonly Held[];
  expected: Expected;
}
