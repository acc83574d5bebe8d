/** What the control plane shows, without a kubectl for each look: tests of rolls look often. */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { json } from 'node:stream/consumers';
import { sharedStand } from '../../runner/stand-variables.ts';

interface Config {
  clusters: { cluster: Record<string, string> }[];
  users: { user: Record<string, string> }[];
}

let agent: Agent | undefined;

function administrator(): Agent {
  if (agent) return agent;
  const { clusters, users } = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as Config;
  const decoded = (text = '') => Buffer.from(text, 'base64');
  const ca = decoded(clusters[0]?.cluster['certificate-authority-data']);
  const cert = decoded(users[0]?.user['client-certificate-data']);
  const key = decoded(users[0]?.user['client-key-data']);
  agent = new Agent({ keepAlive: true, ca, cert, key });
  return agent;
}

/** @param path of a collection. @returns its objects */
export async function listed<T>(path: string): Promise<T[]> {
  const { items } = await new Promise<{ items: T[] }>((resolve, reject) => {
    const asked = get(new URL(path, sharedStand().server), { agent: administrator(), timeout: 10_000 }, (answer) => {
      const isFound = answer.statusCode === 200;
      json(answer).then((body) => {
        if (isFound) resolve(body as { items: T[] });
        else reject(new Error(`${path}: ${JSON.stringify(body)}`));
      }, reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
    asked.on('error', reject);
  });
  return items;
}

/** The path of a namespace's objects. */
export const paths = {
  sets: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
  budgets: (namespace: string) => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
  leases: (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
};
