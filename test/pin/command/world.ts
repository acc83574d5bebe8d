/** The set `web` of three pods with Services in front of it, in a cluster in memory. */
import { dump } from 'js-yaml';
import type { Deps } from '#src/cli/deps.ts';
import { unmet } from '#src/objects/service.ts';
import type { EndpointSlice, Named, Pod, Service } from '#src/objects/types.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import type { HostShape } from '../../memory/host.ts';
import { type Ran, type Runner, type Running, runnerOn } from '../../memory/run.ts';
import { headless, namespace } from '../../objects/snapshots.ts';
import { external, web, webPods } from '../model/services.ts';

export const podLabel = 'statefulset.kubernetes.io/pod-name';
export const podIndex = 'apps.kubernetes.io/pod-index';
export const pinAnnotation = 'kubectl-sts/pin';

/** The time of the world's clock, to the second. */
export const now = '2026-01-01T00:00:00Z';

export interface World {
  cluster: MemoryCluster;
  runner: Runner;
  run(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Promise<Ran>;
  start(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Running;
  service(name: string): Service;
  /** The Service's selector and annotation. */
  pinOf(name: string): { selector: object | undefined; record: unknown };
  /** Changes a Service as somebody else would. */
  edit(name: string, change: (service: Service) => Service): void;
  /** The writes so far, in their order. */
  writes(): string[];
  /** Calls `act` before the n-th patch is carried out. */
  beforePatch(nth: number, act: () => void): void;
  /** Writes the manifests into a file, and returns its path. */
  file(...objects: readonly object[]): string;
}

/** @returns the world of the test that is running: each test has a new one, in which endpoints follow at once */
export function pinWorld(): World {
  let cluster: MemoryCluster;
  let runner: Runner;

  beforeEach(async () => {
    cluster = await memoryCluster();
    runner = runnerOn(cluster);
    cluster.put('statefulsets', web);
    cluster.put('services', headless('web'));
    for (const pod of webPods) cluster.put('pods', pod);
    cluster.onWrite = (plural, object) => {
      if (plural === 'services') putSlices(cluster, object);
    };
    putService(cluster, external('lb'));
  });
  afterEach(() => {
    runner.close();
    cluster.close();
  });

  const clocks = (): Partial<Deps> => ({ clock: quickClock(), steadyClock: quickClock() });
  const world: World = {
    get cluster() {
      return cluster;
    },
    get runner() {
      return runner;
    },
    run: (words, shape, deps) => runner.run(words, shape, { ...clocks(), ...deps }),
    start: (words, shape, deps) => runner.start(words, shape, { ...clocks(), ...deps }),
    service(name) {
      const service = cluster.get<Service>('services', name);
      if (service === undefined) throw new Error(`no Service ${name}`);
      return service;
    },
    pinOf(name) {
      const { metadata, spec } = world.service(name);
      const note = metadata.annotations?.[pinAnnotation];
      return { selector: spec?.selector, record: note === undefined ? undefined : JSON.parse(note) };
    },
    edit(name, change) {
      cluster.put('services', change(world.service(name)));
    },
    writes: () => cluster.requests.filter((request) => !/^(get|list|create selfsubjectreviews)/.test(request)),
    beforePatch(nth, act) {
      let patches = 0;
      cluster.intercept = ({ verb }) => {
        if (verb === 'patch' && ++patches === nth) act();
        return undefined;
      };
    },
    file(...objects) {
      return runner.files.write('manifests.yaml', objects.map((object) => dump(object)).join('---\n'));
    },
  };
  return world;
}

/** A Service whose endpoints are there. */
export function putService(cluster: MemoryCluster, service: Service): Service {
  const { resourceVersion: _, ...metadata } = service.metadata;
  const stored = cluster.put('services', { ...service, metadata });
  putSlices(cluster, stored);
  return stored;
}

/** What the endpoints controller does for a Service: its slice names the pods that it selects. */
function putSlices(cluster: MemoryCluster, service: Named & Pick<Service, 'spec'>): void {
  const selected = cluster
    .all<Pod>('pods')
    .filter((pod) => Object.keys(unmet(service.spec?.selector ?? {}, pod.metadata.labels)).length === 0);
  putSlice(
    cluster,
    service.metadata.name,
    selected.map(({ metadata }) => metadata.name),
  );
}

export function putSlice(cluster: MemoryCluster, service: string, pods: readonly string[]): void {
  cluster.put<EndpointSlice>('endpointslices', {
    metadata: { name: `${service}-x`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: pods.map((name) => ({
      addresses: ['10.0.0.1'],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name },
    })),
  });
}

/** A run that ended as it should. */
export function said(code: number, stdout: readonly string[], stderr: readonly string[] = []): Ran {
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
