/** What a tree must hold, put together from kubectl's answers alone. */
import type { Claim, Pod, Service, StatefulSet, Volume } from '#src/objects/types.ts';
import { getJson } from './kubectl.ts';

export interface Judge {
  sets: StatefulSet[];
  pods: Pod[];
  claims: Claim[];
  volumes: Volume[];
  services: Service[];
}

interface List<T> {
  items: T[];
}

export async function judgeOf(namespace: string): Promise<Judge> {
  const list = async <T>(resource: string): Promise<T[]> => (await getJson<List<T>>([resource, '-n', namespace])).items;
  const [sets, pods, claims, volumes, services] = await Promise.all([
    list<StatefulSet>('statefulsets'),
    list<Pod>('pods'),
    list<Claim>('persistentvolumeclaims'),
    list<Volume>('persistentvolumes'),
    list<Service>('services'),
  ]);
  return { sets, pods, claims, volumes, services };
}

/** The pods of a set by its UID, in the order of the number at the end of their names. */
export function podsOf({ pods }: Judge, set: StatefulSet): Pod[] {
  const ordinal = ({ metadata }: Pod): number => Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
  return pods
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === set.metadata.uid))
    .sort((a, b) => ordinal(a) - ordinal(b));
}

export function claimsOf({ claims }: Judge, pod: Pod): Claim[] {
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    claims.filter(({ metadata }) => metadata.name === persistentVolumeClaim?.claimName),
  );
}

/** The lines of a set's tree, in which a shared claim is told once, from the top: `pod/web-0` with two spaces for each level. */
export function treeLines(judge: Judge, set: StatefulSet): string[] {
  const lines = [`sts/${set.metadata.name}`];
  if (set.spec?.serviceName) lines.push(`  svc/${set.spec.serviceName}`);
  const drawn = new Set<string>();
  for (const pod of podsOf(judge, set)) {
    lines.push(`  pod/${pod.metadata.name}`);
    for (const { metadata, spec } of claimsOf(judge, pod)) {
      lines.push(`    pvc/${metadata.name}`);
      if (drawn.has(metadata.name)) continue;
      drawn.add(metadata.name);
      if (spec?.volumeName) lines.push(`      pv/${spec.volumeName}`);
      if (spec?.storageClassName) lines.push(`${spec.volumeName ? '        ' : '      '}sc/${spec.storageClassName}`);
    }
  }
  return lines;
}
