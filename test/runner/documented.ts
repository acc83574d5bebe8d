/** What the plugin may ask of an API server: what the roles of docs/rbac/ allow, and what every user may ask. */
import { createReadStream, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { loadAll } from 'js-yaml';
import { checkout } from './files.ts';

export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  /** All, unless given. */
  resourceNames?: string[];
}

export interface Role {
  metadata: { name: string };
  rules: Rule[];
}

/** The folder of the documented roles. */
export const rolesFolder = join(checkout, 'docs', 'rbac');

/** The roles of each file of docs/rbac/, by the name of the file. */
export function documentedFiles(): Map<string, Role[]> {
  const files = globSync('*.yaml', { cwd: rolesFolder }).sort();
  return new Map(files.map((file) => [file, loadAll(readFileSync(join(rolesFolder, file), 'utf8')) as Role[]]));
}

/** The rules of these roles of docs/rbac/; of all, where none is named. */
export function documented(...names: string[]): Rule[] {
  const roles = [...documentedFiles().values()].flat();
  const wanted = names.length === 0 ? roles.map(({ metadata }) => metadata.name) : names;
  return wanted.flatMap((name) => {
    const role = roles.find(({ metadata }) => metadata.name === name);
    if (role === undefined) throw new Error(`docs/rbac/ has no role ${name}`);
    return role.rules;
  });
}

/** These rules without a verb of a resource, or without the resource. */
export function without(rules: readonly Rule[], resource: string, verb?: string): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.resources.includes(resource)) return [rule];
    const others = rule.resources.filter((one) => one !== resource);
    const verbs = verb === undefined ? [] : rule.verbs.filter((one) => one !== verb);
    return [
      ...(others.length > 0 ? [{ ...rule, resources: others }] : []),
      ...(verbs.length > 0 ? [{ ...rule, resources: [resource], verbs }] : []),
    ];
  });
}

/** What every user may ask, by the role system:basic-user. */
const besides: readonly Rule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
];

/** A line of an audit log (audit.k8s.io/v1 Event), as far as it says what was asked for. */
export interface AuditedRequest {
  verb: string;
  requestURI: string;
  userAgent?: string;
  /** Missing where the request is for no resource. */
  objectRef?: { resource?: string; subresource?: string; apiGroup?: string; namespace?: string; name?: string };
}

/** Whether a request is one that the documents name, whatever the API server has answered. */
export function isDocumented({ verb, requestURI, objectRef }: AuditedRequest, rules: readonly Rule[]): boolean {
  if (objectRef === undefined) return /^\/version(\?|$)/.test(requestURI);
  const { resource = '', subresource, apiGroup = '', name } = objectRef;
  const right = subresource === undefined ? resource : `${resource}/${subresource}`;
  return [...rules, ...besides].some(
    ({ apiGroups, resources, verbs, resourceNames }) =>
      apiGroups.includes(apiGroup) &&
      resources.includes(right) &&
      verbs.includes(verb) &&
      (resourceNames === undefined || (name !== undefined && resourceNames.includes(name))),
  );
}

export interface AuditPlace {
  path: string;
  /** From this byte on. */
  start: number;
}

export function placeIn(auditLog: string | undefined): AuditPlace | undefined {
  return auditLog === undefined ? undefined : { path: auditLog, start: statSync(auditLog).size };
}

/** What the plugin asked for and no document names, the first request of each kind: `get secrets: /api/v1/…`. */
export async function undocumentedIn({ path, start }: AuditPlace): Promise<string[]> {
  const rules = documented();
  const found = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(path, { start }) })) {
    // The log is large: only lines of the plugin are parsed.
    if (!line.includes('"userAgent":"kubectl-sts/')) continue;
    const request = JSON.parse(line) as AuditedRequest;
    if (isDocumented(request, rules)) continue;
    const { verb, requestURI, objectRef: { resource, subresource } = {} } = request;
    const right = [verb, [resource, subresource].filter(Boolean).join('/')].join(' ');
    if (!found.has(right)) found.set(right, `${right}: ${requestURI}`);
  }
  return [...found.values()];
}
