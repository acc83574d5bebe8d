/** Puts into words how a StatefulSet is: on one line, and how many there are of each kind. */
import type { Cell } from '#src/drawing/cells.ts';
import { nameFaultWords } from '#src/drawing/namewords.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { counted } from '#src/drawing/sentences.ts';
import { podOfPin } from '#src/pin/model/leading.ts';
import { pinState } from '#src/pin/view/words.ts';
import { isLost } from '#src/statefulset/lostnode.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { findingWords } from '#src/tree/view/claimwords.ts';
import { lostNodeWords, warningWords } from '#src/tree/view/podwords.ts';
import { setWarningWords } from '#src/tree/view/setwords.ts';
import { countByHealth, type Health, healthOf, isTroubled } from '../model/health.ts';
import { refusedPod, serviceTrouble } from '../model/setcauses.ts';
import { setCauseWords } from './setcausewords.ts';

export interface StatusWords {
  status: Cell;
  /** What the controller does next, what it waits for, or what is wrong first; may be empty. */
  reason: Cell;
}

/** @param now milliseconds since the epoch */
export function statusWords(topology: Topology, now: number): StatusWords {
  const { status, detail } = rolloutWords(topology.rollout);
  const health = healthOf(topology);
  if (health === 'not known' && status.tone === 'good') {
    return { status: { text: status.text, tone: 'faint' }, reason: { text: unseenWords(topology), tone: 'warning' } };
  }
  const [trouble] = troubleWords(topology, now);
  // What is up to date need not be healthy.
  if (status.tone === 'good' && trouble) return { status: { text: status.text, tone: 'warning' }, reason: trouble };
  const tone = status.tone === 'good' ? undefined : status.tone;
  const text =
    [detail, ...underlyingWords(topology, now), unseenWords(topology)].filter(Boolean).join('; ') ||
    (trouble?.text ?? '');
  return { status, reason: { text, ...(tone && { tone }) } };
}

/** Where the pods were not read that would tell more; else empty. */
function unseenWords({ rollout, members }: Topology): string {
  const isUnseen =
    'judgement' in rollout && rollout.judgement.kind === 'undetermined' && rollout.judgement.missing.includes('pods');
  if (!isUnseen) return '';
  const why = members.some(({ state }) => state === 'forbidden') ? 'may not be listed' : 'are not in the files';
  return `the pods ${why}: these are the counts in the status of the set`;
}

/** What lies behind the rollout's own words: the pod that is refused, and the claims of the pod that is waited for. */
function underlyingWords(topology: Topology, now: number): string[] {
  const { rollout, warning, members } = topology;
  if (!('waitsFor' in rollout) || rollout.state === 'done') return [];
  const isTold = rollout.judgement.kind === 'stuck' && rollout.judgement.stuck.cause === 'cannot be created';
  const refused = refusedPod(topology);
  const words = refused ? setCauseWords(refused.what) : warning?.reason === 'FailedCreate' && warningWords(warning);
  const refusal = words && !isTold ? [words] : [];
  const awaited = rollout.waitsFor[0]?.pod ?? rollout.unavailable[0]?.metadata.name;
  const member = members.find((each) => each.state === 'found' && each.pod.metadata.name === awaited);
  const claims = (member?.storage ?? []).flatMap((storage) =>
    storage.findings
      .filter(({ kind }) => kind === 'pending')
      .map((finding) => findingWords(finding, storage, now).text)
      .filter(Boolean)
      .map((text) => `pvc/${storage.name}: ${text}`),
  );
  const node =
    member?.state === 'found' && isLost(member.lostNode) && rollout.judgement.kind !== 'stuck'
      ? lostNodeWords(member)
      : '';
  return [...refusal, node, ...claims].filter(Boolean);
}

/** What is wrong with a set besides its rollout, the gravest first. */
export function troubleWords(topology: Topology, now: number): Cell[] {
  const { members, unmounted, nameFaults, pins } = topology;
  const claims = [...members.flatMap(({ storage }) => storage), ...unmounted].filter(isTroubled);
  const warning = setWarningWords(topology);
  const service = serviceTrouble(topology);
  return [
    ...claims.map((claim) => claimTrouble(claim, now)),
    ...(service ? [bad(setCauseWords(service))] : []),
    ...pins.flatMap((pin): Cell[] => {
      const { text, tone } = pinState(pin);
      const pod = podOfPin(pin);
      const to = pod === undefined ? '' : ` to ${pod}`;
      return tone === undefined ? [] : [{ text: `svc/${pin.service.metadata.name}, pinned${to}: ${text}`, tone }];
    }),
    ...nameFaults.map((fault): Cell => ({ text: nameFaultWords(fault), tone: 'warning' })),
    ...(warning === '' ? [] : [{ text: warning, tone: 'warning' } as const]),
  ];
}

function bad(text: string): Cell {
  return { text, tone: 'bad' };
}

function claimTrouble(storage: Storage, now: number): Cell {
  const texts = storage.findings
    .map((finding) => findingWords(finding, storage, now))
    .filter(({ tone }) => tone === 'bad');
  return bad(`pvc/${storage.name}: ${texts.map(({ text }) => text).join('; ')}`);
}

const healthWords: Readonly<Record<Health, string>> = {
  stuck: 'stuck',
  failing: 'failing',
  'not ready': 'not ready',
  'not known': 'not known',
  'in doubt': 'with another trouble',
  outdated: 'outdated',
  'under way': 'under way',
  healthy: 'healthy',
};

/** `5 sets: 1 stuck, 1 under way, 3 healthy` */
export function countWords(topologies: readonly Topology[]): string {
  const counts = countByHealth(topologies).map(([health, count]) => `${count} ${healthWords[health]}`);
  return `${counted(topologies.length, 'set')}: ${counts.join(', ')}`;
}
