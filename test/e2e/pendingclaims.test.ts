/** Claims that name a volume, in each state that the volume may be in: the controller that binds them is the judge. */
import assert from 'node:assert/strict';
import type { Claim, Event } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace, uniqueName } from './namespace.ts';

interface State {
  what: string;
  claim: object;
  /** Undefined: there is no such volume. */
  volume: object | undefined;
  /** How `checkVolumeSatisfyClaim` says it; undefined where the claim is bound. */
  controller: string | undefined;
  /** What the tree says behind `waits for its volume NAME, which `. */
  tree: string | undefined;
}

interface Document {
  pods: {
    claims: { name: string; phase?: string; findings: { kind: string; why?: { kind: string; fault?: string } }[] }[];
  }[];
}

describe('a claim that names a volume', () => {
  const namespace = ownNamespace('pending');
  const own = uniqueName('pending');
  const wants = (storage: string) => ({ resources: { requests: { storage } } });
  const claimedBy = (name: string, uid?: string) => ({ claimRef: { namespace, name, ...(uid && { uid }) } });
  const gone = '11111111-2222-4333-8444-555555555555';
  const taken = 'already bound to a different claim';
  const states: State[] = [
    { what: 'that fits', claim: {}, volume: {}, controller: undefined, tree: undefined },
    {
      what: 'of the same size in another unit',
      claim: wants('1Gi'),
      volume: { capacity: { storage: '1024Mi' } },
      controller: undefined,
      tree: undefined,
    },
    {
      what: 'that allows more access modes',
      claim: {},
      volume: { accessModes: ['ReadWriteMany', 'ReadWriteOnce'] },
      controller: undefined,
      tree: undefined,
    },
    {
      what: 'that its selector does not select',
      claim: { selector: { matchLabels: { tier: 'gold' } } },
      volume: {},
      controller: undefined,
      tree: undefined,
    },
    {
      what: 'that names the claim, and does not fit',
      claim: wants('9Gi'),
      volume: claimedBy('data-named-4'),
      controller: undefined,
      tree: undefined,
    },
    { what: 'that is missing', claim: {}, volume: undefined, controller: '', tree: 'is missing' },
    {
      what: 'that another claim has',
      claim: {},
      volume: claimedBy('other'),
      controller: taken,
      tree: 'belongs to NAMESPACE/other',
    },
    {
      what: 'that a former claim of the name had',
      claim: {},
      volume: claimedBy('data-named-7', gone),
      controller: taken,
      tree: 'belongs to a former NAMESPACE/data-named-7 until its claimRef is removed',
    },
    {
      what: 'that is too small',
      claim: wants('2Gi'),
      volume: {},
      controller: 'requested PV is too small',
      tree: 'does not fit: 2Gi asked for, 1Gi there',
    },
    {
      what: 'of another class',
      claim: {},
      volume: { storageClassName: 'other' },
      controller: 'storageClassName does not match',
      tree: `does not fit: its class is other, not ${own}`,
    },
    {
      what: 'of another mode',
      claim: { volumeMode: 'Block' },
      volume: {},
      controller: 'incompatible volumeMode',
      tree: 'does not fit: its volumeMode is Filesystem, not Block',
    },
    {
      what: 'without one of its access modes',
      claim: { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] },
      volume: {},
      controller: 'incompatible accessMode',
      tree: 'does not fit: its access modes are RWO, not RWO RWX',
    },
  ];
  const volumeName = (ordinal: number) => `${own}-${ordinal}`;
  let document: Document;
  let rows: string[];
  let claims: Claim[];
  let warnings: Event[];

  before(async () => {
    const common = { accessModes: ['ReadWriteOnce'], storageClassName: own };
    const labels = { app: 'named' };
    await apply(namespace, [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: own },
        provisioner: 'nobody.example',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
      ...states.flatMap(({ claim, volume }, ordinal) => [
        ...(volume === undefined
          ? []
          : [
              {
                apiVersion: 'v1',
                kind: 'PersistentVolume',
                metadata: { name: volumeName(ordinal), labels: { own } },
                spec: {
                  ...common,
                  capacity: { storage: '1Gi' },
                  persistentVolumeReclaimPolicy: 'Retain',
                  hostPath: { path: '/none' },
                  ...volume,
                },
              },
            ]),
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: `data-named-${ordinal}`, labels },
          spec: { ...common, ...wants('1Gi'), volumeName: volumeName(ordinal), ...claim },
        },
      ]),
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'named' },
        spec: {
          replicas: states.length,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: 'db', image: 'db' }], nodeSelector: { nowhere: own } },
          },
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { ...common, ...wants('1Gi') } }],
        },
      },
    ]);
    await eventually('the controller has judged each claim', async () => {
      const list = async <T>(words: string[]) => (await getJson<{ items: T[] }>([...words, '-n', namespace])).items;
      claims = await list<Claim>(['pvc']);
      warnings = await list<Event>(['events', '--field-selector=type=Warning']);
      const pods = await list<object>(['pods']);
      assert.equal(pods.length, states.length);
      for (const [ordinal, { what, controller }] of states.entries()) {
        const phase = claims.find(({ metadata }) => metadata.name === `data-named-${ordinal}`)?.status?.phase;
        if (controller === undefined) assert.equal(phase, 'Bound', what);
        else if (controller !== '') assert.ok(warningOf(ordinal) !== undefined, what);
      }
    });
    const tree = ['tree', 'named', '-n', namespace];
    const [text, json] = await Promise.all([sts(tree), sts([...tree, '-o', 'json'])]);
    assert.deepEqual([text.code, json.code], [0, 0], json.stderr);
    rows = text.stdout.split('\n');
    document = JSON.parse(json.stdout) as Document;
  });

  after(async () => {
    await kubectl(['delete', 'pv', '-l', `own=${own}`, '--wait=false']);
    await kubectl(['delete', 'storageclass', own]);
  });

  function warningOf(ordinal: number): string | undefined {
    const claim = claims.find(({ metadata }) => metadata.name === `data-named-${ordinal}`);
    return warnings.find(({ involvedObject }) => involvedObject.uid === claim?.metadata.uid)?.message;
  }

  for (const [ordinal, { what, controller, tree }] of states.entries()) {
    it(`${what} ${controller === undefined ? 'is bound' : 'waits for it, and not for a pod'}`, () => {
      const name = `data-named-${ordinal}`;
      const told = document.pods.flatMap((pod) => pod.claims).find((claim) => claim.name === name);
      const pending = told?.findings.find(({ kind }) => kind === 'pending');
      const phase = claims.find(({ metadata }) => metadata.name === name)?.status?.phase;
      assert.equal(told?.phase, phase);
      if (controller === undefined) {
        assert.deepEqual([phase, pending], ['Bound', undefined]);
        return;
      }
      assert.equal(phase, 'Pending');
      const warning = warningOf(ordinal) ?? '';
      assert.ok(warning.includes(controller), warning);
      assert.equal(pending?.why?.kind, 'waitsForVolume');
      const at = rows.findIndex((line) => line.includes(`pvc/${name} `));
      const row = rows[at + 1] ?? '';
      const words = `waits for its volume ${volumeName(ordinal)}, which ${tree?.replace('NAMESPACE', namespace)}`;
      assert.ok(row.includes(words), `${row}\n${words}`);
    });
  }
});
