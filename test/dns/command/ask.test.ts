import assert from 'node:assert/strict';
import type { DaemonSet, NetworkPolicy } from '#src/objects/types.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import {
  addressOf,
  dnsWorld,
  lines,
  member,
  nameOf,
  putDnsService,
  serviceName,
  set,
  slice,
  type World,
} from './world.ts';

describe('kubectl sts dns', () => {
  let world: World;

  beforeEach(async () => {
    world = await dnsWorld();
  });
  afterEach(() => world.close());

  const forwarded =
    'asked coredns-0 and coredns-1 by port-forward; no NodeLocal DNSCache found; cluster domain cluster.local';
  const right = [
    'POD NAME EXPECTED ANSWER TTL VERDICT',
    `web-0 ${nameOf(0)} 10.0.0.1 10.0.0.1 5 ok`,
    `web-1 ${nameOf(1)} 10.0.0.2 10.0.0.2 5 ok`,
    `Service ${serviceName} 2 addresses 2 addresses 5 ok`,
  ];

  /** What is said of the first pod, and the exit code. */
  async function firstVerdict(words: string): Promise<[verdict: string | undefined, code: number]> {
    const { stdout, code } = await world.run(`dns web --no-headers ${words}`);
    return [stdout.split('\n')[0]?.split('  ').at(-1), code];
  }

  describe('over a port-forward', () => {
    it('asks each ready DNS server, and exits 0 when all names are right', async () => {
      const { code, stdout, stderr } = await world.run('dns web');
      assert.deepEqual([code, lines(stdout)], [0, right]);
      assert.deepEqual(lines(stderr), [`${forwarded}, from ConfigMap kube-system/coredns`]);
      const questions = [`A ${nameOf(0)}`, `A ${nameOf(1)}`, `A ${serviceName}`];
      for (const { asked } of world.servers) assert.deepEqual(asked, questions);
    });

    it('exits 1 when one server is wrong', async () => {
      world.servers[1].records.set(nameOf(0), ['10.0.0.9']);
      const wrong = 'wrong address: coredns-1 still gives 10.0.0.9, coredns-0 is right';
      assert.deepEqual(await firstVerdict(''), [wrong, 1]);
    });

    it('exits 1 when a name is not published', async () => {
      world.cluster.put('pods', member(set, 0, { ready: false }));
      world.cluster.put('endpointslices', slice('web', [1]));
      for (const { records } of world.servers) {
        records.delete(nameOf(0));
        records.set(serviceName, [addressOf(1)]);
      }
      assert.deepEqual(await firstVerdict(''), ['not published: the pod is not ready', 1]);
    });

    it('exits 2 when a server refuses', async () => {
      for (const server of world.servers) server.rcode = 5;
      assert.deepEqual(await firstVerdict(''), [
        'REFUSED: from coredns-0 and coredns-1; is the cluster domain right?',
        2,
      ]);
    });

    it('exits 2 when a server cannot be reached, and names it', async () => {
      const { onForward } = world.cluster;
      world.cluster.onForward = (pod, port) => (pod === 'coredns-1' ? undefined : onForward(pod, port));
      const { code, stderr } = await world.run('dns web');
      assert.equal(code, 2);
      const [warning, ...others] = lines(stderr);
      assert.match(warning ?? '', /^warning: could not ask coredns-1: .*error forwarding port 5353 to pod coredns-1/);
      assert.deepEqual(others, [`${forwarded}, from ConfigMap kube-system/coredns`]);
    });

    it('goes on with the other servers when one was deleted meanwhile', async () => {
      const message = 'pods "coredns-0" not found';
      const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 404, reason: 'NotFound', message };
      world.cluster.intercept = ({ subresource, name }) =>
        subresource === 'portforward' && name === 'coredns-0' ? { code: 404, body } : undefined;
      const { code, stdout, stderr } = await world.run('dns web -o wide');
      assert.equal(code, 2);
      assert.match(
        lines(stdout)[1] ?? '',
        /no answer: coredns-0: pods "coredns-0" not found coredns-0=no answer coredns-1=10\.0\.0\.1$/,
      );
      assert.match(stderr, /^warning: could not ask coredns-0: pods "coredns-0" not found$/m);
    });

    it('goes on with the other servers when a connection to one breaks', async () => {
      world.cluster.intercept = ({ subresource, name }) =>
        subresource === 'portforward' && name === 'coredns-1' ? { code: 200, body: {} } : undefined;
      const { code, stderr } = await world.run('dns web');
      assert.equal(code, 2);
      assert.match(stderr, /^warning: could not ask coredns-1: /m);
    });

    it('asks one server with --servers 1', async () => {
      const { stdout, stderr } = await world.run('dns web --servers 1 -o wide');
      assert.match(lines(stdout)[1] ?? '', / ok coredns-0=10\.0\.0\.1$/);
      assert.match(stderr, /^asked coredns-0 by port-forward; /m);
      assert.deepEqual(world.servers[1].asked, []);
    });

    it('gives up servers that stay silent, and says which NetworkPolicy selects them', async () => {
      for (const server of world.servers) server.silent = true;
      world.cluster.put<NetworkPolicy>('networkpolicies', {
        metadata: { name: 'locked', namespace: 'kube-system' },
        spec: { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
      });
      world.cluster.put<NetworkPolicy>('networkpolicies', {
        metadata: { name: 'other', namespace: 'kube-system' },
        spec: { podSelector: { matchLabels: { app: 'other' } } },
      });
      const clock = quickClock((milliseconds) => milliseconds === 300);
      const { code, stdout, stderr } = await world.runner.run('dns web', {}, { clock });
      assert.equal(code, 2);
      assert.match(lines(stdout)[1] ?? '', / no answer - no answer: coredns-0 and coredns-1 timed out$/);
      assert.deepEqual(lines(stderr), [
        'warning: could not ask coredns-0: no answer within 3s',
        'warning: could not ask coredns-1: no answer within 3s',
        `${forwarded}, from ConfigMap kube-system/coredns`,
        'hint: the DNS pods are selected by NetworkPolicy locked in namespace kube-system: check that it lets traffic in',
      ]);
    });

    it('gives no hint when no policy is known, or none may be read', async () => {
      for (const server of world.servers) server.rcode = 2;
      assert.doesNotMatch((await world.run('dns web')).stderr, /hint/);
      world.cluster.put<NetworkPolicy>('networkpolicies', { metadata: { name: 'locked', namespace: 'kube-system' } });
      assert.match((await world.run('dns web')).stderr, /^hint: .* NetworkPolicy locked /m);
      world.cluster.denied.add('list networkpolicies');
      assert.doesNotMatch((await world.run('dns web')).stderr, /hint/);
    });

    it('does not look for policies when an answer is wrong', async () => {
      world.cluster.put<NetworkPolicy>('networkpolicies', { metadata: { name: 'locked', namespace: 'kube-system' } });
      for (const { records } of world.servers) records.clear();
      const { code, stderr } = await world.run('dns web');
      assert.equal(code, 1);
      assert.doesNotMatch(stderr, /hint/);
    });

    it('asks the servers behind --dns-service', async () => {
      world.cluster.remove('services', 'kube-dns', 'kube-system');
      putDnsService(world.cluster, 'rke2-dns');
      const { code, stdout } = await world.run('dns web --dns-service kube-system/rke2-dns');
      assert.deepEqual([code, lines(stdout)], [0, right]);
    });

    const unaskable: [what: string, words: string, prepare: () => void, line: string][] = [
      [
        'there is no DNS Service',
        '',
        () => world.cluster.remove('services', 'kube-dns', 'kube-system'),
        'error: namespace kube-system has no Service with the label k8s-app=kube-dns: name the DNS Service with --dns-service NAMESPACE/NAME, or ask by another path with --via',
      ],
      [
        'no server is ready',
        '',
        () => world.cluster.remove('endpointslices', 'kube-dns-x', 'kube-system'),
        'error: no ready pod behind Service kube-system/kube-dns serves DNS over TCP: name the DNS Service with --dns-service NAMESPACE/NAME, or ask by another path with --via',
      ],
      [
        'the Service of --dns-service is missing',
        '--dns-service default/nope',
        () => {},
        'Error from server (NotFound): services "nope" not found (the Service that --dns-service names)',
      ],
      [
        'the right to port-forward is missing',
        '',
        () => {
          world.cluster.denied.add('get pods/portforward');
          world.cluster.denied.add('create pods/portforward');
        },
        'error: no right to get pods/portforward and create pods/portforward in namespace kube-system, so nothing was asked: ask by another path with --via exec, or list the names alone with --via none',
      ],
      [
        'one of the rights to port-forward is missing',
        '',
        () => world.cluster.denied.add('create pods/portforward'),
        'error: no right to create pods/portforward in namespace kube-system, so nothing was asked: ask by another path with --via exec, or list the names alone with --via none',
      ],
      [
        'the DNS Service may not be looked for',
        '',
        () => {
          world.cluster.intercept = ({ verb, plural, namespace }) =>
            verb === 'list' && plural === 'services' && namespace === 'kube-system' ? forbidden : undefined;
        },
        'Error from server (Forbidden): services is forbidden (while looking for the DNS servers; ask by another path with --via exec, or list the names alone with --via none)',
      ],
      [
        'its EndpointSlices may not be read',
        '',
        () => {
          world.cluster.intercept = ({ verb, plural, namespace }) =>
            verb === 'list' && plural === 'endpointslices' && namespace === 'kube-system' ? forbidden : undefined;
        },
        'Error from server (Forbidden): services is forbidden (while looking for the DNS servers; ask by another path with --via exec, or list the names alone with --via none)',
      ],
    ];
    const forbidden = {
      code: 403,
      body: {
        apiVersion: 'v1',
        kind: 'Status',
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'services is forbidden',
      },
    };
    for (const [what, words, prepare, line] of unaskable) {
      it(`asks nobody when ${what}, says so, and exits 2`, async () => {
        prepare();
        assert.deepEqual(await world.run(`dns web ${words}`), { code: 2, stdout: '', stderr: `${line}\n` });
        assert.deepEqual(world.streams(), []);
        assert.equal((await world.run('dns web --via none')).code, 0, 'the names alone are there');
      });
    }

    it('fails when the API server fails', async () => {
      world.cluster.intercept = ({ plural, namespace }) =>
        plural === 'services' && namespace === 'kube-system'
          ? { code: 400, body: { ...forbidden.body, code: 400, reason: 'BadRequest', message: 'broken' } }
          : undefined;
      assert.deepEqual(await world.run('dns web'), {
        code: 2,
        stdout: '',
        stderr: 'Error from server (BadRequest): Unable to list "/v1, Resource=services": broken\n',
      });
    });

    const web = 'web.shop.svc';
    /** The servers know the set's names in these domains. */
    function serve(...domains: string[]): void {
      for (const { records } of world.servers) {
        records.clear();
        for (const domain of domains) {
          for (const ordinal of [0, 1]) records.set(`web-${ordinal}.${web}.${domain}`, [addressOf(ordinal)]);
          records.set(`${web}.${domain}`, [addressOf(0), addressOf(1)]);
        }
      }
    }
    const configure = (Corefile: string) =>
      world.cluster.put('configmaps', {
        metadata: { name: 'coredns', namespace: 'kube-system' },
        data: { Corefile },
      });
    const dnsName = (domain: string) => {
      for (const { records } of world.servers) {
        records.set('10.0.96.10.in-addr.arpa', [`kube-dns.kube-system.svc.${domain}`]);
      }
    };

    it('asks what SRV targets lead to, where their names do not tell it', async () => {
      const endpoints = slice('web', [0]).endpoints ?? [];
      const nameless = {
        addresses: [addressOf(1)],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: 'web-1' },
      };
      world.cluster.put('endpointslices', { ...slice('web', [0]), endpoints: [...endpoints, nameless] });
      world.cluster.put('pods', { ...member(set, 1), spec: { ...member(set, 1).spec, subdomain: 'old' } });
      const dashed = `10-0-0-2.${serviceName}`;
      for (const { records } of world.servers) {
        records.set(`_db._tcp.${serviceName}`, [`5433 ${nameOf(0)}`, `5433 ${dashed}`]);
        records.set(dashed, [addressOf(1)]);
      }
      const { code, stdout } = await world.run('dns web --srv');
      assert.deepEqual(lines(stdout).slice(2), [
        `web-1 ${nameOf(1)} - 10.0.0.2 5 works, though not published: the pod's subdomain is old, not web; only a pod made anew is published`,
        `Service ${serviceName} 2 addresses 2 addresses 5 ok; SRV right: db`,
      ]);
      assert.equal(code, 0);
      world.servers[0].records.set(dashed, ['10.0.0.9']);
      const wrong = await world.run('dns web --srv');
      assert.equal(wrong.code, 1);
      assert.match(
        wrong.stdout,
        /SRV wrong: port db: coredns-0 lacks 10\.0\.0\.2:5433 and coredns-0 gives \S+:5433 too/,
      );
    });

    it('says whether there is a NodeLocal DNSCache, which it does not ask', async () => {
      world.cluster.put('daemonsets', nodeCache('169.254.20.10,10.96.0.10'));
      const found = await world.run('dns web');
      const cache = 'NodeLocal DNSCache (DaemonSet kube-system/node-local-dns) was not asked and may lag';
      assert.match(found.stderr, new RegExp(`; ${cache.replace(/[()]/g, '\\$&')}; cluster domain`));
      const { asked } = JSON.parse((await world.run('dns web -o json')).stdout);
      assert.deepEqual(asked.nodeLocalCache, {
        state: 'found',
        daemonSet: 'kube-system/node-local-dns',
        addresses: ['169.254.20.10', '10.96.0.10'],
      });
      world.cluster.denied.add('list daemonsets');
      const { code, stderr } = await world.run('dns web');
      assert.equal(code, 0);
      assert.match(stderr, /; NodeLocal DNSCache unknown: DaemonSets in kube-system may not be listed; cluster domain/);
    });

    it('learns the cluster domain from a Service that resolves in it, where the configuration may not be read', async () => {
      world.cluster.denied.add('get configmaps');
      const { code, stderr } = await world.run('dns web');
      assert.equal(code, 0);
      assert.match(stderr, /cluster domain cluster\.local, from the answer of coredns-0 for Service shop\/web$/m);
      serve('corp.example');
      dnsName('corp.example');
      const other = await world.run('dns web');
      assert.equal(other.code, 0);
      assert.match(other.stderr, /cluster domain corp\.example, from the answer of coredns-0 for Service shop\/web$/m);
    });

    it('takes no zone of another cluster, and asks for nothing where one zone is left', async () => {
      configure('b.example {\n kubernetes {\n  endpoint https://b\n }\n}\n. {\n kubernetes corp.example {\n }\n}');
      serve('b.example', 'corp.example');
      const { code, stderr } = await world.run('dns web');
      assert.match(stderr, /cluster domain corp\.example, from ConfigMap kube-system\/coredns$/m);
      assert.equal(code, 0);
      assert.equal(world.servers[0].asked.length, 3);
    });

    it('takes the zone of several in which a Service resolves, whatever the DNS Service is called', async () => {
      configure('. {\n kubernetes a.example b.example {\n }\n}');
      serve('b.example');
      dnsName('a.example');
      const { code, stderr } = await world.run('dns web');
      assert.match(stderr, /cluster domain b\.example, from the answer of coredns-0 for Service shop\/web$/m);
      assert.equal(code, 0);
      serve('a.example', 'b.example');
      dnsName('b.example');
      const both = await world.run('dns web');
      assert.match(both.stderr, /cluster domain b\.example, .* \(which resolves in a\.example too\)$/m);
    });

    it('says that the cluster domain is not determined, and judges nothing by it', async () => {
      configure('b.example {\n kubernetes {\n  endpoint https://b\n }\n}\n');
      serve('elsewhere.example');
      dnsName('cluster.local');
      const { code, stdout, stderr } = await world.run('dns web');
      const not = 'not asked: the cluster domain is not determined';
      assert.deepEqual(lines(stdout).slice(1), [
        `web-0 web-0.${web} 10.0.0.1 - - ${not}`,
        `web-1 web-1.${web} 10.0.0.2 - - ${not}`,
        `Service ${web} 2 addresses - - ${not}`,
      ]);
      assert.deepEqual(lines(stderr), [
        'warning: the cluster domain is not determined, and left out of the names: no server gives an address for Service shop/web in cluster.local: give --cluster-domain',
        'asked coredns-0 and coredns-1 by port-forward; no NodeLocal DNSCache found; cluster domain not determined',
      ]);
      assert.equal(code, 2);
      const { clusterDomain } = JSON.parse((await world.run('dns web -o json')).stdout);
      assert.deepEqual(Object.keys(clusterDomain), ['undetermined']);
      const none = await world.run('dns web --via none -o name');
      assert.deepEqual([none.code, lines(none.stdout)], [0, [`web-0.${web}`, `web-1.${web}`, web]]);
      const table = await world.run('dns web --via none --no-headers');
      assert.equal(lines(table.stdout)[0], `web-0 web-0.${web} 10.0.0.1 - - not asked`);
      assert.match(
        none.stderr,
        /: ConfigMap kube-system\/coredns names no zone of this cluster: give --cluster-domain\n/,
      );
    });

    it('looks for the cluster domain until pods have addresses by which it is found', async () => {
      world.cluster.denied.add('get configmaps');
      for (const ordinal of [0, 1]) world.cluster.put('pods', member(set, ordinal, { ready: false }));
      world.cluster.put('endpointslices', slice('web', []));
      const first = await world.run('dns web');
      assert.equal(first.code, 1);
      assert.match(first.stdout, new RegExp(`^web-0 +web-0\\.${web} .* not published: the pod is not ready$`, 'm'));
      assert.match(first.stderr, /no Service of the namespace has an address that servers could be asked for/);
      const clock = quickClock();
      const steadyClock = {
        now: clock.now,
        async sleep(milliseconds: number, signal: AbortSignal) {
          for (const ordinal of [0, 1]) world.cluster.put('pods', member(set, ordinal));
          world.cluster.put('endpointslices', slice('web', [0, 1]));
          await clock.sleep(milliseconds, signal);
        },
      };
      const { code, stdout } = await world.runner.run('dns web --wait', {}, { steadyClock });
      assert.deepEqual([code, lines(stdout)], [0, right]);
    });

    it('tells servers that answer nothing from a domain that is not determined', async () => {
      world.cluster.denied.add('get configmaps');
      for (const server of world.servers) server.rcode = 2;
      assert.deepEqual(await firstVerdict(''), [
        "SERVFAIL: from coredns-0 and coredns-1; see the DNS servers' logs",
        2,
      ]);
    });
  });

  /** As Kubernetes's manifest makes it, listening at these addresses. */
  const nodeCache = (addresses: string): DaemonSet => ({
    metadata: { name: 'node-local-dns', namespace: 'kube-system', labels: { 'k8s-app': 'node-local-dns' } },
    spec: {
      template: {
        spec: { containers: [{ name: 'node-cache', args: ['-localip', addresses, '-conf', '/etc/Corefile'] }] },
      },
    },
  });

  describe('from inside a pod', () => {
    /** What getent prints of these names. */
    const found = (...ordinals: number[]) =>
      [
        ...ordinals.map((ordinal) => `${addressOf(ordinal)} STREAM ${nameOf(ordinal)}.\n`),
        `${addressOf(0)} STREAM ${serviceName}.\n${addressOf(1)} STREAM\n`,
        '127.0.0.1 STREAM localhost\n',
      ].join('');
    let resolvConf: string;
    let ran: [pod: string, container: string, command: string][];

    beforeEach(() => {
      ran = [];
      resolvConf = 'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\n';
      world.cluster.onExec = (pod, container, command) => {
        ran.push([pod, container, command.join(' ')]);
        if (command[0] === 'cat') return { stdout: resolvConf };
        return { stdout: found(0, 1) };
      };
    });

    it('asks with getent in the first container of the first ready pod, and learns the domain there', async () => {
      world.cluster.put('pods', member(set, 0, { ready: false }));
      world.cluster.put('endpointslices', slice('web', [0, 1]));
      const { code, stdout, stderr } = await world.run('dns web --via exec');
      assert.deepEqual(
        lines(stdout).slice(2),
        right.slice(2).map((line) => line.replace(' 5 ok', ' - ok')),
      );
      assert.equal(
        stderr,
        'asked from web-1 by exec, answered by 10.96.0.10; cluster domain cluster.local, from /etc/resolv.conf of pod/web-1\n',
      );
      assert.equal(code, 0);
      assert.deepEqual(ran, [
        ['web-1', 'app', 'cat /etc/resolv.conf'],
        ['web-1', 'app', `getent ahosts ${nameOf(0)}. ${nameOf(1)}. ${serviceName}. localhost`],
      ]);
    });

    it('asks from the pod of --from, with or without its kind', async () => {
      world.cluster.put('pods', { ...member(set, 7), metadata: { name: 'client', namespace: 'shop' } });
      for (const from of ['client', 'pod/client', 'po/client', 'pods/client']) {
        ran = [];
        assert.equal((await world.run(`dns web --via exec --from ${from}`)).code, 0);
        assert.deepEqual(new Set(ran.map(([pod]) => pod)), new Set(['client']));
      }
    });

    it('takes the cluster domain as it is given', async () => {
      const { stderr } = await world.run('dns web --via exec --cluster-domain corp.internal');
      assert.equal(
        stderr,
        'asked from web-0 by exec, answered by 10.96.0.10; cluster domain corp.internal, from --cluster-domain\n',
      );
      assert.deepEqual(
        ran.map(([, , command]) => command.split(' ')[0]),
        ['cat', 'getent'],
      );
    });

    it('names NodeLocal DNSCache where that answered the pod', async () => {
      const answered = async () =>
        / by exec, answered (.*?); cluster domain/.exec((await world.run('dns web --via exec')).stderr)?.[1];
      const cache = 'by NodeLocal DNSCache (DaemonSet kube-system/node-local-dns)';
      // Where kube-proxy uses iptables, the cache listens at the DNS Service's own address too.
      world.cluster.put('daemonsets', nodeCache('169.254.20.10,10.96.0.10'));
      assert.equal(await answered(), `${cache} at 10.96.0.10`);
      world.cluster.put('daemonsets', nodeCache('169.254.20.10'));
      assert.equal(await answered(), 'by 10.96.0.10');
      resolvConf = resolvConf.replace('10.96.0.10', '169.254.20.10');
      assert.equal(await answered(), `${cache} at 169.254.20.10`);
      world.cluster.denied.add('list daemonsets');
      assert.equal(await answered(), 'by NodeLocal DNSCache at 169.254.20.10');
      resolvConf = resolvConf.replace('169.254.20.10', '10.96.0.10');
      const unknown = 'by 10.96.0.10, perhaps NodeLocal DNSCache: DaemonSets in kube-system may not be listed';
      assert.equal(await answered(), unknown);
      const { asked } = JSON.parse((await world.run('dns web --via exec -o json')).stdout);
      assert.deepEqual(
        [asked.nodeLocalCache, asked.answeredBy],
        [{ state: 'forbidden' }, { address: '10.96.0.10', kind: 'unknown' }],
      );
    });

    it('exits 1 when a name is missing there', async () => {
      world.cluster.onExec = (_, __, [program]) =>
        program === 'cat' ? { exitCode: 1 } : { exitCode: 2, stdout: found(0) };
      const { code, stdout, stderr } = await world.run('dns web --via exec');
      assert.equal(code, 1);
      assert.equal(
        lines(stdout)[2],
        `web-1 ${nameOf(1)} 10.0.0.2 NXDOMAIN - missing: published, but web-0 says NXDOMAIN; see the DNS servers' logs`,
      );
      assert.match(stderr, /from the answer of web-0 for Service shop\/web$/m);
    });

    it('exits 2 when the container has no getent', async () => {
      world.cluster.onExec = () => 'exec: "getent": executable file not found in $PATH';
      const { code, stderr } = await world.run('dns web --via exec');
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^warning: could not ask web-0: container app of pod\/web-0 has no getent: ask from another pod with --from$/m,
      );
    });

    const unaskable: [what: string, words: string, prepare: () => void, line: string][] = [
      [
        'no pod is ready',
        '',
        () => {
          for (const ordinal of [0, 1]) world.cluster.put('pods', member(set, ordinal, { ready: false }));
        },
        'error: no pod of the set is ready to ask from: name one with --from, or ask by another path with --via',
      ],
      [
        'the pod of --from is missing',
        '--from web-7',
        () => {},
        'error: pods "web-7" not found: name a pod in a namespace of the sets with --from',
      ],
      [
        'the pod of --from is in another namespace',
        '--from coredns-0',
        () => {},
        'error: pods "coredns-0" not found: name a pod in a namespace of the sets with --from',
      ],
      [
        'the right to exec is missing',
        '',
        () => world.cluster.denied.add('get pods/exec'),
        'error: no right to get pods/exec in namespace shop, so nothing was asked: ask by another path with --via port-forward, or list the names alone with --via none',
      ],
    ];
    for (const [what, words, prepare, line] of unaskable) {
      it(`asks nobody when ${what}, says so, and exits 2`, async () => {
        prepare();
        assert.deepEqual(await world.run(`dns web --via exec ${words}`), { code: 2, stdout: '', stderr: `${line}\n` });
        assert.deepEqual(ran, []);
      });
    }

    it('says that pods may not be listed, not that none is ready', async () => {
      world.cluster.denied.add('list pods');
      const { code, stdout, stderr } = await world.run('dns web --via exec');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(
        stderr,
        /^warning: .* list pods: [^\n]*\nerror: the pods may not be listed, so there is none to ask from: ask by another path with --via\n$/,
      );
    });
  });

  describe('directly', () => {
    it('asks the server of --dns-server over UDP', async () => {
      const port = await world.servers[0].udp();
      const { code, stdout, stderr } = await world.run(`dns web --via direct --dns-server 127.0.0.1:${port}`);
      assert.deepEqual([code, lines(stdout)], [0, right]);
      assert.equal(
        stderr,
        `asked 127.0.0.1:${port} directly; cluster domain cluster.local, from the answer of 127.0.0.1:${port} for Service shop/web\n`,
      );
      assert.deepEqual(world.streams(), []);
    });

    it('asks a server that has a name, for a domain that is given', async () => {
      const [server] = world.servers;
      const port = await server.udp();
      server.records.clear();
      server.records.set('web-0.web.shop.svc.corp.internal', ['10.0.0.1']);
      const { code, stdout, stderr } = await world.run(
        `dns web --via direct --dns-server localhost:${port} --cluster-domain corp.internal --pod 0 --no-headers`,
      );
      assert.deepEqual([code, lines(stdout)], [0, ['web-0 web-0.web.shop.svc.corp.internal 10.0.0.1 10.0.0.1 5 ok']]);
      assert.equal(stderr, `asked localhost:${port} directly; cluster domain corp.internal, from --cluster-domain\n`);
      assert.ok(!world.cluster.requests.includes('get configmaps coredns'));
    });

    it('asks for the domain, whatever the cluster’s own configuration says', async () => {
      world.cluster.denied.add('get configmaps');
      const port = await world.servers[0].udp();
      const { stderr } = await world.run(`dns web --via direct --dns-server [127.0.0.1]:${port}`);
      assert.match(stderr, /; cluster domain cluster\.local, from the answer of \S+ for Service shop\/web$/m);
    });

    it('exits 2 when nobody listens there', async () => {
      const { code, stderr } = await world.run('dns web --via direct --dns-server 127.0.0.1:9');
      assert.equal(code, 2);
      assert.match(stderr, /^warning: could not ask 127\.0\.0\.1:9: nobody listens there$/m);
    });

    it('asks nobody when the name of the server does not resolve', async () => {
      const { code, stdout, stderr } = await world.run('dns web --via direct --dns-server nowhere.invalid');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(
        stderr,
        /^error: the DNS server nowhere\.invalid cannot be found from this machine: .*: give --dns-server an address, or a name that resolves here\n$/,
      );
    });
  });

  it('lists the names alone with --via none, and exits 0', async () => {
    world.cluster.remove('pods', 'web-1');
    world.cluster.put('endpointslices', slice('web', [0]));
    const { code, stdout, stderr } = await world.run('dns web --via none --cluster-domain corp.internal');
    assert.deepEqual(lines(stdout).slice(1), [
      'web-0 web-0.web.shop.svc.corp.internal 10.0.0.1 - - not asked',
      'web-1 web-1.web.shop.svc.corp.internal - - - not published: there is no such pod; see kubectl sts tree',
      'Service web.shop.svc.corp.internal 10.0.0.1 - - not asked',
    ]);
    assert.deepEqual([code, stderr], [0, 'asked nobody; cluster domain corp.internal, from --cluster-domain\n']);
    assert.deepEqual(world.streams(), []);
  });
});
