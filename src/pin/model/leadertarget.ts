/** The pod that leads as the target of a pin, and what its record keeps of that. */
import type { StatefulSet } from '#src/objects/types.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import type { KnownLeader } from '#src/statefulset/leadership.ts';
import type { LeaderRecord } from './record.ts';
import type { PinTarget } from './target.ts';

export interface LedTarget {
  kind: 'led';
  target: PinTarget;
  led: LeaderRecord;
}

/** @param check the command that was asked with */
export function ledTarget({ metadata }: StatefulSet, { leader, answers }: KnownLeader, check: string): LedTarget {
  const codes = answers.flatMap(({ pod, answer }) =>
    answer.kind === 'exit code' ? [[pod, answer.exitCode] as const] : [],
  );
  return {
    kind: 'led',
    target: { kind: 'set', set: metadata.name, ordinal: ordinalOf(leader) },
    led: { check, exitCodes: Object.fromEntries(codes) },
  };
}
