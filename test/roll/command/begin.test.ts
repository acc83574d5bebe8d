import assert from 'node:assert/strict';
import type { Lease, Pod } from '#src/objects/types.ts';
import { boundClaim, crashing, podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, id, nothingElse, objectsIn, openShop, restarted, type Shop, told } from './shop.ts';

const all = ['web-2', 'web-1', 'web-0'];
const title = `roll ${id} of statefulset/web: 3 pods, one at a time: 2, 1, 0`;
const done = `roll ${id} of statefulset/web done: 3 of 3 pods restarted`;

describe('kubectl sts roll', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  it('restarts pod by pod from the highest ordinal down, tells each event, and leaves no Lease', async () => {
    const { code, stdout, stderr } = await shop.roll('web --stable 0s');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(told(stdout), [title, ...restarted(...all), done]);
    assert.deepEqual([shop.uids(), shop.lease()], [['web-0+', 'web-1+', 'web-2+'], undefined]);
    assert.deepEqual(evictions(shop.cluster), all);
  });

  it('waits until each new pod has been ready for 10 s, unless it is told otherwise', async () => {
    const { code, stdout } = await shop.roll('web --ordinals 0 -o json');
    assert.equal(code, 0);
    const seconds = objectsIn(stdout).find(({ event }) => event === 'done')?.['seconds'];
    assert.ok(Number(seconds) >= 10, `${seconds}`);
  });

  it('writes the Lease before each eviction, with its duration, holder and field manager', async () => {
    const writes: string[] = [];
    let lease: Lease | undefined;
    shop.cluster.intercept = ({ plural, verb, subresource, query }) => {
      if (subresource === 'eviction') writes.push('evict');
      if (plural === 'leases' && ['create', 'update'].includes(verb)) {
        writes.push(`${verb} as ${query.get('fieldManager')}`);
        lease = shop.lease() ?? lease;
      }
      return undefined;
    };
    await shop.roll('web --ordinals 0 --stable 0s --lease-duration 20s --field-manager night-shift');
    assert.deepEqual(writes.slice(0, 3), ['create as night-shift', 'update as night-shift', 'evict']);
    assert.deepEqual([lease?.spec?.leaseDurationSeconds, lease?.spec?.holderIdentity], [20, 'ann@desk-42-400000']);
  });

  it('goes without a Lease where it is told to', async () => {
    const { code } = await shop.roll('web --ordinals 0 --stable 0s --no-lease');
    assert.equal(code, 0);
    assert.ok(!shop.cluster.requests.some((request) => /^(create|update|delete) leases/.test(request)));
  });

  it('is not begun where its set may be read by its name alone, since it could not follow it', async () => {
    shop.cluster.denied.add('list statefulsets');
    const { code, stdout, stderr } = await shop.roll('web --stable 0s');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(
      stderr,
      /^error: no right to list statefulsets\.apps, without which a roll cannot follow its set: statefulsets\.apps is forbidden: [^\n]*; ask [^\n]*for the role kubectl-sts-roll \(docs\/rbac\/roll\.yaml\)\n$/,
    );
    assert.deepEqual([evictions(shop.cluster), shop.lease()], [[], undefined]);
  });

  it('deletes pods where it is told to', async () => {
    const { code, stdout } = await shop.roll('web --ordinals 0 --stable 0s --disable-eviction');
    assert.equal(code, 0);
    assert.deepEqual(evictions(shop.cluster), []);
    assert.ok(shop.cluster.requests.includes('delete pods web-0'));
    assert.ok(told(stdout).includes('web-0  deleted'));
  });

  const orders: [words: string, order: string[]][] = [
    ['--order forward', ['web-0', 'web-1', 'web-2']],
    ['--order 1,0,2', ['web-1', 'web-0', 'web-2']],
    ['--order 2,0-1', ['web-2', 'web-0', 'web-1']],
    ['--first 0', ['web-0', 'web-2', 'web-1']],
    ['--last 2', ['web-1', 'web-0', 'web-2']],
    ['--ordinals 0-1', ['web-1', 'web-0']],
  ];
  for (const [words, order] of orders) {
    it(`takes the pods in their order: ${words}`, async () => {
      assert.equal((await shop.roll(`web --stable 0s ${words}`)).code, 0);
      assert.deepEqual(evictions(shop.cluster), order);
    });
  }

  it('takes only pods that are old enough, or not at the update revision', async () => {
    const set = statefulSet('web', { replicas: 3, templates: ['data'] });
    shop.cluster.put('pods', podOf(set, 1, { metadata: { creationTimestamp: '2025-01-01T00:00:00Z' } }));
    assert.equal((await shop.roll('web --stable 0s --older-than 2025-06-01T00:00:00Z')).code, 0);
    assert.deepEqual(evictions(shop.cluster), ['web-1']);
    const nothing = await shop.roll('web --stable 0s --outdated');
    assert.deepEqual([nothing.code, nothing.stdout], [0, 'roll of statefulset/web: no pod\n']);
    const document = await shop.roll('web --stable 0s --outdated -o json');
    assert.deepEqual(
      objectsIn(document.stdout).map(({ kind, result, done: names }) => [kind, result, names]),
      [['RollSummary', 'done', []]],
    );
  });

  it('lets several pods of a Parallel set go at a time', async () => {
    shop.addSet('many', { spec: { podManagementPolicy: 'Parallel' } });
    const { code, stdout } = await shop.roll('many --max-unavailable 3 --stable 0s');
    assert.equal(code, 0);
    assert.equal(told(stdout)[0], `roll ${id} of statefulset/many: 3 pods, up to 3 at a time: 2, 1, 0`);
  });

  it('prints a JSON object for each event, and a summary', async () => {
    const { code, stdout, stderr } = await shop.roll('web --ordinals 0 --stable 0s -o json');
    assert.deepEqual([code, stderr], [0, '']);
    const [begun, ...rest] = objectsIn(stdout);
    assert.deepEqual([begun?.['event'], begun?.['roll']], ['begun', id]);
    assert.deepEqual(
      rest.map(({ kind, event, result }) => event ?? `${kind} ${result}`),
      ['evicted', 'gone', 'ready', 'done', 'RollSummary done'],
    );
  });

  it('waits for a budget, and tells once why', async () => {
    const refusal = { code: 429, message: 'Cannot evict pod as it would violate its disruption budget' };
    shop.cluster.evictionRefusals.push(refusal, refusal);
    const { code, stdout } = await shop.roll('web --ordinals 0 --stable 0s');
    assert.equal(code, 0);
    assert.deepEqual(told(stdout).slice(1, 3), [`web-0  blocked: ${refusal.message}`, 'web-0  evicted']);
    assert.equal(evictions(shop.cluster).length, 3);
  });

  it('stops at a budget that forbids the eviction for the time of --timeout', async () => {
    const refusal = { code: 429, message: 'the budget' };
    shop.cluster.evictionRefusals.push(...Array.from({ length: 100 }, () => refusal));
    const { code, stderr } = await shop.roll('web --stable 0s --timeout 10s');
    assert.equal(code, 1);
    assert.deepEqual(told(stderr), [
      `error: roll ${id} of statefulset/web stopped at web-2: --timeout is over while it was blocked: the budget: 0 of 3 pods restarted; not begun: web-2, web-1, web-0`,
      nothingElse,
      'go on: kubectl sts roll web --resume -n shop',
    ]);
    assert.equal(shop.lease()?.spec?.holderIdentity, '', 'the Lease is left for another run');
  });

  it('stops where an eviction is refused for good, and says so in JSON too', async () => {
    const body = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: 422,
      reason: 'Invalid',
      message: 'no way',
    };
    shop.cluster.intercept = ({ subresource }) => (subresource === 'eviction' ? { code: 422, body } : undefined);
    const { code, stdout, stderr } = await shop.roll('web --stable 0s -o json');
    assert.deepEqual([code, stderr], [1, '']);
    const { result, pod, reason, message, notBegun, resume } = objectsIn(stdout).at(-1) ?? {};
    assert.deepEqual(
      { result, pod, reason, message, notBegun, resume },
      {
        result: 'stopped',
        pod: 'web-2',
        reason: 'refused',
        message: 'stopped at web-2: the API server refuses to evict it: no way',
        notBegun: ['web-1', 'web-0'],
        resume: 'kubectl sts roll web --resume -n shop',
      },
    );
  });

  it('stops when another pod is not ready, and says what was done', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      shop.cluster.put('pods', podOf(statefulSet('web', { replicas: 3 }), 0, { status: crashing() }));
    };
    const { code, stderr } = await shop.roll('web --stable 0s');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: roll 4000 of statefulset\/web stopped: web-0 is CrashLoopBackOff: \d of 3 pods restarted; /,
    );
    assert.match(stderr, /\ngo on: kubectl sts roll web --resume -n shop\n$/);
  });

  it('stops when somebody changes the set, and prints how to begin anew', async () => {
    shop.cluster.onPodGone = (pod) => {
      const set = statefulSet('web', { replicas: 3, templates: ['data'], metadata: { generation: 2 } });
      shop.cluster.put('statefulsets', set);
      shop.comeBack(pod);
    };
    const { code, stderr } = await shop.roll('web --stable 0s --timeout 90s --field-manager night-shift');
    assert.equal(code, 1);
    assert.deepEqual(told(stderr), [
      `error: roll ${id} of statefulset/web stopped: the set was changed or scaled by somebody else: look at it, and begin a new roll: 0 of 3 pods restarted; half-way: web-2; not begun: web-1, web-0`,
      'sts/web in shop',
      '  cause    the controller has not seen the latest change of the set (undetermined: it may still recover)',
      '  look     kubectl get lease kube-controller-manager -n kube-system -o yaml --ignore-not-found',
      '           kubectl get pods -n kube-system -l component=kube-controller-manager',
      'go on: kubectl sts roll web --abort -n shop && kubectl sts roll web --order 1,0 -n shop --timeout 90s --stable 0s --field-manager night-shift',
    ]);
  });

  it('prints how to begin anew where it went without a Lease', async () => {
    shop.cluster.evictionRefusals.push(...Array.from({ length: 100 }, () => ({ code: 429, message: 'the budget' })));
    const { code, stderr } = await shop.roll('web --timeout 11s --no-lease');
    assert.equal(code, 1);
    assert.equal(told(stderr).at(-1), 'go on: kubectl sts roll web --order 2,1,0 -n shop --timeout 11s --no-lease');
  });

  it('stops when --deadline is over', async () => {
    shop.cluster.onPodGone = () => {};
    const { code, stderr } = await shop.roll('web --deadline 20s');
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* stopped: --deadline is over: 0 of 3 pods restarted; half-way: web-2; not begun/);
  });

  it('stops when a new pod is on another volume', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-2', { spec: { volumeName: 'pv-other' } }));
      shop.comeBack(pod);
    };
    const { code, stderr } = await shop.roll('web --stable 0s');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /stopped at web-2: the new pod is not on the claim or volume that the old one had: data-web-2/,
    );
  });

  it('goes on through an outage, and tells its beginning and end once', async () => {
    let broken = 3;
    shop.cluster.intercept = ({ verb, plural }) =>
      verb === 'list' && plural === 'pods' && evictions(shop.cluster).length === 1 && broken-- > 0
        ? { code: 500, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message: 'no etcd' } }
        : undefined;
    const { code, stdout } = await shop.roll('web --ordinals 0 --stable 0s');
    assert.equal(code, 0);
    const news = told(stdout).filter((line) => line.startsWith('statefulset/web'));
    assert.equal(news.length, 2, news.join('\n'));
    assert.match(news[0] ?? '', /no etcd, trying again$/);
    assert.equal(news[1], 'statefulset/web  the API server answers again');
  });

  it('stops when nothing could be read for the time of --timeout', async () => {
    shop.cluster.intercept = ({ verb, plural }) =>
      verb === 'list' && plural === 'pods' && shop.lease() !== undefined
        ? { code: 500, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message: 'no etcd' } }
        : undefined;
    const { code, stderr } = await shop.roll('web --ordinals 0 --stable 0s --timeout 5s');
    assert.equal(code, 1);
    assert.match(stderr, /stopped: the cluster could not be read for the time of --timeout: .*no etcd/);
  });

  it('says that what may not be watched is listed instead', async () => {
    shop.cluster.denied.add('watch pods');
    const { code, stdout } = await shop.roll('web --ordinals 0 --stable 0s');
    assert.equal(code, 0);
    assert.equal(stdout.match(/no right to watch pods, listed every few seconds instead/g)?.length, 1);
  });

  it('says that the Lease could not be given up', async () => {
    shop.cluster.onPodGone = () => shop.cluster.denied.add('update leases');
    const { code, stdout } = await shop.roll('web --stable 0s --deadline 20s --lease-duration 1h');
    assert.equal(code, 1);
    assert.match(stdout, /statefulset\/web {2}the Lease could not be given up \(.*\): who goes on has to wait until/);
  });

  it('stops when its Lease is gone, and says so', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.cluster.remove('leases', 'kubectl-sts-roll-web');
      shop.comeBack(pod);
    };
    const { code, stderr } = await shop.roll('web --stable 0s');
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* stopped: its Lease is gone or was given up: somebody has ended this roll/);
    assert.doesNotMatch(stderr, /go on/);
    assert.deepEqual(evictions(shop.cluster), ['web-2']);
  });

  describe('of several sets', () => {
    beforeEach(() => {
      shop.addSet('db');
    });

    it('rolls one after the other', async () => {
      const { code, stdout } = await shop.roll('web db --ordinals 0 --stable 0s');
      assert.equal(code, 0);
      assert.deepEqual(evictions(shop.cluster), ['web-0', 'db-0']);
      assert.ok(told(stdout).includes(`roll ${id} of statefulset/db done: 1 of 1 pods restarted`));
    });

    it('takes those with the labels that were asked for', async () => {
      const set = statefulSet('db', { replicas: 3, templates: ['data'], metadata: { labels: { tier: 'db' } } });
      shop.cluster.put('statefulsets', set);
      assert.equal((await shop.roll('-l tier=db --ordinals 0 --stable 0s')).code, 0);
      assert.deepEqual(evictions(shop.cluster), ['db-0']);
    });

    it('begins with none where one may not be rolled', async () => {
      shop.cluster.put(
        'pods',
        podOf(statefulSet('db', { replicas: 3, templates: ['data'] }), 1, { status: crashing() }),
      );
      for (const dryRun of ['none', 'client', 'server']) {
        const { code, stdout, stderr } = await shop.roll(`web db --dry-run=${dryRun}`);
        assert.deepEqual([code, stdout], [2, ''], dryRun);
        assert.deepEqual(told(stderr), [
          'error: statefulset/db is not rolled: db-1 is CrashLoopBackOff: no other pod may go meanwhile: mend it, or let it go first: --first 1',
          'not begun: statefulset/web',
        ]);
      }
      assert.deepEqual(evictions(shop.cluster), []);
    });

    it('names those that were not begun when one stops, and looks at each again before its turn', async () => {
      shop.addSet('third');
      const set = statefulSet('db', { replicas: 3, templates: ['data'] });
      shop.cluster.onPodGone = (pod) => {
        shop.comeBack(pod);
        shop.cluster.put<Pod>('pods', podOf(set, 1, { status: crashing() }));
      };
      const { code, stderr } = await shop.roll('web db third --ordinals 0 --stable 0s');
      assert.equal(code, 1);
      assert.deepEqual(told(stderr), [
        'error: statefulset/db is not rolled: db-1 is CrashLoopBackOff: no other pod may go meanwhile: mend it, or make it anew: kubectl delete pod db-1 -n shop',
        'not begun: statefulset/third',
      ]);
      assert.deepEqual(evictions(shop.cluster), ['web-0']);
    });

    it('says that a set went while another was rolled', async () => {
      shop.cluster.onPodGone = (pod) => {
        shop.comeBack(pod);
        shop.cluster.remove('statefulsets', 'db');
      };
      const { code, stderr } = await shop.roll('web db --ordinals 0 --stable 0s');
      assert.deepEqual([code, stderr], [1, 'Error from server (NotFound): statefulsets.apps "db" not found\n']);
    });
  });

  it('says that a set is missing, or that there is none', async () => {
    assert.deepEqual(await shop.roll('cache'), {
      code: 2,
      stdout: '',
      stderr: 'Error from server (NotFound): statefulsets.apps "cache" not found\n',
    });
    assert.deepEqual(await shop.roll('-l app=nothing'), {
      code: 0,
      stdout: '',
      stderr: 'No resources found in shop namespace.\n',
    });
  });

  it('refuses words and flags that contradict each other', async () => {
    assert.deepEqual(await shop.roll('web --resume --order forward'), {
      code: 2,
      stdout: '',
      stderr: 'error: --order is of a roll that begins: it does not go with --resume\n',
    });
    assert.deepEqual(shop.cluster.requests, []);
  });
});
