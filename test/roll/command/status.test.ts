import assert from 'node:assert/strict';
import { formatTime } from '#src/objects/time.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { holder, id, openShop, type Shop, told } from './shop.ts';

const rows = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).slice(0, 6));

const header = ['STATEFULSET', 'ROLL', 'STATE', 'RESTARTED', 'NEXT', 'HELD BY'];

describe('kubectl sts roll --status', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  it('says that no roll is under way', async () => {
    assert.deepEqual(await shop.roll('--status'), {
      code: 0,
      stdout: '',
      stderr: 'No roll is under way in shop namespace.\n',
    });
    const { stdout } = await shop.roll('--status -o json');
    assert.deepEqual(JSON.parse(stdout), { apiVersion: 'kubectl-sts/v1', kind: 'RollStatusList', items: [] });
  });

  it('shows how far a roll is, and who holds it', async () => {
    await shop.stop();
    const all = await shop.roll('--status');
    assert.deepEqual([all.code, all.stderr], [0, '']);
    assert.deepEqual(rows(all.stdout), [header, ['web', id, 'stopped', '1/3', 'web-1', 'nobody: --resume goes on']]);
    assert.equal((await shop.roll('web --status')).stdout, all.stdout);
    assert.match((await shop.roll('db --status')).stderr, /^No roll is under way/);
    const lease = shop.lease();
    assert.ok(lease);
    shop.cluster.put('leases', { ...lease, spec: { ...lease.spec, holderIdentity: holder } });
    assert.equal(rows((await shop.roll('--status')).stdout)[1]?.[5]?.startsWith(`${holder}: not renewed for `), true);
  });

  it('fits the terminal, with what does not fit behind a row below it', async () => {
    await shop.stop();
    const { stdout } = await shop.roll('--status', { columns: 60 });
    const renewTime = shop.lease()?.spec?.renewTime?.replace(/\.\d+/, '');
    assert.deepEqual(stdout.split('\n'), [
      'STATEFULSET  ROLL  STATE    RESTARTED  NEXT   HELD BY',
      `web          ${id}  stopped  1/3        web-1  nobody`,
      '  --resume goes on',
      `  renewed: ${renewTime}`,
      '',
    ]);
  });

  it('tells a run that goes on from one that was interrupted, as far as the Lease and the server’s clock tell', async () => {
    await shop.stop();
    const known = shop.lease();
    assert.ok(known);
    // The server in memory has this machine's clock.
    const of = async (seconds: number | undefined, spec: object = {}) => {
      const { renewTime: _, ...others } = known.spec ?? {};
      const renewed = seconds === undefined ? {} : { renewTime: formatTime(Date.now() - seconds * 1_000) };
      shop.cluster.put('leases', { ...known, spec: { ...others, holderIdentity: holder, ...renewed, ...spec } });
      const [, row] = rows((await shop.roll('--status')).stdout);
      const { items } = JSON.parse((await shop.roll('--status -o json')).stdout);
      assert.equal(items[0].state, row?.[2]);
      return `${row?.[2]} ${row?.[5]?.replace(`${holder}: `, '')}`.replace(/\d+s/g, 'Ns');
    };
    assert.equal(await of(4), `running ${holder}`);
    assert.equal(await of(-3), `running ${holder}`);
    assert.equal(await of(20), 'unknown not renewed for Ns: if it is not renewed within Ns, it was interrupted');
    assert.equal(
      await of(36),
      'silent not renewed for Ns: it was interrupted, unless the clock of its machine is slow; --resume makes sure, and goes on',
    );
    assert.equal(
      await of(-60),
      'unknown renewed in the future: the clock of its machine is fast, and it is not known whether it still runs',
    );
    const untold = 'unknown its Lease does not say since when it is not renewed';
    assert.equal(await of(undefined), untold);
    assert.equal(await of(4, { leaseDurationSeconds: 0 }), untold);
    shop.cluster.remove('statefulsets', 'web');
    assert.match(await of(36), /; the set is gone: --abort forgets it$/);
  });

  it('shows the rolls of all namespaces, and reads only those that have one', async () => {
    await shop.stop();
    const lease = shop.lease();
    assert.ok(lease);
    const elsewhere = { ...lease, metadata: { ...lease.metadata, namespace: 'bank', uid: 'uid-bank' } };
    shop.cluster.put('leases', elsewhere);
    shop.cluster.requests.splice(0);
    const { code, stdout } = await shop.roll('--status -A');
    assert.equal(code, 0);
    assert.deepEqual(
      rows(stdout)
        .map((row) => row.slice(0, 3))
        .sort(),
      [
        ['NAMESPACE', 'STATEFULSET', 'ROLL'],
        ['bank', 'web', id],
        ['shop', 'web', id],
      ],
    );
    assert.match(stdout, /^bank .* nobody: the set is gone: --abort forgets it /m);
    const { requests } = shop.cluster;
    assert.deepEqual(requests.toSorted(), [
      'list leases',
      ...Array(2).fill('list pods'),
      ...Array(2).fill('list statefulsets'),
    ]);
    const items = async (words: string) => JSON.parse((await shop.roll(`${words} -o json`)).stdout).items;
    const namespaces = (await items('--status -A')).map(({ namespace }: { namespace: string }) => namespace);
    assert.deepEqual(namespaces.sort(), ['bank', 'shop']);
    assert.equal((await items('--status')).length, 1);
  });

  it('has -A with --status alone, and without a name', async () => {
    assert.equal((await shop.roll('--status -A')).stderr, 'No roll is under way.\n');
    for (const words of ['web -A', 'web --resume -A', 'web --abort -A']) {
      const { code, stderr } = await shop.roll(words);
      assert.deepEqual([code, /use -A with --status/.test(stderr)], [2, true], words);
    }
    const named = await shop.roll('web --status -A');
    assert.deepEqual([named.code, /cannot be retrieved by name across all namespaces/.test(named.stderr)], [2, true]);
  });

  it('tells each pod in JSON', async () => {
    await shop.stop();
    shop.cluster.remove('pods', 'web-1');
    const items = async () => JSON.parse((await shop.roll('--status -o json')).stdout).items;
    assert.deepEqual(
      (await items()).map(({ statefulSet: set, roll, pods, namespace }: Record<string, unknown>) => ({
        set,
        roll,
        pods,
        namespace,
      })),
      [
        {
          set: 'web',
          roll: id,
          namespace: 'shop',
          pods: [
            { pod: 'web-2', progress: 'restarted' },
            { pod: 'web-1', progress: 'gone' },
            { pod: 'web-0', progress: 'waits' },
          ],
        },
      ],
    );
    shop.cluster.put('pods', podOf(statefulSet('web', { replicas: 3 }), 1, { metadata: { uid: 'other' } }));
    assert.equal((await items())[0].pods[1].progress, 'made anew');
    shop.cluster.denied.add('list pods');
    assert.equal((await items())[0].pods[2].progress, 'unknown');
  });

  const lost: [what: string, change: (shop: Shop) => void, why: string][] = [
    ['the set is gone', ({ cluster }) => cluster.remove('statefulsets', 'web'), 'the set is gone'],
    [
      'the set was changed',
      ({ cluster }) => cluster.put('statefulsets', statefulSet('web', { replicas: 3, metadata: { generation: 2 } })),
      'the set was changed or scaled since',
    ],
    [
      'the record cannot be read',
      ({ cluster, lease }) => {
        const known = lease();
        assert.ok(known);
        cluster.put('leases', { ...known, metadata: { ...known.metadata, annotations: { 'kubectl-sts/roll': '{' } } });
      },
      'unreadable (it is not JSON)',
    ],
  ];
  for (const [what, change, why] of lost) {
    it(`says that nobody can go on where ${what}`, async () => {
      await shop.stop();
      change(shop);
      const { code, stdout } = await shop.roll('--status');
      assert.deepEqual([code, rows(stdout)[1]?.[5]], [0, `nobody: ${why}: --abort forgets it`]);
      const { items } = JSON.parse((await shop.roll('--status -o json')).stdout);
      assert.equal(items[0].lost, why);
    });
  }

  it('does not call a roll lost whose set may not be seen', async () => {
    await shop.stop();
    shop.cluster.remove('statefulsets', 'web');
    shop.cluster.denied.add('list statefulsets');
    assert.equal(rows((await shop.roll('--status')).stdout)[1]?.[5], 'nobody: --resume goes on');
  });

  it('says that the Leases may not be read', async () => {
    shop.cluster.denied.add('list leases');
    shop.cluster.denied.add('get leases');
    for (const words of ['--status', 'web --status']) {
      const { code, stderr } = await shop.roll(words);
      assert.equal(code, 2);
      assert.match(stderr, /^Error from server \(Forbidden\): leases/);
    }
  });
});

