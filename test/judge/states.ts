/** Makes of a recipe the objects that a controller sees: a set with its status, pods, claims, and the time. */
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { claimName, podName, podNameLabel } from '#src/statefulset/identity.ts';
import type { State } from './controller.ts';
import type { ClaimRecipe, PodRecipe, Recipe, SetRecipe } from './recipes.ts';

/** The time of all states. Any will do, since only differences count. */
const now = Date.parse('2026-11-29T06:00:00Z');

const namespace = 'shop';
const labels = { app: 'web' };

export function stateOf(recipe: Recipe): State {
  const set = setOf(recipe.set);
  const first = recipe.set.start - Math.min(recipe.below, recipe.set.start);
  const slots = recipe.slots.map((slot, place) => ({ ...slot, ordinal: first + place }));
  const ofSlots = slots.flatMap(({ pod, ordinal }) =>
    pod ? podOf(set, pod, podName(set.metadata.name, ordinal)) : [],
  );
  const others = recipe.strangers.map(({ name, pod }) =>
    podOf(set, pod, strangerName(set.metadata.name, name, recipe.set.start)),
  );
  return {
    set,
    revisions: ['older', 'old', 'update'].map((which) => ({ name: revision(set, which), template: template(which) })),
    // No pod can have the label, so that there is none yet.
    pods: recipe.set.longName ? [] : distinct([...others, ...ofSlots]),
    claims: slots.flatMap(({ claims, ordinal }) => claimsOf(set, recipe.set.templates, claims, ordinal)),
    now: at(0),
  };
}

function setOf(recipe: SetRecipe): StatefulSet {
  const { replicas, start, policy, strategy, partition, maxUnavailable, minReadySeconds, updating } = recipe;
  const name = recipe.longName ? `web${'x'.repeat(55)}` : 'web';
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name,
      namespace,
      uid: 'set-uid',
      generation: 2,
      ...(recipe.deleted && { deletionTimestamp: at(-5), finalizers: ['example.com/held'] }),
    },
    spec: {
      replicas,
      serviceName: 'web',
      podManagementPolicy: policy,
      minReadySeconds,
      ...(start > 0 && { ordinals: { start } }),
      selector: { matchLabels: labels },
      template: template('update'),
      persistentVolumeClaimRetentionPolicy: { whenScaled: recipe.whenScaled, whenDeleted: recipe.whenDeleted },
      updateStrategy: {
        type: strategy,
        ...(strategy === 'RollingUpdate' && {
          rollingUpdate: { partition, ...(maxUnavailable !== undefined && { maxUnavailable }) },
        }),
      },
      volumeClaimTemplates: recipe.templates.map((each) => ({
        metadata: { name: each },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      })),
    },
    status: {
      observedGeneration: 2,
      replicas: 0,
      currentRevision: revision({ metadata: { name } }, updating ? 'old' : 'update'),
      updateRevision: revision({ metadata: { name } }, 'update'),
    },
  } as StatefulSet;
}

function template(which: string): State['revisions'][number]['template'] {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'web', image: `example.com/web:${which}` }] },
  };
}

function revision({ metadata }: { metadata: { name: string } }, which: string): string {
  return `${metadata.name}-${which}`;
}

function strangerName(set: string, kind: Recipe['strangers'][number]['name'], start: number): string {
  switch (kind) {
    case 'too high':
      return `${set}-99999999999`;
    case 'leading zero':
      return `${set}-0${start}`;
    case 'of another set':
      return 'other-0';
    case 'no number':
      return `${set}-x`;
  }
}

function podOf(set: StatefulSet, recipe: PodRecipe, name: string): Pod {
  const { phase, ready, since, owner } = recipe;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `${name}-uid`,
      creationTimestamp: at(-86_400),
      labels: {
        ...(recipe.selected && labels),
        ...(recipe.revision && { 'controller-revision-hash': revision(set, recipe.revision) }),
        [podNameLabel]: recipe.named ? name : 'another',
      },
      ...(owner !== 'nobody' && {
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            name: owner === 'set' ? set.metadata.name : 'another',
            uid: owner === 'set' ? (set.metadata.uid ?? '') : 'another-uid',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      }),
      ...(recipe.terminating && { deletionTimestamp: at(20), deletionGracePeriodSeconds: 30 }),
    },
    spec: { containers: [{ name: 'web', image: 'example.com/web' }], volumes: volumesOf(set, recipe, name) },
    status: {
      phase,
      ...(ready && { conditions: [{ type: 'Ready', status: ready, lastTransitionTime: at(-since) }] }),
    },
  } as Pod;
}

function volumesOf(set: StatefulSet, { volumes }: PodRecipe, pod: string): object[] {
  const ordinal = Number(/[0-9]*$/.exec(pod)?.[0]);
  const templates = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
  const own = templates.map((name) => volume(name, claimName(name, set.metadata.name, ordinal)));
  switch (volumes) {
    case 'as the templates say':
      return own;
    case 'missing':
      return own.slice(1);
    case 'renamed':
      return templates.map((name) => volume(name, claimName('former', set.metadata.name, ordinal)));
    case 'one more':
      return [...own, volume('more', claimName('more', set.metadata.name, ordinal))];
  }
}

function volume(name: string, claim: string): object {
  return { name, persistentVolumeClaim: { claimName: claim } };
}

function claimsOf(
  set: StatefulSet,
  templates: readonly string[],
  recipes: readonly ClaimRecipe[],
  ordinal: number,
): Claim[] {
  return templates.flatMap((each, place) => {
    const recipe = recipes[place];
    if (recipe === undefined || recipe.state === 'missing') return [];
    const pod = podName(set.metadata.name, ordinal);
    const ownerReferences = recipe.owners.map((owner) => ownerOf(set.metadata.name, pod, owner));
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName(each, set.metadata.name, ordinal),
        namespace,
        uid: `${each}-${pod}-uid`,
        ownerReferences,
        ...(recipe.state === 'being deleted' && {
          deletionTimestamp: at(-60),
          finalizers: ['kubernetes.io/pvc-protection'],
        }),
      },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound' },
    } as Claim;
  });
}

function ownerOf(set: string, pod: string, owner: ClaimRecipe['owners'][number]): object {
  const ofSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set, uid: 'set-uid', controller: true };
  const ofPod = { apiVersion: 'v1', kind: 'Pod', name: pod, uid: `${pod}-uid`, controller: true };
  switch (owner) {
    case 'set':
      return ofSet;
    case 'pod':
      return ofPod;
    case 'former set':
      return { ...ofSet, uid: 'former-set-uid' };
    case 'former pod':
      return { ...ofPod, uid: 'former-pod-uid' };
    case 'other controller':
      return { apiVersion: 'example.com/v1', kind: 'Database', name: 'main', uid: 'database-uid', controller: true };
    case 'set without control':
      return { ...ofSet, controller: false };
    case 'pod without control':
      return { ...ofPod, controller: false };
  }
}

/**
 * Of the pods of one ordinal, the first: of web-7 and web-07, the controller takes one in the order of its cache, which
 * is none.
 */
function distinct(pods: readonly Pod[]): Pod[] {
  const key = ({ metadata: { name } }: Pod) => name.replace(/-0+(?=\d)/, '-');
  return [...new Map(pods.toReversed().map((pod) => [key(pod), pod])).values()].toReversed();
}

/** @param seconds after the state's time */
function at(seconds: number): string {
  return new Date(now + seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
