/** The rows of a claim: the claim, its volume and its storage class. */
import { absence } from '#src/drawing/cells.ts';
import { claimHolders, deletionWords, volumeHolders } from '#src/drawing/deletionwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import type { Line } from '#src/drawing/tree.ts';
import { placeOf } from '#src/objects/nodeselector.ts';
import { bytesOf } from '#src/objects/quantity.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import type { Claim, Class } from '#src/objects/types.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { sizeOf } from '../model/summary.ts';
import { findingWords, modesWords, phaseCell, usageWords } from './claimwords.ts';
import { age, type Columns, notesOf, type OutlineOptions, row } from './row.ts';
import { volumeSourceWords } from './volumewords.ts';

/** What else there is to say of a claim; both may be empty. */
export interface Notes {
  /** That it is shared or left over, which a person has to know. */
  odd: string;
  fate: string;
}

export function claimRow(storage: Storage, { odd, fate }: Notes, options: OutlineOptions): Line {
  const { claim } = storage;
  const name = `pvc/${storage.name}`;
  const below = storage.volume === undefined ? classRows(storage) : volumeRows(storage, storage.volume, options);
  if (claim.state !== 'found') {
    return row(name, { status: absence(claim.state), notes: notesOf('warning', odd) }, below);
  }
  const usage = usageWords(storage.usage);
  const findings = storage.findings.map((finding) => ({ finding, ...findingWords(finding, storage, options.now) }));
  // Why a claim is pending is a reason, however harmless.
  const isFact = ({ finding, tone }: (typeof findings)[number]) => finding.kind !== 'pending' && tone === undefined;
  const reasons = [...findings.filter((each) => !isFact(each)), ...(usage.tone ? [usage] : [])];
  const deletion = deletionWords(claim.object, options.now, () =>
    claimHolders(storage.holders.flatMap(({ pod, state }) => (state === 'not scheduled' ? [] : pod))),
  );
  return row(
    name,
    {
      status: phaseCell(claim.object, claim.object.status?.phase),
      detail: listed(
        sizeWords(claim.object),
        ...findings.filter(isFact).map(({ text }) => text),
        !usage.tone && usage.text,
        fate,
      ),
      age: age(claim.object, options),
      notes: [
        ...reasons.filter(({ tone }) => tone === 'bad'),
        ...notesOf('bad', deletion),
        ...notesOf('warning', odd),
        ...reasons.filter(({ tone }) => tone !== 'bad'),
      ],
    },
    below,
  );
}

/** A claim whose rows stand above already. */
export function repeatedClaimRow({ name, claim }: Storage): Line {
  const status = claim.state === 'found' ? phaseCell(claim.object, claim.object.status?.phase) : absence(claim.state);
  return row(`pvc/${name}`, { status, detail: 'as above' });
}

/** `50Mi RWO` */
function sizeWords(claim: Claim): string {
  const modes = claim.status?.accessModes ?? claim.spec?.accessModes ?? [];
  return [sizeOf(claim), modesWords(modes)].filter(Boolean).join(' ');
}

/** The volume and its class have one row where nothing is wrong with either. */
function volumeRows(storage: Storage, volume: NonNullable<Storage['volume']>, options: OutlineOptions): Line[] {
  const columns = volumeColumns(storage, volume, options);
  const name = `pv/${volume.name}`;
  const short = `pv/${withoutUid(volume.name)}`;
  const [below] = classRows(storage);
  const isAbsent = volume.volume.state !== 'found';
  const isWell = isAbsent ? columns.status?.tone !== 'bad' : columns.status?.tone === 'good';
  const hasNotes = (columns.notes ?? []).length > 0;
  const ofClass = storage.class && classColumns(storage.class.class, true).status?.text;
  const isAlike = ofClass === (isAbsent ? columns.status?.text : undefined);
  if (below === undefined || options.wide || !isWell || hasNotes || !isAlike) {
    return [row({ name, shortName: short }, columns, below ? [below] : [])];
  }
  const detail = listed(columns.detail, storage.class?.class.state === 'missing' && 'static class');
  return [row({ name: `${name} · ${below.name}`, shortName: `${short} · ${below.name}` }, { ...columns, detail })];
}

function volumeColumns(
  storage: Storage,
  { volume }: NonNullable<Storage['volume']>,
  options: OutlineOptions,
): Columns & { detail?: string } {
  if (volume.state !== 'found') return { status: absence(volume.state) };
  const { spec, status } = volume.object;
  const selector = spec?.nodeAffinity?.required;
  const capacity = spec?.capacity?.['storage'];
  const claimed = storage.claim.state === 'found' ? storage.claim.object.status?.capacity?.['storage'] : undefined;
  const isOther = sizeDiffers(capacity, claimed);
  return {
    status: phaseCell(volume.object, status?.phase),
    detail: listed(
      isOther && capacity,
      spec?.persistentVolumeReclaimPolicy ?? 'Retain',
      volumeSourceWords(volume.object),
      options.wide && spec?.csi?.volumeHandle,
    ),
    node: (selector && placeOf(selector)) ?? '',
    age: age(volume.object, options),
    notes: notesOf(
      'bad',
      deletionWords(volume.object, options.now, () => volumeHolders(storage.name, status?.phase)),
    ),
  };
}

/** Compares bytes, since 1024Mi is 1Gi. */
function sizeDiffers(capacity: string | undefined, claimed: string | undefined): boolean {
  return bytesOf(capacity ?? '') !== bytesOf(claimed ?? '');
}

/** `pvc-0d0…bac80`: provisioners name a volume by the UID of its claim. */
function withoutUid(name: string): string {
  return name.replace(/([0-9a-f]{3})[0-9a-f]{5}(?:-[0-9a-f]{4}){3}-[0-9a-f]{7}([0-9a-f]{5})$/, '$1…$2');
}

function classRows({ class: storageClass, volume }: Storage): Line[] {
  if (storageClass === undefined) return [];
  return [row(`sc/${storageClass.name}`, classColumns(storageClass.class, volume !== undefined))];
}

function classColumns(found: Lookup<Class>, isBound: boolean): Columns {
  if (found.state === 'found') {
    const { provisioner, allowVolumeExpansion, volumeBindingMode } = found.object;
    return { detail: listed(provisioner, allowVolumeExpansion && 'expands', volumeBindingMode ?? 'Immediate') };
  }
  // A claim that is bound to a static volume shares a class name with it. Only a pending claim needs the object.
  if (found.state === 'missing' && isBound) return { detail: 'static: no class object, and none is needed' };
  return { status: absence(found.state) };
}
