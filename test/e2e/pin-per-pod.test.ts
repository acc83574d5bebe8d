import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../properties.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import {
  done,
  entrance,
  patched,
  pinAnnotation,
  podLabel,
  reaches,
  refused,
  type Selector,
  selectorOf,
  serviceOf,
} from './pin/services.ts';

const podIndex = 'apps.kubernetes.io/pod-index';

/** The rows of `pin --list`, in columns. */
async function listed(namespace: string, ...args: string[]): Promise<{ rows: string[][]; stderr: string }> {
  const { stdout, stderr } = await done(['pin', '--list', '--no-headers', '-n', namespace, ...args]);
  const lines = stdout.split('\n').filter(Boolean);
  return { rows: lines.map((line) => line.trimEnd().split(/ {2,}/)), stderr };
}

async function treeOf(namespace: string, name: string) {
  const { stdout } = await done(['tree', name, '-o', 'json', '-n', namespace]);
  return JSON.parse(stdout);
}

describe('a per-pod Service, which nobody pinned', () => {
  const namespace = ownNamespace('pin-per-pod');
  const forWeb1 = { app: 'web', [podLabel]: 'web-1' };

  before(async () => {
    await apply(namespace, [service('web'), set('web', { replicas: 3 })]);
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
  });
  beforeEach(async () => {
    await apply(namespace, [entrance('broker', '', { selector: forWeb1 })]);
    await reaches(namespace, 'broker', ['web-1']);
  });
  afterEach(() => kubectl(['delete', 'service', '-n', namespace, '--field-selector', 'metadata.name!=web']));

  const unpin = (...args: string[]) => done(['unpin', 'broker', ...args, '-n', namespace]);

  it('is left alone by unpin --all, whatever its flags, and so is the chart that made one for each pod', async () => {
    const ofChart = [0, 1, 2].map((ordinal) =>
      entrance(`broker-${ordinal}`, '', {
        selector: { app: 'web', ...(ordinal === 2 ? { [podIndex]: '2' } : { [podLabel]: `web-${ordinal}` }) },
      }),
    );
    await apply(namespace, [...ofChart, entrance('all', 'web')]);
    await done(['pin', 'all', '1', '-n', namespace]);
    const names = ['broker', 'broker-0', 'broker-1', 'broker-2'];
    const before = await Promise.all(names.map((name) => serviceOf(namespace, name)));
    for (const flag of ['--dry-run=client', '--dry-run=server', '--keep-changes', '--force']) {
      const { stdout } = await done(['unpin', '--all', flag, '-o', 'name', '-n', namespace]);
      assert.equal(stdout, 'service/all\n', flag);
      if (flag === '--keep-changes') await done(['pin', 'all', '1', '-n', namespace]);
    }
    assert.deepEqual(await selectorOf(namespace, 'all'), { app: 'web' });
    assert.deepEqual(await Promise.all(names.map((name) => serviceOf(namespace, name))), before);
    for (const [ordinal, name] of names.slice(1).entries()) await reaches(namespace, name, [`web-${ordinal}`]);
  });

  it('is no pin in the list, and listed apart when asked for; tree shows it as what it is', async () => {
    await apply(namespace, [entrance('by-index', '', { selector: { app: 'web', [podIndex]: '0' } })]);
    const { rows, stderr } = await listed(namespace);
    assert.deepEqual(rows, []);
    assert.match(stderr, /^2 per-pod Services.*--all-services/m);
    assert.deepEqual((await listed(namespace, '--all-services')).rows, [
      ['broker', 'web-1', '-', '-', 'per-pod Service'],
      ['by-index', 'web-0', '-', '-', 'per-pod Service'],
    ]);
    const { pins, perPodServices } = await treeOf(namespace, 'web');
    assert.deepEqual(pins, []);
    assert.deepEqual(perPodServices, [
      { service: 'broker', pod: 'web-1', label: podLabel },
      { service: 'by-index', pod: 'web-0', label: podIndex },
    ]);
    const { stdout } = await done(['tree', 'web', '-n', namespace]);
    assert.match(stdout, /pod\/web-0 .*\n.*svc\/by-index +per-pod/);
    assert.match(stdout, /pod\/web-1 .*\n.*svc\/broker +per-pod/);
    assert.doesNotMatch(stdout, /pinned/);
  });

  it('is no reason for a warning when another Service is pinned', async () => {
    await apply(namespace, [entrance('all', 'web')]);
    const { stderr } = await done(['pin', 'all', '0', '-n', namespace]);
    assert.doesNotMatch(stderr, /broker/);
  });

  it('is refused by its name, which says who keeps it and which pods it would reach', async () => {
    await patched(namespace, 'service/broker', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } });
    await patched(
      namespace,
      'service/broker',
      { spec: { selector: { [podLabel]: 'web-2' } } },
      '--field-manager=failover',
    );
    for (const args of [[], ['--keep-changes'], ['--dry-run=server'], ['--dry-run=client'], ['-o', 'yaml']]) {
      const { stderr } = await refused(namespace, 'broker', ['unpin', 'broker', ...args]);
      assert.match(stderr, /per-pod Service/);
      assert.match(stderr, /written by failover \(Update, \d{4}-/);
      assert.match(stderr, /Helm \(label app.kubernetes.io\/managed-by\)/);
      assert.match(stderr, /selector app=web\): traffic goes to all 3 pods/);
      assert.match(stderr, /--force.*--selector/);
    }
  });

  it('loses its pod by --force, and reaches the pods that were told', async () => {
    const { stdout } = await unpin('--force');
    assert.match(stdout, /traffic goes to all 3 pods/);
    assert.deepEqual(await selectorOf(namespace, 'broker'), { app: 'web' });
    await reaches(namespace, 'broker', ['web-0', 'web-1', 'web-2']);
  });

  it('gets the selector that --selector says', async () => {
    await unpin('--selector', 'app=web, apps.kubernetes.io/pod-index=0');
    assert.deepEqual(await selectorOf(namespace, 'broker'), { app: 'web', [podIndex]: '0' });
    await reaches(namespace, 'broker', ['web-0']);
  });

  it('is not unpinned when nothing would be left, but with --selector', async () => {
    await apply(namespace, [entrance('sole', '', { selector: { [podLabel]: 'web-1' } })]);
    for (const args of [[], ['--force'], ['--keep-changes']]) {
      const { stderr } = await refused(namespace, 'sole', ['unpin', 'sole', ...args]);
      assert.match(stderr, /--selector/);
    }
    await done(['unpin', 'sole', '--selector', 'app=web', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'sole'), { app: 'web' });
  });

  it('keeps its own pod as the original when it is pinned to another', async () => {
    await done(['pin', 'broker', '0', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'broker'), { app: 'web', [podLabel]: 'web-0' });
    await unpin();
    assert.deepEqual(await selectorOf(namespace, 'broker'), forWeb1);
  });

  it('is told to be unchanged where a pin has led back to its own pod', async () => {
    for (const ordinal of ['0', '1']) await done(['pin', 'broker', ordinal, '-n', namespace]);
    const { stdout } = await unpin();
    assert.match(stdout, /without a change of its selector/);
    assert.deepEqual(await selectorOf(namespace, 'broker'), forWeb1);
    assert.equal((await serviceOf(namespace, 'broker')).metadata.annotations?.[pinAnnotation], undefined);
  });

  it('that goes by the ordinal is pinned to another pod, also where its own is gone, and restored exactly', async () => {
    const byIndex = { app: 'web', [podIndex]: '2' };
    await apply(namespace, [entrance('by-index', '', { selector: byIndex })]);
    const { stdout } = await done(['pin', 'by-index', '0', '-n', namespace]);
    assert.match(stdout, /moved from web-2/);
    await reaches(namespace, 'by-index', ['web-0']);
    await done(['pin', 'by-index', '1', '-n', namespace]);
    await reaches(namespace, 'by-index', ['web-1']);
    await done(['unpin', 'by-index', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'by-index'), byIndex);
    await reaches(namespace, 'by-index', ['web-2']);

    await patched(namespace, 'statefulset/web', { spec: { replicas: 2 } });
    await reaches(namespace, 'by-index', []);
    await done(['pin', 'by-index', '1', '-n', namespace]);
    await reaches(namespace, 'by-index', ['web-1']);
    await patched(namespace, 'service/by-index', { spec: { selector: { track: 'x' } } });
    await done(['unpin', 'by-index', '--keep-changes', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'by-index'), { ...byIndex, track: 'x' });
    await patched(namespace, 'statefulset/web', { spec: { replicas: 3 } });
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
  });

  it('of a failover sidecar is given back to it by unpin', async () => {
    const manifest = entrance('primary', '', { selector: { app: 'web', [podLabel]: 'web-0' } });
    const helm = ['apply', '--server-side', '--field-manager=helm', '-n', namespace, '-f', '-'];
    await kubectl(helm, { stdin: JSON.stringify(manifest) });
    await patched(namespace, 'service/primary', { spec: { selector: { [podLabel]: 'web-1' } } });
    const { stderr } = await done(['pin', 'primary', '2', '-n', namespace]);
    assert.match(stderr, /Helm \(field manager helm\): its next apply fails with a conflict.*after unpin too/);
    assert.match(stderr, /kubectl-patch \(field manager kubectl-patch\), which may undo the pin/);
    const { code, stderr: conflict } = await tryKubectl(helm, { stdin: JSON.stringify(manifest) });
    assert.equal(code, 1);
    assert.match(conflict, /conflict.*kubectl-sts/is);
    await done(['unpin', 'primary', '-n', namespace]);
    const after = await serviceOf(namespace, 'primary');
    assert.deepEqual(after.spec.selector, { app: 'web', [podLabel]: 'web-1' });
    const owners = after.metadata.managedFields.filter(({ fieldsV1 }) =>
      JSON.stringify(fieldsV1).includes('f:selector'),
    );
    assert.deepEqual(
      owners.map(({ manager }) => manager),
      ['kubectl-patch'],
    );
  });
});

