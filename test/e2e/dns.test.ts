import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { sharedStand } from '../runner/stand-variables.ts';
import { nameOf, told, verdictsOf } from './dns/document.ts';
import { allResolved, reversed, srvRecords } from './dns/resolver.ts';
import { addressesOf, published, service, set } from './dns/sets.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

describe('the names of StatefulSets that are well', () => {
  const namespace = ownNamespace('names');
  const many = Array.from({ length: 100 }, (_, ordinal) => `many-${ordinal}`);
  const fqdn = (subject: string, service: string) => `${subject}.${service}.${namespace}.svc.cluster.local`;
  /** By the names of the sets, which are those of their Services. */
  const podsOf: Record<string, string[]> = {
    web: ['web-0', 'web-1'],
    // Of both families, and with ordinals from 5 on.
    twin: ['twin-5', 'twin-6'],
    // In the network of their nodes.
    hosted: ['hosted-0'],
    // Never ready, and published all the same.
    early: ['early-0'],
    // Behind a Service that is not headless.
    balanced: ['balanced-0'],
    many,
  };

  before(async () => {
    await apply(namespace, [
      service('many'),
      set('many', { replicas: many.length }),
      service('web'),
      set('web', { labels: { tier: 'front' } }),
      service('twin', { ipFamilyPolicy: 'RequireDualStack' }),
      set('twin', { start: 5 }),
      service('hosted'),
      set('hosted', { replicas: 1, podSpec: { hostNetwork: true } }),
      service('early', { publishNotReadyAddresses: true }),
      set('early', { replicas: 1, annotations: { 'stand.kubectl-sts/unready': 'true' } }),
      service('balanced', { clusterIP: undefined }),
      set('balanced', { replicas: 1 }),
    ]);
    for (const [name, pods] of Object.entries(podsOf)) await published(namespace, name, pods);
  });

  const names = (...args: string[]) => told([...args, '-n', namespace]);

  for (const name of Object.keys(podsOf)) {
    it(`are found right, and a second resolver says the same: ${name}`, async () => {
      const pods = podsOf[name] ?? [];
      const seen = await names(name);
      assert.deepEqual(
        verdictsOf(seen),
        Object.fromEntries([...pods, name].map((subject) => [subject, ['ok']])),
        JSON.stringify(seen.document.names.filter(({ verdicts }) => verdicts[0]?.kind !== 'ok').slice(0, 3)),
      );
      assert.equal(seen.code, 0, seen.stderr);
      const subjects = seen.document.names.map(({ pod, service }) => pod ?? service);
      assert.deepEqual(subjects, [...pods, name], 'in the order of their ordinals, and then the Service');
      for (const { name: asked, pod, expected, answers } of seen.document.names) {
        assert.equal(asked, pod === undefined ? `${name}.${namespace}.svc.cluster.local` : fqdn(pod, name));
        const judged = await allResolved(sharedStand().dnsPort, asked);
        assert.ok(judged.length > 0, asked);
        assert.deepEqual([...expected].sort(), [...judged].sort());
        assert.equal(answers.length, 2, 'of both servers');
        for (const { outcome, addresses } of answers) {
          assert.equal(outcome, 'NOERROR');
          assert.deepEqual([...addresses].sort(), [...judged].sort());
        }
      }
    });
  }

  it('are told with their addresses, answers and lifetimes in a table', async () => {
    const { stdout, stderr, code } = await sts(['dns', 'web', '-n', namespace]);
    const addresses = await Promise.all(['web-0', 'web-1'].map(async (pod) => (await addressesOf(namespace, pod))[0]));
    const cells = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(cells, [
      ['POD', 'NAME', 'EXPECTED', 'ANSWER', 'TTL', 'VERDICT'],
      ['web-0', fqdn('web-0', 'web'), addresses[0], addresses[0], '5', 'ok'],
      ['web-1', fqdn('web-1', 'web'), addresses[1], addresses[1], '5', 'ok'],
      ['Service', `web.${namespace}.svc.cluster.local`, '2 addresses', '2 addresses', '5', 'ok'],
      [''],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^asked coredns-\S+ and coredns-\S+ by port-forward; [^;]*NodeLocal DNSCache[^;]*; cluster domain cluster\.local, from ConfigMap kube-system\/coredns$/m,
    );
  });

  it('say that a governing Service has a cluster IP', async () => {
    const { document, stderr } = await names('balanced');
    const { spec } = await getJson<{ spec: { clusterIP: string } }>(['service/balanced', '-n', namespace]);
    assert.deepEqual(document.findings, [{ kind: 'hasClusterIP', clusterIP: spec.clusterIP }]);
    assert.match(stderr, /^warning: balanced: Service balanced is not headless/m);
    assert.deepEqual(nameOf({ document, stderr, code: 0 }, 'balanced').expected, [spec.clusterIP]);
  });

  it('say that a pod is published though it is not ready', async () => {
    const seen = await names('early');
    assert.deepEqual(
      nameOf(seen, 'early-0').findings.map(({ kind }) => kind),
      ['publishedNotReady'],
    );
  });

  it('have no fault in a family that the Service does not have', async () => {
    assert.deepEqual(nameOf(await names('web'), 'web-0').families, ['IPv4']);
    const twin = nameOf(await names('twin'), 'twin-5');
    assert.deepEqual(twin.families, ['IPv4', 'IPv6']);
    assert.equal(twin.expected.length, 2);
  });

  it('are told of some pods alone by --pod, without the Service', async () => {
    assert.deepEqual(Object.keys(verdictsOf(await names('web', '--pod', '1'))), ['web-1']);
    assert.deepEqual(Object.keys(verdictsOf(await names('many', '--pod', '3,99', '--pod', '17'))), [
      'many-3',
      'many-17',
      'many-99',
    ]);
  });

  it('have SRV records of the named ports and names of the addresses, as a second resolver says', async () => {
    const port = sharedStand().dnsPort;
    for (const name of ['web', 'twin']) {
      const pods = podsOf[name] ?? [];
      const records = await srvRecords(port, `_db._tcp.${name}.${namespace}.svc.cluster.local`);
      // A record for each address: twin's pods have two.
      assert.deepEqual(
        [...new Set(records.map(({ name }) => name))],
        pods.map((pod) => fqdn(pod, name)),
      );
      for (const pod of pods) {
        for (const address of nameOf(await names(name), pod).expected) {
          assert.deepEqual(await reversed(port, address), [fqdn(pod, name)]);
        }
      }
      const seen = await names(name, '--srv', '--ptr');
      assert.deepEqual(new Set(Object.values(verdictsOf(seen)).flat()), new Set(['ok']), JSON.stringify(seen.document));
      assert.equal(seen.code, 0);
      assert.deepEqual(nameOf(seen, name).ports, [{ name: 'db', protocol: 'TCP', port: 5432 }]);
    }
  });

  it('keep a PTR name right that is one of several', async () => {
    // A second Service for the same pods: their addresses have two names then.
    await apply(namespace, [service('also-web', { selector: { app: 'web' } })]);
    await published(namespace, 'also-web', ['web-0', 'web-1']);
    const seen = await names('web', '--ptr');
    const [address = ''] = nameOf(seen, 'web-0').expected;
    await kubectl(['delete', 'service', 'also-web', '-n', namespace]);
    assert.ok(address);
    assert.equal(seen.code, 0, JSON.stringify(seen.document.names));
  });

  describe('in other formats', () => {
    const text = async (...args: string[]) => {
      const { stdout, stderr, code } = await sts(['dns', 'web', '-n', namespace, ...args]);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const all = () => [fqdn('web-0', 'web'), fqdn('web-1', 'web'), `web.${namespace}.svc.cluster.local`];

    it('-o name: bare names', async () => {
      assert.equal(await text('-o', 'name'), `${all().join('\n')}\n`);
    });

    it('-o name --port: for a connection string', async () => {
      const expected = `${fqdn('web-0', 'web')}:5432\n${fqdn('web-1', 'web')}:5432\n`;
      assert.equal(await text('-o', 'name', '--port', '5432', '--pod', '0,1'), expected);
    });

    it('-o hosts: lines of /etc/hosts', async () => {
      const lines = (await text('-o', 'hosts', '--pod', '0,1')).trimEnd().split('\n');
      const expected = await Promise.all(
        ['web-0', 'web-1'].map(async (pod) => `${(await addressesOf(namespace, pod))[0]} ${fqdn(pod, 'web')} ${pod}`),
      );
      assert.deepEqual(lines, expected);
    });

    it('-o yaml: the document of -o json', async () => {
      assert.deepEqual(load(await text('-o', 'yaml')), JSON.parse(await text('-o', 'json')));
    });

    it('-o wide: what each server said', async () => {
      const [header = '', first = ''] = (await text('-o', 'wide')).split('\n');
      assert.match(header, /^POD .* VERDICT +SERVERS$/);
      const [address] = await addressesOf(namespace, 'web-0');
      const escaped = address?.replaceAll('.', '\\.');
      assert.match(first, new RegExp(` coredns-\\S+=${escaped} coredns-\\S+=${escaped}$`));
    });

    it('--no-headers', async () => {
      assert.match(await text('--no-headers'), /^web-0 /);
    });
  });

  it('are asked of sets by their labels, and of all', async () => {
    const list = async (...args: string[]) => {
      const { stdout, code, stderr } = await sts(['dns', ...args, '-o', 'json']);
      assert.equal(code, 0, stderr);
      const { kind, items } = JSON.parse(stdout) as { kind: string; items: { metadata: { name: string } }[] };
      assert.equal(kind, 'StatefulSetNamesList');
      return items.map(({ metadata }) => metadata.name);
    };
    assert.deepEqual(await list('-n', namespace, '-l', 'tier=front'), ['web']);
    assert.deepEqual(await list('-n', namespace, 'web', 'twin'), ['web', 'twin']);
    assert.deepEqual(await list('-A', '-l', 'app in (web,twin),tier=front'), ['web']);
    assert.deepEqual(await list('-n', namespace), Object.keys(podsOf).sort());
  });

  it('are asked of a server of one’s choice by --via direct', async () => {
    const server = `127.0.0.1:${sharedStand().dnsPort}`;
    const seen = await names('many', '--via', 'direct', '--dns-server', server, '--cluster-domain', 'cluster.local');
    assert.deepEqual(new Set(Object.values(verdictsOf(seen)).flat()), new Set(['ok']));
    assert.equal(seen.code, 0);
    assert.deepEqual(seen.document.asked, { via: 'direct', servers: [server], unreached: [] });
    assert.deepEqual(seen.document.clusterDomain, { name: 'cluster.local', from: '--cluster-domain' });
    // 100 addresses do not fit into one packet of UDP: that answer was truncated, and asked for again over TCP.
    assert.equal(nameOf(seen, 'many').answers[0]?.addresses.length, many.length);
  });

  it('are listed without asking anybody by --via none', async () => {
    const seen = await names('web', '--via', 'none');
    assert.deepEqual(verdictsOf(seen), { 'web-0': ['notAsked'], 'web-1': ['notAsked'], web: ['notAsked'] });
    assert.deepEqual(seen.document.asked, { via: 'none', servers: [], unreached: [] });
    assert.deepEqual(nameOf(seen, 'web-0').expected, [(await addressesOf(namespace, 'web-0'))[0]]);
    assert.match(seen.stderr, /asked nobody/);
  });

  it('are told from files: names and faults of configuration, and nothing of DNS', async () => {
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [service('db', {}), set('db')] });
    const { stdout, stderr, code } = await sts(['dns', '-f', '-', '-o', 'json', 'db'], { stdin });
    const document = JSON.parse(stdout);
    assert.deepEqual(verdictsOf({ document, stderr, code }), {
      'db-0': ['notAsked'],
      'db-1': ['notAsked'],
      db: ['notAsked'],
    });
    assert.equal(document.names[0].name, 'db-0.db.default.svc.cluster.local');
    assert.match(stderr, /asked nobody/);

    const wrong = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [service('db', { selector: { app: 'other' } }), set('db')],
    });
    const seen = await sts(['dns', '-f', '-', '-o', 'json', 'db'], { stdin: wrong });
    const kinds = (JSON.parse(seen.stdout).findings as { kind: string }[]).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['selectorMissesPods', 'slicesUnknown']);
  });

  it('of a set that is not there are refused in kubectl’s words', async () => {
    const judge = await tryKubectl(['get', 'statefulsets', 'nope', '-n', namespace]);
    const { stdout, stderr, code } = await sts(['dns', 'nope', '-n', namespace]);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
  });

  for (const args of [
    ['--via', 'direct'],
    ['--dns-server', '127.0.0.1:53'],
    ['--wait', '-w'],
    ['--via', 'none', '--wait'],
    ['--via', 'carrier-pigeon'],
    ['--pod', 'web-0'],
    ['--port', '5432'],
    ['--wait', '--timeout', 'soon'],
    ['--dns-service', 'no-namespace'],
    ['--dns-service', 'default/nope'],
    ['--dns-service', 'default/kubernetes'],
  ]) {
    it(`cannot be asked for by ${args.join(' ')}`, async () => {
      const { stdout, stderr, code } = await sts(['dns', 'web', '-n', namespace, ...args]);
      assert.deepEqual({ stdout, code }, { stdout: '', code: 2 }, stderr);
      assert.match(stderr, /^(error: |Error from server)[^\n]+\n$/);
      assert.doesNotMatch(stderr, /TypeError|undefined/);
    });
  }
});
