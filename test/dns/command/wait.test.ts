import assert from 'node:assert/strict';
import { waitForAll } from '#src/dns/command/wait.ts';
import { usualDomain } from '#src/dns/model/clusterdomain.ts';
import type { Clock } from '#src/objects/clock.ts';
import { type QuickClock, quickClock } from '../../kube/quick-clock.ts';
import type { Asked } from '../../memory/cluster.ts';
import type { Ran } from '../../memory/run.ts';
import { podName, setOf } from '../view/judged.ts';
import { dnsWorld, lines, nameOf, type World } from './world.ts';

describe('kubectl sts dns --wait', () => {
  let world: World;
  let clock: QuickClock;

  beforeEach(async () => {
    world = await dnsWorld();
    clock = quickClock();
  });
  afterEach(() => world.close());

  const wait = (words = '', steadyClock: Clock = clock): Promise<Ran> =>
    world.run(`dns web --wait ${words}`, {}, { steadyClock });

  /** Each sleep makes this many times as much time pass, so that few looks take long. */
  const leaping = (times: number): Clock => ({
    now: clock.now,
    async sleep(milliseconds, signal) {
      await clock.sleep(milliseconds, signal);
      clock.pass(milliseconds * (times - 1));
    },
  });

  /** The first pod is unknown to the servers, until they have been asked for it this often. */
  function knownAfter(times: number): void {
    for (const { records, asked } of world.servers) {
      records.delete(nameOf(0));
      const put = asked.push.bind(asked);
      asked.push = (...questions) => {
        const count = put(...questions);
        if (asked.filter((question) => question === `A ${nameOf(0)}`).length > times)
          records.set(nameOf(0), ['10.0.0.1']);
        return count;
      };
    }
  }

  /** The sets cannot be listed at these looks, counted from 0. */
  function failAt(failures: (look: number) => string | undefined): void {
    let look = -1;
    world.cluster.intercept = ({ verb, plural }: Asked) => {
      if (verb !== 'list' || plural !== 'statefulsets') return undefined;
      const message = failures(++look);
      return message === undefined
        ? undefined
        : {
            code: 400,
            body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 400, reason: 'BadRequest', message },
          };
    };
  }

  it('exits 0 at once when every name is right', async () => {
    const { code, stdout } = await wait();
    assert.deepEqual([code, lines(stdout).length, clock.slept], [0, 4, []]);
  });

  it('looks twice a second until every name is right, and then shows them', async () => {
    knownAfter(3);
    const { code, stdout, stderr } = await wait();
    assert.deepEqual([code, clock.slept], [0, [500, 500, 500]]);
    assert.match(lines(stdout)[1] ?? '', / ok$/);
    assert.doesNotMatch(stderr, /waiting/);
  });

  it('says every five seconds how far it is', async () => {
    knownAfter(7);
    const { code, stderr } = await wait('', leaping(4));
    assert.equal(code, 0);
    const progress = 'waiting: 2 of 3 names are right';
    assert.deepEqual(
      lines(stderr).filter((line) => line.startsWith('waiting')),
      [progress, progress],
    );
  });

  it('shows what is wrong when the time is over, and exits 1', async () => {
    knownAfter(Number.POSITIVE_INFINITY);
    const { code, stdout } = await wait('--timeout 1200ms');
    assert.deepEqual([code, clock.slept], [1, [500, 500, 200]]);
    assert.match(lines(stdout)[1] ?? '', / missing: published, but coredns-0 and coredns-1 say NXDOMAIN;/);
  });

  it('waits for a minute unless --timeout says otherwise', async () => {
    knownAfter(Number.POSITIVE_INFINITY);
    const { code, stderr } = await wait('', leaping(40));
    assert.deepEqual([code, clock.slept], [1, [500, 500, 500]]);
    assert.match(stderr, /^waiting: 2 of 3 names are right\n/);
  });

  it('looks once with --timeout 0', async () => {
    knownAfter(1);
    assert.deepEqual([(await wait('--timeout 0s')).code, clock.slept], [1, []]);
  });

  it('waits for the pods of --pod alone', async () => {
    knownAfter(Number.POSITIVE_INFINITY);
    assert.deepEqual([(await wait('--pod 1')).code, clock.slept], [0, []]);
  });

  it('exits 2 when a server gave no usable answer to the end', async () => {
    for (const server of world.servers) server.rcode = 2;
    assert.equal((await wait('--timeout 1s')).code, 2);
  });

  it('says once that the API server is away, and that it answers again, and goes on', async () => {
    knownAfter(3);
    failAt((look) => (look >= 1 && look <= 12 ? `away ${look % 2}` : undefined));
    const { code, stderr } = await wait();
    assert.equal(code, 0);
    const said = lines(stderr);
    assert.deepEqual(said.slice(0, 4), [
      'warning: Error from server (BadRequest): Unable to list "apps/v1, Resource=statefulsets": away 1, trying again',
      'waiting: 2 of 3 names are right',
      'note: the API server answers again',
      'asked coredns-0 and coredns-1 by port-forward; no NodeLocal DNSCache found; cluster domain cluster.local, from ConfigMap kube-system/coredns',
    ]);
  });

  it('says so again at the next outage', async () => {
    knownAfter(3);
    failAt((look) => (look === 1 || look === 3 ? 'away' : undefined));
    const said = lines((await wait()).stderr).map((line) => line.split(':')[0]);
    assert.deepEqual(said.slice(0, 4), ['warning', 'note', 'warning', 'note']);
  });

  it('fails when the API server is away as the time is over', async () => {
    knownAfter(Number.POSITIVE_INFINITY);
    failAt((look) => (look >= 1 ? 'away' : undefined));
    const { code, stdout, stderr } = await wait('--timeout 1s');
    assert.deepEqual([code, stdout], [2, '']);
    const error = 'Error from server (BadRequest): Unable to list "apps/v1, Resource=statefulsets": away';
    assert.deepEqual(lines(stderr), [`warning: ${error}, trying again`, error]);
  });

  it('fails when the API server is away at the first look', async () => {
    failAt(() => 'away');
    const { code, stderr } = await wait();
    assert.deepEqual([code, clock.slept], [2, []]);
    assert.doesNotMatch(stderr, /trying again/);
  });

  it('fails at a fault of its own', async () => {
    const wrong = [setOf([podName(0, { verdicts: [{ kind: 'missing', servers: ['a'] }] })])];
    const again = () => Promise.reject(new TypeError('a fault'));
    const look = { judged: wrong, clusterDomain: usualDomain };
    await assert.rejects(waitForAll(look, again, 5_000, { err: () => assert.fail() }, clock), /a fault/);
  });

  it('exits 2 in the end for a set that is missing', async () => {
    knownAfter(2);
    const { code, stdout, stderr } = await world.run('dns web nope --wait', {}, { steadyClock: clock });
    assert.deepEqual([code, lines(stdout).length], [2, 4]);
    assert.match(stderr, /^Error from server \(NotFound\): statefulsets\.apps "nope" not found\n/);
  });

  it('asks nobody again when nobody can be asked', async () => {
    world.cluster.denied.add('create pods/portforward');
    assert.deepEqual([(await wait()).code, clock.slept], [2, []]);
  });
});