describe('a failover while the Service of the primary is pinned', () => {
  const namespace = ownNamespace('pin-failover');
  const primary = (pod: string) => ({ app: 'web', [podLabel]: pod });
  const failover = (pod: string) =>
    patched(namespace, 'service/primary', { spec: { selector: primary(pod) } }, '--field-manager=sidecar');

  before(async () => {
    await apply(namespace, [service('web'), set('web', { replicas: 4 })]);
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2', 'web-3']);
  });
  afterEach(() => kubectl(['delete', 'service', 'primary', '-n', namespace]));

  for (const original of [primary('web-1'), { app: 'web' }]) {
    const flags = [['--keep-changes'], ['--selector', `app=web,${podLabel}=web-1`]];
    it(`is kept from ${JSON.stringify(original)}, with its writer as the owner`, async () => {
      for (const flag of flags) {
        await apply(namespace, [entrance('primary', '', { selector: original })]);
        await failover('web-2');
        await done(['pin', 'primary', '3', '-n', namespace]);
        await failover('web-1');
        const { stderr } = await refused(namespace, 'primary', ['unpin', 'primary']);
        const kept = `--keep-changes keeps app=web, ${podLabel}=web-1 and forgets the pin`;
        assert.ok(stderr.includes(kept), stderr);
        await done(['unpin', 'primary', ...flag, '-n', namespace]);
        const { spec, metadata } = await serviceOf(namespace, 'primary');
        assert.deepEqual([spec.selector, metadata.annotations?.[pinAnnotation]], [primary('web-1'), undefined]);
        const owners = metadata.managedFields.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:selector'));
        assert.deepEqual(
          owners.map(({ manager }) => manager),
          ['sidecar'],
        );
        await reaches(namespace, 'primary', ['web-1']);
      }
    });
  }
});

