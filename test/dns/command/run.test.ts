import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { dnsWorld, governing, lines, member, nameOf, serviceName, set, slice, type World } from './world.ts';

describe('kubectl sts dns', () => {
  let world: World;

  beforeEach(async () => {
    world = await dnsWorld();
  });
  afterEach(() => world.close());

  const last = (text: string) => lines(text).at(-1);

  describe('shows the sets', () => {
    /** A second set, all of whose names are right. */
    function putDb(namespace: string): void {
      const db = statefulSet('db', { metadata: { namespace, labels: { tier: 'db' } } });
      const service = governing('db');
      world.cluster.put('statefulsets', db);
      world.cluster.put('services', { ...service, metadata: { ...service.metadata, namespace } });
      world.cluster.put('pods', member(db, 0));
      world.cluster.put('endpointslices', slice('db', [0], namespace));
      for (const { records } of world.servers) {
        for (const name of ['db-0.db', 'db']) records.set(`${name}.${namespace}.svc.cluster.local`, ['10.0.0.1']);
      }
    }

    it('of the namespace, when none is named', async () => {
      putDb('shop');
      const { code, stdout } = await world.run('dns');
      assert.equal(code, 0);
      assert.deepEqual(
        lines(stdout).map((line) => line.split(' ')[0]),
        ['POD', 'web-0', 'web-1', 'Service', 'db-0', 'Service'],
      );
    });

    it('of all namespaces with -A', async () => {
      putDb('lab');
      world.cluster.put('services', governing('web', { clusterIP: '10.96.0.7' }));
      const { stdout, stderr } = await world.run('dns -A');
      assert.match(lines(stdout)[0] ?? '', /^NAMESPACE POD NAME /);
      assert.match(stdout, /^lab +db-0 /m);
      assert.match(stdout, /^shop +web-0 /m);
      assert.match(stderr, /^warning: shop\/web: Service web is not headless \(10\.96\.0\.7\)/);
    });

    it('of the namespace of -n alone', async () => {
      putDb('lab');
      const { stdout } = await world.run('dns -n lab --no-headers');
      assert.deepEqual(
        lines(stdout).map((line) => line.split(' ')[0]),
        ['db-0', 'Service'],
      );
    });

    it('with the labels of -l', async () => {
      putDb('shop');
      assert.match((await world.run('dns -l tier=db --no-headers')).stdout, /^db-0 .*\nService [^\n]*\n$/);
    });

    it('that there are, and exits 2 for one that is missing', async () => {
      const { code, stdout, stderr } = await world.run('dns web nope');
      assert.equal(code, 2);
      assert.equal(lines(stdout).length, 4);
      assert.match(stderr, /^Error from server \(NotFound\): statefulsets\.apps "nope" not found\nasked /);
    });

    it('or says that none of them exists', async () => {
      assert.deepEqual(await world.run('dns nope sts/none'), {
        code: 2,
        stdout: '',
        stderr:
          'Error from server (NotFound): statefulsets.apps "nope" not found\nError from server (NotFound): statefulsets.apps "none" not found\n',
      });
    });

    it('or says that there is none, whatever becomes of the search for servers, which begins before the pods are read', async () => {
      const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 500, message: 'broken' };
      const searched = Promise.withResolvers<void>();
      world.cluster.intercept = async ({ plural, namespace }) => {
        if (plural === 'pods') await searched.promise;
        if (plural !== 'services' || namespace !== 'kube-system') return undefined;
        searched.resolve();
        return { code: 500, body };
      };
      const stderr = 'No resources found in empty namespace.\n';
      assert.deepEqual(await world.run('dns -n empty'), { code: 0, stdout: '', stderr });
    });

    it('or says that there is none to show, and exits 0', async () => {
      const stderr = 'No resources found in empty namespace.\n';
      assert.deepEqual(await world.run('dns -n empty'), { code: 0, stdout: '', stderr });
      world.cluster.remove('statefulsets', 'web');
      assert.deepEqual(await world.run('dns -A'), { code: 0, stdout: '', stderr: 'No resources found\n' });
    });
  });

  describe('asks about', () => {
    it('the pods of --pod alone, given as lists, ranges and several flags', async () => {
      const five = statefulSet('web', { replicas: 5 });
      world.cluster.put('statefulsets', five);
      const pods = async (words: string) => {
        const { stdout } = await world.run(`dns web --via none -o name ${words}`);
        return lines(stdout).map((line) => line.split('.')[0]);
      };
      assert.deepEqual(await pods(''), ['web-0', 'web-1', 'web-2', 'web-3', 'web-4', 'web']);
      assert.deepEqual(await pods('--pod 1'), ['web-1']);
      assert.deepEqual(await pods('--pod 3,0'), ['web-0', 'web-3']);
      assert.deepEqual(await pods('--pod 1-2,4 --pod 0 --pod 2'), ['web-0', 'web-1', 'web-2', 'web-4']);
      assert.deepEqual(await pods('--pod 9'), ['web-9']);
    });

    it('a pod that does not exist, and exits 1', async () => {
      const { code, stdout } = await world.run('dns web --pod 9 --no-headers');
      assert.equal(code, 1);
      assert.match(stdout, / {2}not published: there is no such pod; see kubectl sts tree\n$/);
      assert.deepEqual(world.servers[0].asked, ['A web-9.web.shop.svc.cluster.local']);
    });

    it('names in another cluster domain with --cluster-domain', async () => {
      const { code, stderr } = await world.run('dns web --pod 0 --cluster-domain corp.internal');
      assert.equal(code, 1);
      assert.deepEqual(world.servers[0].asked, ['A web-0.web.shop.svc.corp.internal']);
      assert.match(last(stderr) ?? '', /; cluster domain corp\.internal, from --cluster-domain$/);
    });

    it('SRV records with --srv', async () => {
      const right = await world.run('dns web --srv');
      assert.deepEqual([right.code, last(right.stdout)?.split(' ok')[1]], [0, '; SRV right: db']);
      assert.ok(world.servers[0].asked.includes(`SRV _db._tcp.${serviceName}`));
      assert.ok(!world.servers[0].asked.some((question) => question.startsWith('PTR')));
      world.servers[0].records.set(`_db._tcp.${serviceName}`, [`5433 ${nameOf(0)}`]);
      const { code, stdout } = await world.run('dns web --srv');
      assert.equal(code, 1);
      assert.match(last(stdout) ?? '', new RegExp(`SRV wrong: port db: coredns-0 lacks ${nameOf(1)}:5433$`));
      assert.equal((await world.run('dns web')).code, 0, 'unless they are not asked for');
    });

    it('reverse names with --ptr', async () => {
      const right = await world.run('dns web --ptr');
      assert.deepEqual([right.code, lines(right.stdout)[1]?.split(' ok')[1]], [0, '; PTR right']);
      assert.ok(world.servers[0].asked.includes('PTR 1.0.0.10.in-addr.arpa'));
      assert.ok(!world.servers[0].asked.some((question) => question.startsWith('SRV')));
      world.servers[0].records.set('1.0.0.10.in-addr.arpa', ['other.example']);
      const { code, stdout } = await world.run('dns web --ptr');
      assert.equal(code, 1);
      assert.match(lines(stdout)[1] ?? '', /PTR wrong: 10\.0\.0\.1 has the name other\.example at coredns-0$/);
    });
  });

  describe('prints', () => {
    it('what each server said, with -o wide', async () => {
      const { stdout } = await world.run('dns web -o wide');
      assert.equal(
        lines(stdout)[3],
        `Service ${serviceName} 10.0.0.1,10.0.0.2 10.0.0.1,10.0.0.2 5 ok coredns-0=10.0.0.1,10.0.0.2 coredns-1=10.0.0.1,10.0.0.2`,
      );
    });

    it('no header with --no-headers', async () => {
      assert.match((await world.run('dns web --no-headers')).stdout, /^web-0 /);
    });

    it('the verdict in colour with --color', async () => {
      assert.ok((await world.run('dns web --color')).stdout.includes('\u001b[32mok'));
      assert.ok(!(await world.run('dns web')).stdout.includes('\u001b'));
    });

    it('a table that is no wider than the terminal', async () => {
      const { stdout } = await world.runner.run('dns web --color=never', { columns: 60 });
      assert.ok(lines(stdout).every((line) => line.length <= 60));
      assert.equal(lines(stdout)[0], 'POD EXPECTED ANSWER VERDICT');
    });

    it('a document with -o json: of one set, or of a list', async () => {
      for (const server of world.servers) server.records.delete(nameOf(1));
      const { code, stdout } = await world.run('dns web -o json');
      const one = JSON.parse(stdout);
      assert.equal(code, 1);
      assert.deepEqual([one.kind, one.metadata.name, one.outcome], ['StatefulSetNames', 'web', 'wrong']);
      assert.deepEqual(one.asked, {
        via: 'portForward',
        servers: ['coredns-0', 'coredns-1'],
        unreached: [],
        nodeLocalCache: { state: 'missing' },
      });
      assert.deepEqual(one.clusterDomain, { name: 'cluster.local', from: 'ConfigMap kube-system/coredns' });
      const list = JSON.parse((await world.run('dns -o json')).stdout);
      assert.deepEqual([list.kind, list.items], ['StatefulSetNamesList', [one]]);
      assert.deepEqual(load((await world.run('dns web -o yaml')).stdout), one);
    });

    it('the path and the servers that did not answer in the document', async () => {
      world.cluster.onForward = () => undefined;
      const { asked } = JSON.parse((await world.run('dns web -o json --servers 1')).stdout);
      assert.match(asked.unreached[0].why, /error forwarding port 5353/);
      assert.deepEqual([asked.servers, asked.unreached[0].server], [['coredns-0'], 'coredns-0']);
      const none = JSON.parse((await world.run('dns web -o json --via none')).stdout);
      assert.deepEqual([none.asked, none.outcome], [{ via: 'none', servers: [], unreached: [] }, undefined]);
    });

    it('bare names with -o name, and a port behind each with --port', async () => {
      assert.equal((await world.run('dns web -o name')).stdout, `${nameOf(0)}\n${nameOf(1)}\n${serviceName}\n`);
      assert.equal((await world.run('dns web -o name --port 5432 --pod 1')).stdout, `${nameOf(1)}:5432\n`);
    });

    it('lines for /etc/hosts with -o hosts', async () => {
      const { stdout } = await world.run('dns web -o hosts');
      assert.equal(
        stdout,
        `10.0.0.1 ${nameOf(0)} web-0\n10.0.0.2 ${nameOf(1)} web-1\n10.0.0.1 ${serviceName}\n10.0.0.2 ${serviceName}\n`,
      );
    });

    it('nothing more, and exits in order, when its reader has gone', async () => {
      const running = world.runner.start('dns web');
      running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      assert.equal(running.exited(), 0);
      await running.ended;
    });
  });

  describe('that may not read', () => {
    it('EndpointSlices leaves open what is right, and exits 2', async () => {
      world.cluster.denied.add('list endpointslices');
      // Those of the DNS Service are in another namespace.
      world.cluster.intercept = ({ verb, plural, namespace }) =>
        verb === 'list' && plural === 'endpointslices' && namespace === 'kube-system'
          ? {
              code: 200,
              body: {
                metadata: {},
                items: world.cluster
                  .all('endpointslices')
                  .filter(({ metadata }) => metadata.namespace === 'kube-system'),
              },
            }
          : undefined;
      const { code, stdout, stderr } = await world.run('dns web');
      assert.equal(code, 2);
      assert.match(lines(stdout)[1] ?? '', / not known: EndpointSlices may not be read$/);
      assert.match(stderr, /^warning: not read for lack of the right to list endpointslices\.discovery\.k8s\.io: /);
      assert.match(stderr, /^warning: web: what is published is unknown: EndpointSlices may not be read$/m);
    });

    it('the sets fails as kubectl does', async () => {
      world.cluster.denied.add('list statefulsets');
      const { code, stdout, stderr } = await world.run('dns');
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^Error from server \(Forbidden\): statefulsets\.apps is forbidden: [^\n]*\n$/);
    });

    it('any set reads the one that was named, and says what it lacks', async () => {
      world.cluster.denied.add('list statefulsets');
      const { code, stdout, stderr } = await world.run('dns web');
      assert.deepEqual([code, lines(stdout).length], [0, 4]);
      assert.match(stderr, /^warning: not read for lack of the right to list statefulsets\.apps: /);
    });
  });

  describe('reads files with -f', () => {
    const manifests = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'apps/v1', ...set },
        { apiVersion: 'v1', kind: 'Service', ...governing('web', { clusterIP: '10.96.0.7' }) },
        { apiVersion: 'v1', kind: 'Pod', ...podOf(set, 0) },
      ],
    });
    let file: string;

    beforeEach(() => {
      file = world.runner.files.write('web.json', manifests);
    });

    it('and says what it can, without a cluster', async () => {
      const { code, stdout, stderr } = await world.run(`dns -f ${file} --no-headers`);
      assert.equal(code, 0);
      assert.deepEqual(
        lines(stdout).map((line) => line.split(' ').slice(0, 2)),
        [
          ['web-0', nameOf(0)],
          ['web-1', nameOf(1)],
          ['Service', serviceName],
        ],
      );
      assert.match(stderr, /^warning: web: Service web is not headless/);
      assert.equal(last(stderr), 'asked nobody; cluster domain cluster.local, from the default');
      assert.deepEqual(world.cluster.requests, []);
    });

    it('and takes --pod, --cluster-domain, -o and -n', async () => {
      const run = async (words: string) => (await world.run(`dns -f ${file} ${words}`)).stdout;
      assert.equal(
        await run('web -o name --pod 1 --cluster-domain corp.internal'),
        'web-1.web.shop.svc.corp.internal\n',
      );
      assert.equal(JSON.parse(await run('web -o json')).kind, 'StatefulSetNames');
      assert.equal(JSON.parse(await run('-n shop -o json')).items.length, 1);
    });

    it('and exits 2 for a set that they do not hold, after showing the others', async () => {
      const { code, stdout, stderr } = await world.run(`dns -f ${file} web nope -o name --pod 0`);
      assert.deepEqual([code, stdout], [2, `${nameOf(0)}\n`]);
      assert.match(stderr, /^error: the files hold no StatefulSet "nope"\n/);
    });

    it('and exits 2 when they hold none that was asked for', async () => {
      assert.deepEqual(await world.run(`dns -f ${file} nope`), {
        code: 2,
        stdout: '',
        stderr: 'error: the files hold no StatefulSet "nope"\n',
      });
      assert.deepEqual(await world.run(`dns -f ${file} -n lab`), {
        code: 2,
        stdout: '',
        stderr: 'error: the files hold no StatefulSet that was asked for, but shop/web\n',
      });
    });
  });
});
