/** What the control plane shows, without a kubectl for each look: tests look often while they wait. */
import { AssertionError } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, get, request } from 'node:https';
import { json } from 'node:stream/consumers';
import { sharedStand } from '../runner/stand-variables.ts';
import type { As } from './kubectl.ts';

interface Config {
  clusters: { cluster: Record<string, string> }[];
  users: { user: Record<string, string> }[];
}

interface Server {
  url: string;
  agent: Agent;
}

const servers = new Map<string, Server>();

/** The way to the server of a kubeconfig as its user, who has a certificate. */
export function serverOf(kubeconfig: string): Server {
  const known = servers.get(kubeconfig);
  if (known) return known;
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Config;
  const decoded = (text = '') => Buffer.from(text, 'base64');
  const ca = decoded(clusters[0]?.cluster['certificate-authority-data']);
  const cert = decoded(users[0]?.user['client-certificate-data']);
  const key = decoded(users[0]?.user['client-key-data']);
  const url = clusters[0]?.cluster['server'] ?? '';
  const server = { url, agent: new Agent({ keepAlive: true, maxSockets: 20, ca, cert, key }) };
  servers.set(kubeconfig, server);
  return server;
}

/**
 * Fails with an assertion error, so that `eventually` can wait for a server that is down.
 *
 * @param path of an object, or of a collection
 */
export async function looked<T>(path: string, { kubeconfig = sharedStand().kubeconfig }: As = {}): Promise<T> {
  const { url, agent } = serverOf(kubeconfig);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new AssertionError({ message: `${path}: ${why}` }));
    const asked = get(new URL(path, url), { agent, timeout: 10_000 }, (answer) => {
      const isFound = answer.statusCode === 200;
      json(answer).then(
        (body) => (isFound ? resolve(body as T) : fail(JSON.stringify(body))),
        (error) => fail(String(error)),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (error) => fail(error.message));
  });
}

/** @param path of a collection. @returns its objects */
export async function listed<T>(path: string, as: As = {}): Promise<T[]> {
  return (await looked<{ items: T[] }>(path, as)).items;
}

/**
 * Sends one request, and returns its answer, whatever it is.
 *
 * @param user as whom the administrator asks, with all rights
 */
export async function sent<T>(
  method: string,
  path: string,
  body: object,
  { user }: { user?: string } = {},
): Promise<{ code: number; body: T }> {
  const { url, agent } = serverOf(sharedStand().kubeconfig);
  const content = JSON.stringify(body);
  const headers = {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    'content-length': Buffer.byteLength(content),
    ...(user !== undefined && { 'impersonate-user': user, 'impersonate-group': 'system:masters' }),
  };
  return new Promise((resolve, reject) => {
    const options = { method, agent, timeout: 10_000, headers };
    const asked = request(new URL(path, url), options, (answer) => {
      json(answer).then((told) => resolve({ code: answer.statusCode ?? 0, body: told as T }), reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)));
    asked.on('error', reject);
    asked.end(content);
  });
}

/** The path of a namespace's objects. */
export const paths = {
  sets: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
  services: (namespace: string) => `/api/v1/namespaces/${namespace}/services`,
  serviceAccounts: (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  slices: (namespace: string) => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  budgets: (namespace: string) => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
  leases: (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
};
