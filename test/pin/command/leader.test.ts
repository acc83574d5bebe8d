import assert from 'node:assert/strict';
import { idleClock } from '../../memory/clock.ts';
import type { Ran } from '../../memory/run.ts';
import { external, web, webPods } from '../model/services.ts';
import { now, pinWorld, podLabel, putService, said } from './world.ts';

describe('kubectl sts pin --leader-check', () => {
  const world = pinWorld();
  let asked: string[];
  let exitCodes: Record<string, number>;

  beforeEach(() => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'db' }] } };
    world.cluster.put('statefulsets', { ...web, spec: { ...web.spec, template } });
    asked = [];
    exitCodes = { 'web-0': 1, 'web-1': 0, 'web-2': 3 };
    world.cluster.onExec = (pod, container, command) => {
      asked.push(`${pod} ${container} ${command.join(' ')}`);
      return { exitCode: exitCodes[pod] ?? 1 };
    };
  });

  function pin(words: string): Promise<Ran> {
    const clock = idleClock(() => world.cluster.requests.length);
    return world.run(['pin', ...words.split(' '), '--leader-check', 'am-i leader'], {}, { steadyClock: clock });
  }

  const pinnedLines = (service: string) => [
    `service/${service} pinned to pod/web-1 (10.0.0.1, ready)`,
    '  leader    exit code 0 in web-1, 1 in web-0, 3 in web-2',
    `  selector  app=web  →  app=web, ${podLabel}=web-1`,
    `undo: kubectl sts unpin ${service} -n shop`,
  ];

  it('pins a Service to the pod that leads, and records what each pod said', async () => {
    assert.deepEqual(await pin('lb --wait=false'), said(0, pinnedLines('lb')));
    assert.deepEqual(world.pinOf('lb'), {
      selector: { app: 'web', [podLabel]: 'web-1' },
      record: {
        ...{ selector: { app: 'web' }, pod: 'web-1', set: 'web', since: now, user: 'somebody' },
        leader: { check: 'am-i leader', exitCodes },
        owners: [],
      },
    });
    assert.deepEqual(
      asked.sort(),
      ['web-0', 'web-1', 'web-2'].map((pod) => `${pod} db sh -c am-i leader`),
    );
  });

  it('asks once for several Services of one set', async () => {
    putService(world.cluster, external('np'));
    const { code, stdout } = await pin('lb np --wait=false');
    assert.deepEqual(
      [code, stdout],
      [0, [...pinnedLines('lb'), ...pinnedLines('np')].map((line) => `${line}\n`).join('')],
    );
    assert.equal(asked.length, 3);
  });

  it('follows a leader that has moved when it is run again, and unpin restores the first selector', async () => {
    await pin('lb --wait=false');
    exitCodes = { 'web-0': 0, 'web-1': 1, 'web-2': 1 };
    const { stdout } = await pin('lb --wait=false');
    assert.match(stdout, /^service\/lb pinned to pod\/web-0 .*, moved from web-1$/m);
    assert.deepEqual((world.pinOf('lb').record as { leader: unknown }).leader, { check: 'am-i leader', exitCodes });
    assert.deepEqual(await pin('lb'), said(0, ['service/lb is already pinned to pod/web-0']));
    await world.run('unpin lb');
    assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web' }, record: undefined });
  });

  it('forgets what was said where the person names the pod', async () => {
    await pin('lb --wait=false');
    await world.run('pin lb 2 --wait=false');
    assert.ok(!('leader' in (world.pinOf('lb').record as object)));
  });

  it('writes nothing in a dry run, and asks all the same', async () => {
    const { code, stdout } = await pin('lb --dry-run=client');
    assert.match(stdout, /^service\/lb pinned to pod\/web-1 .*\(dry run\)$/m);
    assert.deepEqual([code, world.writes().filter((write) => !write.includes('selfsubject'))], [0, []]);
    assert.equal(asked.length, 3);
  });

  it('asks the container that was named', async () => {
    await pin('lb --wait=false -c sidecar');
    assert.ok(asked.length === 3 && asked.every((each) => each.includes(' sidecar ')));
  });

  it('pins to none where it is not known who leads, and says what each pod said', async () => {
    const refusedFor = (why: string) => said(1, [], [`error: service "lb" is not pinned: --leader-check: ${why}`]);
    exitCodes = {};
    const nobody = 'no pod says that it leads (web-0: exit code 1; web-1: exit code 1; web-2: exit code 1)';
    assert.deepEqual(await pin('lb'), refusedFor(nobody));
    exitCodes = { 'web-0': 0, 'web-1': 0 };
    const several = '2 pods say that they lead (web-0: exit code 0; web-1: exit code 0; web-2: exit code 1)';
    assert.deepEqual(await pin('lb'), refusedFor(several));
    world.cluster.onExec = (pod) => (pod === 'web-2' ? undefined : { exitCode: pod === 'web-0' ? 0 : 1 });
    const silent =
      'a pod does not say whether it leads (web-0: exit code 0; web-2: it did not end; web-1: exit code 1)';
    assert.deepEqual(await pin('lb'), refusedFor(silent));
    assert.deepEqual(world.pinOf('lb').record, undefined);
  });

  it('refuses what it refuses otherwise, before a pod is asked', async () => {
    const { code, stderr } = await pin('web');
    assert.equal(code, 1);
    assert.match(stderr, /^error: service "web" is not pinned: it is the governing Service of web/);
    assert.deepEqual(asked, []);
  });

  it('refuses a leader that is not ready', async () => {
    const [, leader] = webPods;
    assert.ok(leader);
    const unready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
    world.cluster.put('pods', { ...leader, status: unready });
    const { code, stderr } = await pin('lb');
    assert.equal(code, 1);
    assert.match(stderr, /pod web-1 is not ready/);
  });

  it('does not choose between the sets that a Service selects', async () => {
    world.cluster.put('statefulsets', { ...web, metadata: { ...web.metadata, name: 'other', uid: 'other' } });
    const [pod] = webPods;
    assert.ok(pod);
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'other', uid: 'other', controller: true };
    world.cluster.put('pods', {
      ...pod,
      metadata: { ...pod.metadata, name: 'other-0', uid: 'o', ownerReferences: [owner] },
    });
    const { code, stderr } = await pin('lb');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /selects pods of .*: --leader-check asks the pods of one StatefulSet, so name the pod instead/,
    );
    assert.deepEqual(asked, []);
  });

  it('says which right is missing to run commands in pods', async () => {
    world.cluster.denied.add('create pods/exec');
    const line = 'error: --leader-check: no right to create pods/exec in namespace shop';
    assert.deepEqual(await pin('lb'), said(2, [], [line]));
    assert.deepEqual(asked, []);
  });
});
