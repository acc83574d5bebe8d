/** Kubeconfigs for the cases, and the people of the stand that they name. */
import { readFileSync } from 'node:fs';
import { sharedStand } from '../../runner/stand-variables.ts';
import { kubectl } from '../kubectl.ts';
import { uniqueName } from '../namespace.ts';
import { authority } from '../servers/certificates.ts';
import type { Case } from './compare.ts';

export const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

/** Two ServiceAccounts of the stand: alice may read StatefulSets everywhere, bob nothing. */
export interface People {
  alice: { token: string };
  bob: { token: string };
  /** The administrator's certificate and key, as PEM. */
  admin: { certificate: string; key: string };
}

const home = uniqueName('connect');
let known: Promise<People> | undefined;

export function people(): Promise<People> {
  known ??= makePeople();
  return known;
}

async function makePeople(): Promise<People> {
  await kubectl(['create', 'namespace', home]);
  for (const name of ['alice', 'bob']) await kubectl(['create', 'serviceaccount', name, '-n', home]);
  await kubectl(['create', 'clusterrolebinding', home, '--clusterrole=view', `--serviceaccount=${home}:alice`]);
  const token = async (name: string) => ({ token: (await kubectl(['create', 'token', name, '-n', home])).trim() });
  const { users } = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as {
    users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
  };
  const { user } = users[0];
  return {
    alice: await token('alice'),
    bob: await token('bob'),
    admin: {
      certificate: Buffer.from(user['client-certificate-data'], 'base64').toString(),
      key: Buffer.from(user['client-key-data'], 'base64').toString(),
    },
  };
}

export async function removePeople(): Promise<void> {
  if (known === undefined) return;
  await kubectl(['delete', 'clusterrolebinding', home, '--wait=false', '--ignore-not-found']);
  await kubectl(['delete', 'namespace', home, '--wait=false', '--ignore-not-found']);
}

/** The stand, as a cluster of a kubeconfig. */
export function stand(): { server: string; 'certificate-authority-data': string } {
  const { server, ca } = sharedStand();
  return { server, 'certificate-authority-data': base64(readFileSync(ca)) };
}

/** A loopback server, as a cluster of a kubeconfig. */
export function loopback({ url }: { url: string }): { server: string; 'certificate-authority-data': string } {
  return { server: url, 'certificate-authority-data': base64(authority) };
}

export interface Parts {
  /** Default: the stand. */
  cluster?: object;
  /** Default: the stand's administrator, by certificate. */
  user?: object;
  namespace?: string;
  /** Of the whole file. */
  more?: object;
}

/** A kubeconfig of one cluster, user and context, each called `one`. */
export async function config({ cluster = stand(), user, namespace, more = {} }: Parts): Promise<object> {
  const { admin } = await people();
  const whom = user ?? {
    'client-certificate-data': base64(admin.certificate),
    'client-key-data': base64(admin.key),
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'one', cluster }],
    users: [{ name: 'one', user: whom }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one', ...(namespace && { namespace }) } }],
    'current-context': 'one',
    ...more,
  };
}

/** The case after the stand has told this kubectl what it has. */
export function warmed(one: Case): Case {
  return {
    ...one,
    make: async (at) => ({ ...(await one.make(at)), warmedBy: await config({ namespace: at.namespace }) }),
  };
}