describe('kubectl sts roll --abort', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  it('says that there is nothing to forget', async () => {
    assert.deepEqual(await shop.roll('web --abort'), {
      code: 0,
      stdout: '',
      stderr: 'there is no roll of statefulset/web to forget\n',
    });
  });

  it('forgets a roll that was stopped', async () => {
    await shop.stop();
    const { code, stdout, stderr } = await shop.roll('db web --abort');
    assert.deepEqual(
      [code, stdout, stderr],
      [0, `roll ${id} of statefulset/web is forgotten\n`, 'there is no roll of statefulset/db to forget\n'],
    );
    assert.equal(shop.lease(), undefined);
  });

  it('says who stops, where the roll is held, and forgets one that nobody can read', async () => {
    await shop.stop();
    const lease = shop.lease();
    assert.ok(lease);
    const held = { ...lease, spec: { ...lease.spec, holderIdentity: 'bob' } };
    shop.cluster.put('leases', { ...held, metadata: { ...held.metadata, annotations: {} } });
    assert.equal(
      (await shop.roll('web --abort')).stdout,
      'the roll of statefulset/web is forgotten; bob stops before the next pod, if it still goes on\n',
    );
  });

  it('says that it may not', async () => {
    await shop.stop();
    shop.cluster.denied.add('delete leases');
    const { code, stdout, stderr } = await shop.roll('web --abort');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(told(stderr).join(), /^Error from server \(Forbidden\): leases.*"kubectl-sts-roll-web" is forbidden/);
    assert.ok(shop.lease());
  });
});
