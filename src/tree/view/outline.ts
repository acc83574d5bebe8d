/** Builds the tree of a StatefulSet: which object has a row, below which other one, and what stands there. */
import { deletionWords } from '#src/drawing/deletionwords.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { templateWords } from '#src/drawing/templatewords.ts';
import type { Line, Root } from '#src/drawing/tree.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import type { Service } from '#src/objects/types.ts';
import { podOfPin } from '#src/pin/model/leading.ts';
import { podName } from '#src/statefulset/identity.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { AbsentPods, Member, PresentPod } from '../model/members.ts';
import type { Topology } from '../model/topology.ts';
import { budgetCell, budgetDetail } from './budgetwords.ts';
import { claimRow, repeatedClaimRow } from './claimrows.ts';
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
import { age, type Columns, notesOf, type OutlineOptions, row } from './row.ts';
import { governingWords, perPodWords, pinWords, type ServiceWords } from './servicewords.ts';
import { noClaimsWords, readyWords, setDetail, setNameWords, setWarningWords, summaryWords } from './setwords.ts';
import { sharingWords, strangerWords } from './sharingwords.ts';

export function outline(topology: Topology, options: OutlineOptions): Root {
  const { set, members, unmounted, leftOver } = topology;
  const own = new Set(members.flatMap((member) => (member.state === 'found' ? [member.pod.metadata.name] : [])));
  const { name, namespace = '' } = set.metadata;
  const noClaims = noClaimsWords(topology);
  const drawn = new Set<string>();
  return {
    ...row(`sts/${name}`, setColumns(topology, options), [
      serviceRow(topology, options),
      ...topology.budgets.map((budget) =>
        row(`pdb/${budget.metadata.name}`, {
          status: budgetCell(budget),
          detail: budgetDetail(budget),
          age: age(budget, options),
        }),
      ),
      ...members.map((member) => memberRow(topology, member, { own, drawn }, options)),
      // Those of pods that are there stand below the pod.
      ...leadingRows(topology, (pod) => !own.has(pod), options),
      ...unmounted.map((claim) =>
        claimRow(
          claim,
          { odd: unmountedWords(topology, claim), fate: fateWords(claim, { set, pod: undefined }) },
          options,
        ),
      ),
      ...leftOver.map((claim) => claimRow(claim.storage, { odd: leftOverWords(topology, claim), fate: '' }, options)),
      ...(noClaims === undefined ? [] : [row('no claims', { detail: noClaims })]),
    ]),
    group: namespace,
    footer: summaryWords(topology),
  };
}

/** What is left to do for the rollout is a fact where the set is well, and else the reason why it is not. */
function setColumns(topology: Topology, options: OutlineOptions): Columns {
  const { set, rollout } = topology;
  const { status, detail } = rolloutWords(rollout);
  const isWell = status.tone === 'good';
  return {
    ready: readyWords(topology),
    status,
    detail: listed(isWell && detail, setDetail(set)),
    age: age(set, options),
    notes: [
      ...notesOf(status.tone, !isWell && detail),
      ...notesOf('warning', deletionWords(set, options.now), setWarningWords(topology), setNameWords(topology)),
      ...notesOf(undefined, templateWords(topology.changes ?? [])),
    ],
  };
}

function serviceRow({ governingService, otherHeadless }: Topology, options: OutlineOptions): Line {
  const name = governingService === undefined ? 'svc' : `svc/${governingService.name}`;
  const found = governingService?.service.state === 'found' ? governingService.service.object : undefined;
  return row(name, serviceColumns(governingWords(governingService, otherHeadless), found, options));
}

/**
 * The Services that lead to one pod: those that are pinned, or were, and then the others.
 *
 * @param isBelow whether the Services of a pod stand here; the name of a pod that nobody knows is empty
 */
function leadingRows({ pins, perPod }: Topology, isBelow: (pod: string) => boolean, options: OutlineOptions): Line[] {
  const rowOf = (service: Service, words: ServiceWords) =>
    row(`svc/${service.metadata.name}`, serviceColumns(words, service, options));
  return [
    ...pins.filter((pin) => isBelow(podOfPin(pin) ?? '')).map((pin) => rowOf(pin.service, pinWords(pin))),
    ...perPod.filter(({ pod }) => isBelow(pod)).map((found) => rowOf(found.service, perPodWords(found))),
  ];
}

