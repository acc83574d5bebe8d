/**
 * The faults that keep a configuration from being used, in kubectl's words: `ConfirmUsable` of
 * k8s.io/client-go/tools/clientcmd/client_config.go and validation.go, printed by `checkErr` of
 * k8s.io/kubectl/pkg/cmd/util/helpers.go.
 */
import { accessSync, constants } from 'node:fs';
import { ConfigError } from '../errors.ts';
import { fileErrorWords } from '../fileerror.ts';
import { proxyUrlFault } from '../http/proxy.ts';
import { execConfigFaults } from '../login/execplugin.ts';
import type { Chosen } from './choice.ts';
import type { Cluster, Kubeconfig, User } from './kubeconfig.ts';

/** @throws {ConfigError} with all faults of the entries that were chosen; other entries are not looked at */
export function confirmUsable(
  { contextName, userName, user, clusterName, cluster }: Chosen,
  { contexts }: Kubeconfig,
): void {
  const noContext = contextName !== '' && !contexts.has(contextName);
  const faults = [
    ...(noContext ? [`context was not found for specified context: ${contextName}`] : []),
    ...userFaults(userName, user),
    ...clusterFaults(clusterName, cluster),
  ];
  if (faults.length === 0) return;
  if (faults.length === 1) throw new ConfigError(`${noContext ? 'Error in configuration' : 'error'}: ${faults[0]}`);
  throw new ConfigError(`Error in configuration: \n${faults.map((each) => `* ${each}`).join('\n')}`);
}

/** `validateAuthInfo` of k8s.io/client-go/tools/clientcmd/validation.go */
function userFaults(name: string, user: User): string[] {
  const {
    'client-certificate': cert,
    'client-certificate-data': certData,
    'client-key': key,
    'client-key-data': keyData,
  } = user;
  const faults: string[] = [];
  if (cert || certData) {
    if (cert && certData)
      faults.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
    if (key && keyData)
      faults.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
    if (!key && !keyData) {
      faults.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      );
    }
    if (cert) faults.push(...unreadable(cert, (why) => `unable to read client-cert ${cert} for ${name} due to ${why}`));
    if (key) faults.push(...unreadable(key, (why) => `unable to read client-key ${key} for ${name} due to ${why}`));
  }
  if (user.exec) {
    if (user['auth-provider'])
      faults.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
    faults.push(...execConfigFaults(name, user.exec));
  }
  if (user.token && (user.username || user.password)) {
    faults.push(`more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`);
  }
  const more = user['as-uid'] || user['as-groups']?.length || Object.keys(user['as-user-extra'] ?? {}).length > 0;
  if (more && !user.as) faults.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  return faults;
}

/** `validateClusterInfo`, in the same file */
function clusterFaults(name: string, cluster: Cluster): string[] {
  const { 'certificate-authority': ca, 'certificate-authority-data': caData, 'proxy-url': proxy } = cluster;
  const faults: string[] = [];
  if (!cluster.server) faults.push(`no server found for cluster ${JSON.stringify(name)}`);
  const proxyFault = proxy && proxyUrlFault(proxy);
  if (proxyFault)
    faults.push(`invalid 'proxy-url' ${JSON.stringify(proxy)} for cluster ${JSON.stringify(name)}: ${proxyFault}`);
  if (ca && caData) {
    faults.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    );
  }
  if (ca)
    faults.push(...unreadable(ca, (why) => `unable to read certificate-authority ${ca} for ${name} due to ${why}`));
  return faults;
}

function unreadable(path: string, sentence: (why: string) => string): string[] {
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch (error) {
    return [sentence(fileErrorWords(error, path))];
  }
}
