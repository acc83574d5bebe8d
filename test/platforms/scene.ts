/** A namespace with StatefulSets, and the plugin on another platform that is tried on them. */
import { published, service, set } from '../e2e/dns/sets.ts';
import { apply } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { rollSet, settled } from '../e2e/roll/sets.ts';
import { type Machine, type Plugin, pluginOn } from './machine.ts';

export interface Scene extends Plugin {
  machine: Machine;
  namespace: string;
}

/** For the tests of the `describe` that it is called in. */
export function sceneOn(machine: Machine): Scene {
  const plugin = pluginOn(machine);
  const namespace = ownNamespace('platform');
  before(async () => {
    const slowly = { 'stand.kubectl-sts/ready-after': '500ms', 'stand.kubectl-sts/end-after': '2s' };
    await apply(namespace, [
      service('web'),
      set('web'),
      service('outside', { clusterIP: undefined, selector: { app: 'web' } }),
      // Its only pod is never ready, so its name does not resolve.
      service('early'),
      set('early', { replicas: 1, annotations: { 'stand.kubectl-sts/unready': 'true' } }),
      service('rolled'),
      rollSet('rolled', { replicas: 2, annotations: slowly }),
    ]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await settled(namespace, 'rolled');
  });
  return { ...plugin, machine, namespace };
}
