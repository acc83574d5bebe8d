/**
 * Namespaces of several sets, with claims in every state: few names, so that templates and sets meet, claims with and
 * without labels and owners, and pods of all sorts that name them.
 */
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { boundClaim, forbidden, namespace, podOf, snapshotOf, statefulSet, uidOf } from '../../objects/snapshots.ts';

const setNames = ['c', 'b-c', 'pg', 'old-pg', 'pg-0'] as const;
const templateNames = ['a', 'a-b', 'data', 'data-old'] as const;
/** Volumes that the pod template may have. */
const ephemeral = { name: 'tmp', ephemeral: { volumeClaimTemplate: { spec: {} } } };
const shared = { name: 'common', persistentVolumeClaim: { claimName: 'common' } };
const crossed = { name: 'crossed', persistentVolumeClaim: { claimName: 'data-pg-1' } };

const set = fc
  .record({
    name: fc.constantFrom(...setNames),
    replicas: fc.constantFrom(0, 1, 2, 9),
    start: fc.constantFrom(0, 1),
    templates: fc.uniqueArray(fc.constantFrom(...templateNames), { maxLength: 2 }),
    volumes: fc.subarray([ephemeral, shared, crossed]),
    // Sets of one application may have the same labels.
    app: fc.constantFrom('one', 'two'),
    isGoing: fc.boolean(),
  })
  .map(({ name, replicas, start, templates, volumes, app, isGoing }) =>
    statefulSet(name, {
      replicas,
      start,
      templates,
      spec: { selector: { matchLabels: { app } }, template: { spec: { containers: [], volumes } } },
      ...(isGoing && { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    }),
  );

const ordinal = fc.nat(3);

const member = fc.record({
  set: fc.nat(9),
  ordinal,
  // Pods that are older than the templates have other volumes.
  volumes: fc.constantFrom<'as given' | 'none' | 'another ordinal’s'>(
    'as given',
    'as given',
    'none',
    'another ordinal’s',
  ),
});

const templateClaim = fc
  .tuple(fc.constantFrom(...templateNames), fc.constantFrom(...setNames), ordinal)
  .map((parts) => parts.join('-'));
const claimName = fc.oneof(
  { weight: 8, arbitrary: templateClaim },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...setNames), ordinal).map((parts) => `${parts.join('-')}-tmp`) },
  { weight: 1, arbitrary: fc.constantFrom('common', 'backup', 'data-pg-01', 'pg-1') },
);

type Reference = NonNullable<Claim['metadata']['ownerReferences']>[number];

const owner: fc.Arbitrary<Reference> = fc.oneof(
  fc.constantFrom(...setNames).map((name) => reference('apps/v1', 'StatefulSet', name, uidOf('StatefulSet', name))),
  fc.constantFrom(...setNames).map((name) => reference('apps/v1', 'StatefulSet', name, 'former')),
  fc.constantFrom(...setNames).map((name) => reference('apps.kruise.io/v1beta1', 'StatefulSet', name, 'kruise')),
  fc.tuple(fc.constantFrom(...setNames), ordinal).map(([name, nth]) => {
    return reference('v1', 'Pod', `${name}-${nth}`, uidOf('Pod', `${name}-${nth}`));
  }),
  fc.constant(reference('v1', 'Pod', 'job', 'uid-job')),
  fc.constant(reference('example.com/v1', 'Database', 'shop', 'database')),
);

function reference(apiVersion: string, kind: string, name: string, uid: string): Reference {
  return { apiVersion, kind, name, uid };
}

const claim = fc
  .record({
    name: claimName,
    app: fc.constantFrom('one', 'two', undefined),
    owners: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Reference[]>([]) },
      { weight: 1, arbitrary: fc.array(owner, { maxLength: 2 }) },
    ),
    isGoing: fc.boolean(),
  })
  .map(({ name, app, owners, isGoing }) =>
    boundClaim(name, {
      metadata: {
        ...(app && { labels: { app } }),
        ...(owners.length > 0 && { ownerReferences: owners }),
        ...(isGoing && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      },
    }),
  );

const kruise = { ...reference('apps.kruise.io/v1beta1', 'StatefulSet', 'job', 'kruise'), controller: true };

const stranger = fc
  .record({
    phase: fc.constantFrom('Running', 'Succeeded', 'Failed', 'Pending'),
    claims: fc.array(claimName, { maxLength: 3 }),
    isOfKruise: fc.boolean(),
  })
  .map(
    ({ phase, claims, isOfKruise }): Pod => ({
      metadata: { name: 'job', namespace, uid: 'uid-job', ...(isOfKruise && { ownerReferences: [kruise] }) },
      spec: {
        containers: [],
        ...(phase !== 'Pending' && { nodeName: 'node-1' }),
        volumes: claims.map((claimName, nth) => ({ name: `v${nth}`, persistentVolumeClaim: { claimName } })),
      },
      status: { phase },
    }),
  );

/** Which sets, pods and claims a namespace has. Each name is there once. Sometimes its pods may not be read. */
export const anyNamespace: fc.Arbitrary<Snapshot> = fc
  .record({
    sets: fc.uniqueArray(set, { minLength: 1, maxLength: 4, selector: ({ metadata }) => metadata.name }),
    members: fc.array(member, { maxLength: 6 }),
    isUnread: fc.integer({ min: 0, max: 9 }).map((nth) => nth === 0),
    strangers: fc.array(stranger, { maxLength: 1 }),
    claims: fc.uniqueArray(claim, { maxLength: 12, selector: ({ metadata }) => metadata.name }),
  })
  .map(({ sets, members, isUnread, strangers, claims }) => {
    const pods = new Map(
      members.map(({ set: nth, ordinal, volumes }) => {
        const pod = memberPod(sets[nth % sets.length] as StatefulSet, ordinal, volumes);
        return [pod.metadata.name, pod];
      }),
    );
    const all = snapshotOf({ statefulSets: sets, pods: [...pods.values(), ...strangers], claims });
    return isUnread ? { ...all, pods: forbidden('pods') } : all;
  });

function memberPod(set: StatefulSet, ordinal: number, volumes: 'as given' | 'none' | 'another ordinal’s'): Pod {
  const pod = podOf(set, ordinal);
  if (volumes === 'as given') return pod;
  const other = podOf(set, (ordinal + 1) % 4).spec?.volumes ?? [];
  return podOf(set, ordinal, { spec: { volumes: volumes === 'none' ? [] : other } });
}
