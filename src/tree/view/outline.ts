/** Builds the tree of a StatefulSet: which object has a line, below which other one, and what stands in its columns. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { claimHolders, deletionWords, volumeHolders } from '#src/drawing/deletionwords.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { gravest } from '#src/drawing/tone.ts';
import type { Line } from '#src/drawing/tree.ts';
import { placeOf } from '#src/objects/nodeselector.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { bytesOf } from '#src/objects/quantity.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import type { Claim, Class, Named, Service } from '#src/objects/types.ts';
import { podOfPin } from '#src/pin/model/leading.ts';
import { podName } from '#src/statefulset/identity.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { AbsentPods, Member, PresentPod } from '../model/members.ts';
import { sizeOf } from '../model/summary.ts';
import type { Topology } from '../model/topology.ts';
import { findingWords, modesWords, phaseCell, usageWords } from './claimwords.ts';
import { fateWords } from './fatewords.ts';
import { leftOverWords, unmountedWords } from './leftoverwords.ts';
import {
  absentCell,
  lacksWords,
  lostNodeWords,
  podCell,
  restartWords,
  revisionWords,
  warningWords,
  whyMissingWords,
} from './podwords.ts';
import { governingWords, perPodWords, pinWords, type ServiceWords } from './servicewords.ts';
import { noClaimsWords, readyWords, setDetail, setNameWords, setWarningWords, summaryWords } from './setwords.ts';
import { sharingWords, strangerWords } from './sharingwords.ts';
import { volumeSourceWords } from './volumewords.ts';

export const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'] as const;

export interface OutlineOptions {
  /** Milliseconds since the epoch, for the AGE column. */
  now: number;
  /** Shows the addresses of pods and the handles of volumes too. */
  wide: boolean;
}

export function outline(topology: Topology, options: OutlineOptions): Line {
  const { set, members, unmounted, leftOver } = topology;
  const own = new Set(members.flatMap((member) => (member.state === 'found' ? member.pod.metadata.name : [])));
  const { status, detail } = rolloutWords(topology.rollout);
  const { name, namespace = '' } = set.metadata;
  const told = [detail, deletionWords(set, options.now), setWarningWords(topology), setNameWords(topology)]
    .filter((each) => each !== '')
    .join('; ');
  const cells = { ready: readyWords(topology), status, detail: setDetail(set, told), age: age(set, options) };
  const noClaims = noClaimsWords(topology);
  return {
    ...line(`StatefulSet/${name}`, cells, [
      serviceLine(topology, options),
      ...members.map((member) => memberLine(topology, member, own, options)),
      // Those of pods that are there stand below the pod.
      ...leadingLines(topology, (pod) => !own.has(pod), options),
      ...unmounted.map((claim) =>
        claimLine(
          claim,
          { odd: unmountedWords(topology, claim), fate: fateWords(claim, { set, pod: undefined }) },
          options,
        ),
      ),
      ...leftOver.map((claim) => claimLine(claim.storage, { odd: leftOverWords(topology, claim), fate: '' }, options)),
      ...(noClaims === undefined ? [] : [line('no claims', { detail: noClaims })]),
    ]),
    group: namespace,
    footer: summaryWords(topology),
  };
}

/** The columns beside the name. A column that is left out stays empty. */
interface Columns {
  ready?: string | undefined;
  status?: Cell;
  detail?: string | Cell;
  node?: string;
  age?: string;
}

function line(name: string, { ready, status, detail, node, age }: Columns, children: Line[] = []): Line {
  const cells = [name, ready, status, detail, node, age];
  return { cells: cells.map((cell = '') => (typeof cell === 'string' ? { text: cell } : cell)), children };
}

function age({ metadata }: Named, { now }: OutlineOptions): string {
  const created = metadata.creationTimestamp;
  return created ? humanDuration(now - parseTime(created)) : '';
}

