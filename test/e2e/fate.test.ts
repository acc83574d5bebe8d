/** What `tree` says of the fate of claims and volumes, held against 200 sampled deletions of claims, pods, owners and sets. */
import assert from 'node:assert/strict';
import type { Claim, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { type ClaimSaying, claimsIn, fateOnScreen, type Gone, goes, type SetSaying } from './fate/sayings.ts';
import {
  hasMap,
  holderPod,
  leftOverClaim,
  leftOverOf,
  mapOf,
  mountedOf,
  type Specimen,
  setOf,
  specimens,
} from './fate/specimens.ts';
import { kubectl, sts } from './kubectl.ts';
import { listed, looked, paths, sent } from './look.ts';
import { ownNamespace } from './namespace.ts';
import { rowsOf } from './screen.ts';

const seed = Number(process.env['KUBECTL_STS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

interface Named {
  apiVersion?: string;
  kind?: string;
  metadata: { name: string; uid: string };
}

describe(`what is said of the fate of data (KUBECTL_STS_SEED=${seed})`, function () {
  this.timeout(180_000);
  const namespace = ownNamespace('fate');
  const classes = { Delete: 'standard', Retain: `${namespace}-retain` };
  const sample = specimens(60, seed);
  const core = `/api/v1/namespaces/${namespace}`;
  const uids = new Map<string, string>();
  /** What was said last of each claim that was to stay. */
  const staying = new Map<string, string>();
  let deletions = 0;

  async function created(path: string, object: object): Promise<Named> {
    const { code, body } = await sent<Named>('POST', path, object);
    assert.equal(code, 201, JSON.stringify(body));
    return body;
  }

  async function deleted(path: string, options: object = {}): Promise<void> {
    const { code, body } = await sent('DELETE', path, options);
    assert.ok(code === 200 || code === 202, JSON.stringify(body));
    deletions++;
  }

  async function patched(path: string, patch: object): Promise<void> {
    const { code, body } = await sent('PATCH', path, patch);
    assert.equal(code, 200, JSON.stringify(body));
  }

  const pods = () => listed<Pod>(paths.pods(namespace));
  const podUid = (all: readonly Pod[], name: string) =>
    all.find(({ metadata }) => metadata.name === name)?.metadata.uid;

  /** The claims are bound, and each set has its pod. */
  async function settled(sets: readonly Specimen[]): Promise<void> {
    await eventually(
      'claims that are bound, and pods that run',
      async () => {
        const claims = await listed<Claim>(`${core}/persistentvolumeclaims`);
        const pending = claims.filter(({ status }) => status?.phase !== 'Bound').map(({ metadata }) => metadata.name);
        assert.deepEqual(pending, []);
        const running = (await pods()).filter(({ status }) => status?.phase === 'Running');
        const lacking = sets.filter(({ name }) => !running.some(({ metadata }) => metadata.name === `${name}-0`));
        assert.deepEqual(
          lacking.map(({ name }) => name),
          [],
        );
      },
      90_000,
    );
    // The controller has kept the policy of each claim.
    await eventually('owners as the policies want them', async () => {
      const waiting = [...(await said()).values()].flatMap(claimsIn).filter(({ fateByPolicy }) => fateByPolicy);
      assert.deepEqual(waiting, []);
    });
  }

  async function said(): Promise<Map<string, SetSaying>> {
    const { stdout, stderr, code } = await sts(['tree', '-n', namespace, '-o', 'json']);
    assert.deepEqual([stderr, code], ['', 0]);
    const { items } = JSON.parse(stdout) as { items: SetSaying[] };
    return new Map(items.map((item) => [item.metadata.name, item]));
  }

  before(async () => {
    await created('/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: classes.Retain },
      provisioner: 'kubernetes.io/host-path',
      reclaimPolicy: 'Retain',
    });
    await Promise.all(
      sample.map(async (specimen) => {
        const { name, holder } = specimen;
        const set = await created(paths.sets(namespace), setOf(specimen, classes));
        const map = hasMap(specimen) ? await created(`${core}/configmaps`, mapOf(specimen)) : undefined;
        uids.set(name, set.metadata.uid);
        if (map) uids.set(`map ${name}`, map.metadata.uid);
        const owners = {
          set: referenceTo('apps/v1', 'StatefulSet', set),
          map: map && referenceTo('v1', 'ConfigMap', map),
        };
        await created(`${core}/persistentvolumeclaims`, leftOverClaim(specimen, classes, owners));
        if (holder !== 'none') await created(paths.pods(namespace), holderPod(specimen));
      }),
    );
    await settled(sample);
    const all = await pods();
    await Promise.all(
      sample.map(async (specimen) => {
        const { name, holder, mountedIsOwned } = specimen;
        if (holder === 'completed') {
          assert.ok(podUid(all, `holder-of-${name}`));
          await patched(`${paths.pods(namespace)}/holder-of-${name}/status`, { status: { phase: 'Succeeded' } });
        }
        if (!mountedIsOwned) return;
        const path = `${core}/persistentvolumeclaims/${mountedOf(specimen)}`;
        const { metadata } = await looked<Claim>(path);
        const map = { apiVersion: 'v1', kind: 'ConfigMap', name, uid: uids.get(`map ${name}`) };
        await patched(path, { metadata: { ownerReferences: [...(metadata.ownerReferences ?? []), map] } });
      }),
    );
    await settled(sample);
  });

  after(async () => {
    const volumes = await listed<Volume>('/api/v1/persistentvolumes');
    const left = volumes.filter(({ spec }) => spec?.claimRef?.namespace === namespace);
    // The controller deletes them then.
    const spec = { persistentVolumeReclaimPolicy: 'Delete' };
    await Promise.all(
      left.map(({ metadata }) => sent('PATCH', `/api/v1/persistentvolumes/${metadata.name}`, { spec })),
    );
    await kubectl(['delete', 'storageclass', classes.Retain, '--wait=false']);
  });

  /** Compares what became of the claims and volumes with what was said of them before a deletion. */
  async function compare(before: Map<string, SetSaying>, goneOf: (specimen: Specimen) => Gone): Promise<void> {
    const expected = sample.flatMap((specimen) => {
      const saying = before.get(specimen.name);
      const gone = goneOf(specimen);
      return (saying ? claimsIn(saying) : []).map((claim) => ({ claim, goes: goes(claim, gone) }));
    });
    const lines = expected.map(({ claim, goes }) => `${claim.name}: ${goes ? goneWords(claim) : 'stays, Bound'}`);
    await eventually(
      'claims and volumes as was said',
      async () => assert.deepEqual(await outcomes(expected.map(({ claim }) => claim)), lines),
      60_000,
    );
    for (const { claim, goes } of expected) {
      if (goes) staying.delete(claim.uid);
      else staying.set(claim.uid, claim.name);
    }
    await collected();
    assert.deepEqual(await outcomes(expected.map(({ claim }) => claim)), lines);
  }

  async function outcomes(claims: readonly ClaimSaying[]): Promise<string[]> {
    const [left, volumes] = await Promise.all([
      listed<Claim>(`${core}/persistentvolumeclaims`),
      listed<Volume>('/api/v1/persistentvolumes'),
    ]);
    return claims.map(({ name, uid, volume }) => {
      const isThere = left.some(({ metadata }) => metadata.uid === uid);
      const phase = volumes.find(({ metadata }) => metadata.name === volume?.name)?.status?.phase;
      return `${name}: ${isThere ? 'stays' : 'goes'}, ${phase ?? 'its volume too'}`;
    });
  }

  /** The garbage collector has come to what was deleted before: it deletes what belongs to a new object, too. */
  async function collected(): Promise<void> {
    const owner = await created(`${core}/configmaps`, { metadata: { generateName: 'owner-' } });
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid };
    const { metadata } = await created(`${core}/configmaps`, {
      metadata: { generateName: 'owned-', ownerReferences: [reference] },
    });
    await sent('DELETE', `${core}/configmaps/${owner.metadata.name}`, {});
    await eventually('garbage collected', async () => {
      const maps = await listed<Named>(`${core}/configmaps`);
      assert.ok(!maps.some((map) => map.metadata.name === metadata.name));
    });
  }

  it('holds when claims are deleted: a pod that names one holds it, ended or not', async () => {
    const before = await said();
    const target = (specimen: Specimen) =>
      specimen.deletes === 'mounted' ? mountedOf(specimen) : leftOverOf(specimen);
    await Promise.all(sample.map((one) => deleted(`${core}/persistentvolumeclaims/${target(one)}`)));
    await compare(before, (one) => ({ owners: new Set(), pods: new Set(), claims: new Set([target(one)]) }));
  });

  it('is on the screen as it is in JSON', async () => {
    const [saying, { stdout }] = await Promise.all([said(), sts(['tree', '-n', namespace])]);
    const details = new Map(rowsOf(stdout).map((row) => [row.name.trim(), row['detail'] ?? '']));
    for (const claim of [...saying.values()].flatMap(claimsIn)) {
      assert.match(details.get(`pvc/${claim.name}`) ?? '', fateOnScreen(claim));
    }
  });

  it('holds when pods go, by deletion and by scale-down', async () => {
    const scaled = sample.filter(({ scales }) => scales);
    await Promise.all(scaled.map(({ name }) => patched(`${paths.sets(namespace)}/${name}`, { spec: { replicas: 0 } })));
    await eventually('condemned pods', async () => {
      const ending = (await pods()).filter(({ metadata }) => metadata.deletionTimestamp);
      assert.equal(ending.length, scaled.length);
    });
    const [before, all] = [await said(), await pods()];
    await Promise.all(
      sample.map(async ({ name, scales }) => {
        const path = `${paths.pods(namespace)}/${name}-0`;
        if (!scales) return deleted(path);
        await patched(path, { metadata: { finalizers: null } });
        deletions++;
      }),
    );
    await compare(before, ({ name }) => {
      const pod = `${name}-0`;
      return { owners: new Set([podUid(all, pod) ?? '']), pods: new Set([pod]), claims: new Set() };
    });
    await eventually('the old pods gone', async () => {
      const now = await pods();
      assert.ok(sample.every(({ name }) => podUid(now, `${name}-0`) !== podUid(all, `${name}-0`)));
    });
  });

  it('holds when owners of another kind are deleted', async () => {
    await eventually('new pods that run', async () => {
      const running = (await pods()).filter(({ status }) => status?.phase === 'Running');
      for (const { name } of sample.filter(({ scales }) => !scales)) {
        assert.ok(
          running.some(({ metadata }) => metadata.name === `${name}-0`),
          name,
        );
      }
    });
    const before = await said();
    const owned = sample.filter(hasMap);
    await Promise.all(owned.map(({ name }) => deleted(`${core}/configmaps/${name}`)));
    await compare(before, ({ name }) => {
      return { owners: new Set([uids.get(`map ${name}`) ?? '']), pods: new Set(), claims: new Set() };
    });
  });

  it('holds when sets are deleted, in the background, in the foreground, and without what they own', async () => {
    const [before, all] = [await said(), await pods()];
    await Promise.all(
      sample.map(({ name, cascade }) => deleted(`${paths.sets(namespace)}/${name}`, { propagationPolicy: cascade })),
    );
    await compare(before, ({ name, cascade }) => {
      const isOrphaning = cascade === 'Orphan';
      const owners = isOrphaning ? [] : [uids.get(name) ?? '', podUid(all, `${name}-0`) ?? ''];
      return { owners: new Set(owners), pods: new Set(isOrphaning ? [] : [`${name}-0`]), claims: new Set() };
    });
    await eventually('no set', async () => assert.deepEqual(await listed<StatefulSet>(paths.sets(namespace)), []));
  });

  it('held for 200 deletions, and what was to stay is still there', async () => {
    const left = new Set((await listed<Claim>(`${core}/persistentvolumeclaims`)).map(({ metadata }) => metadata.uid));
    assert.deepEqual(
      [...staying].filter(([uid]) => !left.has(uid)),
      [],
    );
    assert.ok(deletions >= 200, `${deletions}`);
  });
});

function referenceTo(apiVersion: string, kind: string, { metadata: { name, uid } }: Named) {
  return { apiVersion, kind, name, uid };
}

/** What becomes of a claim that goes, and of its volume. */
function goneWords({ name, volumeFate }: ClaimSaying): string {
  assert.ok(volumeFate === 'kept' || volumeFate === 'deleted', `${name}: ${volumeFate}`);
  return volumeFate === 'kept' ? 'goes, Released' : 'goes, its volume too';
}
