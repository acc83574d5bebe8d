import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import type { Named, Pod } from '#src/objects/types.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { openShop, type Shop } from '../../memory/shop.ts';
import {
  boundClaim,
  crashing,
  headless,
  node,
  pendingClaim,
  podOf,
  statefulSet,
  volumeOf,
  warning,
} from '../../objects/snapshots.ts';

describe('kubectl sts tree', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const run = (words: string, shape = {}) => shop.run(words, shape, { clock: quickClock() });
  const notFound = (name: string) => `Error from server (NotFound): statefulsets.apps "${name}" not found\n`;

  /** The names in the first column, without the branches before them. */
  const namesIn = (text: string) =>
    text.split('\n').flatMap((row) => /(?:sts|svc|pod|pvc|pv)\/\S+/.exec(row)?.[0] ?? []);

  describe('shows', () => {
    it('a set with its Service, pods, claims, volumes and classes', async () => {
      assert.deepEqual(await run('tree web'), {
        code: 0,
        stdout: [
          'NAME                                     READY  STATUS    DETAIL                       NODE    AGE',
          'sts/web                                  2/2    Updated   revision 1                           0s',
          '├─ svc/web                                      headless  governing, 5432/TCP',
          '├─ pod/web-0                             1/1    Running   revision 1                   node-1  0s',
          '│  └─ pvc/data-web-0                            Bound     50Mi RWO                             0s',
          '│     └─ pv/pv-data-web-0 · sc/standard         Bound     Delete, csi ebs.csi.aws.com          0s',
          '└─ pod/web-1                             1/1    Running   revision 1                   node-1  0s',
          '   └─ pvc/data-web-1                            Bound     50Mi RWO                             0s',
          '      └─ pv/pv-data-web-1 · sc/standard         Bound     Delete, csi ebs.csi.aws.com          0s',
          '2/2 ready · 2 claims, 100Mi',
          '',
        ].join('\n'),
        stderr: '',
      });
    });

    it('all sets of the namespace where none is named, and none of another namespace', async () => {
      shop.addSet('db');
      shop.addSet('cache', { metadata: { namespace: 'other' } });
      const { code, stdout } = await run('tree');
      assert.deepEqual(
        [code, namesIn(stdout).filter((name) => name.startsWith('s'))],
        [0, ['sts/web', 'svc/web', 'sts/db', 'svc/db']],
      );
      assert.ok(shop.cluster.requests.includes('list statefulsets'));
    });

    it('the sets of the namespace that -n names', async () => {
      shop.addSet('cache', { metadata: { namespace: 'other' } });
      const { stdout } = await run('tree -n other');
      assert.deepEqual(namesIn(stdout), ['sts/cache', 'svc/cache']);
    });

    it('several sets in the order in which they were named, each once', async () => {
      for (const name of ['a', 'b', 'c']) shop.addSet(name, { spec: { serviceName: '' } });
      const { stdout } = await run('tree c sts/a statefulset.apps/c --no-headers');
      assert.deepEqual(namesIn(stdout), ['sts/c', 'sts/a']);
    });

    it('the sets of all namespaces, and which namespace each is of', async () => {
      shop.addSet('cache', { metadata: { namespace: 'other' } });
      const { code, stdout } = await run('tree -A');
      assert.equal(code, 0);
      assert.match(stdout, /^NAMESPACE {2}NAME /);
      assert.match(stdout, /^shop {7}sts\/web /m);
      assert.match(stdout, /^other {6}sts\/cache /m);
    });

    it('the sets that have the labels of -l', async () => {
      shop.addSet('db', { metadata: { labels: { tier: 'db' } } });
      const { stdout } = await run('tree -l tier=db');
      assert.deepEqual(namesIn(stdout), ['sts/db', 'svc/db']);
      assert.deepEqual(namesIn((await run('tree -l tier!=db')).stdout)[0], 'sts/web');
    });

    it('no header with --no-headers', async () => {
      const { stdout } = await run('tree web --no-headers');
      assert.match(stdout, /^sts\/web /);
    });

    it('a set that is in trouble, and exits 0', async () => {
      shop.cluster.remove('pods', 'web-0');
      shop.cluster.remove('pods', 'web-1');
      const { code, stdout } = await run('tree web');
      assert.equal(code, 0);
      assert.match(stdout, /pod\/web-0 +missing/);
      assert.match(stdout, /pod\/web-1 +missing\n {3}│ {2}waits for web-0\n/);
    });

    it('the reason that the events of a pending claim give', async () => {
      const claim = shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
      shop.cluster.put('events', warning(claim, 'ProvisioningFailed', 'no space left in zone a.'));
      const { stdout } = await run('tree web');
      assert.match(
        stdout,
        /pvc\/data-web-0 +Pending +50Mi RWO +0s\n[│ ]+ProvisioningFailed: no space left in zone a\n/,
      );
    });

    it('the node on which the volume of a pod lives that no node takes', async () => {
      const affinity = {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
          ],
        },
      };
      shop.cluster.put('pods', unscheduled());
      shop.cluster.put('persistentvolumes', volumeOf(boundClaim('data-web-0'), { nodeAffinity: affinity }));
      shop.cluster.put('nodes', labelled('node-1', { spec: { unschedulable: true } }));
      const { stdout } = await run('tree web');
      assert.match(
        stdout,
        /pod\/web-0 +0\/1 +Pending .*\n[│ ]+0\/1 nodes are available; its volume lives on node-1, which is cordoned\n/,
      );
    });

    describe('the volumes of a set', () => {
      /** @returns the requests for volumes, without their names */
      async function readsOf(claims: number, others: number): Promise<string[]> {
        const large = shop.cluster.put('statefulsets', statefulSet('large', { replicas: claims, templates: ['data'] }));
        shop.cluster.put('services', headless('large'));
        for (let ordinal = 0; ordinal < claims; ordinal++) {
          const claim = boundClaim(`data-large-${ordinal}`);
          shop.cluster.put('pods', podOf(large, ordinal));
          shop.cluster.put('persistentvolumeclaims', claim);
          shop.cluster.put('persistentvolumes', volumeOf(claim));
        }
        for (let nth = 0; nth < others; nth++)
          shop.cluster.put('persistentvolumes', volumeOf(boundClaim(`else-${nth}`)));
        const { stdout } = await run('tree large');
        assert.equal(namesIn(stdout).filter((name) => name.startsWith('pv/')).length, claims);
        assert.equal(stdout.includes('missing'), false);
        return shop.cluster.requests.flatMap((request) => /^\w+ persistentvolumes(?= |$)/.exec(request)?.[0] ?? []);
      }
      const byName = (count: number) => Array.from({ length: count }, () => 'get persistentvolumes');

      it('by their names, up to some dozens', async () => {
        assert.deepEqual(await readsOf(40, 0), byName(40));
      });

      it('with one list where they are many, once it is known that there are not far more others', async () => {
        assert.deepEqual(await readsOf(41, 200), ['list persistentvolumes', 'list persistentvolumes']);
      });

      it('by their names too where there are far more others', async () => {
        assert.deepEqual(await readsOf(41, 400), ['list persistentvolumes', ...byName(41)]);
      });
    });
  });

  const unscheduled = (): Pod => ({
    ...podOf(shop.web, 0, { spec: { nodeName: '' } }),
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available.' },
      ],
    },
  });

  const labelled = (name: string, shape: object) => {
    const { metadata, ...rest } = node(name, shape);
    return { ...rest, metadata: { ...metadata, labels: { 'kubernetes.io/hostname': name } } };
  };

  describe('prints', () => {
    it('addresses and handles with -o wide', async () => {
      const { stdout } = await run('tree web -o wide');
      assert.match(stdout, /pod\/web-0 .* revision 1, 10\.0\.0\.1 /);
      assert.match(stdout, /pv\/pv-data-web-0 .* csi ebs\.csi\.aws\.com, vol-data-web-0 /);
    });

    it('with -o name what `kubectl get -o name` prints', async () => {
      assert.deepEqual(await run('tree web -o name'), {
        code: 0,
        stdout: [
          'statefulset.apps/web',
          'service/web',
          'pod/web-0',
          'persistentvolumeclaim/data-web-0',
          'persistentvolume/pv-data-web-0',
          'storageclass.storage.k8s.io/standard',
          'pod/web-1',
          'persistentvolumeclaim/data-web-1',
          'persistentvolume/pv-data-web-1',
          '',
        ].join('\n'),
        stderr: '',
      });
    });

    it('with -o json the document of one set that was named, and a list otherwise', async () => {
      const one = JSON.parse((await run('tree web -o json')).stdout);
      assert.deepEqual([one.kind, one.metadata.name, one.pods.length], ['StatefulSetTree', 'web', 2]);
      for (const words of ['tree -o json', 'tree -A -o json', 'tree web web2 -o json']) {
        const list = JSON.parse((await run(words)).stdout);
        assert.deepEqual(
          [list.kind, list.items.length, list.items[0].kind],
          ['StatefulSetTreeList', 1, 'StatefulSetTree'],
        );
      }
    });

    it('with -o yaml the same document', async () => {
      const [json, yaml] = [await run('tree web -o json'), await run('tree web -o yaml')];
      assert.deepEqual(load(yaml.stdout), JSON.parse(json.stdout));
    });

    it('with -o dot and -o mermaid a picture', async () => {
      assert.match((await run('tree web -o dot')).stdout, /^digraph \{\n[\s\S]*"Pod\/shop\/web-1"[\s\S]*\}\n$/);
      assert.match((await run('tree web -o mermaid')).stdout, /\nflowchart LR\n[\s\S]*web-1/);
    });

    it('no format that it does not know', async () => {
      const stderr =
        'error: unable to match a printer suitable for the output format "table", allowed formats are: dot,json,mermaid,name,wide,yaml\n';
      assert.deepEqual(await run('tree web -o table'), { code: 2, stdout: '', stderr });
    });
  });

  describe('on a terminal', () => {
    const coloured = '\u001b[32mRunning\u001b[0m';
    const cases: [words: string, shape: object, takesColour: boolean][] = [
      ['tree web', { columns: 120 }, true],
      ['tree web', {}, false],
      ['tree web', { columns: 120, env: { NO_COLOR: '1' } }, false],
      ['tree web', { columns: 120, env: { NO_COLOR: '' } }, true],
      ['tree web', { columns: 120, env: { TERM: 'dumb' } }, false],
      ['tree web --color=never', { columns: 120 }, false],
      ['tree web --color=auto', {}, false],
      ['tree web --color=always', {}, true],
      ['tree web --color', { env: { NO_COLOR: '1' } }, true],
    ];
    for (const [words, shape, takesColour] of cases) {
      it(`${takesColour ? 'uses colours' : 'uses none'}: ${words} ${JSON.stringify(shape)}`, async () => {
        const { stdout } = await run(words, shape);
        assert.equal(stdout.includes(coloured), takesColour);
        assert.equal(stdout.includes('\u001b'), takesColour);
      });
    }

    it('cuts rows to its width, and in a pipe cuts nothing', async () => {
      const narrow = await run('tree web --color=never', { columns: 60 });
      for (const row of narrow.stdout.split('\n')) assert.ok(row.length <= 60, row);
      assert.match(narrow.stdout, /pod\/web-0 +1\/1 +Running/);
      assert.match((await run('tree web')).stdout, /Delete, csi ebs\.csi\.aws\.com +0s\n/);
    });
  });

  describe('says on standard error', () => {
    it('which of the named sets are missing, shows the others and exits 2', async () => {
      const { code, stdout, stderr } = await run('tree db web cache -o name');
      assert.deepEqual([code, stderr], [2, notFound('db') + notFound('cache')]);
      assert.match(stdout, /^statefulset\.apps\/web\n/);
    });

    for (const format of ['wide', 'name', 'json', 'yaml', 'dot', 'mermaid']) {
      it(`alone that no named set was found: -o ${format}`, async () => {
        assert.deepEqual(await run(`tree db -o ${format}`), { code: 2, stdout: '', stderr: notFound('db') });
      });
    }

    for (const format of ['', '-o wide', '-o name']) {
      it(`that nothing was found: tree ${format}`, async () => {
        const stderr = 'No resources found in other namespace.\n';
        assert.deepEqual(await run(`tree -n other ${format}`), { code: 0, stdout: '', stderr });
      });
    }

    it('that nothing was found in any namespace', async () => {
      assert.deepEqual(await run('tree -A -l none=1'), { code: 0, stdout: '', stderr: 'No resources found\n' });
    });

    for (const [format, empty] of [
      ['json', /"kind": "StatefulSetTreeList",\n {2}"items": \[\]/],
      ['yaml', /kind: StatefulSetTreeList\nitems: \[\]/],
      ['dot', /^digraph \{\n/],
      ['mermaid', /\nflowchart LR\n/],
    ] as const) {
      it(`nothing where an empty document says it: -o ${format}`, async () => {
        const { code, stdout, stderr } = await run(`tree -n other -o ${format}`);
        assert.deepEqual([code, stderr], [0, '']);
        assert.match(stdout, empty);
      });
    }

    it('what the server warned of, once', async () => {
      shop.cluster.warning = 'StatefulSets are old';
      const { code, stderr } = await run('tree web');
      assert.deepEqual([code, stderr], [0, 'Warning: StatefulSets are old\n']);
    });

    it('that warnings count as errors, after the tree', async () => {
      shop.cluster.warning = 'StatefulSets are old';
      const { code, stdout, stderr } = await run('tree web --warnings-as-errors');
      assert.deepEqual([code, stderr], [2, 'Warning: StatefulSets are old\nerror: 1 warning received\n']);
      assert.match(stdout, /pod\/web-1/);
    });
  });

  describe('without the right to', () => {
    const forbidden = (verb: string, resource: string, group: string, where: string, name = '') =>
      `${resource}${group && `.${group}`}${name && ` "${name}"`} is forbidden: User "somebody" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
    const lack = (rights: string, message: string) =>
      `warning: not read for lack of the right to ${rights}: ${message}\n`;
    const inShop = 'in the namespace "shop"';
    const atAll = 'at the cluster scope';

    const cases: [right: string, rights: string, message: string, row: RegExp][] = [
      ['list services', 'list services', forbidden('list', 'services', '', inShop), /svc\/web +forbidden +governing/],
      ['list pods', 'list pods', forbidden('list', 'pods', '', inShop), /pod\/web-0 +forbidden/],
      [
        'list persistentvolumeclaims',
        'list persistentvolumeclaims',
        forbidden('list', 'persistentvolumeclaims', '', inShop),
        /pvc\/data-web-0 +forbidden/,
      ],
      [
        'get persistentvolumes',
        'get persistentvolumes',
        forbidden('get', 'persistentvolumes', '', atAll, 'pv-data-web-0'),
        /pv\/pv-data-web-0 +forbidden/,
      ],
      [
        'get storageclasses',
        'get storageclasses.storage.k8s.io',
        forbidden('get', 'storageclasses', 'storage.k8s.io', atAll, 'standard'),
        /sc\/standard +forbidden/,
      ],
    ];
    for (const [right, rights, message, row] of cases) {
      it(`${right} shows it as forbidden at its place, and exits 0`, async () => {
        shop.cluster.denied.add(right);
        const { code, stdout, stderr } = await run('tree web');
        assert.deepEqual([code, stderr], [0, lack(rights, message)]);
        assert.match(stdout, row);
      });
    }

    it('list events shows a pending claim without a reason', async () => {
      shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
      shop.cluster.denied.add('list events');
      const { code, stdout, stderr } = await run('tree web');
      assert.deepEqual([code, stderr], [0, lack('list events', forbidden('list', 'events', '', inShop))]);
      assert.match(stdout, /pvc\/data-web-0 +Pending +50Mi RWO +0s\n/);
    });

    it("list nodes shows the scheduler's own message", async () => {
      shop.cluster.put('pods', unscheduled());
      shop.cluster.denied.add('list nodes');
      const { code, stdout, stderr } = await run('tree web');
      assert.deepEqual([code, stderr], [0, lack('list nodes', forbidden('list', 'nodes', '', atAll))]);
      assert.match(stdout, /pod\/web-0 +0\/1 +Pending .*\n[│ ]+0\/1 nodes are available\n/);
    });

    it('get nodes says so at a pod that is not ready, and asks for no node of another', async () => {
      shop.cluster.denied.add('get nodes');
      assert.equal((await run('tree web')).stderr, '');
      shop.cluster.put('pods', podOf(shop.web, 0, { status: crashing() }));
      const { code, stdout, stderr } = await run('tree web');
      assert.deepEqual([code, stderr], [0, lack('get nodes', forbidden('get', 'nodes', '', atAll, 'node-1'))]);
      assert.match(
        stdout,
        /pod\/web-0 +0\/1 +CrashLoopBackOff .*\n[│ ]+whether its node is well is not known \(forbidden\)\n/,
      );
      assert.match(stdout, /pod\/web-1 +1\/1 +Running +revision 1 /);
    });

    it('read several kinds names all rights in one line', async () => {
      for (const right of ['list services', 'list pods', 'get persistentvolumes']) shop.cluster.denied.add(right);
      const { stderr } = await run('tree web');
      const first = forbidden('list', 'services', '', inShop);
      assert.equal(stderr, lack('list services, list pods, get persistentvolumes', first));
    });

    it('read pods says nothing of it where no set is shown', async () => {
      shop.cluster.denied.add('list pods');
      assert.equal((await run('tree db')).stderr, notFound('db'));
      assert.equal((await run('tree -n other')).stderr, 'No resources found in other namespace.\n');
    });

    it('list sets shows those that are named', async () => {
      shop.cluster.denied.add('list statefulsets');
      const { code, stdout, stderr } = await run('tree web');
      assert.deepEqual(
        [code, stderr],
        [0, lack('list statefulsets.apps', forbidden('list', 'statefulsets', 'apps', inShop))],
      );
      assert.match(stdout, /pod\/web-1 +1\/1 +Running/);
    });

    it('list sets says which of the named ones are missing', async () => {
      shop.cluster.denied.add('list statefulsets');
      const { code, stderr } = await run('tree db web');
      assert.equal(code, 2);
      assert.match(stderr, /^warning: .*\nError from server \(NotFound\): statefulsets\.apps "db" not found\n$/);
    });

    for (const words of ['tree', 'tree -l tier=db', 'tree -o json']) {
      it(`list sets cannot show any that are not named: ${words}`, async () => {
        shop.cluster.denied.add('list statefulsets');
        const refusal = forbidden('list', 'statefulsets', 'apps', inShop);
        const stderr = `Error from server (Forbidden): ${refusal}\n`;
        assert.deepEqual(await run(words), { code: 2, stdout: '', stderr });
      });
    }

    it('list and get sets is refused for each that is named', async () => {
      shop.cluster.denied.add('list statefulsets').add('get statefulsets');
      const refusal = forbidden('get', 'statefulsets', 'apps', inShop, 'web');
      const stderr = `Error from server (Forbidden): ${refusal}\n`;
      assert.deepEqual(await run('tree web'), { code: 2, stdout: '', stderr });
    });
  });

  describe('--usage', () => {
    const mebi = 2 ** 20;
    const measured = (claim: string, used: number, available: number, capacity: number) => ({
      volume: [
        {
          pvcRef: { name: claim, namespace: 'shop' },
          usedBytes: used * mebi,
          availableBytes: available * mebi,
          capacityBytes: capacity * mebi,
        },
      ],
    });
    const kubeletSays = (body: object, code = 200) => {
      shop.cluster.intercept = ({ plural, subresource }) =>
        plural === 'nodes' && subresource === 'proxy' ? { code, body } : undefined;
    };
    const askedNodes = () => shop.cluster.requests.filter((request) => request.includes('nodes/proxy'));

    it('shows how full each claim is, and asks each node once', async () => {
      kubeletSays({ pods: [measured('data-web-0', 12, 37, 49), measured('data-web-1', 48, 1, 49)] });
      const { code, stdout, stderr } = await run('tree web --usage');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /data-web-0 +Bound +50Mi RWO, 12Mi of 49Mi used \(24%\)/);
      assert.match(stdout, /data-web-1 +Bound +50Mi RWO .*\n[│ ]+48Mi of 49Mi used \(98%\)\n/);
      assert.deepEqual(askedNodes(), ['get nodes/proxy node-1']);
    });

    it('is written into documents in bytes', async () => {
      kubeletSays({ pods: [measured('data-web-0', 12, 37, 49)] });
      const { pods } = JSON.parse((await run('tree web --usage -o json')).stdout);
      const usages = pods.map(({ claims }: { claims: { usage: unknown }[] }) => claims[0]?.usage);
      const found = { state: 'found', usedBytes: 12 * mebi, availableBytes: 37 * mebi, capacityBytes: 49 * mebi };
      assert.deepEqual(usages, [found, { state: 'unknown' }]);
    });

    it('says that the usage is unknown where the kubelet gives no answer', async () => {
      kubeletSays({}, 500);
      const { code, stdout, stderr } = await run('tree web --usage');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /data-web-0 +Bound +50Mi RWO, usage unknown/);
    });

    it('names the right that is missing', async () => {
      shop.cluster.denied.add('get nodes/proxy');
      const { code, stdout, stderr } = await run('tree web --usage');
      const refusal =
        'nodes "node-1" is forbidden: User "somebody" cannot get resource "nodes/proxy" in API group "" at the cluster scope';
      assert.deepEqual([code, stderr], [0, `warning: not read for lack of the right to get nodes/proxy: ${refusal}\n`]);
      assert.match(stdout, /data-web-0 +Bound +50Mi RWO, usage unknown/);
    });

    it('asks no node that no pod with a claim runs on, and none without the flag', async () => {
      shop.addSet('db');
      await run('tree db --usage');
      await run('tree web');
      assert.deepEqual(askedNodes(), []);
    });
  });

  describe('where the server fails', () => {
    const failing = (what: string, code = 500): void => {
      shop.cluster.intercept = ({ plural }) =>
        plural === what
          ? {
              code,
              body: {
                apiVersion: 'v1',
                kind: 'Status',
                status: 'Failure',
                code,
                reason: 'InternalError',
                message: 'no quorum',
              },
            }
          : undefined;
    };

    it('says it of the sets, and exits 2', async () => {
      failing('statefulsets');
      const stderr = 'Error from server (InternalError): no quorum\n';
      assert.deepEqual(await run('tree web'), { code: 2, stdout: '', stderr });
    });

    it('shows no tree with a part that is unknown', async () => {
      for (const part of ['pods', 'persistentvolumes']) {
        failing(part);
        const stderr = 'Error from server (InternalError): no quorum\n';
        assert.deepEqual(await run('tree web'), { code: 2, stdout: '', stderr });
      }
    });

    it('says that it cannot be reached', async () => {
      shop.cluster.close();
      const { code, stdout, stderr } = await run('tree web');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^The connection to the server 127\.0\.0\.1:\d+ was refused/);
    });
  });

  it('escapes what could act on a terminal', async () => {
    shop.cluster.put<Named>('services', { ...headless('web'), ...{ spec: { type: 'a\u001b[31mb' } } });
    const { stdout } = await run('tree web');
    assert.match(stdout, /a\\u001b\[31mb/);
    assert.equal(stdout.includes('\u001b'), false);
  });

  it('escapes what could act on a terminal in a name that it does not find', async () => {
    const { stderr } = await shop.run(['tree', 'a\u001b[31mb']);
    assert.equal(stderr, notFound('a\\u001b[31mb'));
  });

  it('ends without a word when its reader goes away', async () => {
    const running = shop.start('tree web');
    running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await running.ended;
    assert.deepEqual([running.exited(), running.stderr()], [0, '']);
  });
});
