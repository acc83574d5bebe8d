/** The credentials of a kubeconfig's user. */

import type { User } from '../config/kubeconfig.ts';
import { ConfigError } from '../errors.ts';
import {
  basic,
  bearer,
  type Credentials,
  keyPair,
  keyPairFiles,
  readCredential,
  together,
  tokenFile,
} from './credentials.ts';
import type { ExecConfig } from './execplugin.ts';

/** What a login takes besides the kubeconfig's user. */
export interface LoginDeps {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** The credentials of a plugin. */
  plugin: (config: ExecConfig) => Credentials;
  /** The credentials of an OpenID Connect provider with these settings. */
  oidc: (settings: Readonly<Record<string, string>>) => Credentials;
  /** Asks the person. */
  ask: (field: 'Username' | 'Password') => Promise<string>;
}

/**
 * A token or a password makes a plugin and a provider unnecessary; a certificate makes a plugin unnecessary. A user
 * without any of them is asked for a name and a password. Source: `getUserIdentificationPartialConfig`,
 * k8s.io/client-go/tools/clientcmd/client_config.go; `UpdateTransportConfig`,
 * k8s.io/client-go/plugin/pkg/client/auth/exec.
 *
 * @throws {ConfigError} when the user's fields contradict each other or cannot be read
 */
export function login(user: User, deps: LoginDeps): Credentials {
  const header = tokenOrPassword(user, deps);
  const own = [...header, ...certificate(user, deps)];
  const parts = [...own, ...program(user, deps, own.length > 0), ...provider(user, deps, header.length > 0)];
  return parts.length === 0 ? asked(deps) : together(parts);
}

function tokenOrPassword({ token, tokenFile: file, username, password }: User, { now }: LoginDeps): Credentials[] {
  const hasPassword = Boolean(username || password);
  if (file && hasPassword) {
    throw new ConfigError('error: username/password or bearer token may be set, but not both');
  }
  // As in client-go, the file is read later even when a flag gives the first token. An empty file counts as none.
  if (file && (token || readCredential(file))) return [tokenFile(file, now, token)];
  if (token) return [bearer(token)];
  // A password without a name does not count (`canIdentifyUser`).
  return username ? [basic(username, password ?? '')] : [];
}

function certificate(user: User, { now }: LoginDeps): Credentials[] {
  const { 'client-certificate': certPath = '', 'client-key': keyPath = '' } = user;
  const { 'client-certificate-data': certData, 'client-key-data': keyData } = user;
  if (!certPath && !certData) return [];
  const read = () => ({ cert: decoded(certData, certPath), key: decoded(keyData, keyPath) });
  return [certData || keyData ? keyPair(read()) : keyPairFiles(read, now)];
}

function decoded(data: string | undefined, path: string): string {
  return data ? Buffer.from(data, 'base64').toString('utf8') : readCredential(path);
}

function program({ exec }: User, { plugin }: LoginDeps, unneeded: boolean): Credentials[] {
  return exec === undefined || unneeded ? [] : [plugin(exec)];
}

function provider({ 'auth-provider': chosen }: User, { oidc }: LoginDeps, unneeded: boolean): Credentials[] {
  if (chosen === undefined) return [];
  const { name = '', config = {} } = chosen;
  if (name !== 'oidc') {
    const fault = removedProviders.get(name) ?? `no Auth Provider found for name ${JSON.stringify(name)}`;
    throw new ConfigError(`error: ${fault}`);
  }
  const credentials = oidc(config);
  return unneeded ? [] : [credentials];
}

/** Providers that kubectl once had, and where to find them now (k8s.io/client-go/plugin/pkg/client/auth). */
const removedProviders = new Map([
  [
    'gcp',
    `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
  ],
  [
    'azure',
    `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
  ],
]);

/** Asks for a name and a password at the first request. */
function asked({ ask }: LoginDeps): Credentials {
  let answer: Promise<Credentials> | undefined;
  const once = () => {
    answer ??= (async () => basic(await ask('Username'), await ask('Password')))();
    return answer;
  };
  return {
    proof: async () => (await once()).proof(),
    renew: async () => false,
  };
}
