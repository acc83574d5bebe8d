/** Which pod of a set leads, by what a command answered in each of its pods. */

/** How one try of a command in a pod ended. */
export type PodAnswer =
  /** `said`: the last line that the command printed, if any. */
  | { kind: 'exit code'; exitCode: number; said: string }
  /** It took longer than it may. */
  | { kind: 'did not end' }
  /** It could not be run: there is no such pod, the server refuses, or the connection ended. */
  | { kind: 'not run'; message: string };

/** What one pod answered. */
export interface PodSaid {
  pod: string;
  answer: PodAnswer;
}

export interface KnownLeader {
  kind: 'known';
  leader: string;
  /** Of all pods of the set. */
  answers: readonly PodSaid[];
}

export interface UnknownLeader {
  kind: 'unknown';
  /** `unanswered`: a pod did not say whether it leads, so that it may be the leader, or a second one. */
  why: 'nobody' | 'several' | 'unanswered';
  answers: readonly PodSaid[];
}

/**
 * The leader is known only if one pod says that it leads, and every other pod says itself that it does not.
 *
 * @param answers of all pods of the set
 */
export function leadershipIn(answers: readonly PodSaid[]): KnownLeader | UnknownLeader {
  const leaders = answers.filter(({ answer }) => saysYes(answer));
  const [first] = leaders;
  if (leaders.length > 1) return { kind: 'unknown', why: 'several', answers };
  if (!answers.every(({ answer }) => saysYes(answer) || saysNo(answer))) {
    return { kind: 'unknown', why: 'unanswered', answers };
  }
  if (first === undefined) return { kind: 'unknown', why: 'nobody', answers };
  return { kind: 'known', leader: first.pod, answers };
}

export function saysYes(answer: PodAnswer): boolean {
  return answer.kind === 'exit code' && answer.exitCode === 0;
}

/**
 * Whether the command itself ended, and said no. A shell says 126 of a command that it cannot run, 127 of one that it does
 * not find, and 128 and more of one that a signal ended.
 *
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
 */
export function saysNo(answer: PodAnswer): boolean {
  return answer.kind === 'exit code' && answer.exitCode >= 1 && answer.exitCode <= 125;
}
