/** Turns flags into the options of a connection. No other code does. */
import { type ConnectionOptions, connectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { ConnectionFlags } from './flags.ts';

/** @param flags as oclif parsed them: it leaves out flags that were not given, although their types do not say so */
export function connectionOf(flags: Partial<ConnectionFlags>): ConnectionOptions {
  return connectionOptions({
    kubeconfig: flags.kubeconfig,
    kuberc: flags.kuberc,
    context: flags.context,
    cluster: flags.cluster,
    user: flags.user,
    namespace: flags.namespace,
    server: flags.server,
    tlsServerName: flags['tls-server-name'],
    proxyUrl: flags['proxy-url'],
    insecureSkipTlsVerify: flags['insecure-skip-tls-verify'] ?? false,
    certificateAuthority: flags['certificate-authority'],
    clientCertificate: flags['client-certificate'],
    clientKey: flags['client-key'],
    token: flags.token,
    username: flags.username,
    password: flags.password,
    as: flags.as,
    asUid: flags['as-uid'],
    asGroups: flags['as-group'] ?? [],
    asUserExtra: flags['as-user-extra'] ?? [],
    requestTimeout: flags['request-timeout'],
    disableCompression: flags['disable-compression'] ?? false,
    warningsAsErrors: flags['warnings-as-errors'] ?? false,
    matchServerVersion: flags['match-server-version'] ?? false,
    verbosity: flags.v ?? 0,
  });
}
