/**
 * The entries of the kubeconfig that the command uses, changed by the flags: `getContext`, `getAuthInfo` and
 * `getCluster` of k8s.io/client-go/tools/clientcmd/client_config.go; the fields that each flag sets:
 * k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go.
 */
import type { ConnectionOptions } from './connectionoptions.ts';
import type { Cluster, Context, Kubeconfig, User } from './kubeconfig.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A context, and the user and the cluster that it names. */
export interface Chosen {
  contextName: string;
  context: Context;
  userName: string;
  user: User;
  clusterName: string;
  cluster: Cluster;
  /** Faults: entries that a flag names and no file defines. */
  missing: string[];
}

export function choose(kubeconfig: Kubeconfig, options: ConnectionOptions, env: Environment): Chosen {
  const { contexts, users, clusters, currentContext } = kubeconfig;
  const missing: string[] = [];
  const isMissing = (kind: string, name: string | undefined, known: ReadonlyMap<string, unknown>): boolean => {
    if (!name || known.has(name)) return false;
    missing.push(`${kind} ${JSON.stringify(name)} does not exist`);
    return true;
  };
  const noUser = isMissing('auth info', options.user, users);
  const noContext = isMissing('context', options.context, contexts);
  const noCluster = isMissing('cluster', options.cluster, clusters);

  const contextName = options.context || currentContext;
  const { cluster, user, namespace } = options;
  const context = noContext ? {} : { ...contexts.get(contextName), ...given({ cluster, user, namespace }) };
  const { user: userName = '', cluster: clusterName = '' } = context;
  return {
    contextName,
    context,
    userName,
    user: noUser ? {} : userWith(options, users.get(userName)),
    clusterName,
    cluster: noCluster
      ? {}
      : clusterWith(options, { server: defaultServer(env), ...given(clusters.get(clusterName) ?? {}) }),
    missing,
  };
}

/** `getAuthInfo`: a certificate or key of the flags replaces the file's, whether the file holds it or names it. */
function userWith(options: ConnectionOptions, user: User = {}): User {
  const { 'client-certificate-data': certificateData, 'client-key-data': keyData, ...rest } = user;
  return {
    ...rest,
    ...(certificateData && !options.clientCertificate && { 'client-certificate-data': certificateData }),
    ...(keyData && !options.clientKey && { 'client-key-data': keyData }),
    ...given({
      'client-certificate': options.clientCertificate,
      'client-key': options.clientKey,
      token: options.token,
      username: options.username,
      password: options.password,
      as: options.as,
      'as-uid': options.asUid,
    }),
    ...(options.asGroups.length ? { 'as-groups': [...options.asGroups] } : {}),
    ...(options.asUserExtra.length
      ? { 'as-user-extra': { ...user['as-user-extra'], ...extras(options.asUserExtra) } }
      : {}),
  };
}

function extras(pairs: readonly string[]): Record<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    // kubectl ignores a value without an equals sign.
    if (at < 0) continue;
    const key = pair.slice(0, at);
    byKey.set(key, [...(byKey.get(key) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(byKey);
}

/**
 * `getCluster`: a flag about the certificate's verification replaces all that the file says about it, and `--server`
 * drops the file's `tls-server-name`.
 */
function clusterWith(options: ConnectionOptions, cluster: Cluster): Cluster {
  const { server, tlsServerName: name, certificateAuthority: ca, insecureSkipTlsVerify: skip } = options;
  const {
    'certificate-authority': fileCa,
    'certificate-authority-data': data,
    'insecure-skip-tls-verify': fileSkip,
    'tls-server-name': fileName,
    ...rest
  } = cluster;
  const trust =
    skip || ca
      ? { ...given({ 'certificate-authority': ca }), ...(skip && { 'insecure-skip-tls-verify': true }) }
      : given({
          'certificate-authority': fileCa,
          'certificate-authority-data': data,
          'insecure-skip-tls-verify': fileSkip,
        });
  return {
    ...rest,
    ...trust,
    ...given({ 'tls-server-name': name || server ? name : fileName, server, 'proxy-url': options.proxyUrl }),
    ...(options.disableCompression && { 'disable-compression': true }),
  };
}

/** Without the fields that are undefined, empty or false: to Go they are all the same. */
export function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return Object.fromEntries(kept) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

export function defaultServer(env: Environment): string {
  return env['KUBERNETES_MASTER'] || 'http://localhost:8080';
}
