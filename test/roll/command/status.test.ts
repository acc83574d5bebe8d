import assert from 'node:assert/strict';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { holder, id, openShop, type Shop, told } from './shop.ts';

const rows = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).slice(0, 5));

const header = ['STATEFULSET', 'ROLL', 'RESTARTED', 'NEXT', 'HELD BY'];

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
    assert.deepEqual(rows(all.stdout), [header, ['web', id, '1/3', 'web-1', 'nobody: --resume goes on']]);
    assert.equal((await shop.roll('web --status')).stdout, all.stdout);
    assert.match((await shop.roll('db --status')).stderr, /^No roll is under way/);
    const lease = shop.lease();
    assert.ok(lease);
    shop.cluster.put('leases', { ...lease, spec: { ...lease.spec, holderIdentity: holder } });
    assert.equal(rows((await shop.roll('--status')).stdout)[1]?.[4], holder);
  });

  it('fits the terminal, with what does not fit behind a row below it', async () => {
    await shop.stop();
    const { stdout } = await shop.roll('--status', { columns: 60 });
    const renewTime = shop.lease()?.spec?.renewTime?.replace(/\.\d+/, '');
    assert.deepEqual(stdout.split('\n'), [
      'STATEFULSET  ROLL  RESTARTED  NEXT   HELD BY',
      `web          ${id}  1/3        web-1  nobody`,
      '  --resume goes on',
      `  renewed: ${renewTime}`,
      '',
    ]);
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
      assert.deepEqual([code, rows(stdout)[1]?.[4]], [0, `nobody: ${why}: --abort forgets it`]);
      const { items } = JSON.parse((await shop.roll('--status -o json')).stdout);
      assert.equal(items[0].lost, why);
    });
  }

  it('does not call a roll lost whose set may not be seen', async () => {
    await shop.stop();
    shop.cluster.remove('statefulsets', 'web');
    shop.cluster.denied.add('list statefulsets');
    assert.equal(rows((await shop.roll('--status')).stdout)[1]?.[4], 'nobody: --resume goes on');
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
