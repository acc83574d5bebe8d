/** Puts into words that an object is being deleted: since when, and what holds it. */
import { type Deletion, deletionOf } from '#src/objects/deletion.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Named } from '#src/objects/types.ts';
import { named } from './sentences.ts';

/** What some finalizers wait for. */
const known = new Map([
  // https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
  ['foregroundDeletion', 'the objects that it owns (foregroundDeletion)'],
  ['orphan', 'the objects that it leaves behind (orphan)'],
  ['service.kubernetes.io/load-balancer-cleanup', 'its load balancer (service.kubernetes.io/load-balancer-cleanup)'],
  [
    'snapshot.storage.kubernetes.io/pvc-as-source-protection',
    'a snapshot that is taken of it (snapshot.storage.kubernetes.io/pvc-as-source-protection)',
  ],
]);

/**
 * `terminating for 4h, held by backup.example/keep`; empty for an object that is not being deleted.
 *
 * @param now milliseconds since the epoch
 * @param holders tells who holds it, by finalizer, as far as that is known; asked only if it is being deleted
 */
export function deletionWords(object: Named, now: number, holders: () => ReadonlyMap<string, string> = nobody): string {
  const deletion = deletionOf(object);
  if (deletion === undefined) return '';
  const lasts = deletion.since === undefined ? '' : ` for ${humanDuration(Math.max(now - deletion.since, 0))}`;
  return `terminating${lasts}${heldBy(deletion, holders())}`;
}

const none: ReadonlyMap<string, string> = new Map();
const nobody = () => none;

function heldBy({ finalizers }: Deletion, holders: ReadonlyMap<string, string>): string {
  const who = finalizers.map((finalizer) => holders.get(finalizer) ?? known.get(finalizer) ?? finalizer);
  return who.length === 0 ? '' : `, held by ${named(who)}`;
}

/** The finalizer that pods hold: `kubernetes.io/pvc-protection`, pkg/controller/volume/pvcprotection. */
export function claimHolders(pods: readonly string[]): ReadonlyMap<string, string> {
  return pods.length === 0 ? none : new Map([['kubernetes.io/pvc-protection', named(pods)]]);
}

/** The finalizer that a claim holds while the volume is Bound: pkg/controller/volume/pvprotection. */
export function volumeHolders(claim: string, phase: string | undefined): ReadonlyMap<string, string> {
  return phase === 'Bound' ? new Map([['kubernetes.io/pv-protection', `its claim ${claim}`]]) : none;
}
