/** Which controllers may be at work. Nobody can read its version and its feature gates: both answers are computed. */
import type { StatefulSet } from '#src/objects/types.ts';
import type { Controller } from './acts.ts';

const plain: Controller = { minor: 36, gates: { maxUnavailable: false, recreate: false } };
const budgeted: Controller = { minor: 37, gates: { maxUnavailable: true, recreate: true } };

/**
 * The controllers whose answers may differ for a set, the likely one first.
 *
 * An API server whose gate MaxUnavailableStatefulSet is on writes `maxUnavailable` into each RollingUpdate set, so a set
 * without it is on a server whose gate is off. A set with it proves nothing: a server whose gate is off keeps the field
 * that it has, and Kubernetes 1.35.0 to 1.35.3 wrote it into all.
 */
export function likelyControllers({ spec }: StatefulSet): [Controller, ...Controller[]] {
  const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {};
  // Only an API server whose gate is on takes it.
  if (type === 'Recreate') return [budgeted];
  if (type !== 'RollingUpdate' || rollingUpdate?.maxUnavailable === undefined) return [plain];
  return [budgeted, { ...budgeted, minor: 36 }, plain];
}
