/** The StatefulSets that are measured. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Report } from '../../packaging/progress.ts';
import { duration } from '../../packaging/progress.ts';

export const setName = 'bench';

/** The Service for those outside. */
export const outsideName = 'bench-lb';

export type Kubectl = (args: readonly string[], stdin?: string) => Promise<string>;

export function kubectlOf(
  { kubectl, kubeconfig }: { kubectl: string; kubeconfig: string },
  env: Record<string, string>,
): Kubectl {
  return (args, stdin) => {
    const running = promisify(execFile)(kubectl, args, {
      env: { ...env, KUBECONFIG: kubeconfig },
      maxBuffer: 1e9,
    });
    running.child.stdin?.end(stdin);
    return running.then(({ stdout }) => stdout);
  };
}

/**
 * Makes a namespace with one set of that many pods, or brings the one there to that size.
 *
 * @param claims of each pod
 */
export async function makeSet(
  kubectl: Kubectl,
  namespace: string,
  pods: number,
  report: Report,
  { claims = 1 } = {},
): Promise<void> {
  const start = performance.now();
  report({ kind: 'begin', text: `a set of ${pods} pods …` });
  await kubectl(['apply', '-f', '-'], JSON.stringify(objects(namespace, pods, claims)));
  for (;;) {
    const status = await kubectl(['get', 'sts', setName, '-n', namespace, '-o', 'jsonpath={.status.readyReplicas}']);
    if (Number(status) === pods) break;
    report({ kind: 'progress', text: `a set of ${pods} pods: ${status || 0} ready` });
    await delay(1000);
  }
  await kubectl(['wait', 'pvc', '--all', '-n', namespace, '--for=jsonpath={.status.phase}=Bound', '--timeout=600s']);
  report({ kind: 'done', text: `a set of ${pods} pods: ready after ${duration(performance.now() - start)}` });
}

/** What stands around a set and is not its own: pods of the same namespace, and volumes of the cluster. */
export interface Clutter {
  pods: number;
  volumes: number;
}

/** Makes it. @returns removes the volumes; the pods go with the namespace */
export async function makeClutter(
  kubectl: Kubectl,
  namespace: string,
  { pods, volumes }: Clutter,
): Promise<() => Promise<void>> {
  const labels = { app: 'clutter' };
  const spec = {
    replicas: pods,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'x' }] } },
  };
  await kubectl(
    ['create', '-f', '-'],
    JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'clutter', namespace }, spec }),
  );
  // Its name, for no other run must remove it.
  const marked = { labels: { clutter: namespace } };
  const items = Array.from({ length: volumes }, (_, nth) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${namespace}-${nth}`, ...marked },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/none' } },
  }));
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(['rollout', 'status', 'deployment/clutter', '-n', namespace, '--timeout=600s']);
  return async () => void (await kubectl(['delete', 'pv', '-l', `clutter=${namespace}`, '--wait=false']));
}

/** A claim that the set has left over, so that other pods matter: one of them may use it. @returns removes it */
export async function makeLeftOver(kubectl: Kubectl, namespace: string): Promise<() => Promise<void>> {
  const name = `data-${setName}-7`;
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '50Mi' } } };
  const metadata = { name, namespace, labels: { app: setName } };
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
  await kubectl(['create', '-f', '-'], JSON.stringify(claim));
  return async () => void (await kubectl(['delete', 'pvc', name, '-n', namespace]));
}

/** So many sets in a row are applied at once. */
const atOnce = 100;

/** Makes a namespace with so many sets, each of 3 pods with a claim each. */
export async function makeManySets(kubectl: Kubectl, namespace: string, sets: number, report: Report): Promise<void> {
  const start = performance.now();
  report({ kind: 'begin', text: `${sets} sets …` });
  const [space, , , set] = objects(namespace, 3, 1).items;
  await kubectl(['apply', '-f', '-'], JSON.stringify(space));
  for (let first = 0; first < sets; first += atOnce) {
    const names = Array.from({ length: Math.min(atOnce, sets - first) }, (_, nth) => `${setName}-${first + nth}`);
    const items = names.flatMap((name) => {
      const own = JSON.parse(JSON.stringify(set).replaceAll(`"${setName}"`, `"${name}"`)) as object;
      const spec = { clusterIP: 'None', selector: { app: name }, ports: [{ port: 5432 }] };
      return [{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec }, own];
    });
    await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
  for (;;) {
    const text = await kubectl(['get', 'sts', '-n', namespace, '-o', 'jsonpath={.items[*].status.readyReplicas}']);
    const ready = text.split(' ').reduce((sum, each) => sum + Number(each), 0);
    if (ready === 3 * sets) break;
    report({ kind: 'progress', text: `${sets} sets: ${ready} pods ready` });
    await delay(2000);
  }
  report({ kind: 'done', text: `${sets} sets: ready after ${duration(performance.now() - start)}` });
}

function objects(namespace: string, replicas: number, claims: number): { items: object[] } & Record<string, unknown> {
  const labels = { app: setName };
  const metadata = { name: setName, namespace };
  const names = ['data', 'log'].slice(0, claims);
  const containers = [
    {
      name: 'db',
      image: 'db',
      ports: [{ name: 'db', containerPort: 5432 }],
      env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
      readinessProbe: { tcpSocket: { port: 'db' }, periodSeconds: 5 },
      volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })),
    },
  ];
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '50Mi' } } };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { clusterIP: 'None', selector: labels, ports: [{ port: 5432 }] },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: outsideName, namespace },
        spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 5432 }] },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          replicas,
          serviceName: setName,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
          volumeClaimTemplates: names.map((name) => ({ metadata: { name }, spec: claim })),
        },
      },
    ],
  };
}
