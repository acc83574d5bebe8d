import assert from 'node:assert/strict';
import { sharedStand } from '../runner/stand-variables.ts';
import { type CoreDns, startCoreDns } from './dns/coredns.ts';
import { nameOf, told, verdictsOf } from './dns/document.ts';
import { dnsServices } from './dns/pods.ts';
import { resolved } from './dns/resolver.ts';
import { published, replace, service, set } from './dns/sets.ts';
import { type Relay, relayTo } from './endurance/relay.ts';
import { eventually } from './eventually.ts';
import { start } from './going.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

describe('whoever waits for names', () => {
  const namespace = ownNamespace('waits');
  let relay: Relay;
  let relayed: CoreDns;
  let dns: string;

  before(async () => {
    relay = await relayTo(sharedStand().server);
    relayed = await startCoreDns({ server: relay.url });
    ({ dns } = await dnsServices(namespace, { dns: [relayed.port] }));
  });

  afterEach(async () => {
    // A test that failed may have left it closed.
    await relay.close();
    await relay.open();
  });

  after(async () => {
    relayed?.end();
    await relay?.close();
  });

  const name = (pod: string, service: string) => `${pod}.${service}.${namespace}.svc.cluster.local`;

  it('goes on when every pod has become ready and every name is right', async () => {
    await apply(namespace, [service('late'), set('late', { annotations: { 'stand.kubectl-sts/ready-after': '2s' } })]);
    const begun = performance.now();
    const seen = await told(['late', '-n', namespace, '--wait', '--timeout', '30s']);
    assert.deepEqual(verdictsOf(seen), { 'late-0': ['ok'], 'late-1': ['ok'], late: ['ok'] });
    assert.equal(seen.code, 0);
    const milliseconds = performance.now() - begun;
    assert.ok(milliseconds > 1_500 && milliseconds < 20_000, `${milliseconds} ms`);
  });

  it('goes on at once when all are right already', async () => {
    const begun = performance.now();
    assert.equal((await told(['late', '-n', namespace, '--wait'])).code, 0);
    assert.ok(performance.now() - begun < 5_000);
  });

  it('is told at the end of --timeout which names are not', async () => {
    await apply(namespace, [service('never'), set('never', { annotations: { 'stand.kubectl-sts/unready': 'true' } })]);
    const begun = performance.now();
    const seen = await told(['never', '-n', namespace, '--wait', '--timeout', '1500ms']);
    const milliseconds = performance.now() - begun;
    assert.equal(seen.code, 1);
    assert.deepEqual(verdictsOf(seen)['never-0'], ['notPublished']);
    assert.ok(milliseconds > 1_400 && milliseconds < 8_000, `${milliseconds} ms`);
  });

  it('waits only for the pods that were asked for', async () => {
    await apply(namespace, [service('some'), set('some')]);
    await published(namespace, 'some', ['some-0', 'some-1']);
    await kubectl(['annotate', 'pod', 'some-1', '-n', namespace, 'stand.kubectl-sts/unready=true']);
    await published(namespace, 'some', ['some-0']);
    assert.equal((await told(['some', '-n', namespace, '--wait', '--pod', '0'])).code, 0);
  });

  it('is shown each change with its time, and that a server is stale while it lags', async () => {
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await eventually('web in DNS', async () => {
      for (const pod of ['web-0', 'web-1']) {
        assert.equal((await resolved(relayed.port, name(pod, 'web'), 'A')).addresses.length, 1);
      }
    });
    const watch = start(['dns', 'web', '-n', namespace, '-w', '--dns-service', dns]);
    const time = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';
    await watch.line(new RegExp(`${time}  ${name('web-0', 'web')}  ok$`));
    await relay.close();
    const { old } = await replace(namespace, 'web-0');
    await watch.line(
      new RegExp(`${time}  ${name('web-0', 'web')}  stale: dns-0 still gives ${old.replaceAll('.', '\\.')}`),
    );
    await relay.open();
    await watch.line(new RegExp(`${time}  ${name('web-0', 'web')}  ok, now [\\d.]+, DNS lagged \\d`));
    const { code } = await watch.end('SIGINT');
    assert.equal(code, 130);
    const others = watch.lines().filter((line) => line.includes(name('web-1', 'web')));
    assert.equal(others.length, 1, `only what changes is written: ${others.join('\n')}`);
  }).timeout(90_000);

  it('is held up by a server that lags, whose old address nobody has seen before', async () => {
    const args = ['web', '-n', namespace, '--dns-service', dns, '--wait', '--timeout'];
    assert.equal((await told([...args, '30s'])).code, 0);
    await relay.close();
    const { old, now } = await replace(namespace, 'web-1');
    const seen = await told([...args, '1s']);
    const web1 = nameOf(seen, 'web-1');
    assert.deepEqual(web1.verdicts, [{ kind: 'wrongAddress', got: [old], servers: ['dns-0'] }]);
    assert.deepEqual(web1.expected, [now]);
    assert.equal(seen.code, 1);
    await relay.open();
    assert.equal((await told([...args, '45s'])).code, 0);
  });
});
