/** Sets of real pods, and what happens in them. */
import assert from 'node:assert/strict';
import { getJson, kubectl, sts, tryKubectl } from '../e2e/kubectl.ts';
import type { Ran } from '../e2e/ran.ts';

/** Milliseconds for a real pod to come or go, on a busy machine. */
export const patience = 150_000;

export interface SetOptions {
  image: string;
  replicas?: number;
  /** Of the one container. */
  container?: object;
  /** Of the pod template. */
  pod?: object;
  /** Of the set. */
  spec?: object;
  /** A claim `data` for each pod, mounted at /data. */
  storageClass?: string;
}

/** A set and its governing Service, both called `name`. Pods end soon when they are asked to. */
export function set(name: string, { image, replicas = 1, container, pod, spec, storageClass }: SetOptions): object[] {
  const labels = { app: name };
  const claim = {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: storageClass,
      resources: { requests: { storage: '50Mi' } },
    },
  };
  const mounts = storageClass === undefined ? {} : { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'main', port: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas,
        serviceName: name,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            // Not 0: then a pod counts as gone before its node has said so, and two of one name may run.
            terminationGracePeriodSeconds: 1,
            containers: [{ name: 'main', image, imagePullPolicy: 'Never', ...mounts, ...container }],
            ...pod,
          },
        },
        ...(storageClass !== undefined && { volumeClaimTemplates: [claim] }),
        ...spec,
      },
    },
  ];
}

/** A pod from which to look at others. */
export function client(name: string, image: string, command?: readonly string[]): object {
  const container = { name: 'main', image, imagePullPolicy: 'Never', ...(command && { command }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

/** Waits until all pods of the set are ready, as kubectl says. */
export async function ready(namespace: string, name: string): Promise<void> {
  const { code, stdout, stderr } = await tryKubectl([
    ...['rollout', 'status', `statefulset/${name}`, '-n', namespace],
    `--timeout=${patience / 1_000}s`,
  ]);
  assert.equal(code, 0, `${stdout}${stderr}\n${await kubectl(['get', 'pods,events', '-n', namespace])}`);
}

/** Waits for a condition of pods, which the controller may not have made yet, or for `delete`. */
export async function waitFor(namespace: string, what: string, ...pods: string[]): Promise<void> {
  const names = pods.map((pod) => `pod/${pod}`);
  for (const condition of what === 'delete' ? [what] : ['create', what]) {
    await kubectl(['wait', '-n', namespace, `--for=${condition}`, `--timeout=${patience / 1_000}s`, ...names]);
  }
}

/** Runs a command in a pod, however it ends. */
export function tryInPod(namespace: string, pod: string, command: readonly string[]): Promise<Ran> {
  return tryKubectl(['exec', '-n', namespace, pod, '--', ...command]);
}

export async function inPod(namespace: string, pod: string, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tryInPod(namespace, pod, command);
  assert.equal(code, 0, `${command.join(' ')} in ${pod}: ${stdout}${stderr}`);
  return stdout;
}

export function containerLog(namespace: string, pod: string, container: string): Promise<string> {
  return kubectl(['logs', '-n', namespace, pod, '-c', container]);
}

export interface RealPod {
  metadata: { name: string; uid: string; deletionTimestamp?: string; labels?: Record<string, string> };
  spec: { nodeName?: string };
  status: { podIP?: string; phase: string };
}

export function podOf(namespace: string, name: string): Promise<RealPod> {
  return getJson<RealPod>([`pod/${name}`, '-n', namespace]);
}

/** What `kubectl sts tree` prints in the namespace. */
export async function treeOf(namespace: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await sts(['tree', '-n', namespace, ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}
