/** What is there before a history's change, the change itself, and how all of it is removed. */
import { ownPods, type SeenPod, unmet } from '../../histories/definition.ts';
import type { History, SetShape } from '../../histories/history.ts';
import { looked, paths, sent } from '../look.ts';
import { homeNode } from '../roll/home.ts';
import type { Feed } from './feed.ts';
import type { Kubelet } from './kubelet.ts';
import { label, quotaObject, setObject, strangerLabels, strangerObject } from './objects.ts';
import { changed, made, removed, until, type Written } from './requests.ts';

export interface Scene {
  feed: Feed;
  /** Histories of the same place are played one after the other. */
  place: { namespace: string; nth: number };
  history: History;
  /** The set's. */
  name: string;
  kubelet: Kubelet;
  /** The node on which all pods of this history run, and no others. */
  node: string | undefined;
}

/** The second number of the addresses of the first such node's pods: no other node of the stand has it, or the next ones. */
const firstNet = 51;

/** How many histories may be played at a time: the addresses of Services come behind those of so many nodes. */
export const mostPlaces = 44;

/** Milliseconds, on a busy machine. */
const patience = 60_000;

/** @returns when the node was lost, in milliseconds since the epoch; undefined if it was not */
export async function prepare(scene: Scene): Promise<number | undefined> {
  const { feed, place, history, name, node, kubelet } = scene;
  if (node !== undefined) {
    await made('/api/v1/nodes', homeNode(node, firstNet + place.nth));
    await nodeIs(node, 'True');
  }
  if (history.before) {
    await made(paths.sets(place.namespace), objectOf(scene, history.before));
    await isWell(feed, place.namespace, name);
  }
  await prepareTrouble(scene);
  if (node === undefined) return undefined;
  const lostAt = Date.now();
  await lose(node, true);
  await kubelet.lose();
  return lostAt;
}

async function prepareTrouble({ place: { namespace }, history: { trouble }, name }: Scene): Promise<void> {
  switch (trouble?.kind) {
    case 'name is taken':
      await made(paths.pods(namespace), strangerObject(`${name}-${trouble.ordinal}`));
      return;
    case 'quota':
      await made(quotas(namespace), quotaObject(name, trouble.pods));
      await until('a quota that counts', patience, async () => {
        const { status } = await looked<{ status?: { hard?: object } }>(`${quotas(namespace)}/${name}`);
        return status?.hard !== undefined;
      });
      return;
    case 'finalizer': {
      const finalizers = ['kubectl-sts-histories/nobody'];
      await changed(`${paths.pods(namespace)}/${name}-${trouble.ordinal}`, { metadata: { finalizers } });
      return;
    }
    default:
      return;
  }
}

/** Makes the change that the gates wait for. */
export async function change(scene: Scene): Promise<Written> {
  const { feed, place, history, name } = scene;
  const all = paths.sets(place.namespace);
  const wanted = objectOf(scene, history.after);
  if (history.before === undefined) return made(all, wanted);
  if (history.trouble?.kind !== 'claims do not fit') return changeTo(scene, history.after);
  await removed(`${all}/${name}`, { propagationPolicy: 'Orphan' });
  await feed.until(place.namespace, `no ${name}`, () => !feed.sets.has(`${place.namespace}/${name}`));
  return made(all, wanted);
}

/** Changes the set to what it may become without being made anew. */
export function changeTo(scene: Scene, shape: SetShape): Promise<Written> {
  const { replicas, template } = objectOf(scene, shape).spec;
  return changed(`${paths.sets(scene.place.namespace)}/${scene.name}`, { spec: { replicas, template } });
}

function objectOf({ name, history, node }: Scene, shape: SetShape) {
  return setObject(name, shape, { end: history.pace.end, node });
}

/** Waits until a set is as it should be, but for what only takes time. */
function isWell(feed: Feed, namespace: string, name: string): Promise<void> {
  return feed.until(namespace, `${name}, as it was`, () => {
    const set = feed.sets.get(`${namespace}/${name}`);
    if (set === undefined) return false;
    return unmet(set, ownPods(set, feed.pods.values()), 'rollout', Number.POSITIVE_INFINITY) === undefined;
  });
}

/** Loses a node, or finds it again. */
export async function lose(node: string, isLost: boolean): Promise<void> {
  const annotations = { 'stand.kubectl-sts/lost': isLost ? 'true' : null };
  await changed(`/api/v1/nodes/${node}`, { metadata: { annotations } });
  await nodeIs(node, isLost ? 'Unknown' : 'True');
}

function nodeIs(name: string, wanted: string): Promise<void> {
  type Node = { status?: { conditions?: { type: string; status: string }[] } };
  return until(`a node whose condition Ready is ${wanted}`, patience, async () => {
    const { status } = await looked<Node>(`/api/v1/nodes/${name}`);
    return status?.conditions?.find(({ type }) => type === 'Ready')?.status === wanted;
  });
}

/** Removes all that a history has made. Its claims go with the set. */
export async function clear({ feed, place: { namespace }, name, node }: Scene): Promise<void> {
  const isOwn = ({ metadata }: SeenPod) => metadata.namespace === namespace && metadata.labels?.[label] === name;
  await removed(`${paths.sets(namespace)}/${name}`, { propagationPolicy: 'Background' });
  await removed(`${quotas(namespace)}/${name}`, {});
  for (const { metadata } of [...feed.pods.values()].filter(isOwn)) {
    const path = `${paths.pods(namespace)}/${metadata.name}`;
    if (metadata.finalizers?.length) await sent('PATCH', path, { metadata: { finalizers: null } });
    await removed(path, { gracePeriodSeconds: 0 });
  }
  await removed(`${paths.pods(namespace)}?labelSelector=${encodeURIComponent(strangerLabels)}`, {});
  if (node !== undefined) await removed(`/api/v1/nodes/${node}`, {});
  await feed.until(namespace, `no pods of ${name}`, () => ![...feed.pods.values()].some(isOwn));
}

function quotas(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/resourcequotas`;
}
