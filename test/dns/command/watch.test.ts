import assert from 'node:assert/strict';
import { watchNames } from '#src/dns/command/watch.ts';
import { usualDomain } from '#src/dns/model/clusterdomain.ts';
import { processConsole } from '#src/terminal/console.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type HostShape, memoryHost } from '../../memory/host.ts';
import type { Running } from '../../memory/run.ts';
import { asked, plain } from '../view/judged.ts';
import { dnsWorld, lines, member, nameOf, serviceName, set, slice, type World } from './world.ts';

describe('kubectl sts dns -w', () => {
  let world: World;

  beforeEach(async () => {
    world = await dnsWorld();
  });
  afterEach(() => world.close());

  /** A look follows the other at once: only the second between two looks passes quickly. */
  function watch(words = '', shape: HostShape = {}): Running {
    const clock = quickClock((milliseconds) => milliseconds === 1_000);
    return world.runner.start(`dns web -w ${words}`, shape, { clock });
  }

  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /;
  const withoutTime = (text: string) =>
    lines(text).map((line) => {
      assert.match(line, time);
      return line.replace(time, '');
    });

  async function ended(running: Running, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    running.signal(signal);
    return running.ended;
  }

  /** The pod has another address, of which the servers know nothing yet. */
  function move(ordinal: number, address: string): void {
    const pod = member(set, ordinal);
    world.cluster.put('pods', { ...pod, status: { ...pod.status, podIPs: [{ ip: address }] } });
    const endpoints = slice('web', [0, 1]).endpoints?.map((endpoint, at) =>
      at === ordinal ? { ...endpoint, addresses: [address] } : endpoint,
    );
    world.cluster.put('endpointslices', { ...slice('web', [0, 1]), endpoints });
  }

  function learn(name: string, addresses: string[]): void {
    for (const { records } of world.servers) records.set(name, addresses);
  }

  it('writes a line for each name in a pipe, and then for what changes, until Ctrl-C', async () => {
    const running = watch('--pod 0,1');
    await running.until(`${nameOf(1)}  ok`);
    move(0, '10.0.0.7');
    await running.until('stale');
    learn(nameOf(0), ['10.0.0.7']);
    await running.until('DNS lagged');
    const { code, stdout } = await ended(running);
    assert.equal(code, 130);
    const said = withoutTime(stdout);
    assert.deepEqual(said.slice(0, 3), [
      `${nameOf(0)} ok`,
      `${nameOf(1)} ok`,
      `${nameOf(0)} stale: coredns-0 and coredns-1 still give 10.0.0.1`,
    ]);
    assert.match(said[3] ?? '', new RegExp(`^${nameOf(0)} ok, now 10\\.0\\.0\\.7, DNS lagged \\d+`));
    assert.equal(said.length, 4);
  });

  it('says what has gone', async () => {
    const running = watch();
    await running.until(`${serviceName}  ok`);
    world.cluster.put('statefulsets', { ...set, spec: { ...set.spec, replicas: 1 } });
    world.cluster.remove('pods', 'web-1');
    world.cluster.put('endpointslices', slice('web', [0]));
    await running.until('gone');
    const { stdout } = await ended(running);
    assert.ok(withoutTime(stdout).includes(`${nameOf(1)} gone`));
  });

  it('exits 143 when it is told to end', async () => {
    const running = watch('-o wide');
    await running.until(`${serviceName}  ok`);
    assert.equal((await ended(running, 'SIGTERM')).code, 143);
  });

  it('exits 130 when it is interrupted in its first look', async () => {
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    world.cluster.intercept = ({ verb, plural }) => {
      if (verb !== 'list' || plural !== 'statefulsets') return undefined;
      isAsked();
      return new Promise(() => {});
    };
    const running = watch();
    await asked;
    assert.deepEqual(await ended(running), { code: 130, stdout: '', stderr: '' });
  });

  it('says in a pipe that the API server is away, each reason once', async () => {
    const running = watch('--pod 0');
    await running.until('ok');
    let looks = 0;
    world.cluster.intercept = ({ verb, plural }) => {
      if (verb !== 'list' || plural !== 'statefulsets') return undefined;
      const message = ++looks <= 3 ? 'away' : looks <= 6 ? 'broken' : undefined;
      const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 400, reason: 'BadRequest', message };
      return message === undefined ? undefined : { code: 400, body: status };
    };
    await running.until('broken');
    move(0, '10.0.0.7');
    await running.until('stale');
    const { code, stdout, stderr } = await ended(running);
    const error = 'Error from server (BadRequest): Unable to list "apps/v1, Resource=statefulsets"';
    assert.deepEqual(lines(stderr), [
      `warning: ${error}: away, trying again`,
      `warning: ${error}: broken, trying again`,
    ]);
    assert.deepEqual([code, lines(stdout).length], [130, 2]);
  });

  it('fails at a fault of its own', async () => {
    const { host } = memoryHost();
    const again = () => Promise.reject(new TypeError('a fault'));
    const { signal } = new AbortController();
    const watching = { asked, console: processConsole(host, undefined), signal, clock: quickClock(), host };
    await assert.rejects(watchNames({ judged: [], clusterDomain: usualDomain }, again, plain, watching), /a fault/);
  });

  it('exits 0 when there is no set, and 2 when it is missing or nobody can be asked', async () => {
    world.cluster.denied.add('create pods/portforward');
    const { code, stderr } = await watch().ended;
    assert.deepEqual([code, /^error: no right to create pods\/portforward/.test(stderr)], [2, true]);
    world.cluster.remove('statefulsets', 'web');
    assert.equal((await watch().ended).code, 2);
    assert.equal((await world.run('dns -w')).code, 0);
  });

  it('goes on with the other sets when one is missing', async () => {
    const running = watch('nope');
    await running.until(`${serviceName}  ok`);
    const { code, stderr } = await ended(running);
    assert.deepEqual([code, stderr], [130, 'Error from server (NotFound): statefulsets.apps "nope" not found\n']);
  });

  it('ends in order when its reader has gone', async () => {
    const running = watch();
    await running.until(`${serviceName}  ok`);
    running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    assert.equal(running.exited(), 0);
    await ended(running);
  });

  describe('on a terminal', () => {
    const size = { columns: 160, rows: 20 };
    const enter = '\u001b[?1049h';
    const leave = '\u001b[?1049l';

    it('draws the table and its notes in their place, and leaves the last state behind', async () => {
      const running = watch('--color=never', size);
      await running.until(`asked coredns-0 and coredns-1 by port-forward`);
      move(1, '10.0.0.8');
      await running.until('stale');
      const { code, stdout, stderr } = await ended(running);
      assert.deepEqual([code, stderr], [130, '']);
      assert.ok(stdout.startsWith(enter));
      const left = lines(stdout.slice(stdout.indexOf(leave) + leave.length));
      assert.deepEqual(
        left.map((line) => line.split(' ')[0]),
        ['POD', 'web-0', 'web-1', 'Service', '', 'asked'],
      );
      assert.match(left[2] ?? '', /10\.0\.0\.8 10\.0\.0\.2 5 stale: coredns-0 and coredns-1 still give 10\.0\.0\.2/);
    });

    it('draws it again when the terminal has another size', async () => {
      const running = watch('--color=never', size);
      await running.until('by port-forward');
      Object.assign(running.host.stdout, { columns: 60 }).emit('resize');
      await running.until('\u001b[1;1H\u001b[2KPOD      EXPECTED');
      const { stdout } = await ended(running);
      const left = lines(stdout.slice(stdout.lastIndexOf(leave) + leave.length));
      assert.equal(left[0], 'POD EXPECTED ANSWER VERDICT');
    });

    it('shows in the last row that the API server is away, as long as it is', async () => {
      const running = watch('--color=never', size);
      await running.until('by port-forward');
      world.cluster.intercept = ({ plural }) =>
        plural === 'statefulsets'
          ? { code: 400, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 400, message: 'away' } }
          : undefined;
      await running.until('trying again');
      world.cluster.intercept = () => undefined;
      move(1, '10.0.0.8');
      await running.until('stale');
      const { stdout, stderr } = await ended(running);
      assert.equal(stderr, '');
      assert.ok(!stdout.slice(stdout.lastIndexOf(leave)).includes('trying again'));
    });
  });
});
