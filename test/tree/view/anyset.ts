/** Sets of any shape, with names that begin and end alike, and what may be wrong with their pods and claims. */
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Service } from '#src/objects/types.ts';
import { anyName, sentence } from '../../drawing/flatscreens.ts';
import {
  boundClaim,
  crashing,
  forbidden,
  headless,
  pendingClaim,
  podOf,
  snapshotOf,
  statefulSet,
  storageClass,
  volumeOf,
  warning,
} from '../../objects/snapshots.ts';

const uuid = fc.uuid({ version: 4 });
const member = fc.record({
  state: fc.constantFrom('well', 'well', 'crashing', 'missing', 'being deleted'),
  claim: fc.constantFrom('bound', 'bound', 'bound', 'pending', 'missing', 'being deleted'),
  volume: fc.constantFrom('named by UID', 'named by UID', 'named by hand', 'unread'),
  uid: uuid,
  isReached: fc.boolean(),
  message: sentence,
});

export const anySet: fc.Arbitrary<Snapshot> = fc
  .record({
    name: anyName(52),
    templates: fc.uniqueArray(anyName(40), { maxLength: 3 }),
    isShared: fc.boolean(),
    members: fc.array(member, { maxLength: 5 }),
    extra: fc.nat(2),
    className: anyName(60),
    classes: fc.constantFrom('read', 'read', 'forbidden', 'missing'),
    node: fc.constantFrom('node-1', 'ip-10-0-117-23.eu-central-1.compute.internal'),
  })
  .map(({ name, templates, isShared, members, extra, className, classes, node }) => {
    const shared = isShared ? ['common-of-all'] : [];
    const set = statefulSet(name, { replicas: members.length, templates, shared });
    const pods = members.flatMap(({ state }, ordinal) => {
      if (state === 'missing') return [];
      const metadata = state === 'being deleted' ? { metadata: { deletionTimestamp: '2026-03-09T11:00:00Z' } } : {};
      return [
        podOf(set, ordinal, {
          spec: { nodeName: node },
          ...(state === 'crashing' && { status: crashing() }),
          ...metadata,
        }),
      ];
    });
    // Some claims are left over.
    const claims = [...members, ...members.slice(0, extra)].flatMap(({ claim, volume, uid }, ordinal) =>
      templates.flatMap((template, nth) => {
        if (claim === 'missing') return [];
        const volumeName =
          volume === 'named by hand' ? `volume-of-${template}-${ordinal}` : `pvc-${nthUid(uid, nth + ordinal)}`;
        const shape = { class: className, spec: { volumeName } };
        const own = `${template}-${name}-${ordinal}`;
        if (claim === 'pending') return [pendingClaim(own, { class: className })];
        const going = {
          metadata: { deletionTimestamp: '2026-03-09T11:00:00Z', finalizers: ['kubernetes.io/pvc-protection'] },
        };
        return [boundClaim(own, { ...shape, ...(claim === 'being deleted' && going) })];
      }),
    );
    const all = [...claims, ...shared.map((each) => boundClaim(each, { class: className }))];
    const events = all
      .filter(({ status }) => status?.phase === 'Pending')
      .map((claim, nth) => warning(claim, 'ProvisioningFailed', members[nth % members.length]?.message ?? ''));
    const read = snapshotOf({
      statefulSets: [set],
      services: [headless(name), ...members.flatMap(({ isReached }, nth) => (isReached ? [perPod(name, nth)] : []))],
      pods,
      claims: all,
      volumes: volumesOf(
        all,
        members.some(({ volume }) => volume === 'unread'),
      ),
      classes: classes === 'read' ? [storageClass(className)] : [],
      events,
    });
    return classes === 'forbidden' ? { ...read, classes: forbidden('storageclasses') } : read;
  });

/** Two volumes of one pod often have UIDs that begin alike. */
function nthUid(uid: string, nth: number): string {
  return `${uid.slice(0, -1)}${(nth % 16).toString(16)}`;
}

function volumesOf(claims: readonly Claim[], isUnread: boolean) {
  const bound = claims.filter(({ status }) => status?.phase === 'Bound');
  return (isUnread ? bound.slice(1) : bound).map((claim) => volumeOf(claim));
}

function perPod(set: string, ordinal: number): Service {
  const pod = `${set}-${ordinal}`;
  return {
    ...headless(`${set}-external-${ordinal}`),
    spec: {
      type: 'LoadBalancer',
      selector: { app: set, 'statefulset.kubernetes.io/pod-name': pod },
      ports: [{ port: 5432 }],
    },
  };
}