/** Of a Service that is being deleted, its type no longer matters. */
function serviceColumns(
  { status, detail, notes }: ServiceWords,
  service: Service | undefined,
  { now }: OutlineOptions,
): Columns {
  const deletion = service === undefined ? '' : deletionWords(service, now);
  if (deletion === '') return { status, detail, notes };
  return { status: { text: 'Terminating', tone: 'bad' }, detail, notes: [...notes, ...notesOf('bad', deletion)] };
}

/** What is known of a set while its pods are drawn. */
interface Drawing {
  /** The names of the set's pods. */
  own: ReadonlySet<string>;
  /** The names of the claims that have their rows already. */
  drawn: Set<string>;
}

function memberRow(topology: Topology, member: Member, drawing: Drawing, options: OutlineOptions): Line {
  const storage = member.storage.map((claim) => memberClaimRow(topology, member, claim, drawing, options));
  if (member.state !== 'found') return absentRow(topology, member, storage);
  const { name } = member.pod.metadata;
  const services = leadingRows(topology, (pod) => pod === name, options);
  return row(`pod/${name}`, podColumns(topology, member, options), [...storage, ...services]);
}

function memberClaimRow(
  { set, rollout, sharedWith }: Topology,
  member: Member,
  claim: Storage,
  { own, drawn }: Drawing,
  options: OutlineOptions,
): Line {
  if (rollout.state !== 'deleting' && comesWithPod(member, claim)) {
    return row(`pvc/${claim.name}`, { status: { text: '-' }, detail: 'comes with the pod' });
  }
  if (drawn.has(claim.name)) return repeatedClaimRow(claim);
  drawn.add(claim.name);
  const pod = member.state === 'found' ? member.pod : undefined;
  const odd = listed(strangerWords(claim, pod), sharingWords(claim, own, sharedWith.get(claim.name)));
  return claimRow(claim, { odd, fate: fateWords(claim, { set, pod }) }, options);
}

/** The controller creates a claim together with its pod: until then it is no fault that the claim is missing. */
function comesWithPod(member: Member, { origin, claim }: Storage): boolean {
  return member.state === 'missing' && claim.state === 'missing' && origin !== 'pod template';
}

function absentRow({ set }: Topology, pods: AbsentPods, storage: Line[]): Line {
  const { start, end } = pods.ordinals;
  const first = podName(set.metadata.name, start);
  const isOne = end - start === 1;
  const status = absentCell(pods);
  const why = pods.why && whyMissingWords(pods.why);
  return row(
    `pod/${isOne ? first : `${first}…${end - 1}`}`,
    { status, detail: isOne ? '' : `${end - start} pods`, notes: notesOf(status.tone, why) },
    storage,
  );
}

// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone; on pods since 1.35.
const zoneLabel = 'topology.kubernetes.io/zone';

function podColumns({ set }: Topology, member: PresentPod, options: OutlineOptions): Columns {
  const { pod, ordinal, wanted, unschedulable, warning, lacks } = member;
  const status = podStatus(pod);
  const zone = pod.metadata.labels?.[zoneLabel];
  const node = pod.spec?.nodeName ?? '';
  const cell = podCell(pod, status);
  return {
    ready: `${status.ready}/${status.containers}`,
    status: cell,
    detail: listed(
      restartWords(status, options.now),
      revisionWords(set, member),
      options.wide && (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(' '),
    ),
    node: zone && node ? `${node} (${zone})` : node,
    age: age(pod, options),
    notes: notesOf(
      cell.tone === 'bad' ? 'bad' : 'warning',
      ordinal < 0 && 'no ordinal in its name: the controller ignores it',
      ordinal >= 0 && !wanted && 'condemned: outside the wanted ordinals',
      wanted && lacksWords(lacks),
      unschedulable && unschedulableWords(unschedulable),
      lostNodeWords(member),
      deletionWords(pod, options.now),
      // The scheduler's message says the same.
      warning && !unschedulable && warningWords(warning),
    ),
  };
}
