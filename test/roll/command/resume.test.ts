import assert from 'node:assert/strict';
import type { Lease } from '#src/objects/types.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import { evictions, holder, id, openShop, restarted, type Shop, told } from './shop.ts';

describe('kubectl sts roll --resume', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  function changeLease(change: (lease: Lease) => Lease): void {
    const lease = shop.lease();
    assert.ok(lease);
    shop.cluster.put('leases', change(lease));
  }

  const heldBy =
    (identity: string, seconds = 2) =>
    (lease: Lease) => ({
      ...lease,
      spec: { ...lease.spec, holderIdentity: identity, leaseDurationSeconds: seconds },
    });

  const recordChanged = (change: Record<string, unknown>) => (lease: Lease) => ({
    ...lease,
    metadata: {
      ...lease.metadata,
      annotations: { 'kubectl-sts/roll': JSON.stringify({ ...shop.record(), ...change }) },
    },
  });

  it('goes on with the pods that are left, in the settings of the Lease', async () => {
    await shop.stop();
    const { code, stdout, stderr } = await shop.roll('web --resume');
    assert.deepEqual([code, stderr], [0, `going on with roll ${id} of statefulset/web\n`]);
    assert.deepEqual(told(stdout), [
      `roll ${id} of statefulset/web: 3 pods, one at a time: 2, 1, 0`,
      ...restarted('web-1', 'web-0'),
      `roll ${id} of statefulset/web done: 3 of 3 pods restarted`,
    ]);
    assert.deepEqual(
      [evictions(shop.cluster), shop.uids()],
      [
        ['web-1', 'web-0'],
        ['web-0+', 'web-1+', 'web-2+'],
      ],
    );
    assert.equal(shop.lease(), undefined);
  });

  it('keeps the Lease as the roll had it: for the same duration, by the same field manager', async () => {
    await shop.stop('--lease-duration 20s --field-manager night-shift');
    const managers = new Set<string | null>();
    const durations = new Set<number | undefined>();
    shop.cluster.intercept = ({ verb, plural, query }) => {
      if (verb === 'update' && plural === 'leases') managers.add(query.get('fieldManager'));
      return undefined;
    };
    shop.cluster.onWrite = (plural, object) => {
      if (plural === 'leases') durations.add((object as Lease).spec?.leaseDurationSeconds);
    };
    assert.equal((await shop.roll('web --resume')).code, 0);
    assert.deepEqual([[...managers], [...durations]], [['night-shift'], [20]]);
  });

  it('takes another duration and field manager where they are given, and prints them if it stops again', async () => {
    await shop.stop('--lease-duration 20s --field-manager night-shift');
    shop.cluster.onPodGone = () => {};
    const words = 'web --resume --lease-duration 30s --field-manager day-shift --timeout 3s --stable 0s';
    const { code, stderr } = await shop.roll(words);
    assert.equal(code, 1);
    assert.equal(told(stderr).at(-1), 'go on: kubectl sts roll web --resume -n shop --field-manager day-shift');
    assert.equal(shop.lease()?.spec?.leaseDurationSeconds, 30);
    const { settings, fieldManager } = shop.record();
    assert.deepEqual(
      [(settings as Record<string, unknown>)['timeout'], fieldManager],
      [3_000, 'day-shift'],
      'the Lease remembers what was given anew',
    );
  });

  it('prints the duration and the field manager that the roll has', async () => {
    await shop.stop('--lease-duration 20s --field-manager night-shift');
    shop.cluster.onPodGone = () => {};
    const { stderr } = await shop.roll('web --resume --timeout 3s');
    assert.equal(
      told(stderr).at(-1),
      'go on: kubectl sts roll web --resume -n shop --lease-duration 20s --field-manager night-shift',
    );
  });

  it('goes on with a Lease of version 0.1, which names no field manager', async () => {
    await shop.stop();
    changeLease(recordChanged({ fieldManager: undefined }));
    changeLease((lease) => ({ ...lease, spec: { ...lease.spec, leaseDurationSeconds: 0 } }));
    shop.cluster.onPodGone = () => {};
    assert.equal((await shop.roll('web --resume --timeout 3s')).code, 1);
    assert.deepEqual([shop.lease()?.spec?.leaseDurationSeconds, shop.record()['fieldManager']], [30, 'kubectl-sts']);
  });

  it('takes over from a holder that has fallen silent, and says from whom', async () => {
    await shop.stop();
    changeLease(heldBy('bob'));
    const { code, stderr } = await shop.roll('web --resume --lease-duration 1m');
    assert.equal(code, 0);
    assert.deepEqual(told(stderr), [
      `roll ${id} is held by bob: it is gone if it does not renew it for 2 s`,
      `going on with roll ${id} of statefulset/web, taken over from bob`,
    ]);
  });

  it('leaves the roll to a holder that renews its Lease', async () => {
    await shop.stop();
    changeLease(heldBy('bob'));
    let looks = 0;
    shop.cluster.intercept = ({ verb, plural }) => {
      if (verb === 'get' && plural === 'leases' && ++looks === 3) changeLease((lease) => lease);
      return undefined;
    };
    const { code, stderr } = await shop.roll('web --resume');
    assert.equal(code, 2);
    assert.equal(told(stderr).at(-1), `error: roll ${id} of statefulset/web goes on already: it is held by bob`);
    assert.deepEqual(evictions(shop.cluster), []);
  });

  it('leaves the roll to somebody who was faster', async () => {
    await shop.stop();
    shop.cluster.intercept = ({ verb, plural }) => {
      if (verb === 'update' && plural === 'leases') changeLease(heldBy('bob'));
      return undefined;
    };
    const { code, stderr } = await shop.roll('web --resume');
    assert.deepEqual(
      [code, stderr],
      [2, `error: roll ${id} of statefulset/web goes on already: it is held by somebody who was faster\n`],
    );
  });

  it('says that the roll went while it waited for its Lease', async () => {
    await shop.stop();
    changeLease(heldBy('bob'));
    let looks = 0;
    shop.cluster.intercept = ({ verb, plural }) => {
      if (verb === 'get' && plural === 'leases' && ++looks === 3) shop.cluster.remove('leases', 'kubectl-sts-roll-web');
      return undefined;
    };
    const { code, stderr } = await shop.roll('web --resume');
    assert.equal(code, 2);
    assert.equal(told(stderr).at(-1), 'error: there is no roll of statefulset/web to go on with any more');
  });

  it('goes on with nothing that changed between the look and the Lease', async () => {
    await shop.stop();
    let looks = 0;
    shop.cluster.intercept = ({ verb, plural }) => {
      if (verb === 'get' && plural === 'leases' && ++looks === 2) {
        const { ways } = shop.record();
        changeLease(recordChanged({ ways: { ...(ways as object), check: 'rm -r /' } }));
      }
      return undefined;
    };
    const { code, stderr } = await shop.roll('web --resume');
    assert.deepEqual([code, stderr], [2, 'error: the roll of statefulset/web was changed just now: try again\n']);
    assert.equal(shop.lease()?.spec?.holderIdentity, '', 'it gives the Lease up again');
  });

  const refused: [what: string, change: () => void, why: string][] = [
    [
      'where there is none',
      () => shop.cluster.remove('leases', 'kubectl-sts-roll-web'),
      'there is no roll of statefulset/web to go on with',
    ],
    [
      'where its record cannot be read',
      () => changeLease(recordChanged({ id: '' })),
      'the roll of statefulset/web cannot be gone on with: its record cannot be read (it has no id): forget it with --abort',
    ],
    [
      'where the set was changed',
      () => shop.cluster.put('statefulsets', statefulSet('web', { replicas: 3, metadata: { generation: 2 } })),
      `roll ${id} of statefulset/web is not gone on with: the set was changed or scaled since: forget it with --abort, and begin anew`,
    ],
    [
      'where the right to evict is missing',
      () => shop.cluster.denied.add('create pods/eviction'),
      'no right to create pods/eviction in namespace shop',
    ],
  ];
  for (const [what, change, why] of refused) {
    it(`goes on with nothing ${what}`, async () => {
      await shop.stop();
      change();
      assert.deepEqual(await shop.roll('web --resume'), { code: 2, stdout: '', stderr: `error: ${why}\n` });
      assert.deepEqual(evictions(shop.cluster), []);
    });
  }

  it('says that the Lease may not be read', async () => {
    await shop.stop();
    shop.cluster.denied.add('get leases');
    const { code, stderr } = await shop.roll('web --resume');
    assert.equal(code, 2);
    assert.match(stderr, /^Error from server \(Forbidden\): leases/);
  });

  describe('of a bold roll', () => {
    const bold = '--disable-eviction --check true';

    beforeEach(() => shop.stop(bold));

    it('asks for what makes it bold to be said again', async () => {
      const why = `roll ${id} was begun with --disable-eviction --check true: say so again, since what a Lease says is not done by itself`;
      assert.deepEqual(await shop.roll('web --resume'), {
        code: 2,
        stdout: '',
        stderr: `error: ${why}: kubectl sts roll web --resume -n shop --disable-eviction --check true\n`,
      });
      assert.equal((await shop.roll(`web --resume ${bold}`)).code, 0);
    });

    it('does nothing bolder than it was begun with', async () => {
      const { code, stderr } = await shop.roll('web --resume --check false');
      assert.equal(code, 2);
      assert.match(stderr, /^error: roll 4000 was begun with --disable-eviction --check true: say so again/);
    });

    it('goes on where the person agrees on a terminal', async () => {
      const running = shop.start('web --resume', { typed: true });
      await running.until(`Roll ${id} was begun with --disable-eviction --check true. Go on so? [y/N] `);
      running.type('yes');
      const { code, stderr } = await running.ended;
      assert.equal(code, 0, stderr);
      assert.match(stderr, /going on with roll/);
    });

    it('does nothing where the person does not agree', async () => {
      const running = shop.start('web --resume', { typed: true });
      await running.until('[y/N] ');
      running.type('');
      const { code, stderr } = await running.ended;
      assert.equal(code, 2);
      assert.doesNotMatch(stderr, /error|going on/);
      assert.equal(shop.lease()?.spec?.holderIdentity, '');
    });
  });

  it('is told apart from a roll that was begun without what is said now', async () => {
    await shop.stop();
    const { code, stderr } = await shop.roll('web --resume --max-unavailable 2');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /was begun without --max-unavailable 2: say so again, .*: kubectl sts roll web --resume -n shop\n$/,
    );
  });

  it('keeps another roll from beginning meanwhile', async () => {
    await shop.stop();
    const free = await shop.roll('web');
    assert.equal(
      free.stderr,
      `error: statefulset/web is not rolled: roll ${id} of statefulset/web was stopped before its end: see it with --status, go on with --resume, or forget it with --abort\n`,
    );
    changeLease(heldBy(holder));
    const held = await shop.roll('web --dry-run=client');
    assert.equal(held.code, 2);
    assert.match(held.stderr, /is under way, or was cut off: held by ann@desk-42-400000: see it with --status/);
  });
});
