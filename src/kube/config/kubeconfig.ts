/**
 * Kubeconfig files, read and merged by client-go's rules (k8s.io/client-go/tools/clientcmd/loader.go). Fields have the
 * same names as in the file.
 *
 * client-node's KubeConfig cannot take their place: it lets the last of several files win, throws when one is missing
 * (config.ts:186, `loadFromDefault`), and drops fields (config_types.ts: `tokenFile`, `as-uid`, `as-groups`,
 * `as-user-extra`, `disable-compression`, extensions).
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { fileText } from '#src/objects/filetext.ts';
import { misfit, type Shape } from '#src/objects/shape.ts';
import { ConfigError } from '../errors.ts';
import { fileErrorWords, isMissing } from '../fileerror.ts';
import type { ExecConfig } from '../login/execplugin.ts';
import { homeFolder, pathList } from '../paths.ts';
import type { Environment } from '../programs/environment.ts';
import { isYamlFault } from '../yamlfault.ts';
import { plainYaml } from './plainyaml.ts';

export interface Cluster {
  server?: string;
  'tls-server-name'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'certificate-authority'?: string;
  /** Base64 of PEM. */
  'certificate-authority-data'?: string;
  'proxy-url'?: string;
  'disable-compression'?: boolean;
  extensions?: { name?: string; extension?: unknown }[];
}

export interface User {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  'as-user-extra'?: Record<string, string[]>;
  username?: string;
  password?: string;
  'auth-provider'?: { name?: string; config?: Record<string, string> };
  exec?: ExecConfig;
}

export interface Context {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** The content of all files, merged. Holds credentials: never print it. */
export interface Kubeconfig {
  /** Empty when no file names one. */
  currentContext: string;
  clusters: ReadonlyMap<string, Cluster>;
  users: ReadonlyMap<string, User>;
  contexts: ReadonlyMap<string, Context>;
}

/**
 * Reads the file that a flag names, else those of `KUBECONFIG`, else `~/.kube/config`. When several files define an
 * entry, the first one wins. Relative paths in a file start from the file's folder. Without any file the result is
 * empty.
 *
 * @param explicit the file of the flag
 * @throws {ConfigError} when the file of the flag is missing, or when any file cannot be read
 */
export async function loadKubeconfig(explicit: string | undefined, env: Environment): Promise<Kubeconfig> {
  const faults: string[] = [];
  const files: File[] = [];
  for (const path of explicit ? [explicit] : defaultPaths(env)) {
    try {
      files.push({ path, folder: resolve(dirname(path)), content: await readConfigFile(path) });
    } catch (error) {
      if (!isMissing(error)) faults.push(`error loading config file "${path}": ${fault(error, path)}`);
      else if (explicit) throw new ConfigError(`error: stat ${path}: no such file or directory`);
    }
  }
  // client-go prints several errors without `error: ` before them.
  if (faults.length > 0) throw new ConfigError(faults.length === 1 ? `error: ${faults[0]}` : faults.join('\n'));
  return {
    currentContext: files.map(({ content }) => content['current-context']).find(Boolean) ?? '',
    clusters: merged('cluster', files, ({ content: { clusters = [] }, folder }) =>
      clusters.map(({ name = '', cluster = {} }) => [name, withPaths(cluster, ['certificate-authority'], folder)]),
    ),
    users: merged('user', files, ({ content: { users = [] }, folder }) =>
      users.map(({ name = '', user = {} }) => [name, resolveUser(user, folder)]),
    ),
    contexts: merged('context', files, ({ content: { contexts = [] } }) =>
      contexts.map(({ name = '', context = {} }) => [name, context]),
    ),
  };
}

interface File {
  path: string;
  /** The folder that relative paths in the file start from. */
  folder: string;
  content: ConfigFile;
}

function defaultPaths(env: Environment): string[] {
  const listed = env['KUBECONFIG'];
  if (listed) return [...new Set(pathList(listed))].filter(Boolean);
  return [join(homeFolder(env), '.kube', 'config')];
}

interface ConfigFile {
  apiVersion?: string;
  kind?: string;
  'current-context'?: string;
  clusters?: { name?: string; cluster?: Cluster }[];
  users?: { name?: string; user?: User }[];
  contexts?: { name?: string; context?: Context }[];
}

const clusterShape: Shape<Cluster> = {
  fields: {
    server: 'string',
    'tls-server-name': 'string',
    'insecure-skip-tls-verify': 'boolean',
    'certificate-authority': 'string',
    'certificate-authority-data': 'string',
    'proxy-url': 'string',
    'disable-compression': 'boolean',
    extensions: { each: { fields: { name: 'string' } } },
  },
};

const userShape: Shape<User> = {
  fields: {
    'client-certificate': 'string',
    'client-certificate-data': 'string',
    'client-key': 'string',
    'client-key-data': 'string',
    token: 'string',
    tokenFile: 'string',
    as: 'string',
    'as-uid': 'string',
    'as-groups': { each: 'string' },
    'as-user-extra': { values: { each: 'string' } },
    username: 'string',
    password: 'string',
    'auth-provider': { fields: { name: 'string', config: { values: 'string' } } },
    exec: {
      fields: {
        command: 'string',
        args: { each: 'string' },
        env: { each: { fields: { name: 'string', value: 'string' } } },
        apiVersion: 'string',
        installHint: 'string',
        provideClusterInfo: 'boolean',
        interactiveMode: 'string',
      },
    },
  },
};

const fileShape: Shape<ConfigFile> = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    'current-context': 'string',
    clusters: { each: { fields: { name: 'string', cluster: clusterShape } } },
    users: { each: { fields: { name: 'string', user: userShape } } },
    contexts: {
      each: {
        fields: {
          name: 'string',
          context: { fields: { cluster: 'string', user: 'string', namespace: 'string' } },
        },
      },
    },
  },
};

