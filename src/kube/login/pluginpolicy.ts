/**
 * The programs that a kubeconfig may start: `credentialPluginPolicy` of kubectl's own settings, the kuberc
 * (https://kubernetes.io/docs/reference/kubectl/kuberc/). Rules and messages: k8s.io/kubectl/pkg/kuberc;
 * `checkAllowlistLocked` and `ValidatePluginPolicy`, k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileText } from '#src/objects/filetext.ts';
import { type AnyShape, isRecord, misfit } from '#src/objects/shape.ts';
import { ConfigError } from '../errors.ts';
import { fileErrorWords, isMissing } from '../fileerror.ts';
import { homeFolder } from '../paths.ts';
import type { Environment } from '../programs/environment.ts';
import { cleanPath, lookPath } from '../programs/lookpath.ts';

export type PluginPolicy =
  | { type: 'AllowAll' }
  | { type: 'DenyAll' }
  | { type: 'Allowlist'; commands: readonly string[] };

const allowAll: PluginPolicy = { type: 'AllowAll' };

/**
 * Why the policy forbids `command`; undefined when it does not.
 *
 * @param command as `cleanPath` returns it
 * @param env its `PATH` says where programs are looked for
 */
export function policyRefusal(policy: PluginPolicy, command: string, env: Environment): string | undefined {
  if (policy.type === 'AllowAll') return undefined;
  if (policy.type === 'DenyAll') return `plugin ${quoted(command)} not allowed: policy set to "DenyAll"`;

  if (policy.commands.includes(command)) return undefined;
  const lookup = lookPath(command, env);
  if ('fault' in lookup) {
    return `plugin path ${quoted(command)} cannot be resolved for credential plugin allowlist check: ${lookup.fault}`;
  }
  const { found } = lookup;
  const isFound = (entry: string): boolean => {
    if (entry === found) return true;
    const resolved = basename(entry) === basename(found) ? lookPath(entry, env) : { fault: '' };
    return 'found' in resolved && resolved.found === found;
  };
  if (policy.commands.some(isFound)) return undefined;
  return `plugin path ${quoted(found)} is not permitted by the credential plugin allowlist`;
}

/**
 * Reads the policy from the file that `--kuberc` names, else from `KUBERC`, else from `~/.kube/kuberc`. kubectl has
 * read it before it starts this plugin, but people may also start the plugin directly.
 *
 * @param explicit the file of `--kuberc`
 * @param warn takes kubectl's warnings
 * @throws {ConfigError} when a file that was named cannot be read, or when the policy contradicts itself
 */
export async function readPluginPolicy(
  explicit: string | undefined,
  env: Environment,
  warn: (line: string) => void,
): Promise<PluginPolicy> {
  if (env['KUBECTL_KUBERC']?.toLowerCase() === 'false') return allowAll;
  if (env['KUBERC'] === 'off') {
    if (!explicit) return allowAll;
    throw refused('kuberc error disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive');
  }
  const named = explicit || env['KUBERC'];
  const path = named || join(homeFolder(env), '.kube', 'kuberc');
  const preference = await readPreference(path);
  if ('fault' in preference) {
    if (named) throw refused(`kuberc error kuberc: ${preference.fault}`);
    if (!preference.missing) warn(`kuberc: no preferences loaded from ${path}: ${preference.fault}`);
    return allowAll;
  }
  const { unknown, policy, allowlist } = preference;
  if (unknown.length > 0) {
    const fields = unknown.map((field) => `unknown field ${quoted(field)}`).join(', ');
    warn(`kuberc: ignoring strict decoding error in ${path}: strict decoding error: ${fields}`);
  }
  return policyOf(policy, allowlist);
}

function refused(reason: string): ConfigError {
  return new ConfigError(`error occurred while applying preferences ${reason}`);
}

function policyOf(type: string, allowlist: readonly string[] | undefined): PluginPolicy {
  switch (type) {
    case '':
    case 'AllowAll':
    case 'DenyAll':
      if (allowlist === undefined) return { type: type || 'AllowAll' };
      throw refused(
        `misconfigured credential plugin allowlist: plugin policy is ${quoted(type)} but allowlist is non-nil`,
      );
    case 'Allowlist':
      return { type, commands: usable(allowlist) };
    default:
      throw refused(`unknown plugin policy: ${quoted(type)}`);
  }
}