describe('a Service that leads to a pod which its set no longer wants', () => {
  const namespace = ownNamespace('pin-condemned');

  it('reaches it until it goes, and then has no endpoint', async () => {
    const ordered = JSON.parse(JSON.stringify(set('web', { replicas: 3 })));
    ordered.spec.podManagementPolicy = 'OrderedReady';
    const selector = { app: 'web', [podLabel]: 'web-2' };
    await apply(namespace, [service('web'), ordered, entrance('lb', 'web'), entrance('broker', '', { selector })]);
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
    await done(['pin', 'lb', '2', '-n', namespace]);
    // The controller deletes no pod while another one is not ready.
    await kubectl(['annotate', 'pod', 'web-0', '-n', namespace, 'stand.kubectl-sts/unready=true']);
    await published(namespace, 'web', ['web-1', 'web-2']);
    await patched(namespace, 'statefulset/web', { spec: { replicas: 2 } });
    const states = async () => (await listed(namespace, '--all-services')).rows.map((row) => row.at(-1));
    const condemned = 'until web-2 goes: web wants no such ordinal any more';
    assert.deepEqual(await states(), [condemned, `per-pod Service, ${condemned}`]);
    const { pins, perPodServices } = await treeOf(namespace, 'web');
    assert.deepEqual([pins[0].endangered, perPodServices[0].endangered], ['condemned', 'condemned']);
    for (const name of ['lb', 'broker']) await reaches(namespace, name, ['web-2']);
    await kubectl(['annotate', 'pod', 'web-0', '-n', namespace, 'stand.kubectl-sts/unready-']);
    const gone = 'no endpoints: web wants no such ordinal any more';
    await eventually('web-2 to go', async () => {
      assert.deepEqual(await states(), [gone, `per-pod Service, ${gone}`]);
    });
    for (const name of ['lb', 'broker']) await reaches(namespace, name, []);
  });
});

