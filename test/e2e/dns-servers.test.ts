import assert from 'node:assert/strict';
import type { Packet } from 'dns-packet';
import { sharedStand } from '../runner/stand-variables.ts';
import { freePort } from '../stand/port.ts';
import { type BadServer, babblingServer, framed, lyingServer, silentServer } from './dns/badservers.ts';
import { type CoreDns, startCoreDns } from './dns/coredns.ts';
import { findingsOf, nameOf, told, verdictsOf } from './dns/document.ts';
import { dnsServices } from './dns/pods.ts';
import { allResolved, resolved } from './dns/resolver.ts';
import { addressesOf, published, replace, service, set } from './dns/sets.ts';
import { type Relay, relayTo } from './endurance/relay.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import type { Ran } from './ran.ts';

describe('a DNS server that', () => {
  const namespace = ownNamespace('servers');
  /** Where a ConfigMap names another cluster domain. */
  const configured = ownNamespace('servers-configured');
  const running: (BadServer | CoreDns)[] = [];
  let relay: Relay;
  /** Reads the cluster as it is. */
  let good: CoreDns;
  /** Reads it through the relay. */
  let relayed: CoreDns;
  /** Has never reached the API server. */
  let starved: CoreDns;
  /** Serves another cluster domain. */
  let elsewhere: CoreDns;
  /** By their servers. */
  let services: Record<'good' | 'pair' | 'lagging' | 'starved' | 'elsewhere' | 'dead' | 'mixed', string>;

  const kept = <T extends BadServer | CoreDns>(server: T): T => {
    running.push(server);
    return server;
  };

  before(async () => {
    relay = await relayTo(sharedStand().server);
    const closed = await relayTo(sharedStand().server);
    await closed.close();
    [good, relayed, starved, elsewhere] = await Promise.all([
      startCoreDns().then(kept),
      startCoreDns({ server: relay.url }).then(kept),
      startCoreDns({ server: closed.url, unread: true }).then(kept),
      startCoreDns({ domain: 'corp.example', zonesOnly: true }).then(kept),
    ]);
    const silent = kept(await silentServer());
    const nobody = await freePort();
    services = await dnsServices(namespace, {
      good: [good.port],
      pair: [good.port, relayed.port],
      lagging: [relayed.port],
      starved: [starved.port],
      elsewhere: [elsewhere.port],
      dead: [nobody],
      mixed: [good.port, starved.port, silent.port, nobody],
    });
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await known('web-0.web', 'web-1.web');
  });

  after(async () => {
    for (const server of running) server.end();
    await relay?.close();
  });

  const fqdn = (name: string) => `${name}.${namespace}.svc.cluster.local`;

  /** Waits until both servers that read the cluster give what the cluster says. */
  async function known(...names: string[]): Promise<void> {
    for (const name of names) {
      const [pod = ''] = name.split('.');
      const [address] = await addressesOf(namespace, pod);
      await eventually(`${name} in DNS`, async () => {
        for (const { port } of [good, relayed]) {
          assert.deepEqual((await resolved(port, fqdn(name), 'A')).addresses, [address]);
        }
      });
    }
  }

  const names = (dns: string, set: string, ...args: string[]) =>
    told([set, '-n', namespace, '--dns-service', dns, ...args]);

  /** Brings about what the relayed server then does not know, asks, and lets it know again. */
  async function whileCutOff(change: () => Promise<void>, ask: () => Promise<void>): Promise<void> {
    await relay.close();
    try {
      await change();
      await ask();
    } finally {
      await relay.open();
    }
  }

  it('serves at another port than 53 is asked at the port of its slice', async () => {
    const seen = await names(services.good, 'web');
    assert.deepEqual(verdictsOf(seen), { 'web-0': ['ok'], 'web-1': ['ok'], web: ['ok'] });
    assert.equal(seen.code, 0);
    const { via, servers, unreached } = seen.document.asked;
    assert.deepEqual({ via, servers, unreached }, { via: 'portForward', servers: ['good-0'], unreached: [] });
  });

  it('is one of several is asked, up to --servers', async () => {
    assert.deepEqual((await names(services.pair, 'web')).document.asked.servers, ['pair-0', 'pair-1']);
    const one = await names(services.pair, 'web', '--servers', '1');
    assert.deepEqual(one.document.asked.servers, ['pair-0']);
    assert.equal(nameOf(one, 'web-0').answers.length, 1);
  });

  describe('is cut off from the API server', () => {
    afterEach(async () => {
      await eventually(
        'it has caught up',
        async () => {
          const [one, other] = await Promise.all([good, relayed].map(({ port }) => allResolved(port, fqdn('web'))));
          assert.deepEqual(one, other);
          assert.notEqual(one?.length, 0);
        },
        50_000,
      );
    });

    it('gives the address of a pod that was replaced; beside another one they disagree', async () => {
      let addresses = { old: '', now: '' };
      await whileCutOff(
        async () => {
          addresses = await replace(namespace, 'web-1');
          await published(namespace, 'web', ['web-0', 'web-1']);
          await eventually('the other has followed', async () => {
            assert.deepEqual(await allResolved(good.port, fqdn('web-1.web')), [addresses.now]);
          });
        },
        async () => {
          assert.deepEqual(await allResolved(relayed.port, fqdn('web-1.web')), [addresses.old]);
          const alone = await names(services.lagging, 'web');
          const [wrong] = nameOf(alone, 'web-1').verdicts;
          assert.deepEqual(wrong, { kind: 'wrongAddress', got: [addresses.old], servers: ['lagging-0'] });
          assert.deepEqual(verdictsOf(alone)['web-0'], ['ok']);
          assert.equal(alone.code, 1);

          const both = await names(services.pair, 'web');
          const web1 = nameOf(both, 'web-1');
          const kinds = web1.verdicts.map(({ kind }) => kind);
          assert.ok(kinds.includes('serversDisagree'), kinds.join());
          assert.deepEqual(
            web1.verdicts.find(({ kind }) => kind === 'serversDisagree'),
            { kind: 'serversDisagree', right: ['pair-0'], wrong: ['pair-1'] },
          );
          assert.deepEqual(
            web1.answers.map(({ server, addresses }) => [server, addresses]),
            [
              ['pair-0', [addresses.now]],
              ['pair-1', [addresses.old]],
            ],
          );
          assert.deepEqual(web1.expected, [addresses.now]);
          assert.equal(both.code, 1);

          const { stdout } = await sts(['dns', 'web', '-n', namespace, '--dns-service', services.pair]);
          const row = stdout.split('\n').find((line) => line.startsWith('web-1 '));
          assert.match(
            row ?? '',
            new RegExp(`pair-1 still gives? ${addresses.old.replaceAll('.', '\\.')}, pair-0 is right`),
          );
        },
      );
    });

    it('does not know a pod that is new, and has one address too few of the Service', async () => {
      await whileCutOff(
        async () => {
          await kubectl(['scale', 'statefulset', 'web', '-n', namespace, '--replicas=3']);
          await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
        },
        async () => {
          assert.equal((await resolved(relayed.port, fqdn('web-2.web'), 'A')).code, 'ENOTFOUND');
          const seen = await names(services.lagging, 'web', '--srv', '--ptr');
          assert.deepEqual(nameOf(seen, 'web-2').verdicts[0], { kind: 'missing', servers: ['lagging-0'] });
          const [address] = await addressesOf(namespace, 'web-2');
          const ofService = nameOf(seen, 'web').verdicts;
          assert.deepEqual(ofService[0], { kind: 'incomplete', lacking: [address], servers: ['lagging-0'] });
          const srv = ofService.find(({ kind }) => kind === 'srvWrong');
          assert.ok(srv, JSON.stringify(ofService));
          assert.equal(srv['port'], 'db');
          assert.equal((srv['got'] as string[]).length, 2);
          assert.equal((srv['expected'] as string[]).length, 3);
          const ptr = nameOf(seen, 'web-2').verdicts.find(({ kind }) => kind === 'ptrWrong');
          assert.deepEqual([ptr?.['address'], ptr?.['got']], [address, []]);
          assert.deepEqual(verdictsOf(seen)['web-0'], ['ok']);
          assert.equal(seen.code, 1);
        },
      );
    });

    it('still gives a pod that is gone', async () => {
      const [address] = await addressesOf(namespace, 'web-2');
      assert.ok(address, 'of the test before');
      await whileCutOff(
        async () => {
          await kubectl(['scale', 'statefulset', 'web', '-n', namespace, '--replicas=2']);
          await published(namespace, 'web', ['web-0', 'web-1']);
        },
        async () => {
          assert.equal((await allResolved(relayed.port, fqdn('web'))).length, 3);
          const seen = await names(services.lagging, 'web');
          assert.deepEqual(nameOf(seen, 'web').verdicts[0], {
            kind: 'extraAddress',
            got: [address],
            servers: ['lagging-0'],
          });
          assert.equal(seen.code, 1);
        },
      );
    });

    it('has nothing of a family that the Service has since', async () => {
      await apply(namespace, [service('family'), set('family', { replicas: 1 })]);
      await published(namespace, 'family', ['family-0']);
      await known('family-0.family');
      await whileCutOff(
        async () => {
          const dual = '{"spec":{"ipFamilyPolicy":"RequireDualStack"}}';
          await kubectl(['patch', 'service', 'family', '-n', namespace, '-p', dual]);
          await eventually('a slice of IPv6', async () => {
            assert.equal((await allResolved(good.port, fqdn('family-0.family'))).length, 2);
          });
        },
        async () => {
          const seen = await names(services.lagging, 'family');
          for (const subject of ['family-0', 'family']) {
            assert.deepEqual(nameOf(seen, subject).verdicts[0], {
              kind: 'familyMissing',
              family: 'IPv6',
              servers: ['lagging-0'],
            });
          }
          assert.equal(seen.code, 1);
        },
      );
    });
  });

  it('serves another cluster domain is asked for that one, as --cluster-domain says', async () => {
    const seen = await names(services.elsewhere, 'web', '--cluster-domain', 'corp.example');
    assert.deepEqual(new Set(Object.values(verdictsOf(seen)).flat()), new Set(['ok']));
    assert.equal(nameOf(seen, 'web-0').name, `web-0.web.${namespace}.svc.corp.example`);
    assert.deepEqual(seen.document.clusterDomain, { name: 'corp.example', from: '--cluster-domain' });
    assert.equal(seen.code, 0);
  });

  it('serves another cluster domain tells so itself where no ConfigMap does', async () => {
    const seen = await names(services.elsewhere, 'web');
    assert.equal(seen.document.clusterDomain.name, 'corp.example');
    assert.equal(seen.document.clusterDomain.from, `the answer of elsewhere-0 for Service ${namespace}/web`);
    assert.deepEqual(new Set(Object.values(verdictsOf(seen)).flat()), new Set(['ok']));
    assert.equal(seen.code, 0);
  });

  it('serves another cluster domain is believed by its Corefile', async () => {
    const Corefile = `# a comment\n.:53 {\n    errors\n    kubernetes corp.example in-addr.arpa ip6.arpa {\n        pods insecure\n    }\n}\n`;
    await apply(configured, [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns' }, data: { Corefile } },
    ]);
    const { dns } = await dnsServices(configured, { dns: [elsewhere.port] });
    const seen = await names(dns, 'web');
    assert.deepEqual(seen.document.clusterDomain, {
      name: 'corp.example',
      from: `ConfigMap ${configured}/coredns`,
    });
    assert.deepEqual(new Set(Object.values(verdictsOf(seen)).flat()), new Set(['ok']));
  });

  it('does not serve the cluster domain refuses', async () => {
    const seen = await names(services.elsewhere, 'web', '--cluster-domain', 'cluster.local');
    assert.equal((await resolved(elsewhere.port, fqdn('web'), 'A')).code, 'EREFUSED');
    const refused = { kind: 'refused', rcode: 'REFUSED', servers: ['elsewhere-0'] };
    assert.deepEqual(nameOf(seen, 'web-0').verdicts, [refused]);
    assert.equal(seen.code, 2);
    const { stdout } = await sts([
      ...['dns', 'web', '-n', namespace, '--pod', '0', '--no-headers'],
      ...['--dns-service', services.elsewhere, '--cluster-domain', 'cluster.local'],
    ]);
    assert.match(stdout, / {2}REFUSED {2}- {2}REFUSED: from elsewhere-0; is the cluster domain right\?\n$/);
  });

  it('answers SERVFAIL leaves it unknown', async () => {
    const seen = await names(services.starved, 'web');
    assert.deepEqual(nameOf(seen, 'web-0').verdicts[0], {
      kind: 'refused',
      rcode: 'SERVFAIL',
      servers: ['starved-0'],
    });
    assert.equal(seen.code, 2);
  });

  it('is not there is named, with what the node said', async () => {
    const seen = await names(services.dead, 'web');
    const [verdict] = nameOf(seen, 'web-0').verdicts;
    assert.equal(verdict?.kind, 'noAnswer');
    assert.equal(verdict?.['timedOut'], false);
    assert.match(String(verdict?.['why']), /refused|forward/);
    assert.equal(seen.code, 2);
  });

  it('is not well does not hide what another one says', async () => {
    const seen = await names(services.mixed, 'web', '--servers', '9', '--cluster-domain', 'cluster.local');
    const { verdicts, answers } = nameOf(seen, 'web-0');
    assert.deepEqual(
      answers.map(({ server, outcome }) => [server, outcome]),
      [
        ['mixed-0', 'NOERROR'],
        ['mixed-1', 'SERVFAIL'],
        ['mixed-2', 'none'],
        ['mixed-3', 'none'],
      ],
    );
    assert.notEqual(verdicts[0]?.kind, 'ok');
    for (const server of ['mixed-1', 'mixed-2', 'mixed-3']) {
      assert.ok(JSON.stringify(verdicts).includes(server), `${server}: ${JSON.stringify(verdicts)}`);
    }
    assert.notEqual(seen.code, 0);
  });

  describe('means no good', () => {
    const [address, other] = ['203.0.113.9', '203.0.113.10'];
    const record = (name: string, data = address) => ({ type: 'A' as const, name, ttl: 5, data });
    const reply = (asked: Packet, more: Packet): Packet => ({
      ...(asked.id === undefined ? {} : { id: asked.id }),
      type: 'response',
      questions: asked.questions ?? [],
      ...more,
    });
    const nameIn = ({ questions }: Packet) => questions?.[0]?.name ?? '';
    const bomb = Buffer.from([0xc0, 12]);
    const liars: Record<string, () => Promise<BadServer>> = {
      'with another id': () =>
        lyingServer((asked) => [
          reply(asked, { id: ((asked.id ?? 0) + 1) % 65_536, answers: [record(nameIn(asked))] }),
        ]),
      'about another question': () =>
        lyingServer((asked) => [
          reply(asked, { questions: [{ type: 'A', name: 'other.example' }], answers: [record('other.example')] }),
        ]),
      'with a record of another name': () =>
        lyingServer((asked) => [reply(asked, { answers: [record('other.example')] })]),
      'with names that point to themselves': () =>
        babblingServer(({ id = 0 }) => {
          const header = Buffer.from([id >> 8, id & 255, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
          return [framed(Buffer.concat([header, bomb, Buffer.from([0, 1, 0, 1]), bomb, Buffer.alloc(14)]))];
        }),
      'with less than a message': () => babblingServer(() => [framed(Buffer.from([0]))]),
      'with a length and no more': () => babblingServer(() => [Buffer.from([0xff, 0xff, 0])]),
      'by saying nothing': silentServer,
      'with noise': () => babblingServer(() => [Buffer.alloc(100_000, 0x5a)]),
    };
    let told: Record<string, Ran & { milliseconds: number }>;

    // Side by side: each is waited for until its time is over.
    before(async () => {
      const names = Object.fromEntries(Object.keys(liars).map((how) => [how, how.replaceAll(' ', '-')]));
      const started = await Promise.all(
        Object.entries(liars).map(async ([how, start]) => [names[how] ?? '', [kept(await start()).port]] as const),
      );
      const dns: Record<string, string> = await dnsServices(namespace, Object.fromEntries(started));
      const entries = await Promise.all(
        Object.entries(names).map(async ([how, name]) => {
          const asked = ['web', '-n', namespace, '--dns-service', dns[name] ?? '', '--cluster-domain', 'cluster.local'];
          const begun = performance.now();
          const ran = await sts(['dns', ...asked, '-o', 'json']);
          return [how, { ...ran, milliseconds: performance.now() - begun }] as const;
        }),
      );
      told = Object.fromEntries(entries);
    });

    for (const how of Object.keys(liars)) {
      it(`${how} is not believed, and does not hold anybody up`, () => {
        const { stdout, stderr, code, milliseconds } = told[how] ?? assert.fail();
        const { names } = JSON.parse(stdout) as {
          names: { answers: { outcome: string }[]; verdicts: { kind: string; timedOut?: boolean }[] }[];
        };
        assert.equal(names.length, 3);
        // Who says NOERROR without a record of the name says that it has none.
        const says = how === 'with a record of another name' ? ['NOERROR', 'missing', 1] : ['none', 'noAnswer', 2];
        for (const { answers, verdicts } of names) {
          assert.deepEqual([answers[0]?.outcome, verdicts[0]?.kind, code], says, stdout);
          if (how === 'by saying nothing') assert.equal(verdicts[0]?.timedOut, true);
        }
        assert.doesNotMatch(stdout, new RegExp(address.replaceAll('.', '\\.')));
        assert.doesNotMatch(stderr, /TypeError|RangeError/);
        assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
      });
    }

    it('with more addresses than there are is told of', async () => {
      const [real = ''] = await addressesOf(namespace, 'web-0');
      const { port } = kept(
        await lyingServer((asked) => {
          const name = nameIn(asked);
          const isA = asked.questions?.[0]?.type === 'A';
          return [
            reply(asked, { answers: isA ? [record(name, real), record(name, address), record(name, other)] : [] }),
          ];
        }),
      );
      const { generous } = await dnsServices(namespace, { generous: [port] });
      const seen = await names(generous, 'web', '--pod', '0');
      const [verdict] = nameOf(seen, 'web-0').verdicts;
      assert.deepEqual(verdict, { kind: 'extraAddress', got: [address, other], servers: ['generous-0'] });
      assert.equal(seen.code, 1);
    });
  });

  it('is well finds nothing at fault with the set', async () => {
    assert.deepEqual(findingsOf(await names(services.good, 'web')), []);
  });
});