function serviceLine({ governingService, otherHeadless }: Topology, options: OutlineOptions): Line {
  const name = governingService === undefined ? 'Service' : `Service/${governingService.name}`;
  const found = governingService?.service.state === 'found' ? governingService.service.object : undefined;
  return line(name, serviceColumns(governingWords(governingService, otherHeadless), found, options));
}

/**
 * The Services that lead to one pod: those that are pinned, or were, and then the others.
 *
 * @param isBelow whether the Services of a pod stand here; the name of a pod that nobody knows is empty
 */
function leadingLines({ pins, perPod }: Topology, isBelow: (pod: string) => boolean, options: OutlineOptions): Line[] {
  const lineOf = (service: Service, words: ServiceWords) =>
    line(`Service/${service.metadata.name}`, serviceColumns(words, service, options));
  return [
    ...pins.filter((pin) => isBelow(podOfPin(pin) ?? '')).map((pin) => lineOf(pin.service, pinWords(pin))),
    ...perPod.filter(({ pod }) => isBelow(pod)).map((found) => lineOf(found.service, perPodWords(found))),
  ];
}

/** Of a Service that is being deleted, its type no longer matters. */
function serviceColumns(words: ServiceWords, service: Service | undefined, { now }: OutlineOptions): Columns {
  const deletion = service === undefined ? '' : deletionWords(service, now);
  if (deletion === '') return { ...words };
  const text = listed(words.detail.text, deletion);
  return { status: { text: 'Terminating', tone: 'bad' }, detail: { ...words.detail, text } };
}

/** @param own the names of the set's pods */
function memberLine(topology: Topology, member: Member, own: ReadonlySet<string>, options: OutlineOptions): Line {
  const pod = member.state === 'found' ? member.pod : undefined;
  const storage = member.storage.map((claim) => {
    if (topology.rollout.state !== 'deleting' && comesWithPod(member, claim)) {
      return line(`PersistentVolumeClaim/${claim.name}`, { status: { text: '-' }, detail: 'comes with the pod' });
    }
    const shared = sharingWords(claim, own, topology.sharedWith.get(claim.name));
    const odd = listed(strangerWords(claim, pod), shared);
    return claimLine(claim, { odd, fate: fateWords(claim, { set: topology.set, pod }) }, options);
  });
  if (member.state !== 'found') return absentLine(topology, member, storage);
  const { name } = member.pod.metadata;
  const services = leadingLines(topology, (pod) => pod === name, options);
  return line(`Pod/${name}`, podColumns(topology, member, options), [...storage, ...services]);
}

/** The controller creates a claim together with its pod: until then it is no fault that the claim is missing. */
function comesWithPod(member: Member, { origin, claim }: Storage): boolean {
  return member.state === 'missing' && claim.state === 'missing' && origin !== 'pod template';
}

function absentLine({ set }: Topology, pods: AbsentPods, storage: Line[]): Line {
  const { start, end } = pods.ordinals;
  const first = podName(set.metadata.name, start);
  const isOne = end - start === 1;
  const detail = listed(!isOne && `${end - start} pods`, pods.why && whyMissingWords(pods.why));
  return line(`Pod/${isOne ? first : `${first}…${end - 1}`}`, { status: absentCell(pods), detail }, storage);
}

// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone; on pods since 1.35.
const zoneLabel = 'topology.kubernetes.io/zone';

