/**
 * Which API server, as which user and in which namespace: from the kubeconfig and the flags, or from the pod that the
 * plugin runs in. Source: `ClientConfig` and `Namespace`, k8s.io/client-go/tools/clientcmd/client_config.go and
 * merged_client_builder.go.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import querystring from 'node:querystring';
import { ConfigError } from '../errors.ts';
import { basic, bearer, type Credentials, readCredential, together, tokenFile } from '../login/credentials.ts';
import { type ExecCluster, type ExecDeps, execCredentials } from '../login/execplugin.ts';
import { type LoginDeps, login } from '../login/login.ts';
import { oidcCredentials, renewByKubectl } from '../login/oidc.ts';
import { readPluginPolicy } from '../login/pluginpolicy.ts';
import { type Chosen, choose, defaultServer } from './choice.ts';
import { type ConnectionOptions, kubectlArguments } from './connectionoptions.ts';
import { type Impersonation, impersonationOf } from './impersonation.ts';
import { type Cluster, type Kubeconfig, loadKubeconfig } from './kubeconfig.ts';
import { requestTimeout } from './requesttimeout.ts';
import { type ServerTls, serverTls, serverUrl } from './server.ts';
import { confirmUsable } from './usable.ts';

/** Everything needed to talk to an API server as a user. Holds credentials: never print it. */
export interface Connection {
  server: URL;
  /** The namespace of the flags, else of the context, else of the pod that the plugin runs in, else `default`. */
  namespace: string;
  /** The cluster's `proxy-url`; undefined to use the proxies of the environment. */
  proxyUrl: string | undefined;
  /** Whether answers may be compressed. */
  compression: boolean;
  /** Milliseconds for one request; 0 for no limit. */
  timeout: number;
  tls: ServerTls;
  credentials: Credentials;
  impersonation: Impersonation;
}

/** What a connection uses besides the flags and the kubeconfig. */
export interface ConnectionDeps extends Omit<ExecDeps, 'policy'>, Pick<LoginDeps, 'ask'> {
  /** The folder with the token of a pod's service account. */
  serviceAccount: string;
}

export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** @throws {ConfigError} when the flags and the kubeconfig cannot be used */
export async function connect(options: ConnectionOptions, deps: ConnectionDeps): Promise<Connection> {
  const { env } = deps;
  const kubeconfig = await loadKubeconfig(options.kubeconfig, env);
  const chosen = choose(kubeconfig, options, env);
  const namespace = namespaceOf(chosen, kubeconfig, options, deps);
  const [missing] = chosen.missing;
  if (missing !== undefined) throw new ConfigError(`error: ${missing}`);
  confirmUsable(chosen, kubeconfig);

  const { user, cluster } = chosen;
  const timeout = requestTimeout(options.requestTimeout ?? '');
  const impersonation = impersonationOf(user);
  const isDefault = cluster.server === defaultServer(env) && timeout === 0 && Object.keys(impersonation).length === 0;
  if (isDefault && !cluster['proxy-url'] && !cluster['disable-compression'] && inPod(deps)) {
    return { ...podServer(options, deps), namespace };
  }

  const server = serverUrl(cluster.server ?? '', false);
  // A server without TLS proves nothing, and gets no credentials (`ClientConfig`: 'only try to read the auth … if
  // secure').
  const secure = server.protocol === 'https:';
  return {
    server,
    namespace,
    proxyUrl: cluster['proxy-url'] || undefined,
    compression: !cluster['disable-compression'],
    timeout,
    tls: secure ? serverTls(cluster) : { rejectUnauthorized: true },
    credentials: together([...inAddress(server), ...(secure ? [login(user, loginDeps(chosen, options, deps))] : [])]),
    impersonation,
  };
}

/** A name and a password in the server's address come before all other credentials (`send`, net/http/client.go). */
function inAddress({ username, password }: URL): Credentials[] {
  return username || password ? [basic(querystring.unescape(username), querystring.unescape(password))] : [];
}

function loginDeps({ userName, cluster }: Chosen, options: ConnectionOptions, deps: ConnectionDeps): LoginDeps {
  const { env, now, ask, warn } = deps;
  return {
    now,
    ask,
    plugin(exec) {
      const policy = () => readPluginPolicy(options.kuberc, env, warn);
      return execCredentials(exec, execClusterOf(cluster), { ...deps, policy });
    },
    oidc(settings) {
      const renewed = async () => {
        await renewByKubectl(kubectlArguments(options), env);
        const { users } = await loadKubeconfig(options.kubeconfig, env);
        return users.get(userName)?.['auth-provider']?.config ?? {};
      };
      return oidcCredentials(settings, renewed, now);
    },
  };
}

/** `ConfigToExecCluster` of k8s.io/client-go/rest/exec.go */
function execClusterOf(cluster: Cluster): ExecCluster {
  const { 'certificate-authority': path, 'certificate-authority-data': data, extensions = [] } = cluster;
  const extension = extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return {
    server: (cluster.server ?? '').replace(/[?#].*/s, ''),
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': data || (path && Buffer.from(readCredential(path)).toString('base64')),
    'proxy-url': cluster['proxy-url'],
    'disable-compression': cluster['disable-compression'],
    config: extension?.extension,
  };
}

/** `DeferredLoadingClientConfig.Namespace` */
function namespaceOf(chosen: Chosen, kubeconfig: Kubeconfig, options: ConnectionOptions, deps: ConnectionDeps): string {
  if (options.namespace) return usable(options.namespace);
  confirmUsable(chosen, kubeconfig);
  const { namespace } = chosen.context;
  if (namespace || !inPod(deps)) return usable(namespace || 'default');
  const { env, serviceAccount } = deps;
  return usable(env['POD_NAMESPACE'] || readIfPresent(join(serviceAccount, 'namespace'))?.trim() || 'default');
}

/**
 * The namespace, which becomes a segment of the path (`IsValidPathSegmentName`, k8s.io/client-go/rest/request.go).
 *
 * @throws {ConfigError} when it cannot
 */
function usable(namespace: string): string {
  const faults = [
    ...(namespace === '.' || namespace === '..' ? [`may not be '${namespace}'`] : []),
    ...['/', '%'].filter((part) => namespace.includes(part)).map((part) => `may not contain '${part}'`),
  ];
  if (faults.length > 0) throw new ConfigError(`invalid namespace ${JSON.stringify(namespace)}: [${faults.join(' ')}]`);
  return namespace;
}

/** `inClusterClientConfig.Possible` */
function inPod({ env, serviceAccount }: ConnectionDeps): boolean {
  if (!env['KUBERNETES_SERVICE_HOST'] || !env['KUBERNETES_SERVICE_PORT']) return false;
  return readIfPresent(join(serviceAccount, 'token')) !== undefined;
}

/** `InClusterConfig` of k8s.io/client-go/rest/config.go. As in kubectl, only three flags apply. */
function podServer(options: ConnectionOptions, deps: ConnectionDeps): Omit<Connection, 'namespace'> {
  const { env, serviceAccount, now } = deps;
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const authority = `${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT']}`;
  const ca = options.certificateAuthority || join(serviceAccount, 'ca.crt');
  return {
    server: serverUrl(options.server || `https://${authority}`, true),
    proxyUrl: undefined,
    compression: true,
    timeout: 0,
    tls: serverTls(readIfPresent(ca) === undefined ? {} : { 'certificate-authority': ca }),
    credentials: options.token ? bearer(options.token) : tokenFile(join(serviceAccount, 'token'), now),
    impersonation: {},
  };
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
