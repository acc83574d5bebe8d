/**
 * The diagnosis by people who lack the rights to one resource: it names what it skipped, and loses nothing else. That each
 * single right is needed, `rbac.test.ts` shows.
 */
import assert from 'node:assert/strict';
import { documented, without } from '../runner/documented.ts';
import { eventually } from './eventually.ts';
import { sts } from './kubectl.ts';
import type { CauseDocument } from './looking.ts';
import { ownNamespace } from './namespace.ts';
import { rollingIn } from './rollout/rolling.ts';
import { userWith } from './user.ts';
import { giveWarning } from './warning.ts';

interface StatusDocument {
  metadata: { name: string };
  causes: CauseDocument[];
  skipped: { what: string; why: string; right?: string }[];
}

describe('the diagnosis by who lacks a right', () => {
  const namespace = ownNamespace('lacking');
  const rolling = rollingIn(namespace);
  const names = ['crash', 'classless', 'far', 'driver', 'nowhere'];
  const own = documented('kubectl-sts-status');
  const wide = documented('kubectl-sts-status-cluster');
  const all: Record<string, string[]> = {
    classless: ['claim', 'unschedulable'],
    crash: ['crash'],
    driver: ['mount'],
    far: ['attach'],
    nowhere: ['unschedulable'],
  };

  const warn = async (name: string, reason: string, message: string) =>
    giveWarning(namespace, { name, uid: await rolling.uid(name) }, reason, message);

  before(async () => {
    const starting = { replicas: 1, annotations: { 'start-after': '8760h', since: '1h' } };
    await rolling.apply('crash', { replicas: 1, annotations: { crash: 'true', since: '1h' } });
    await rolling.apply('classless', { replicas: 1, claims: ['data'], storageClass: 'no-such-class' });
    await Promise.all(['far', 'driver'].map((name) => rolling.apply(name, starting)));
    await rolling.apply('nowhere', { replicas: 1, claims: ['data'], pod: { nodeSelector: { disk: 'fast' } } });
    await eventually('the pods', async () => {
      for (const name of ['far', 'driver']) assert.ok((await rolling.pod(`${name}-0`))?.spec?.nodeName);
    });
    const inUse = 'Multi-Attach error for volume "pv-far" Volume is already exclusively attached to one node';
    await warn('far-0', 'FailedAttachVolume', inUse);
    const unknown = `driver name ${namespace}.example not found in the list of registered CSI drivers`;
    await warn('driver-0', 'FailedMount', unknown);
  });

  /** Each cause by its kind; and of each set what was skipped, which is the same for all of them. */
  async function look(kubeconfig: string) {
    const { stdout, stderr, code } = await sts(['status', ...names, '-n', namespace, '-o', 'json'], { kubeconfig });
    assert.equal(code, 0, stderr);
    const { items } = JSON.parse(stdout) as { items: StatusDocument[] };
    const skipped = items.flatMap(({ skipped: parts }) => parts.map(({ what, right }) => `${what}: ${right}`));
    return {
      kinds: Object.fromEntries(
        items.map(({ metadata, causes }) => [metadata.name, causes.map(({ kind }) => kind)] as const),
      ),
      skipped: [...new Set(skipped)].sort(),
      rights: /^warning: not read for lack of the right to (.*?): /.exec(stderr)?.[1] ?? stderr,
    };
  }

  it('misses nothing with all of them', async () => {
    const kubeconfig = await userWith(namespace, 'all', own, wide);
    await eventually('the causes of all sets', async () =>
      assert.deepEqual(await look(kubeconfig), { kinds: all, skipped: [], rights: '' }),
    );
  });

  /**
   * `rights`: as standard error names them; `skipped`: as each set names it; `lost`: the causes of the sets of which
   * nobody knows more without the right.
   */
  interface Lack {
    resource: string;
    rights: string;
    skipped: string[];
    lost: Record<string, string[]>;
  }

  const lacks: Lack[] = [
    { resource: 'services', rights: 'list services', skipped: ['services: list services'], lost: {} },
    {
      resource: 'persistentvolumeclaims',
      rights: 'list persistentvolumeclaims',
      skipped: ['claims: list persistentvolumeclaims'],
      lost: { classless: ['unschedulable'] },
    },
    {
      resource: 'events',
      rights: 'list events',
      skipped: ['events: list events'],
      lost: { driver: ['notReady'], far: ['notReady'] },
    },
    {
      resource: 'persistentvolumes',
      rights: 'get persistentvolumes',
      skipped: ['volumes: get persistentvolumes'],
      lost: {},
    },
    { resource: 'nodes', rights: 'list nodes', skipped: ['nodes: list nodes'], lost: {} },
    {
      resource: 'storageclasses',
      rights: 'get storageclasses.storage.k8s.io',
      skipped: ['classes: get storageclasses.storage.k8s.io'],
      lost: {},
    },
    {
      resource: 'volumeattachments',
      rights: '',
      skipped: ['volumeAttachments: list volumeattachments.storage.k8s.io'],
      lost: {},
    },
    {
      resource: 'poddisruptionbudgets',
      rights: 'list poddisruptionbudgets.policy',
      skipped: ['budgets: list poddisruptionbudgets.policy'],
      lost: {},
    },
    { resource: 'csinodes', rights: '', skipped: ['driversOfNodes: get csinodes.storage.k8s.io'], lost: {} },
  ];

  for (const { resource, rights, skipped, lost } of lacks) {
    it(`without the right to ${resource} names it, and tells all the rest`, async () => {
      const kubeconfig = await userWith(namespace, `no-${resource}`, without(own, resource), without(wide, resource));
      assert.deepEqual(await look(kubeconfig), { kinds: { ...all, ...lost }, skipped, rights });
    });
  }

  it('without the right to the pods of other namespaces says that, and how the drivers of the node are', async () => {
    const kubeconfig = await userWith(namespace, 'no-neighbours', own, without(wide, 'pods'));
    const skipped = ['podsOfNodes: list pods in all namespaces'];
    assert.deepEqual(await look(kubeconfig), { kinds: all, skipped, rights: '' });
    const { stdout } = await sts(['status', 'driver', '-n', namespace], { kubeconfig });
    assert.match(stdout, /is not registered on node \S+; no driver is registered there \(/);
  });

  it('without the right to any pod knows no cause in a pod, and says why', async () => {
    const kubeconfig = await userWith(namespace, 'no-pods', without(own, 'pods'), without(wide, 'pods'));
    const seen = await look(kubeconfig);
    assert.equal(seen.rights, 'list pods');
    assert.deepEqual(new Set(Object.values(seen.kinds).flat()), new Set());
  });
});
