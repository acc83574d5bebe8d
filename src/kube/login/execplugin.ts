/**
 * Credentials from a program that the kubeconfig names: client-go's credential plugins
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). Rules and
 * messages: k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go.
 */
import { spawn } from 'node:child_process';
import { ConfigError } from '../errors.ts';
import { callOf } from '../programs/call.ts';
import { cleanPath, programFile, systemErrorWords } from '../programs/lookpath.ts';
import type { Credentials, Proof } from './credentials.ts';
import {
  decodeExecCredential,
  type ExecCluster,
  type ExecCredential,
  encodeExecInfo,
  execVersions,
  isWholeObject,
  PluginError,
} from './execcredential.ts';
import { type PluginPolicy, policyRefusal } from './pluginpolicy.ts';

export type { ExecCluster };

/** The `exec` of a kubeconfig's user. A relative path in `command` has been resolved. */
export interface ExecConfig {
  command?: string;
  args?: string[];
  env?: { name?: string; value?: string }[];
  apiVersion?: string;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: string;
}

/** What running a plugin takes besides the kubeconfig. */
export interface ExecDeps {
  env: Readonly<Record<string, string | undefined>>;
  stdin: {
    /** The file descriptor. */
    fd: number;
    isTerminal: boolean;
    /** Why the plugin must not read it, such as `used by stdin resource manifest reader`. */
    unavailable?: string | undefined;
  };
  /** The file descriptor that the plugin writes its messages to. */
  stderr: number | 'ignore';
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Called only when a plugin is about to run. */
  policy: () => Promise<PluginPolicy>;
  warn: (line: string) => void;
  /** Ends the plugin. */
  signal?: AbortSignal | undefined;
}

/** The faults of a user's `exec` (`validateAuthInfo`, k8s.io/client-go/tools/clientcmd/validation.go). */
export function execConfigFaults(user: string, exec: ExecConfig): string[] {
  const missing = (what: string) => `${what} must be specified for ${user} to use exec authentication plugin`;
  const mode = interactiveMode(exec);
  return [
    ...(exec.command ? [] : [missing('command')]),
    ...(exec.apiVersion ? [] : [missing('apiVersion')]),
    ...(exec.env ?? []).filter(({ name }) => !name).map(() => missing('env variable name')),
    ...(mode === '' ? [missing('interactiveMode')] : []),
    ...(['', 'Never', 'IfAvailable', 'Always'].includes(mode)
      ? []
      : [`invalid interactiveMode for ${user}: ${JSON.stringify(mode)}`]),
  ];
}

/** `SetDefaults_ExecConfig`: versions before v1 have a default. */
function interactiveMode({ apiVersion, interactiveMode: mode }: ExecConfig): string {
  const old = /^client\.authentication\.k8s\.io\/v1(alpha|beta)1$/.test(apiVersion ?? '');
  return mode || (old ? 'IfAvailable' : '');
}

/**
 * Runs the plugin for the first request, and again when its credentials have expired or were refused. Requests that
 * come while it runs share the run, because the plugin may be talking to the person.
 *
 * `proof` throws a PluginError when the plugin returns no credentials. `renew` only warns of it: the server's refusal
 * is then the error to report.
 *
 * @throws {ConfigError} when the kubeconfig asks for an unknown version of the protocol
 */
