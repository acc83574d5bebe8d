/** A stream of changes to the objects of a namespace: made, changed and deleted, without end. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../stand/api.ts';
import { eventually } from '../eventually.ts';

/** More than a page of a list holds. */
const services = 510;
/** So many of them change. Prime numbers: in its turn each of them is made, changed and deleted. */
const changing = 97;
const sets = 23;
/** How many objects are made at a time: a request that waits behind hundreds of others runs into its time limit. */
const makers = 10;
/** How many changes are under way at once. */
const writers = 2;
/** Milliseconds after a change that failed, for which the server may be down. */
const pause = 50;

export interface Changes {
  /** How many were made so far. */
  count(): number;
  /** Waits until so many more were made. */
  more(count: number): Promise<void>;
  /** Waits for those under way, and makes no more. */
  stop(): Promise<void>;
}

/** Makes all the objects of a namespace that changes are made to, and more. */
export async function makeObjects(api: Api, namespace: string): Promise<void> {
  const objects = [
    ...Array.from({ length: services }, (_, nth) => ({ path: servicesOf(namespace), object: service(nth, 0) })),
    ...Array.from({ length: sets }, (_, nth) => ({ path: setsOf(namespace), object: set(nth, 0) })),
  ];
  const make = async (): Promise<void> => {
    for (let one = objects.pop(); one !== undefined; one = objects.pop()) await api.post(one.path, one.object);
  };
  await Promise.all(Array.from({ length: makers }, make));
}

export function startChanges(api: Api, namespace: string): Changes {
  let turn = 0;
  let made = 0;
  let stopped = false;
  let last: unknown;

  async function write(): Promise<void> {
    while (!stopped) {
      turn++;
      try {
        await change(turn);
        made++;
      } catch (error) {
        last = error;
        await delay(pause);
      }
    }
  }

  const change = (turn: number): Promise<unknown> => {
    const isSet = turn % 3 === 0;
    const path = isSet ? setsOf(namespace) : servicesOf(namespace);
    const object = isSet ? set(turn % sets, turn) : service(turn % changing, turn);
    return turn % 5 === 0 ? api.remove(`${path}/${object.metadata.name}`) : api.apply(path, object);
  };

  const writing = Promise.all(Array.from({ length: writers }, write));
  return {
    count: () => made,
    async more(count) {
      const wanted = made + count;
      await eventually('changes', async () =>
        assert.ok(made >= wanted, `${made} of ${wanted} made, last error: ${last}`),
      );
    },
    async stop() {
      stopped = true;
      await writing;
    },
  };
}

/** Makes a set that no change is made to, with a Service, a pod and a claim. Returns its name. */
export async function makeBeacon(api: Api, namespace: string, nth: number): Promise<string> {
  const name = `beacon-${nth}`;
  const governing = { ...service(0, 0), metadata: { name } };
  const { spec, ...rest } = set(0, 0);
  const labels = { set: name };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const template = { ...spec.template, metadata: { labels } };
  await api.apply(servicesOf(namespace), governing);
  const own = {
    ...rest,
    metadata: { name },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labels },
      template,
      volumeClaimTemplates: [claim],
    },
  };
  await api.apply(setsOf(namespace), own);
  return name;
}

export async function removeBeacon(api: Api, namespace: string, name: string): Promise<void> {
  await api.remove(`${servicesOf(namespace)}/${name}`);
  await api.remove(`${setsOf(namespace)}/${name}`);
}

export function servicesOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/services`;
}

function setsOf(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
}

function service(nth: number, turn: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `service-${nth}`, annotations: { turn: `${turn}` } },
    spec: { clusterIP: 'None', ports: [{ port: 80 }], selector: { set: `set-${nth}` } },
  };
}

/** Without pods. Its partition is what the plugin shows of a change. */
function set(nth: number, turn: number) {
  const labels = { set: `set-${nth}` };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `set-${nth}`, annotations: { turn: `${turn}` } },
    spec: {
      replicas: 0,
      serviceName: `service-${nth}`,
      selector: { matchLabels: labels },
      updateStrategy: { rollingUpdate: { partition: turn } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'db' }] } },
    },
  };
}
