/** Commands that are printed for a person to run: words as a shell takes them, and the flags for the same connection. */
import type { ConnectionFields, ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { shellQuoted } from '#src/terminal/shell.ts';

/**
 * The words for each field, in the order in which they are printed. A field that is added does not compile until it
 * stands here. A secret is never printed, nor is a field that does not say which cluster is reached, or as whom.
 */
const wordsFor: { readonly [Field in keyof ConnectionFields]: (value: ConnectionFields[Field]) => readonly string[] } =
  {
    namespace: () => [],
    context: text('context'),
    kubeconfig: text('kubeconfig'),
    kuberc: text('kuberc'),
    cluster: text('cluster'),
    user: text('user'),
    server: url('server'),
    tlsServerName: text('tls-server-name'),
    proxyUrl: url('proxy-url'),
    as: text('as'),
    asUid: text('as-uid'),
    certificateAuthority: text('certificate-authority'),
    clientCertificate: text('client-certificate'),
    clientKey: text('client-key'),
    asGroups: list('as-group'),
    asUserExtra: list('as-user-extra'),
    insecureSkipTlsVerify: (value) => (value ? ['--insecure-skip-tls-verify'] : []),
    token: () => [],
    username: () => [],
    password: () => [],
    requestTimeout: () => [],
    disableCompression: () => [],
    warningsAsErrors: () => [],
    matchServerVersion: () => [],
    verbosity: () => [],
  };

/**
 * The flags that reach the same cluster as the same person, quoted for a shell.
 *
 * @param namespace that the command worked in
 */
export function connectionWords(options: ConnectionOptions, namespace: string): string[] {
  const fields = Object.keys(wordsFor) as (keyof ConnectionFields)[];
  return ['-n', shellQuoted(namespace), ...fields.flatMap((field) => wordsOf(options, field))];
}

function wordsOf<Field extends keyof ConnectionFields>(options: ConnectionOptions, field: Field): readonly string[] {
  return wordsFor[field](options[field]);
}

/** A URL may hold a password: one that seems to is left out. */
function url(flag: string): (value: string | undefined) => readonly string[] {
  return (value) => (value?.includes('@') ? [] : text(flag)(value));
}

function text(flag: string): (value: string | undefined) => readonly string[] {
  return (value) => (value ? [`--${flag}`, shellQuoted(value)] : []);
}

function list(flag: string): (values: readonly string[]) => readonly string[] {
  return (values) => values.flatMap((value) => [`--${flag}`, shellQuoted(value)]);
}
