/**
 * What a person says about the connection, by the names of kubectl's global flags; everything else is the kubeconfig's.
 * A flag that is empty counts as not given, as in kubectl.
 */
export interface ConnectionFlags {
  kubeconfig?: string | undefined;
  /** kubectl's own settings, of which the policy for credential plugins is obeyed. */
  kuberc?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
  server?: string | undefined;
  'tls-server-name'?: string | undefined;
  'insecure-skip-tls-verify'?: boolean | undefined;
  'certificate-authority'?: string | undefined;
  'client-certificate'?: string | undefined;
  'client-key'?: string | undefined;
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  as?: string | undefined;
  'as-uid'?: string | undefined;
  'as-group'?: readonly string[] | undefined;
  /** `key=value` each. */
  'as-user-extra'?: readonly string[] | undefined;
  /** Go's form of a duration, or seconds as a bare number; 0 for no limit. */
  'request-timeout'?: string | undefined;
  'disable-compression'?: boolean | undefined;
  'warnings-as-errors'?: boolean | undefined;
  'match-server-version'?: boolean | undefined;
  /** The log's verbosity. */
  v?: number | undefined;
}
