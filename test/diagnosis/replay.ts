/** What the plugin says today of a set as it was recorded: in its present words, of the cluster's objects of then. */
import type { Named, StatefulSet } from '#src/objects/types.ts';
import { idleClock } from '../memory/clock.ts';
import { type MemoryCluster, memoryCluster } from '../memory/cluster.ts';
import { runnerOn } from '../memory/run.ts';
import type { Told } from './dump.ts';
import { type Recording, recordedAt, recordedNamespace } from './recording.ts';

/** What `kubectl sts status NAME` tells a program, and a person. */
export async function replayed(recording: Recording): Promise<{ told: Told; screen: string }> {
  const cluster = await memoryCluster();
  cluster.time = () => recordedAt;
  const runner = runnerOn(cluster);
  const steadyClock = idleClock(() => cluster.requests.length);
  const deps = { clock: { ...steadyClock, now: () => recordedAt }, steadyClock };
  try {
    for (const object of recording.dump) cluster.put(pluralOf(object.kind), object as Named & typeof object);
    putService(cluster, recording);
    const words = ['status', recording.set, '-n', recordedNamespace];
    const { stdout: screen, stderr } = await runner.run(words, {}, deps);
    const { stdout } = await runner.run([...words, '-o', 'json'], {}, deps);
    return { told: JSON.parse(stdout), screen: screen + stderr };
  } finally {
    runner.close();
    cluster.close();
  }
}

function pluralOf(kind: string): string {
  return `${kind.toLowerCase()}${kind.endsWith('Class') ? 'es' : 's'}`;
}

/** Several sets had one Service, which is not among the objects with a set's own name. */
function putService(cluster: MemoryCluster, { set: name, told }: Recording): void {
  const { spec } = cluster.get<StatefulSet>('statefulsets', name, recordedNamespace) ?? {};
  const service = spec?.serviceName;
  if (!service || cluster.get('services', service, recordedNamespace)) return;
  if (told.causes.some(({ kind }) => kind === 'serviceMissing')) return;
  const selector = spec?.selector?.matchLabels;
  cluster.put('services', {
    metadata: { name: service, namespace: recordedNamespace },
    spec: { clusterIP: 'None', selector },
  } as Named);
}
