/** The lines of claims, volumes and storage classes in a picture. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { listed } from '#src/drawing/sentences.ts';
import type { Pod } from '#src/objects/types.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { sizeOf } from '../model/summary.ts';
import { findingWords, phaseCell } from './claimwords.ts';
import { originWords, strangerWords } from './sharingwords.ts';
import { volumeSourceWords } from './volumewords.ts';

/** @param pod the pod that the claim stands below */
export function claimLines(storage: Storage, pod: Pod | undefined): Cell[] {
  const { claim, mountedBy, willMount, origin, findings } = storage;
  const pods = mountedBy.length || willMount;
  const shared: Cell = pods > 1 ? { text: `shared by ${pods} pods`, tone: 'warning' } : { text: '' };
  if (claim.state !== 'found') return [absence(claim.state), shared];
  const state = phaseCell(claim.object, claim.object.status?.phase);
  // Of one that stands below no pod, other words tell where it comes from.
  const odd = pod === undefined ? [] : [originWords(origin), strangerWords(storage, pod)].filter((text) => text !== '');
  return [
    { ...state, text: listed(state.text, sizeOf(claim.object)) },
    shared,
    ...odd.map((text): Cell => ({ text, tone: 'warning' })),
    ...findings.map((finding) => findingWords(finding, storage, undefined)),
  ];
}

export function volumeLines(found: NonNullable<Storage['volume']>['volume']): Cell[] {
  if (found.state !== 'found') return [absence(found.state)];
  const { spec, status } = found.object;
  const state = phaseCell(found.object, status?.phase);
  return [
    { ...state, text: listed(state.text, spec?.capacity?.['storage'], spec?.persistentVolumeReclaimPolicy) },
    { text: volumeSourceWords(found.object) ?? '' },
  ];
}

export function classLines(found: NonNullable<Storage['class']>['class'], bound: boolean): Cell[] {
  if (found.state === 'found') {
    const { provisioner, volumeBindingMode } = found.object;
    return [{ text: provisioner ?? '' }, { text: volumeBindingMode ?? 'Immediate' }];
  }
  if (found.state === 'missing' && bound) return [{ text: 'static: no class object', tone: 'faint' }];
  return [absence(found.state)];
}
