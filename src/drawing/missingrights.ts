/** Words the rights that a watch lacks, each of them once. */
import type { Part, Refusal } from '#src/objects/snapshot.ts';
import { notWatchedLine, refusalLine } from './notices.ts';

export interface MissingRights {
  /** A line about the rights to read that are missing, and that no line has named yet; undefined where there are none. */
  ofParts(parts: readonly Part<unknown>[]): string | undefined;
  /** A line about a missing right to watch; undefined where a line has named it. */
  ofWatch(refusal: Refusal): string | undefined;
}

/** Some parts are read later than others, such as the events of a pod that waits, and are refused later. */
export function missingRights(): MissingRights {
  const named = new Set<string>();
  const isNew = ({ verb, resource }: Refusal) => {
    const right = `${verb} ${resource}`;
    return !named.has(right) && named.add(right);
  };
  return {
    ofParts: (parts) => refusalLine(parts.filter((part) => part.others === 'forbidden' && isNew(part.refusal))),
    ofWatch: (refusal) => (isNew(refusal) ? notWatchedLine(refusal) : undefined),
  };
}