export function execCredentials(config: ExecConfig, cluster: ExecCluster, deps: ExecDeps): Credentials {
  const { apiVersion = '' } = config;
  if (!execVersions.includes(apiVersion)) {
    throw new ConfigError(`error: exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
  }
  let cached: ExecCredential | undefined;
  let running: Promise<Proof> | undefined;
  let failure: { error: unknown; at: number } | undefined;

  async function run(): Promise<Proof> {
    // Requests that waited for their turn would otherwise run a failing plugin, and ask the person, once more.
    if (failure !== undefined && deps.now() - failure.at < failureHolds) throw failure.error;
    running ??= obtain(config, cluster, deps)
      .then((credential) => {
        cached = credential;
        return credential.proof;
      })
      .catch((error: unknown) => {
        failure = { error, at: deps.now() };
        throw error;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  return {
    async proof() {
      const isCurrent = cached !== undefined && deps.now() <= cached.expires;
      return cached && isCurrent ? cached.proof : run();
    },
    async renew(refused) {
      if (cached?.proof !== refused) return true;
      try {
        return differ(await run(), refused);
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        deps.warn(`refreshing credentials: ${error.reason}`);
        return false;
      }
    },
  };
}

/** Milliseconds for which a failure of the plugin is the answer to further requests. */
const failureHolds = 1_000;

function differ(one: Proof, other: Proof): boolean {
  return one.authorization !== other.authorization || one.cert !== other.cert || one.key !== other.key;
}

type Variable = readonly [name: string, value: string | undefined];

async function obtain(config: ExecConfig, cluster: ExecCluster, deps: ExecDeps): Promise<ExecCredential> {
  const { env, policy } = deps;
  const apiVersion = config.apiVersion ?? '';
  const allowed = await policy();
  const interactive = isInteractive(interactiveMode(config), deps.stdin);
  const command = cleanPath(config.command ?? '');
  const refusal = policyRefusal(allowed, command, env);
  if (refusal !== undefined) throw new PluginError(refusal);
  const info = encodeExecInfo(apiVersion, interactive, config.provideClusterInfo ? cluster : undefined);
  const variables: Variable[] = [
    ...Object.entries(env),
    ...(config.env ?? []).map(({ name = '', value = '' }) => [name, value] as const),
    ['KUBERNETES_EXEC_INFO', info],
  ];
  return decodeExecCredential(await output(config, command, variables, interactive, deps), apiVersion);
}

function isInteractive(mode: string, { isTerminal, unavailable }: ExecDeps['stdin']): boolean {
  const unsupported = (why: string) => new PluginError(`exec plugin cannot support interactive mode: ${why}`);
  switch (mode) {
    case 'Never':
      return false;
    case 'IfAvailable':
      return isTerminal && unavailable === undefined;
    case 'Always':
      if (!isTerminal) throw unsupported('standard input is not a terminal');
      if (unavailable === undefined) return true;
      throw unsupported(`standard input is unavailable${unavailable && `: ${unavailable}`}`);
    default:
      throw unsupported(`unknown interactiveMode: ${JSON.stringify(mode)}`);
  }
}

/** Bytes. Credentials take a few thousand; the limit keeps a plugin that prints for ever from filling the memory. */
const outputLimit = 1 << 20;

/**
 * Runs the plugin, and returns its output. There is no time limit: the plugin may be waiting for the person's login in
 * a browser. After it has exited, the output ends as in Go with the end of the pipe, which a process left behind by the
 * plugin may keep open; or earlier, as soon as the output is a whole object.
 */
async function output(
  { args = [], installHint = '' }: ExecConfig,
  command: string,
  variables: readonly Variable[],
  interactive: boolean,
  { env: own, stdin, stderr, signal }: ExecDeps,
): Promise<string> {
  signal?.throwIfAborted();
  // A PATH that the kubeconfig sets is for the plugin's own use.
  const lookup = programFile(command, own);
  if ('fault' in lookup) throw new PluginError(notInstalled(command, installHint));
  if (variables.some(([, value]) => value?.includes('\0'))) {
    throw new PluginError('exec: exec: environment variable contains NUL');
  }
  const notStarted = (why: string) => new PluginError(`exec: fork/exec ${lookup.found}: ${why}`);
  const call = callOf(lookup.found, command, args, variables);
  if ('fault' in call) throw notStarted(call.fault);
  const start = () => {
    try {
      return spawn(call.file, call.args, {
        ...call.options,
        stdio: [interactive ? stdin.fd : 'ignore', 'pipe', stderr],
      });
    } catch (error) {
      throw notStarted(startFault(error));
    }
  };

  const child = start();
  const printed = child.stdout;
  if (printed === null) throw new Error('a plugin without standard output');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let size = 0;
  let succeeded = false;
  const text = () => Buffer.concat(chunks).toString('utf8');
  const resolveWhole = () => {
    if (succeeded && isWholeObject(text())) resolve(text());
  };
  const stop = (reason: unknown) => {
    child.kill();
    child.unref();
    reject(reason);
  };
  const interrupt = () => stop(signal?.reason);
  signal?.addEventListener('abort', interrupt);

  child.on('error', (error) => reject(notStarted(startFault(error))));
  printed.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > outputLimit) {
      stop(new PluginError(`exec: executable ${command} printed more than ${outputLimit} bytes`));
    }
    resolveWhole();
  });
  child.on('exit', (code) => {
    succeeded = code === 0;
    if (succeeded) resolveWhole();
    else reject(new PluginError(`exec: executable ${command} failed with exit code ${code ?? -1}`));
  });
  child.on('close', () => resolve(text()));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    printed.destroy();
  }
}

function startFault(error: unknown): string {
  // Node's message would quote the argument.
  const isRefused = error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE';
  return isRefused ? 'invalid argument' : systemErrorWords(error);
}

function notInstalled(command: string, installHint: string): string {
  return `exec: executable ${command} not found

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins${
        installHint && `\n\n${withoutEscapeCodes(installHint)}`
      }`;
}

/** `cleanANSIEscapeCodes`, k8s.io/client-go/tools/clientcmd/client_config.go */
function withoutEscapeCodes(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `U+${hex.padStart(4, '0')}`;
  });
}