/** A limit, because a few hundred bytes of YAML can expand to millions of entries through aliases of aliases. */
const maxAliases = 1_000;

async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = fileText(readFileSync(path));
  const parsed = plainYaml(text) ?? (await anyYaml(text)) ?? {};
  if (typeof parsed === 'object' && parsed !== null) dropNulls(parsed);
  const wrong = misfit(parsed, fileShape);
  if (wrong !== undefined) throw new ConfigError(wrong);
  const { kind, apiVersion, ...file } = parsed as ConfigFile;
  if ((kind && kind !== 'Config') || (apiVersion && apiVersion !== 'v1')) {
    throw new ConfigError(`no kind "${kind || 'Config'}" is registered for version "${apiVersion || 'v1'}"`);
  }
  for (const { cluster } of file.clusters ?? []) checkBase64(cluster?.['certificate-authority-data']);
  for (const { user } of file.users ?? []) {
    checkBase64(user?.['client-certificate-data']);
    checkBase64(user?.['client-key-data']);
  }
  return file;
}

/** For all other files. The library is loaded for them alone: see plainyaml.ts. */
async function anyYaml(text: string): Promise<unknown> {
  const { CORE_SCHEMA, loadAll, mergeTag } = await import('js-yaml');
  const schema = CORE_SCHEMA.withTags([mergeTag]);
  // As in Go's YAML, only the first document is read, and the last of equal keys wins.
  return loadAll(text, { schema, json: true, maxAliases })[0];
}

/** To Go, a list has no entry where it has null. */
function dropNulls(file: object): void {
  for (const [field, list] of Object.entries(file)) {
    if (Array.isArray(list)) Object.assign(file, { [field]: list.filter((entry) => entry !== null) });
  }
}

/** `CorruptInputError` of Go's encoding/base64, which skips line breaks. */
function checkBase64(data = ''): void {
  const [valid = ''] =
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(data.replace(/[\r\n]/g, '')) ?? [];
  const rest = data.replace(/[\r\n]/g, '').slice(valid.length);
  if (rest === '') return;
  const at = valid.length + (/^[A-Za-z0-9+/]*/.exec(rest)?.[0].length ?? 0);
  throw new ConfigError(`illegal base64 data at input byte ${at}`);
}

/** The message without the text that a YAML parser quotes from the file: it may be a token. */
function fault(error: unknown, path: string): string {
  if (isYamlFault(error)) {
    return `yaml: line ${(error.mark?.line ?? 0) + 1}: ${error.reason.replace(/\s*(?:"|!<|: ).*$/s, '')}`;
  }
  if (error instanceof ConfigError) return error.message;
  return fileErrorWords(error, path);
}

type Entry<T> = readonly [name: string, entry: T];

/** The entries of all files by their names. The first file that defines a name wins. */
function merged<T>(kind: string, files: readonly File[], entriesOf: (file: File) => Entry<T>[]): Map<string, T> {
  const all = new Map<string, T>();
  for (const file of files) {
    const own = new Map<string, T>();
    for (const [name, entry] of entriesOf(file)) {
      // client-go's own message holds the whole list, with the credentials.
      if (own.has(name)) throw inFile(file.path, `duplicate ${kind} ${JSON.stringify(name)}`);
      own.set(name, entry);
    }
    for (const [name, entry] of own) if (!all.has(name)) all.set(name, entry);
  }
  return all;
}

function inFile(path: string, why: string): ConfigError {
  return new ConfigError(`error: error loading config file "${path}": ${why}`);
}

function resolveUser(user: User, folder: string): User {
  const resolved = withPaths(user, ['client-certificate', 'client-key', 'tokenFile'], folder);
  // A command without a slash is looked up in the folders of PATH.
  if (!user.exec?.command?.includes(sep)) return resolved;
  return { ...resolved, exec: withPaths(user.exec, ['command'], folder) };
}

function withPaths<T extends object>(entry: T, fields: (keyof T)[], folder: string): T {
  const resolved = { ...entry };
  for (const field of fields) {
    const path = entry[field];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) {
      Object.assign(resolved, { [field]: join(folder, path) });
    }
  }
  return resolved;
}
