/** Fake pods of a test's own, whose ports lead to loopback. */
import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { apply, kubectl } from '../kubectl.ts';
import { listed, paths } from '../look.ts';

/** A port of the pod, and the port of loopback that answers in its place. */
export type Ports = Record<number, number>;

/** What KWOK answers for a pod's ports; nothing at any other (kwok.x-k8s.io/v1alpha1). */
export function portForward(name: string, ports: Ports): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'PortForward',
    metadata: { name },
    spec: {
      forwards: Object.entries(ports).map(([port, target]) => ({
        ports: [Number(port)],
        target: { address: '127.0.0.1', port: target },
      })),
    },
  };
}

export function pod(name: string, labels: Record<string, string> = {}): object {
  const containers = [{ name: 'main', image: 'registry.example/main' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { containers } };
}

export async function podReady(namespace: string, ...names: string[]): Promise<void> {
  await kubectl([
    'wait',
    '-n',
    namespace,
    '--for=condition=Ready',
    '--timeout=30s',
    ...names.map((name) => `pod/${name}`),
  ]);
}

/** The port that DNS servers of tests serve at over TCP: neither their Service's nor the usual one. */
const dnsPort = 5300;

/**
 * Services whose ready pods, `NAME-0`, `NAME-1`, …, are DNS servers.
 *
 * @param wanted for each of its pods the port of loopback that answers in its place
 * @param spec of the Services
 * @returns by its name what `--dns-service` takes
 */
export async function dnsServices<Name extends string>(
  namespace: string,
  wanted: Record<Name, readonly number[]>,
  spec: object = {},
): Promise<Record<Name, string>> {
  const entries = Object.entries<readonly number[]>(wanted);
  const podsOf = (name: string, targets: readonly number[]) => targets.map((_, index) => `${name}-${index}`);
  await apply(
    namespace,
    entries.flatMap(([name, targets]) => [
      ...targets.map((target, index) => portForward(`${name}-${index}`, { [dnsPort]: target })),
      ...podsOf(name, targets).map((one) => pod(one, { dns: name })),
      dnsService(name, spec),
    ]),
  );
  await podReady(namespace, ...entries.flatMap(([name, targets]) => podsOf(name, targets)));
  await eventually('endpoints of the DNS Services', async () => {
    const ready = await readyEndpoints(namespace, ...entries.map(([name]) => name));
    assert.equal(ready.length, entries.flatMap(([, targets]) => targets).length);
  });
  const named = entries.map(([name]) => [name, `${namespace}/${name}`]);
  return Object.fromEntries(named) as Record<Name, string>;
}

/** As an installer makes it. */
function dnsService(name: string, spec: object): object {
  const ports = [
    { name: 'metrics', port: 9153, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: dnsPort },
    { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: dnsPort },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { dns: name }, ports, ...spec } };
}

interface Slice {
  endpoints: { conditions?: { ready?: boolean }; targetRef?: { name: string } }[] | null;
}

/** The pods that Services have ready endpoints for, as their slices say. */
export async function readyEndpoints(namespace: string, ...services: string[]): Promise<string[]> {
  const label = encodeURIComponent(`kubernetes.io/service-name in (${services.join(',')})`);
  const slices = await listed<Slice>(`${paths.slices(namespace)}?labelSelector=${label}`);
  return slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready)
    .flatMap(({ targetRef }) => targetRef?.name ?? []);
}
