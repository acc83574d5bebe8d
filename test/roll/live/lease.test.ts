import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Lease } from '#src/objects/types.ts';
import {
  forgetLease,
  type Hold,
  type LeaseDeps,
  otherRollIn,
  readLease,
  takeNew,
  takeOver,
} from '#src/roll/live/lease.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { statefulSet } from '../../objects/snapshots.ts';

const set = statefulSet('web');
const name = 'kubectl-sts-roll-web';
const ann = { identity: 'ann', duration: 30_000 };
const bob = { identity: 'bob', duration: 20_000 };

describe('the Lease of a roll', () => {
  const files = temporaryFiles();
  let cluster: MemoryCluster;
  let client: Client;
  let deps: LeaseDeps;

  beforeEach(async () => {
    cluster = await memoryCluster();
    const clock = quickClock();
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(cluster.url)) }),
      clientDeps({ clock }),
    );
    deps = { client, clock, wall: clock.now, signal: new AbortController().signal, fieldManager: 'night-shift' };
  });
  afterEach(() => {
    client.close();
    cluster.close();
  });
  after(() => files.remove());

  const lease = () => cluster.get<Lease>('leases', name);
  const nobodyWaits = () => assert.fail('it waits for nobody');

  async function taken(): Promise<Hold> {
    const hold = await takeNew(deps, set, ann, 'first');
    assert.ok(hold);
    return hold;
  }

  it('is made with its holder, duration, record and times', async () => {
    const hold = await taken();
    const { metadata, spec } = lease() ?? {};
    assert.equal(hold.duration, 30_000);
    assert.deepEqual(metadata?.labels, { 'app.kubernetes.io/managed-by': 'kubectl-sts' });
    assert.deepEqual(metadata?.annotations, { 'kubectl-sts/roll': 'first' });
    assert.deepEqual(spec, {
      holderIdentity: 'ann',
      leaseDurationSeconds: 30,
      renewTime: '2026-01-01T00:00:00.000000Z',
      acquireTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    assert.equal(await takeNew(deps, set, bob, 'second'), undefined, 'nobody takes it a second time');
  });

  it('may not be made, or comes back as something else', async () => {
    cluster.denied.add('create leases');
    await assert.rejects(
      takeNew(deps, set, ann, 'first'),
      (error) => error instanceof StatusError && error.code === 403,
    );
    cluster.denied.clear();
    cluster.intercept = ({ verb }) => (verb === 'create' ? { code: 201, body: { metadata: { name: 7 } } } : undefined);
    await assert.rejects(takeNew(deps, set, ann, 'first'), StatusError);
  });

  it('is written while it is held, whatever else is written to it', async () => {
    const hold = await taken();
    assert.deepEqual(await hold.write('second'), { kind: 'held' });
    const known = lease();
    assert.ok(known);
    cluster.put('leases', { ...known, metadata: { ...known.metadata, labels: { touched: 'by somebody' } } });
    assert.deepEqual(await hold.write('third'), { kind: 'held' });
    assert.deepEqual(lease()?.metadata.annotations, { 'kubectl-sts/roll': 'third' });
    assert.deepEqual(lease()?.metadata.labels, { touched: 'by somebody' });
  });

  it('is lost to another holder, and when it is gone', async () => {
    const hold = await taken();
    const known = lease();
    assert.ok(known);
    cluster.put('leases', { ...known, spec: { ...known.spec, holderIdentity: 'bob' } });
    assert.deepEqual(await hold.write('second'), { kind: 'lost', holder: 'bob' });
    cluster.remove('leases', name);
    assert.deepEqual(await hold.write('second'), { kind: 'lost', holder: undefined });
    cluster.put('leases', { ...known, metadata: { ...known.metadata, uid: 'another' } });
    assert.deepEqual(
      await hold.write('second'),
      { kind: 'lost', holder: 'ann' },
      'one of the same name is another Lease',
    );
  });

  it('may not be written, or not be looked at after a conflict', async () => {
    const hold = await taken();
    cluster.denied.add('update leases');
    await assert.rejects(hold.write('second'), (error) => error instanceof StatusError && error.code === 403);
    cluster.denied.clear();
    cluster.denied.add('get leases');
    const known = lease();
    assert.ok(known);
    cluster.put('leases', known);
    await assert.rejects(hold.write('second'), (error) => error instanceof StatusError && error.code === 403);
  });

  it('is given up with the record, and then taken over at once', async () => {
    await (await taken()).giveUp('second');
    assert.equal(lease()?.spec?.holderIdentity, '');
    const over = await takeOver(deps, set, bob, nobodyWaits);
    assert.ok(over && 'hold' in over);
    assert.deepEqual([over.record, over.from, over.hold.duration], ['second', undefined, 20_000]);
    const { spec } = lease() ?? {};
    assert.deepEqual([spec?.holderIdentity, spec?.leaseDurationSeconds, spec?.leaseTransitions], ['bob', 20, 1]);
  });

  it('is removed, by its UID and as it was last seen', async () => {
    const hold = await taken();
    const known = lease();
    assert.ok(known);
    cluster.put('leases', known);
    await hold.remove();
    assert.equal(lease(), undefined);
    await hold.remove();
    cluster.put('leases', { ...known, metadata: { ...known.metadata, uid: 'another' } });
    await hold.remove();
    assert.ok(lease(), 'one of the same name is another Lease');
    cluster.denied.add('delete leases');
    await assert.rejects(hold.remove(), StatusError);
  });

  it('is taken over once its holder has been silent for its duration, as this run sees it', async () => {
    await taken();
    const waits: [string, number][] = [];
    const begun = deps.clock.now();
    const over = await takeOver(deps, set, bob, (holder, silence) => waits.push([holder, silence]));
    assert.ok(over && 'hold' in over && over.from === 'ann');
    assert.deepEqual(waits, [['ann', 30_000]]);
    assert.equal(deps.clock.now() - begun, 30_000);
  });

  it('is not taken from a holder that renews it', async () => {
    const hold = await taken();
    let looks = 0;
    cluster.intercept = async ({ verb }) => {
      if (verb === 'get' && ++looks === 5) await hold.write('second');
      return undefined;
    };
    assert.deepEqual(await takeOver(deps, set, bob, () => {}), { heldBy: 'ann' });
  });

  it('is not taken where another run is faster, or it goes', async () => {
    await (await taken()).giveUp('second');
    cluster.intercept = ({ verb }) => {
      const known = lease();
      if (verb === 'update' && known) cluster.put('leases', known);
      return undefined;
    };
    assert.deepEqual(await takeOver(deps, set, bob, nobodyWaits), { heldBy: undefined });
    cluster.intercept = ({ verb }) => {
      if (verb === 'update') cluster.remove('leases', name);
      return undefined;
    };
    assert.equal(await takeOver(deps, set, bob, nobodyWaits), undefined);
    assert.equal(await takeOver(deps, set, bob, nobodyWaits), undefined);
  });

  it('may not be taken over', async () => {
    await (await taken()).giveUp('second');
    cluster.denied.add('update leases');
    await assert.rejects(takeOver(deps, set, bob, nobodyWaits), StatusError);
    cluster.denied.add('get leases');
    await assert.rejects(readLease(client, set), StatusError);
  });

  it('tells of its roll, and of who holds it', async () => {
    await taken();
    const known = lease();
    assert.ok(known);
    assert.deepEqual(otherRollIn(known), { id: undefined, holder: 'ann' });
    assert.deepEqual(otherRollIn({ metadata: { name } }), { id: undefined, holder: undefined });
    assert.equal(await forgetLease(client, known), undefined);
    assert.equal((await forgetLease(client, known))?.reason, 'NotFound');
  });

  describe('whose answer is lost', () => {
    const isConnectionError = (error: unknown) => error instanceof ConnectionError;

    /** The server stores what it is sent, and the connection ends before its answer. */
    function cutOff(verb: string, holder?: string): void {
      cluster.intercept = (asked) => {
        if (asked.verb !== verb || asked.plural !== 'leases') return undefined;
        cluster.intercept = () => undefined;
        const written = asked.body as Lease;
        const spec = holder === undefined ? written.spec : { ...written.spec, holderIdentity: holder };
        cluster.put('leases', { ...written, ...(spec && { spec }) });
        return 'cut off';
      };
    }

    it('is this run’s own, if it names this run', async () => {
      cutOff('create');
      assert.ok(await takeNew(deps, set, ann, 'first'));
      const known = lease();
      assert.ok(known);
      cluster.put('leases', { ...known, spec: { ...known.spec, holderIdentity: '' } });
      cutOff('update');
      const over = await takeOver(deps, set, bob, nobodyWaits);
      assert.ok(over && 'hold' in over);
    });

    it('is not, if it names another', async () => {
      cutOff('create', 'bob');
      await assert.rejects(takeNew(deps, set, ann, 'first'), isConnectionError);
    });
  });
});
