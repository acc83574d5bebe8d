/**
 * The machines' network, in namespaces of its own: a bridge that is the first node and the control plane at once, and a
 * network namespace behind it for the second. It leads nowhere else.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Machine {
  /** Of the node. */
  name: string;
  address: string;
  zone: string;
  /** Of its pods. */
  podRange: string;
  /** Of the network namespace; undefined for the first one. */
  namespace: string | undefined;
}

export const machines: readonly [Machine, Machine] = [
  { name: 'node-0', address: '192.0.2.10', zone: 'zone-a', podRange: '10.244.0.0/24', namespace: undefined },
  { name: 'node-1', address: '192.0.2.11', zone: 'zone-b', podRange: '10.244.1.0/24', namespace: 'node-1' },
];

/** The cable of the second machine, at the first one. */
const cable = 'to-node-1';

/** The words before a command that run it on that machine. Not `ip netns exec`: that hides the control groups. */
export function on({ namespace }: Machine): string[] {
  return namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`];
}

export async function makeNetwork(): Promise<void> {
  const [first, second] = machines;
  const bridge = 'machines';
  await ip('link set lo up');
  await ip(`link add ${bridge} type bridge`);
  await ip(`address add ${first.address}/24 dev ${bridge}`);
  await ip(`link set ${bridge} up`);
  await ip(`netns add ${second.namespace}`);
  await ip(`link add ${cable} type veth peer name eth0 netns ${second.namespace}`);
  await ip(`link set ${cable} master ${bridge} up`);
  await ip('link set lo up', second);
  await ip(`address add ${second.address}/24 dev eth0`, second);
  await ip('link set eth0 up', second);
  await ip(`route add default via ${first.address}`, second);
  await ip(`route add ${second.podRange} via ${second.address}`);
  // Without a default route the API server does not start. It leads to nobody.
  await ip(`route add default via ${second.address}`);
  for (const machine of machines) {
    const [program = '', ...words] = [...on(machine), 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward'];
    await promisify(execFile)(program, words);
  }
}

/** Pulls the cable of the second machine, or puts it in: a node that is lost, and comes back. */
export function connectSecond(isConnected: boolean): Promise<void> {
  return ip(`link set ${cable} ${isConnected ? 'up' : 'down'}`);
}

async function ip(words: string, machine: Machine = machines[0]): Promise<void> {
  const [program = '', ...before] = [...on(machine), 'ip'];
  await promisify(execFile)(program, [...before, ...words.split(' ')]);
}

/** A container network of plain routes: each pod at the end of a cable of its own. */
export async function writePodNetwork(folder: string, state: string, { podRange }: Machine): Promise<void> {
  const ipam = { type: 'host-local', dataDir: state, ranges: [[{ subnet: podRange }]], routes: [{ dst: '0.0.0.0/0' }] };
  const plugins = [
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  await writeFile(`${folder}/10-pods.conflist`, JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins }));
}
