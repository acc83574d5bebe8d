/** Sets with claims of all fates, sampled: each has a claim of a template, one that is left over, and maybe an ephemeral one. */
import fc from 'fast-check';

type Deletion = 'Background' | 'Foreground' | 'Orphan';

export interface Specimen {
  name: string;
  whenDeleted: 'Retain' | 'Delete';
  whenScaled: 'Retain' | 'Delete';
  /** The reclaim policy of the volumes. */
  reclaim: 'Retain' | 'Delete';
  ephemeral: boolean;
  /** Who owns the claim that is left over. */
  owners: 'nobody' | 'the set' | 'a ConfigMap' | 'both';
  /** Whether a ConfigMap owns the claim that the pod mounts, too. */
  mountedIsOwned: boolean;
  /** The pod of somebody else that names the claim that is left over. */
  holder: 'none' | 'running' | 'completed';
  /** The claim that is deleted first. */
  deletes: 'left over' | 'mounted';
  /** The pod goes by scale-down, and not by a deletion. */
  scales: boolean;
  /** How the set is deleted at last. */
  cascade: Deletion;
}

const shape: fc.Arbitrary<Omit<Specimen, 'name'>> = fc.record({
  whenDeleted: fc.constantFrom('Retain', 'Delete'),
  whenScaled: fc.constantFrom('Retain', 'Delete'),
  reclaim: fc.constantFrom('Retain', 'Delete'),
  ephemeral: fc.boolean(),
  owners: fc.constantFrom('nobody', 'the set', 'a ConfigMap', 'both'),
  mountedIsOwned: fc.boolean(),
  holder: fc.constantFrom('none', 'none', 'running', 'completed'),
  deletes: fc.constantFrom('left over', 'mounted'),
  scales: fc.boolean(),
  cascade: fc.constantFrom('Background', 'Foreground', 'Orphan'),
});

export function specimens(count: number, seed: number): Specimen[] {
  return fc.sample(shape, { numRuns: count, seed }).map((one, nth) => ({ ...one, name: `s${nth}` }));
}

/** A finalizer that nobody but the test takes off: it holds condemned pods until the tree has been looked at. */
const hold = 'example.com/hold';

const size = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };

/** @param classes the class for each reclaim policy */
export function setOf(specimen: Specimen, classes: Record<Specimen['reclaim'], string>): object {
  const { name, whenDeleted, whenScaled, reclaim, ephemeral, scales } = specimen;
  const labels = { app: name };
  const spec = { ...size, storageClassName: classes[reclaim] };
  const finalizers = scales ? [hold] : [];
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
      template: {
        metadata: { labels, finalizers },
        spec: {
          containers: [{ name: 'main', image: 'registry.example/main' }],
          volumes: ephemeral ? [{ name: 'tmp', ephemeral: { volumeClaimTemplate: { spec } } }] : [],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
    },
  };
}

export function mapOf({ name }: Specimen): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}

export function hasMap({ owners, mountedIsOwned }: Specimen): boolean {
  return mountedIsOwned || owners === 'a ConfigMap' || owners === 'both';
}

interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

export const leftOverOf = ({ name }: Specimen): string => `data-${name}-5`;
export const mountedOf = ({ name }: Specimen): string => `data-${name}-0`;

/** The claim of an ordinal that the set does not want, as a former pod left it. */
export function leftOverClaim(
  specimen: Specimen,
  classes: Record<Specimen['reclaim'], string>,
  { set, map }: { set: Owner; map: Owner | undefined },
): object {
  const { name, reclaim, owners } = specimen;
  const isOfSet = owners === 'the set' || owners === 'both';
  const isOfMap = owners === 'a ConfigMap' || owners === 'both';
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: leftOverOf(specimen),
      labels: { app: name },
      ownerReferences: [...(isOfSet ? [set] : []), ...(isOfMap && map ? [map] : [])],
    },
    spec: { ...size, storageClassName: classes[reclaim] },
  };
}

export function holderPod(specimen: Specimen): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `holder-of-${specimen.name}` },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'registry.example/main' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: leftOverOf(specimen) } }],
    },
  };
}
