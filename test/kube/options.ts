import {
  type ConnectionFields,
  type ConnectionOptions,
  connectionOptions,
} from '#src/kube/config/connectionoptions.ts';

/** The options of somebody who gave these flags and no others. */
export function optionsWith(fields: Partial<ConnectionFields> = {}): ConnectionOptions {
  return connectionOptions({
    kubeconfig: undefined,
    kuberc: undefined,
    context: undefined,
    cluster: undefined,
    user: undefined,
    namespace: undefined,
    server: undefined,
    tlsServerName: undefined,
    proxyUrl: undefined,
    insecureSkipTlsVerify: false,
    certificateAuthority: undefined,
    clientCertificate: undefined,
    clientKey: undefined,
    token: undefined,
    username: undefined,
    password: undefined,
    as: undefined,
    asUid: undefined,
    asGroups: [],
    asUserExtra: [],
    requestTimeout: undefined,
    disableCompression: false,
    warningsAsErrors: false,
    matchServerVersion: false,
    verbosity: 0,
    ...fields,
  });
}
