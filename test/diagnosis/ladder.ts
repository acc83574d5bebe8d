/** What a person asks kubectl, one command after the other, until the cause is known. */
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { Dumped, Told } from './dump.ts';

/** What a person has seen of the set so far, and names in the next command. */
interface Seen {
  name: string;
  pod: string;
  container: string;
  node: string;
  claim: string;
  service: string;
}

/**
 * The pods first, as everybody does, then both descriptions, and only then what somebody asks who has understood from
 * them of what kind the trouble is: no detour is counted.
 */
const everybody = (seen: Seen) => ['get pods', `describe statefulset ${seen.name}`, `describe pod ${seen.pod}`];

const expert: Readonly<Record<string, (seen: Seen) => string[]>> = {
  crash: ({ pod, container, name }) => [`logs ${pod} -c ${container} --previous`, `get statefulset ${name} -o yaml`],
  image: () => [],
  probe: ({ pod, container }) => [`logs ${pod} -c ${container}`],
  containerNotCreated: () => ['get secrets', 'get configmaps'],
  mount: ({ node }) => ['get secrets', 'get configmaps', `get csinode ${node} -o yaml`],
  attach: () => ['get volumeattachments'],
  unschedulable: ({ claim }) => ['get nodes', ...(claim ? [`describe pvc ${claim}`] : [])],
  claim: ({ claim }) => [`describe pvc ${claim}`, 'get storageclasses'],
  claimsDoNotFit: ({ name, pod }) => [`get statefulset ${name} -o yaml`, `get pod ${pod} -o yaml`],
  node: ({ node }) => ['get nodes', `describe node ${node}`],
  doesNotEnd: ({ pod, node }) => [`get pod ${pod} -o yaml`, 'get nodes', `describe node ${node}`],
  podRefused: () => ['describe quota', 'get serviceaccounts'],
  serviceMissing: ({ service }) => [`get service ${service}`],
  serviceSelectsNoPod: ({ service }) => [`describe service ${service}`],
};

/** @returns the words behind `kubectl`, without the namespace */
export function ladder(name: string, { causes }: Told, dump: readonly Dumped[]): string[] {
  const [cause] = causes;
  const of = <T>(kind: string, wanted: string) =>
    dump.find((each) => each.kind === kind && (each as unknown as Pod).metadata.name === wanted) as T | undefined;
  const pod = cause?.pod ?? `${name}-0`;
  const { spec } = of<Pod>('Pod', pod) ?? {};
  const seen: Seen = {
    name,
    pod,
    container: cause?.container ?? spec?.containers[0]?.name ?? '',
    node: spec?.nodeName ?? '',
    claim: spec?.volumes?.flatMap((each) => each.persistentVolumeClaim?.claimName ?? [])[0] ?? '',
    service: of<StatefulSet>('StatefulSet', name)?.spec?.serviceName ?? '',
  };
  return [...everybody(seen), ...(expert[cause?.kind ?? '']?.(seen) ?? []), 'get events'];
}