describe('a pin that somebody undid', () => {
  const namespace = ownNamespace('pin-undone');

  before(async () => {
    await apply(namespace, [service('web'), set('web', { replicas: 3 })]);
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
  });
  beforeEach(async () => {
    await apply(namespace, [entrance('lb', 'web')]);
    await reaches(namespace, 'lb', ['web-0', 'web-1', 'web-2']);
    await done(['pin', 'lb', '1', '-n', namespace]);
  });
  afterEach(() => kubectl(['delete', 'service', 'lb', '-n', namespace]));

  const edited = (pod: string | null) =>
    patched(namespace, 'service/lb', { spec: { selector: { [podLabel]: pod } } }, '--field-manager=mender');
  const shown = async () => ({
    row: (await listed(namespace)).rows[0],
    pin: (await treeOf(namespace, 'web')).pins[0],
    screen: (await done(['tree', 'web', '-n', namespace])).stdout,
  });

  it('is shown under the pod of its record, with the last writer and the pods that are reached', async () => {
    await edited(null);
    await reaches(namespace, 'lb', ['web-0', 'web-1', 'web-2']);
    const { row, pin, screen } = await shown();
    assert.deepEqual(row?.slice(0, 2), ['lb', 'web-1']);
    assert.match(row?.at(-1) ?? '', /^the pin was undone \(last write by mender, .*Z\): traffic goes to all 3 pods$/);
    const { time: _, ...writer } = pin.undone.lastWriter;
    assert.deepEqual(writer, { manager: 'mender', operation: 'Update' });
    assert.deepEqual([pin.pod, pin.undone.pod], [undefined, 'web-1']);
    assert.deepEqual(pin.undone.reaches, ['web-0', 'web-1', 'web-2']);
    assert.match(
      screen,
      /pod\/web-1 .*\n.*svc\/lb +undone .*\n.*the pin was undone \(.*mender.*\): traffic goes to all 3 pods/,
    );
  });

  it('by removing the whole selector leaves the traffic where it was, and is not kept', async () => {
    await reaches(namespace, 'lb', ['web-1']);
    await patched(namespace, 'service/lb', { spec: { selector: null } });
    // By the time that the controller has looked at the next Service, it has looked at this one.
    await apply(namespace, [entrance('next', 'web')]);
    await reaches(namespace, 'next', ['web-0', 'web-1', 'web-2']);
    await kubectl(['delete', 'service', 'next', '-n', namespace]);
    const { row, pin } = await shown();
    assert.match(row?.at(-1) ?? '', /: it has no selector any more: its endpoints stay as they are$/);
    assert.deepEqual([pin.undone.reaches, pin.undone.noSelector], [[], true]);
    await reaches(namespace, 'lb', ['web-1']);
    const { stderr } = await refused(namespace, 'lb', ['unpin', 'lb']);
    assert.doesNotMatch(stderr, /--keep-changes/);
    const kept = await refused(namespace, 'lb', ['unpin', 'lb', '--keep-changes']);
    assert.match(kept.stderr, /--force restores app=web/);
    await done(['unpin', 'lb', '--force', '-n', namespace]);
    await reaches(namespace, 'lb', ['web-0', 'web-1', 'web-2']);
  });

  it('is shown when it was moved, and says where to', async () => {
    await edited('web-2');
    await reaches(namespace, 'lb', ['web-2']);
    const { row, pin } = await shown();
    assert.match(row?.at(-1) ?? '', /mender.*: traffic goes to web-2$/);
    assert.deepEqual([pin.pod, pin.undone.pod, pin.undone.reaches], ['web-2', 'web-1', ['web-2']]);
  });

  it('can be made again, and the first original is kept', async () => {
    await edited(null);
    await done(['pin', 'lb', '1', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'lb'), { app: 'web', [podLabel]: 'web-1' });
    assert.equal((await treeOf(namespace, 'web')).pins[0].undone, undefined);
    await done(['unpin', 'lb', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'lb'), { app: 'web' });
  });

  it('is forgotten by unpin, without a change of the selector', async () => {
    await edited(null);
    const { stdout } = await done(['unpin', 'lb', '-n', namespace]);
    assert.match(stdout, /without a change of its selector/);
    const { metadata, spec } = await serviceOf(namespace, 'lb');
    assert.deepEqual([metadata.annotations?.[pinAnnotation], spec.selector], [undefined, { app: 'web' }]);
  });
});

