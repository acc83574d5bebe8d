import assert from 'node:assert/strict';
import * as packet from 'dns-packet';
import type { EndpointSlice, Named, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { headless, podOf, statefulSet } from '../../objects/snapshots.ts';
import { answerTo, framed } from '../../resolver/answers.ts';
import { type TcpServer, tcpServer } from '../../resolver/tcp-server.ts';
import { evictions, id, nothingElse, objectsIn, openShop, restarted, type Shop, told } from './shop.ts';

describe('a roll with checks', () => {
  let shop: Shop;
  let ran: string[];

  beforeEach(async () => {
    shop = await openShop();
    ran = [];
    const template = {
      metadata: { labels: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/default-container': 'db' } },
      spec: { containers: [{ name: 'sidecar' }, { name: 'db' }], initContainers: [{ name: 'setup' }] },
    };
    shop.cluster.put('statefulsets', statefulSet('web', { replicas: 3, templates: ['data'], spec: { template } }));
    shop.cluster.onExec = (pod, container, command) => {
      ran.push(`${pod}/${container}: ${command.join(' ')}`);
      return {};
    };
  });
  afterEach(() => shop.close());

  it('runs a command in the new pod, in its default container', async () => {
    const { code, stdout } = await shop.roll(['web', '--stable', '0s', '--ordinals', '0', '--check', 'test -e ready']);
    assert.equal(code, 0);
    assert.deepEqual(ran, ['web-0/db: sh -c test -e ready']);
    assert.deepEqual(told(stdout).slice(1, -1), [
      'web-0  evicted',
      'web-0  gone',
      'web-0  ready',
      "web-0  check 'test -e ready'",
      'web-0  done',
    ]);
  });

  it('runs it in the container that was named', async () => {
    await shop.roll('web --stable 0s --ordinals 0 --check true --container sidecar');
    await shop.roll('web --stable 0s --ordinals 0 --check true -c setup');
    assert.deepEqual(ran, ['web-0/sidecar: sh -c true', 'web-0/setup: sh -c true']);
  });

  it('does not begin where the set has other containers than the one that was named', async () => {
    assert.deepEqual(await shop.roll('web --check true -c cache'), {
      code: 2,
      stdout: '',
      stderr: 'error: statefulset/web is not rolled: --container cache: its pod template has no such container\n',
    });
  });

  it('tries it again until it succeeds', async () => {
    let tries = 0;
    shop.cluster.onExec = () => ({ exitCode: ++tries < 3 ? 1 : 0 });
    assert.equal((await shop.roll('web --stable 0s --ordinals 0 --check true')).code, 0);
    assert.equal(tries, 3);
  });

  const failures: [what: string, fails: () => void, why: string][] = [
    [
      'how it ended',
      () => {
        shop.cluster.onExec = () => ({ exitCode: 3, stdout: 'starting\n', stderr: 'no leader\nyet\n' });
      },
      'exit code 3: yet',
    ],
    [
      'what it printed, where that is all that it said',
      () => {
        shop.cluster.onExec = () => ({ exitCode: 3, stdout: 'starting\n' });
      },
      'exit code 3: starting',
    ],
    [
      'why it could not be run',
      () => {
        shop.cluster.onExec = () => 'exec: "sh": executable file not found in $PATH';
      },
      'exec: "sh": executable file not found in $PATH',
    ],
    [
      'that it did not end',
      () => {
        shop.cluster.onExec = () => undefined;
      },
      'it did not end',
    ],
  ];
  for (const [what, fails, why] of failures) {
    it(`stops where it does not succeed in time, and says ${what}`, async () => {
      fails();
      const words = 'web --stable 0s --check true --check-timeout 20s --ordinals 1-2';
      const { code, stderr } = await shop.roll(words);
      assert.equal(code, 1);
      assert.deepEqual(told(stderr), [
        `error: roll ${id} of statefulset/web stopped at web-2: --check failed: ${why} (for 20 s): 0 of 2 pods restarted; half-way: web-2; not begun: web-1`,
        nothingElse,
        'go on: kubectl sts roll web --resume -n shop --check true',
      ]);
    });
  }

  it('asks in the old pod before it goes, and evicts nothing where that fails', async () => {
    const asked = await shop.roll(['web', '--stable', '0s', '--ordinals', '0', '--pre-check', 'test -e spare']);
    assert.equal(asked.code, 0);
    assert.deepEqual(told(asked.stdout).slice(1, -1), ["web-0  pre-check 'test -e spare'", ...restarted('web-0')]);
    assert.deepEqual(ran, ['web-0/db: sh -c test -e spare']);
    shop.cluster.onExec = () => ({ exitCode: 1 });
    const words = 'web --stable 0s --ordinals 1 --pre-check false --check-timeout 20s -o json';
    const { code, stdout } = await shop.roll(words);
    assert.equal(code, 1);
    const { reason, message, notBegun, resume } = objectsIn(stdout).at(-1) ?? {};
    assert.deepEqual(
      { reason, message, notBegun, resume },
      {
        reason: 'checkFailed',
        message: 'stopped at web-1: --pre-check failed: exit code 1 (for 20 s)',
        notBegun: ['web-1'],
        resume: 'kubectl sts roll web --resume -n shop --pre-check false',
      },
    );
    assert.deepEqual(evictions(shop.cluster), ['web-0']);
  });
});

describe('a roll that waits for names in DNS', () => {
  let shop: Shop;
  let server: TcpServer;
  /** The addresses that the DNS server gives, by pod. */
  let zone: Map<string, string>;
  let set: StatefulSet;

  beforeEach(async () => {
    shop = await openShop();
    zone = new Map();
    server = await tcpServer((query, socket) => {
      const { questions = [] } = packet.decode(query);
      const answers = questions.flatMap(({ name, type }) => {
        const address = zone.get(/^(web-\d)\.web\.shop\.svc\.cluster\.local$/.exec(name)?.[1] ?? '');
        return type === 'A' && address ? [{ name, type, ttl: 5, data: address } as const] : [];
      });
      socket.write(framed(answerTo(query, { answers })));
    });
    const { cluster } = shop;
    cluster.onForward = (pod, port) => (pod === 'coredns-0' && port === 53 ? server.port : undefined);
    cluster.put<Service>('services', {
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: '10.96.0.10', ports: [{ name: 'dns-tcp', port: 53 }] },
    });
    cluster.put<EndpointSlice>('endpointslices', {
      metadata: { name: 'kube-dns-1', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.244.0.2'],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', name: 'coredns-0', namespace: 'kube-system' },
        },
      ],
      ports: [{ name: 'dns-tcp', port: 53, protocol: 'TCP' }],
    });
    cluster.put('configmaps', {
      metadata: { name: 'coredns', namespace: 'kube-system' },
      data: { Corefile: '. {\n kubernetes cluster.local {\n }\n}\n' },
    });
    set = statefulSet('web', { replicas: 3, templates: ['data'] });
    cluster.put('services', { ...headless('web'), spec: { ...headless('web').spec, selector: { app: 'web' } } });
    for (const ordinal of [0, 1, 2]) published(podAt(ordinal, `10.0.0.${ordinal}`));
    cluster.onPodGone = (pod) => {
      const ordinal = Number(pod.metadata.name.at(-1));
      published(podAt(ordinal, `10.0.1.${ordinal}`, { uid: `${pod.metadata.uid}+` }));
    };
  });
  afterEach(async () => {
    shop.close();
    await server.close();
  });

  function podAt(ordinal: number, ip: string, metadata: Partial<Named['metadata']> = {}): Pod {
    const conditions = [{ type: 'Ready', status: 'True' }];
    return podOf(set, ordinal, {
      metadata,
      spec: { hostname: `web-${ordinal}`, subdomain: 'web' },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions },
    });
  }

  /** The pod stands in the slice of its Service, and DNS knows it. */
  function published(pod: Pod, address = pod.status?.podIP ?? ''): void {
    shop.cluster.put('pods', pod);
    zone.set(pod.metadata.name, address);
    const pods = shop.cluster.all<Pod>('pods');
    shop.cluster.put<EndpointSlice>('endpointslices', {
      metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: pods.map(({ metadata: { name }, status }) => ({
        addresses: [status?.podIP ?? ''],
        hostname: name,
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name, namespace: 'shop' },
      })),
      ports: [{ name: 'db', port: 5432, protocol: 'TCP' }],
    });
  }

  it('goes on once a name leads to the new address on all DNS servers', async () => {
    const { code, stdout, stderr } = await shop.roll('web --stable 0s --ordinals 0 --wait-dns');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(told(stdout).slice(1, -1), [
      'web-0  evicted',
      'web-0  gone',
      'web-0  ready',
      'web-0  waits for its name in DNS',
      'web-0  done',
    ]);
  });

  it('waits while a name leads to the old address', async () => {
    let asked = 0;
    shop.cluster.onPodGone = (pod) => {
      const successor = podAt(0, '10.0.1.0', { uid: `${pod.metadata.uid}+` });
      published(successor, '10.0.0.0');
      shop.cluster.onForward = () => {
        if (++asked === 3) zone.set('web-0', '10.0.1.0');
        return server.port;
      };
    };
    assert.equal((await shop.roll('web --stable 0s --ordinals 0 --wait-dns')).code, 0);
    assert.ok(asked >= 3, `${asked}`);
  });

  it('stops where a name does not lead to the new address in time, and says what is wrong in words', async () => {
    shop.cluster.onPodGone = (pod) => published(podAt(0, '10.0.1.0', { uid: `${pod.metadata.uid}+` }), '10.0.0.0');
    const { code, stderr } = await shop.roll('web --stable 0s --ordinals 0 --wait-dns --timeout 20s');
    assert.equal(code, 1);
    assert.equal(
      told(stderr)[0],
      `error: roll ${id} of statefulset/web stopped at web-0: --timeout is over while it was waiting for its name in DNS: wrong address: coredns-0 gives 10.0.0.0: 0 of 1 pods restarted; half-way: web-0`,
    );
  });

  it('does not begin where a name is wrong even now', async () => {
    zone.set('web-1', '10.9.9.9');
    const { code, stderr } = await shop.roll('web --wait-dns');
    assert.deepEqual(
      [code, told(stderr)],
      [
        2,
        [
          'error: statefulset/web is not rolled: --wait-dns: the name of web-1 is not right even now: wrong address: coredns-0 gives 10.9.9.9',
        ],
      ],
    );
  });

  it('does not begin where the cluster domain is not determined', async () => {
    shop.cluster.remove('configmaps', 'coredns', 'kube-system');
    const { code, stderr } = await shop.roll('web --ordinals 1 --wait-dns');
    assert.deepEqual(
      [code, told(stderr)],
      [
        2,
        [
          'error: statefulset/web is not rolled: --wait-dns: the name of web-1 is not right even now: the cluster domain is not determined: no server gives an address for Service shop/web in cluster.local',
        ],
      ],
    );
  });

  it('asks no DNS server for a dry run', async () => {
    assert.equal((await shop.roll('web --wait-dns --dry-run=client')).code, 0);
    assert.equal(server.connections(), 0);
  });

  it('asks the DNS Service that was named, and says that one is missing', async () => {
    const named = await shop.roll('web --stable 0s --ordinals 0 --wait-dns --dns-service kube-system/kube-dns');
    assert.equal(named.code, 0);
    const { code, stderr } = await shop.roll('web --wait-dns --dns-service dns/coredns');
    assert.equal(code, 2);
    assert.match(stderr, /services "coredns" not found/);
  });

  it('says which right it lacks to reach the DNS servers', async () => {
    shop.cluster.denied.add('create pods/portforward');
    const why = 'error: --wait-dns: no right to create pods/portforward in namespace kube-system\n';
    for (const dryRun of ['none', 'client', 'server']) {
      const ran = await shop.roll(`web --wait-dns --dry-run=${dryRun}`);
      assert.deepEqual(ran, { code: 2, stdout: '', stderr: why });
    }
    assert.deepEqual(evictions(shop.cluster), []);
  });

  it('repeats --wait-dns and --dns-service in the command that goes on', async () => {
    shop.cluster.evictionRefusals.push(...Array.from({ length: 100 }, () => ({ code: 429, message: 'the budget' })));
    const words = '--wait-dns --dns-service kube-system/kube-dns --timeout 11s';
    const resumable = await shop.roll(`web ${words}`);
    assert.equal(
      told(resumable.stderr).at(-1),
      'go on: kubectl sts roll web --resume -n shop --dns-service kube-system/kube-dns',
    );
    await shop.roll('web --abort');
    const anew = await shop.roll(`web ${words} --no-lease`);
    assert.equal(
      told(anew.stderr).at(-1),
      'go on: kubectl sts roll web --order 2,1,0 -n shop --wait-dns --timeout 11s --no-lease --dns-service kube-system/kube-dns',
    );
  });

  it('waits for names again where it is resumed, and needs the same right', async () => {
    shop.cluster.evictionRefusals.push(...Array.from({ length: 100 }, () => ({ code: 429, message: 'the budget' })));
    await shop.roll('web --wait-dns --stable 0s --timeout 5s --ordinals 0');
    shop.cluster.evictionRefusals.splice(0);
    shop.cluster.denied.add('create pods/portforward');
    const refused = await shop.roll('web --resume');
    assert.deepEqual(
      [refused.code, refused.stderr],
      [2, 'error: --wait-dns: no right to create pods/portforward in namespace kube-system\n'],
    );
    shop.cluster.denied.clear();
    const { code, stdout } = await shop.roll('web --resume');
    assert.equal(code, 0);
    assert.ok(told(stdout).includes('web-0  waits for its name in DNS'));
  });
});