function podColumns({ set }: Topology, member: PresentPod, options: OutlineOptions): Columns {
  const { pod, ordinal, wanted, revision, unschedulable, lostNode, warning, lacks } = member;
  const status = podStatus(pod);
  const zone = pod.metadata.labels?.[zoneLabel];
  const node = pod.spec?.nodeName ?? '';
  const detail = listed(
    ordinal < 0 && 'no ordinal in its name: the controller ignores it',
    ordinal >= 0 && !wanted && 'condemned: outside the wanted ordinals',
    wanted && lacksWords(lacks),
    unschedulable && unschedulableWords(unschedulable),
    lostNode && lostNodeWords(lostNode, pod),
    deletionWords(pod, options.now),
    // The scheduler's message says the same.
    warning && !unschedulable && warningWords(warning),
    restartWords(status, options.now),
    revisionWords(set, member),
    options.wide && (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(' '),
  );
  const isInDoubt =
    [unschedulable, lostNode, warning].some((each) => each !== undefined && each !== 'not given') ||
    !wanted ||
    lacks.length > 0 ||
    revision === 'neither';
  return {
    ready: `${status.ready}/${status.containers}`,
    status: podCell(pod, status),
    detail: { text: detail, ...(isInDoubt && { tone: 'warning' }) },
    node: zone && node ? `${node} (${zone})` : node,
    age: age(pod, options),
  };
}

/** What else there is to say of a claim; both may be empty. */
interface Notes {
  /** That it is shared or left over, which a person has to know. */
  odd: string;
  fate: string;
}

function claimLine(storage: Storage, { odd, fate }: Notes, options: OutlineOptions): Line {
  const { claim } = storage;
  const name = `PersistentVolumeClaim/${storage.name}`;
  const below = storage.volume === undefined ? classLine(storage) : volumeLine(storage, storage.volume, options);
  if (claim.state !== 'found') return line(name, { status: absence(claim.state), detail: odd }, below);

  const findings = [
    ...storage.findings.map((finding) => findingWords(finding, storage, options.now)),
    usageWords(storage.usage),
  ];
  const urgent = findings.filter(({ tone }) => tone === 'bad').map(({ text }) => text);
  const others = findings.filter(({ tone }) => tone !== 'bad').map(({ text }) => text);
  const deletion = deletionWords(
    claim.object,
    options.now,
    claimHolders(storage.holders.flatMap(({ pod, state }) => (state === 'not scheduled' ? [] : pod))),
  );
  const text = listed(...urgent, deletion, sizeWords(claim.object), odd, ...others, fate);
  const tone = gravest([...findings, ...(odd ? [{ tone: 'warning' as const }] : [])]);
  return line(
    name,
    {
      status: phaseCell(claim.object, claim.object.status?.phase),
      detail: { text, ...(tone && { tone }) },
      age: age(claim.object, options),
    },
    below,
  );
}

/** `50Mi RWO` */
function sizeWords(claim: Claim): string {
  const modes = claim.status?.accessModes ?? claim.spec?.accessModes ?? [];
  return [sizeOf(claim), modesWords(modes)].filter(Boolean).join(' ');
}

function volumeLine(
  storage: Storage,
  { name, volume }: NonNullable<Storage['volume']>,
  options: OutlineOptions,
): Line[] {
  const title = `PersistentVolume/${name}`;
  const below = classLine(storage);
  if (volume.state !== 'found') return [line(title, { status: absence(volume.state) }, below)];
  const { spec, status } = volume.object;
  const selector = spec?.nodeAffinity?.required;
  const capacity = spec?.capacity?.['storage'];
  const claimed = storage.claim.state === 'found' ? storage.claim.object.status?.capacity?.['storage'] : undefined;
  const cells = {
    status: phaseCell(volume.object, status?.phase),
    detail: listed(
      deletionWords(volume.object, options.now, volumeHolders(storage.name, status?.phase)),
      sizeDiffers(capacity, claimed) && capacity,
      spec?.persistentVolumeReclaimPolicy ?? 'Retain',
      volumeSourceWords(volume.object),
      options.wide && spec?.csi?.volumeHandle,
    ),
    node: (selector && placeOf(selector)) ?? '',
    age: age(volume.object, options),
  };
  return [line(title, cells, below)];
}

/** Compares bytes, since 1024Mi is 1Gi. */
function sizeDiffers(capacity: string | undefined, claimed: string | undefined): boolean {
  return bytesOf(capacity ?? '') !== bytesOf(claimed ?? '');
}

function classLine({ class: storageClass, volume }: Storage): Line[] {
  if (storageClass === undefined) return [];
  return [line(`StorageClass/${storageClass.name}`, classColumns(storageClass.class, volume !== undefined))];
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
