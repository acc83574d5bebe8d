/**
 * Each claim of a set is told once, and once in the sums. The judge says the rule again, by going through all names that
 * a set could give a claim, without any code of the plugin.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { summary, total } from '#src/tree/model/summary.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { treeDocument } from '#src/tree/view/document.ts';
import { runs } from '../../properties.ts';
import { anyNamespace } from './namespaces.ts';

/** No name in the namespaces has a higher ordinal, and no set wants one. */
const ordinals = Array.from({ length: 12 }, (_, ordinal) => ordinal);

interface Rule {
  /** The claim stands below pods of the set, so often. */
  belowPods: number;
  /** The pod template names it. */
  isNamed: boolean;
  belongs: 'certainly' | 'perhaps' | 'no';
}

function ruleFor(set: StatefulSet, claim: Claim, { pods }: Snapshot): Rule {
  const members = pods.items.filter((pod) => isControlledBy(pod, set));
  const mounting = members.filter((pod) => claimsOf(pod).includes(claim.metadata.name));
  const wanting = ordinals.filter(
    (ordinal) => isWantedOrdinal(set, ordinal) && !members.some((pod) => pod.metadata.name === podName(set, ordinal)),
  );
  // A wanted pod that is there and lacks a claim of a template has it below it too.
  const lacking = members.filter(
    (pod) =>
      !mounting.includes(pod) &&
      isWantedOrdinal(set, ordinalIn(pod)) &&
      templateClaims(set, ordinalIn(pod)).includes(claim.metadata.name),
  );
  const isNamed = volumesOf(set).some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
  );
  // Missing pods stand in one line where they are many: a claim that all of them share stands there once.
  const missing = wanting.filter((ordinal) => given(set, ordinal).includes(claim.metadata.name));
  const belowPods = mounting.length + lacking.length + (isNamed ? Math.min(missing.length, 1) : missing.length);
  return { belowPods, isNamed, belongs: belonging(set, claim, pods.items, belowPods > 0 || isNamed) };
}

function belonging(set: StatefulSet, claim: Claim, pods: readonly Pod[], isGiven: boolean): Rule['belongs'] {
  const { name, labels = {}, ownerReferences = [] } = claim.metadata;
  const podOfUid = (uid: string) => pods.find(({ metadata }) => metadata.uid === uid);
  const owns = ownerReferences.some(({ apiVersion, kind, uid }) => {
    if (kind === 'StatefulSet') return apiVersion === 'apps/v1' && uid === set.metadata.uid;
    const pod = kind === 'Pod' ? podOfUid(uid) : undefined;
    return pod !== undefined && isControlledBy(pod, set);
  });
  const isWanted = ordinals.some((ordinal) => isWantedOrdinal(set, ordinal) && given(set, ordinal).includes(name));
  if (owns || isGiven || isWanted) return 'certainly';
  const isOfOtherGroup = pods.some((pod) => {
    const [owner] = pod.metadata.ownerReferences ?? [];
    return owner?.apiVersion.startsWith('apps.kruise.io') && claimsOf(pod).includes(name);
  });
  if (isOfOtherGroup) return 'no';
  const isAnothers = ownerReferences.some(({ kind, uid, name: owner }) => {
    if (kind === 'StatefulSet') return true;
    return (
      kind === 'Pod' &&
      (podOfUid(uid) !== undefined ||
        !/^-\d+$/.test(owner.slice(set.metadata.name.length)) ||
        !owner.startsWith(set.metadata.name))
    );
  });
  if (isAnothers) return 'no';
  const isLabelled = labels['app'] === set.spec?.selector?.matchLabels?.['app'];
  if (ordinals.some((ordinal) => given(set, ordinal).includes(name))) return isLabelled ? 'certainly' : 'perhaps';
  const ends = ordinals.some((ordinal) => name.endsWith(`-${podName(set, ordinal)}`));
  return ends && isLabelled ? 'perhaps' : 'no';
}

const podName = (set: StatefulSet, ordinal: number) => `${set.metadata.name}-${ordinal}`;
const ordinalIn = ({ metadata }: Pod) => Number(/\d+$/.exec(metadata.name)?.[0]);

function isControlledBy({ metadata }: Pod, set: StatefulSet): boolean {
  return metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === set.metadata.uid) === true;
}

function isWantedOrdinal({ spec }: StatefulSet, ordinal: number): boolean {
  const start = spec?.ordinals?.start ?? 0;
  return ordinal >= start && ordinal < start + (spec?.replicas ?? 1);
}

