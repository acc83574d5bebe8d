/** The clients of the trial, in a pod of their own on the node of the API server, which no scenario cuts off. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../e2e/eventually.ts';
import { apply, kubectl } from '../../e2e/kubectl.ts';
import { glibcImage } from '../../stand/real/images.ts';
import { machines } from '../../stand/real/network.ts';
import { inPod, patience, waitFor } from '../pods.ts';
import { setName } from './database.ts';

/** What clients have said. */
export interface Said {
  /** As they noted it. */
  log: string;
  /** Their own standard error. */
  trouble: string;
}

export interface Clients {
  /** Ends them. */
  stop(): Promise<Said>;
}

/** The files in their pod that hold it. */
export const logsOfClients: Readonly<Record<keyof Said, string>> = { log: '/tmp/log.*', trouble: '/tmp/trouble.*' };

/** The pod of the clients whose rows are known by `run`. */
export function clientsPod(run: string): string {
  return `clients-${run}`;
}

/** Starts clients whose rows are known by `run`, which also names their pod. */
export async function startClients(namespace: string, run: string): Promise<Clients> {
  const pod = clientsPod(run);
  const script = readFileSync(join(import.meta.dirname, 'client.sh'), 'utf8');
  const password = { secretKeyRef: { name: setName, key: 'password' } };
  const container = {
    name: 'main',
    image: glibcImage,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', script],
    env: [
      { name: 'RUN', value: run },
      { name: 'APART', value: '0.2' },
      { name: 'PGUSER', value: 'postgres' },
      { name: 'PGPASSWORD', valueFrom: password },
    ],
  };
  const nodeSelector = { 'kubernetes.io/hostname': machines[0].name };
  const spec = { terminationGracePeriodSeconds: 0, nodeSelector, containers: [container] };
  await apply(namespace, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec }]);
  await waitFor(namespace, 'condition=Ready', pod);
  return {
    async stop() {
      await inPod(namespace, pod, ['touch', '/tmp/stop']);
      await eventually(
        'the end of the clients',
        async () => assert.match(await inPod(namespace, pod, ['ls', '/tmp']), /^stopped$/m),
        patience,
      );
      const read = (files: string) => inPod(namespace, pod, ['sh', '-c', `cat ${files}`]);
      const said = { log: await read(logsOfClients.log), trouble: await read(logsOfClients.trouble) };
      await kubectl(['delete', 'pod', pod, '-n', namespace, '--wait=false']);
      return said;
    },
  };
}
