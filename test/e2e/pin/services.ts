/** Services as the API server shows them, for tests that pin them. */
import assert from 'node:assert/strict';
import { readyEndpoints } from '../dns/pods.ts';
import { eventually } from '../eventually.ts';
import { type As, sts, tryKubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import type { Ran } from '../ran.ts';

export const podLabel = 'statefulset.kubernetes.io/pod-name';
export const pinAnnotation = 'kubectl-sts/pin';

export type Selector = Record<string, string>;

/** Who owns which fields. */
interface FieldOwner {
  manager: string;
  operation: string;
  fieldsV1?: object;
  time?: string;
}

export interface Service {
  metadata: {
    name: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields: FieldOwner[];
  };
  spec: { selector?: Selector; [field: string]: unknown };
}

export function serviceOf(namespace: string, name: string): Promise<Service> {
  return looked<Service>(`${paths.services(namespace)}/${name}`);
}

export async function selectorOf(namespace: string, name: string): Promise<Selector> {
  return (await serviceOf(namespace, name)).spec.selector ?? {};
}

/** All of a Service that must be as it was before it was pinned: what a write changes by itself is left out. */
export function lasting({ metadata, spec }: Service): object {
  const { resourceVersion: _, managedFields, ...rest } = metadata;
  const owners = managedFields
    .map(({ time: _, ...owner }) => owner)
    .sort((a, b) => `${a.manager} ${a.operation}`.localeCompare(`${b.manager} ${b.operation}`));
  return { metadata: { ...rest, managedFields: owners }, spec };
}

/** What the annotation remembers. */
export function rememberedBy({ metadata }: Service): { selector: Selector; pod: string; user?: string; since: string } {
  const text = metadata.annotations?.[pinAnnotation];
  assert.ok(text !== undefined, 'no annotation');
  return JSON.parse(text);
}

/** Runs it, and it must succeed. */
export async function done(args: readonly string[], as: As = {}): Promise<Ran> {
  const ran = await sts(args, as);
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Runs it, which must be refused with one line that begins with `error: `, and change nothing of the Service. */
export async function refused(namespace: string, service: string, args: readonly string[], as: As = {}): Promise<Ran> {
  const before = await serviceOf(namespace, service);
  const ran = await sts([...args, '-n', namespace], as);
  assert.equal(ran.code, 1, `${ran.stdout}${ran.stderr}`);
  assert.equal(ran.stdout, '');
  assert.equal(ran.stderr.match(/^error: /gm)?.length, 1, ran.stderr);
  assert.deepEqual(await serviceOf(namespace, service), before);
  return ran;
}

/** Waits until the EndpointSlices name exactly these pods. */
export async function reaches(namespace: string, service: string, pods: readonly string[]): Promise<void> {
  await eventually(`endpoints of ${service}`, async () => {
    assert.deepEqual([...new Set(await readyEndpoints(namespace, service))].sort(), [...pods].sort());
  });
}

/** An entrance from outside to the pods of the set `app`. */
export function entrance(name: string, app: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'LoadBalancer', selector: { app }, ports: [{ name: 'db', port: 5432 }], ...spec },
  };
}

/** Changes an object as somebody else does who knows nothing of pins. */
export async function patched(namespace: string, what: string, patch: object, ...args: string[]): Promise<void> {
  const options = ['-n', namespace, '--type=merge', '-p', JSON.stringify(patch), ...args];
  const { code, stderr } = await tryKubectl(['patch', what, ...options]);
  assert.equal(code, 0, stderr);
}
