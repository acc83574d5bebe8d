/** The flags about the connection. Everything else about it comes from the kubeconfig. */

/** Each field is one of kubectl's global flags. An empty text counts as not given, as in kubectl. */
export interface ConnectionFields {
  kubeconfig: string | undefined;
  /** The file with kubectl's own settings. Only its policy for credential plugins is used. */
  kuberc: string | undefined;
  context: string | undefined;
  cluster: string | undefined;
  user: string | undefined;
  namespace: string | undefined;
  server: string | undefined;
  tlsServerName: string | undefined;
  /** Since kubectl 1.37. */
  proxyUrl: string | undefined;
  insecureSkipTlsVerify: boolean;
  certificateAuthority: string | undefined;
  clientCertificate: string | undefined;
  clientKey: string | undefined;
  token: string | undefined;
  username: string | undefined;
  password: string | undefined;
  as: string | undefined;
  asUid: string | undefined;
  asGroups: readonly string[];
  /** `key=value` each. */
  asUserExtra: readonly string[];
  /** A duration in Go's syntax (`1m30s`) or a bare number of seconds; 0 for no limit. */
  requestTimeout: string | undefined;
  disableCompression: boolean;
  warningsAsErrors: boolean;
  matchServerVersion: boolean;
  /** How much of the requests is logged, from 0 to 10. */
  verbosity: number;
}

declare const brand: unique symbol;

/** Only `connectionOptions` makes them, so the compiler refuses a bag of flags that has the same fields. */
export type ConnectionOptions = Readonly<ConnectionFields> & { readonly [brand]: true };

export function connectionOptions(fields: ConnectionFields): ConnectionOptions {
  // Only the compiler sees the brand.
  return { ...fields } as ConnectionOptions;
}

/** The options with these fields replaced. */
export function withFields(options: ConnectionOptions, fields: Partial<ConnectionFields>): ConnectionOptions {
  return connectionOptions({ ...options, ...fields });
}

/** The arguments that give each field to kubectl. A new field does not compile until it is listed here. */
const flagsOf: { readonly [Field in keyof ConnectionFields]: (value: ConnectionFields[Field]) => readonly string[] } = {
  kubeconfig: text('kubeconfig'),
  kuberc: text('kuberc'),
  context: text('context'),
  cluster: text('cluster'),
  user: text('user'),
  namespace: text('namespace'),
  server: text('server'),
  tlsServerName: text('tls-server-name'),
  proxyUrl: text('proxy-url'),
  insecureSkipTlsVerify: toggle('insecure-skip-tls-verify'),
  certificateAuthority: text('certificate-authority'),
  clientCertificate: text('client-certificate'),
  clientKey: text('client-key'),
  token: text('token'),
  username: text('username'),
  password: text('password'),
  as: text('as'),
  asUid: text('as-uid'),
  asGroups: list('as-group'),
  asUserExtra: list('as-user-extra'),
  requestTimeout: text('request-timeout'),
  disableCompression: toggle('disable-compression'),
  // These change how the plugin behaves, not how it reaches the server.
  warningsAsErrors: () => [],
  matchServerVersion: () => [],
  verbosity: () => [],
};

/**
 * The arguments that make kubectl reach the same server as the same user. They may hold credentials: never print them.
 */
export function kubectlArguments(options: ConnectionOptions): string[] {
  const fields = Object.keys(flagsOf) as (keyof ConnectionFields)[];
  return fields.flatMap((field) => argumentsFor(options, field));
}

function argumentsFor<Field extends keyof ConnectionFields>(
  options: ConnectionOptions,
  field: Field,
): readonly string[] {
  return flagsOf[field](options[field]);
}

function text(flag: string): (value: string | undefined) => readonly string[] {
  return (value) => (value ? [`--${flag}=${value}`] : []);
}

function toggle(flag: string): (value: boolean) => readonly string[] {
  return (value) => (value ? [`--${flag}`] : []);
}

function list(flag: string): (values: readonly string[]) => readonly string[] {
  return (values) => values.map((value) => `--${flag}=${value}`);
}
