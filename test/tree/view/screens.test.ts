import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Service } from '#src/objects/types.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { render } from '#src/tree/view/format.ts';
import { outline } from '#src/tree/view/outline.ts';
import { anyName, sentence, widths } from '../../drawing/flatscreens.ts';
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
  time,
  volumeOf,
  warning,
} from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { assertComplete, linesOf } from './complete.ts';

const uuid = fc.uuid({ version: 4 });
const member = fc.record({
  state: fc.constantFrom('well', 'well', 'crashing', 'missing', 'being deleted'),
  claim: fc.constantFrom('bound', 'bound', 'bound', 'pending', 'missing', 'being deleted'),
  volume: fc.constantFrom('named by UID', 'named by UID', 'named by hand', 'unread'),
  uid: uuid,
  isReached: fc.boolean(),
  message: sentence,
});

const anySet: fc.Arbitrary<Snapshot> = fc
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

describe('the screen of a set of any shape', () => {
  it('has no line that is too wide, no two objects that read the same, and every status and reason whole', () => {
    fc.assert(
      fc.property(anySet, (snapshot) => {
        const shown = topologies(snapshot, snapshot.statefulSets.items);
        const roots = shown.map((topology) => outline(topology, { now: time, wide: false }));
        for (const width of [...widths, undefined]) {
          const screen = render(shown, { ...plain, width });
          assertComplete(roots, screen, width);
          if (width === 80)
            assertShortNamesWhole(
              roots.flatMap(linesOf).map(({ name }) => name),
              screen,
            );
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

const plain = {
  format: 'tree',
  single: false,
  allNamespaces: false,
  header: true,
  now: time,
  colour: false,
} as const;

/** Names of pods and claims that have 40 characters or fewer stand on one line. */
function assertShortNamesWhole(names: readonly string[], screen: string): void {
  const short = names.filter((name) => /^(?:pod|pvc)\/.{1,40}$/.test(name));
  for (const name of short) assert.match(screen, new RegExp(`${name}(?: |$)`, 'm'));
}