function volumesOf({ spec }: StatefulSet): NonNullable<NonNullable<Pod['spec']>['volumes']> {
  return spec?.template?.spec?.volumes ?? [];
}

function templateClaims(set: StatefulSet, ordinal: number): string[] {
  return (set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => `${metadata?.name}-${podName(set, ordinal)}`);
}

/** All claims of a pod that the set makes at an ordinal. */
function given(set: StatefulSet, ordinal: number): string[] {
  const volumes = volumesOf(set).map(({ name, persistentVolumeClaim }) => {
    return persistentVolumeClaim?.claimName ?? `${podName(set, ordinal)}-${name}`;
  });
  return [...templateClaims(set, ordinal), ...volumes];
}

function claimsOf({ metadata, spec }: Pod): string[] {
  return (spec?.volumes ?? []).map(
    ({ name, persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? `${metadata.name}-${name}`,
  );
}

/** Where a claim stands in the tree of a set. */
function placesOf({ members, unmounted, leftOver }: Topology, name: string) {
  const found = (storage: readonly { name: string }[]) => storage.filter((each) => each.name === name).length;
  return {
    belowPods: members.map(({ storage }) => found(storage)),
    unmounted: found(unmounted),
    leftOver: leftOver.filter(({ storage }) => storage.name === name),
  };
}

function check(snapshot: Snapshot): void {
  const sets = snapshot.statefulSets.items;
  const told = topologies(snapshot, sets);
  const toldClaims = new Set<string>();
  for (const claim of snapshot.claims.items) {
    const rules = sets.map((set) => ruleFor(set, claim, snapshot));
    const isCertain = rules.some(({ belongs }) => belongs === 'certainly');
    for (const [nth, topology] of told.entries()) {
      const { belowPods, unmounted, leftOver } = placesOf(topology, claim.metadata.name);
      const { belongs, ...rule } = rules[nth] as Rule;
      const what = `${claim.metadata.name} of ${topology.set.metadata.name}`;
      assert.ok(
        belowPods.every((times) => times < 2),
        `${what} stands below each pod once at most`,
      );
      const below = belowPods.reduce((all, times) => all + times, 0);
      // The line for many missing pods may stand for several runs of them.
      if (rule.belowPods > 0) assert.ok(below > 0, `${what} stands below a pod`);
      else assert.equal(below, 0, `${what} stands below no pod`);
      const isTold = below > 0 || unmounted > 0 || leftOver.length > 0;
      if (belongs === 'certainly') assert.ok(isTold, `${what} is told`);
      if (belongs === 'no' || (belongs === 'perhaps' && isCertain)) assert.ok(!isTold, `${what} is not told`);
      if (rule.isNamed) assert.deepEqual(leftOver, [], `${what} is not left over`);
      assert.ok(Math.min(below, 1) + unmounted + leftOver.length <= 1, `${what} stands in one place`);
      const isSure = belongs === 'certainly' && snapshot.pods.others === 'missing';
      for (const { sure } of leftOver) assert.equal(sure, isSure, `${what} is told as a guess or not`);
      if (isTold) toldClaims.add(claim.metadata.name);
      assert.equal(
        topology.sharedWith.get(claim.metadata.name)?.length ?? 0,
        isTold ? othersTold(told, nth, claim) : 0,
      );
    }
    const isAnyones = rules.some(({ belongs }) => belongs !== 'no');
    assert.equal(toldClaims.has(claim.metadata.name), isAnyones, `${claim.metadata.name} is told under some set`);
  }
  for (const topology of told) assert.equal(summary(topology).claims.count, claimsToldOf(topology).size);
  assert.equal(total(told).claims.count, toldClaims.size, 'each claim counts once in the total');
  const list = treeDocument(told, false) as { summary: { claims: { count: number } } };
  assert.equal(list.summary.claims.count, toldClaims.size);
}

function othersTold(told: readonly Topology[], nth: number, { metadata }: Claim): number {
  return told.filter((other, position) => position !== nth && claimsToldOf(other).has(metadata.name)).length;
}

/** The claims at hand that are told of a set. */
function claimsToldOf({ members, unmounted, leftOver }: Topology): Set<string> {
  const all = [...members.flatMap(({ storage }) => storage), ...unmounted, ...leftOver.map(({ storage }) => storage)];
  return new Set(all.filter(({ claim }) => claim.state === 'found').map(({ name }) => name));
}

describe('in any namespace', () => {
  it('each claim of a set is told in one place of its tree, and once in the sums', function () {
    this.timeout(60_000);
    fc.assert(fc.property(anyNamespace, check), { numRuns: runs(3_000) });
  });
});
