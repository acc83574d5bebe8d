/** Sets that are rolled out in a namespace, what the tree says of them, and what their controller then really does. */
import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl, sts } from '../kubectl.ts';
import { listed, looked, paths } from '../look.ts';

export interface RolloutDocument {
  state: string;
  cause?: string;
  next: { act: string; pod: string; why?: string }[];
  /** Nothing where the controller has not seen the set's latest change. */
  waitsFor?: { pod: string; why: string; since?: string; availableAt?: string; claim?: string }[];
  stuck?: {
    ground: string;
    pod: string;
    cause: string;
    evidence: { kind: string; reason?: string; message?: string }[];
    otherPods?: string[];
    claimsGoingWithPod?: string[];
  };
  undetermined?: string[];
}

/** Whom it waits for, and why. */
export const waits = ({ waitsFor }: RolloutDocument) => waitsFor?.map(({ pod, why }) => [pod, why]);

/** Whether it is stuck, on what ground, and at which pod. */
export const stuckOn = ({ state, stuck }: RolloutDocument) => [state, stuck?.ground, stuck?.cause, stuck?.pod];

interface TreeDocument {
  rollout: RolloutDocument;
  warning?: { reason: string; message: string };
  pods: {
    name: string;
    state: string;
    warning?: object;
    why?: { kind: string; cause?: string; blocker?: { pod: string } };
  }[];
}

/** A set, in short. The annotations are the stand's, without `stand.kubectl-sts/`. */
interface Wish {
  replicas: number;
  annotations?: Record<string, string>;
  /** Claim templates, each of them mounted. */
  claims?: string[];
  /** Of the claim templates; the default class unless given. */
  storageClass?: string;
  /** Of the one container. */
  container?: object;
  /** Of the pod template. */
  pod?: object;
  /** Makes a new revision. */
  env?: string;
  spec?: object;
}

function setOf(
  name: string,
  { replicas, annotations = {}, claims = [], storageClass, env, container: own, pod, spec = {} }: Wish,
): object {
  const labels = { app: name };
  const told = Object.entries(annotations).map(([key, value]) => [`stand.kubectl-sts/${key}`, value]);
  const container = {
    name: 'main',
    image: 'registry.example/main',
    ...(env !== undefined && { env: [{ name: 'REVISION', value: env }] }),
    volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/${claim}` })),
    ...own,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: Object.fromEntries(told) },
        spec: { containers: [container], ...pod },
      },
      volumeClaimTemplates: claims.map((claim) => ({
        metadata: { name: claim },
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass !== undefined && { storageClassName: storageClass }),
          resources: { requests: { storage: '1Gi' } },
        },
      })),
      ...spec,
    },
  };
}

/** What tests do to the sets of a namespace. */
export interface Rolling {
  apply(name: string, wish: Wish): Promise<void>;
  /** Waits until the controller has seen the set's latest change. */
  seen(name: string): Promise<void>;
  /** Waits until so many pods of the set are ready. */
  ready(name: string, count: number): Promise<void>;
  /** Changes one pod's annotation of the stand; undefined takes it off. */
  annotate(pod: string, key: string, value?: string): Promise<void>;
  tree(name: string, as?: { kubeconfig?: string }): Promise<TreeDocument>;
  /** Looks at the tree until it shows the rollout in this way. */
  shows(name: string, what: (rollout: RolloutDocument) => unknown, expected: unknown): Promise<TreeDocument>;
  set(name: string): Promise<StatefulSet>;
  pods(set: string): Promise<Pod[]>;
  pod(name: string): Promise<Pod | undefined>;
  uid(name: string): Promise<string>;
  /** Waits for a pod of the name with another UID. */
  replaced(name: string, uid: string): Promise<void>;
  gone(name: string): Promise<void>;
}

export function rollingIn(namespace: string): Rolling {
  const pods = async (set: string) =>
    (await listed<Pod>(paths.pods(namespace))).filter(({ metadata }) => metadata.name.startsWith(`${set}-`));
  const pod = async (name: string) =>
    (await listed<Pod>(paths.pods(namespace))).find(({ metadata }) => metadata.name === name);
  const set = (name: string) => looked<StatefulSet>(`${paths.sets(namespace)}/${name}`);

  async function tree(name: string, as = {}): Promise<TreeDocument> {
    const { stdout, code, stderr } = await sts(['tree', name, '-n', namespace, '-o', 'json'], as);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as TreeDocument;
  }

  return {
    set,
    pods,
    pod,
    tree,
    apply: (name, wish) => apply(namespace, [setOf(name, wish)]),
    async seen(name) {
      await eventually(`the controller at the latest ${name}`, async () => {
        const { metadata, status } = await set(name);
        assert.equal(status?.observedGeneration, metadata.generation);
      });
    },
    async ready(name, count) {
      await eventually(`${count} ready pods of ${name}`, async () => {
        const { metadata, status } = await set(name);
        assert.deepEqual([status?.observedGeneration, status?.readyReplicas ?? 0], [metadata.generation, count]);
      });
    },
    async annotate(name, key, value) {
      const word = `stand.kubectl-sts/${key}${value === undefined ? '-' : `=${value}`}`;
      await kubectl(['annotate', '--overwrite', 'pod', name, '-n', namespace, word]);
    },
    shows: (name, what, expected) =>
      eventually(`the tree of ${name}`, async () => {
        const found = await tree(name);
        assert.deepEqual(what(found.rollout), expected, JSON.stringify(found.rollout));
        return found;
      }),
    async uid(name) {
      const found = await pod(name);
      assert.ok(found?.metadata.uid, `no ${name}`);
      return found.metadata.uid;
    },
    async replaced(name, uid) {
      await eventually(`another ${name}`, async () => {
        const found = await pod(name);
        assert.ok(found !== undefined && found.metadata.uid !== uid && !found.metadata.deletionTimestamp);
      });
    },
    async gone(name) {
      await eventually(`no ${name}`, async () => assert.equal(await pod(name), undefined));
    },
  };
}