function usable(allowlist: readonly string[] | undefined): readonly string[] {
  const misset = 'credential plugin policy set to "Allowlist", but allowlist is';
  if (allowlist === undefined) throw refused(`${misset} unspecified`);
  if (allowlist.length === 0) throw refused(`${misset} empty; use "DenyAll" policy instead`);
  for (const [position, entry] of allowlist.entries()) {
    if (entry === '') {
      throw refused(`misconfigured credential plugin allowlist: empty allowlist entry #${position + 1}`);
    }
    const clean = cleanPath(entry);
    if (clean !== entry) throw refused(`non-normalized file path: ${quoted(entry)} vs ${quoted(clean)}`);
  }
  return allowlist;
}

interface Preference {
  policy: string;
  /** Undefined when the file has none; an empty list is a mistake. */
  allowlist: string[] | undefined;
  /** The paths of fields that the file's version does not have. */
  unknown: string[];
}

interface NoPreference {
  fault: string;
  missing: boolean;
}

/** Reads the first document of the file that holds kubectl's settings (`decodePreference`, marshal.go). */
async function readPreference(path: string): Promise<Preference | NoPreference> {
  let text: string;
  try {
    text = fileText(readFileSync(path));
  } catch (error) {
    return { fault: fileErrorWords(error, path), missing: isMissing(error) };
  }
  const documents = text.split(/^---[^\n]*\n?/m).filter((document) => document.trim() !== '');
  for (const document of documents) {
    const preference = await decode(document);
    if (preference !== undefined) return preference;
  }
  return documents.length === 0
    ? { policy: '', allowlist: undefined, unknown: [] }
    : { fault: `no valid preferences found in ${path}, use --v=5 to see details`, missing: false };
}

async function decode(document: string): Promise<Preference | undefined> {
  const parsed = await parse(document);
  if (parsed?.['kind'] !== 'Preference') return undefined;
  const shape = shapes.get(parsed['apiVersion']);
  if (shape === undefined) return undefined;
  const unknown = unknownFields(parsed, shape, '').toSorted();
  if (misfit(parsed, shape) !== undefined) return undefined;

  if (shape === v1alpha1) return { policy: '', allowlist: undefined, unknown };
  const { credentialPluginPolicy: policy = '', credentialPluginAllowlist: entries } = parsed as PreferenceFile;
  const contradicts = entries?.some(({ name, command }) => name && command && name !== command);
  return contradicts
    ? undefined
    : { policy, allowlist: entries?.map(({ name, command }) => command || name || ''), unknown };
}

interface PreferenceFile {
  credentialPluginPolicy?: string;
  credentialPluginAllowlist?: { name?: string; command?: string }[];
}

/** Undefined when the document is not YAML, or not an object. */
async function parse(document: string): Promise<Record<string, unknown> | undefined> {
  const { load } = await import('js-yaml');
  let parsed: unknown;
  try {
    parsed = load(document, { json: true });
  } catch {
    // As in kubectl, the next document may hold the settings.
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  const { credentialPluginAllowlist: entries } = parsed;
  // Go reads null as an empty entry, which is then refused. The shape alone would ignore the whole file for it.
  return Array.isArray(entries) ? { ...parsed, credentialPluginAllowlist: entries.map((each) => each ?? {}) } : parsed;
}

const options: AnyShape = { each: { fields: { name: 'string', default: 'string' } } };
const aliasFields = {
  name: 'string',
  command: 'string',
  prependArgs: { each: 'string' },
  appendArgs: { each: 'string' },
} as const;

/** This version has no policy. */
const v1alpha1: AnyShape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    overrides: { each: { fields: { command: 'string', flags: options } } },
    aliases: { each: { fields: { ...aliasFields, flags: options } } },
  },
};

const v1beta1: AnyShape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    defaults: { each: { fields: { command: 'string', options } } },
    aliases: { each: { fields: { ...aliasFields, options } } },
    credentialPluginPolicy: 'string',
    credentialPluginAllowlist: { each: { fields: { name: 'string', command: 'string' } } },
  },
};

const shapes = new Map<unknown, AnyShape>([
  ['kubectl.config.k8s.io/v1alpha1', v1alpha1],
  ['kubectl.config.k8s.io/v1beta1', v1beta1],
]);

function unknownFields(value: unknown, shape: AnyShape, path: string): string[] {
  if (typeof shape === 'string') return [];
  if ('each' in shape) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, position) => unknownFields(item, shape.each, `${path}[${position}]`));
  }
  if (!('fields' in shape) || !isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const place = path === '' ? key : `${path}.${key}`;
    const known = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    return known === undefined ? [place] : unknownFields(field, known, place);
  });
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