describe('unpin --all', () => {
  const namespace = ownNamespace('pin-all');

  before(() => apply(namespace, [service('web'), set('web', { replicas: 3, labels: { tier: 'data' } })]));

  const selectors = fc
    .tuple(
      fc.constantFrom<Selector>({ app: 'web' }, { app: 'web', tier: 'data' }, { tier: 'data' }, {}),
      fc.constantFrom<Selector>(
        {},
        { [podLabel]: 'web-0' },
        { [podIndex]: '1' },
        { [podLabel]: 'web-2', [podIndex]: '2' },
      ),
    )
    .map(([labels, pod]): Selector => ({ ...labels, ...pod }))
    .filter((selector) => Object.keys(selector).length > 0);
  const acts = fc.constantFrom('nothing', 'pin', 'pin and move', 'pin and undo', 'pin and edit');

  it('never changes a Service without the annotation, and restores each with it exactly', async () => {
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
    const some = fc.array(fc.record({ selector: selectors, act: acts }), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(some, async (cases) => {
        const names = cases.map((_, nth) => `svc-${nth}`);
        await apply(
          namespace,
          cases.map(({ selector }, nth) => entrance(`svc-${nth}`, '', { selector })),
        );
        for (const [nth, { selector, act }] of cases.entries()) {
          if (act === 'nothing') continue;
          // Some cannot be pinned, and stay as they are.
          const pin = (ordinal: number) =>
            sts(['pin', `svc-${nth}`, `sts/web:${ordinal}`, '--wait=false', '-n', namespace]);
          await pin(1);
          if (act === 'pin and move') await pin(2);
          const what = `service/svc-${nth}`;
          const before = { [podLabel]: selector[podLabel] ?? null, [podIndex]: selector[podIndex] ?? null };
          if (act === 'pin and undo') await patched(namespace, what, { spec: { selector: before } });
          if (act === 'pin and edit') await patched(namespace, what, { spec: { selector: { edited: 'yes' } } });
        }
        const before = await Promise.all(names.map((name) => serviceOf(namespace, name)));
        await sts(['unpin', '--all', '-n', namespace]);
        for (const [nth, service] of before.entries()) {
          const after = await serviceOf(namespace, service.metadata.name);
          const isPinned = service.metadata.annotations?.[pinAnnotation] !== undefined;
          if (!isPinned || cases[nth]?.act === 'pin and edit') assert.deepEqual(after, service);
          else
            assert.deepEqual(
              [after.spec.selector, after.metadata.annotations?.[pinAnnotation]],
              [cases[nth]?.selector, undefined],
            );
        }
        await kubectl(['delete', 'service', ...names, '-n', namespace]);
      }),
      { numRuns: Math.ceil(runs(30) / 10) },
    );
  });
});
