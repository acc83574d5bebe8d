import assert from 'node:assert/strict';
import type { Budget } from '#src/objects/types.ts';
import { boundClaim, crashing, node, podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, objectsIn, openShop, type Shop, told } from './shop.ts';

describe('kubectl sts roll --dry-run', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const rows = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));

  it('shows the plan and changes nothing', async () => {
    const { code, stdout, stderr } = await shop.roll('web --dry-run=client --ordinals 1-2');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(rows(stdout), [
      ['roll of statefulset/web: 2 pods, one at a time: 2, 1 (dry run)'],
      ['ORDER', 'POD', 'REVISION', 'WHAT'],
      ['1', 'web-2', '1', 'restarts'],
      ['2', 'web-1', '1', 'restarts'],
      ['-', 'web-0', 'stays: not chosen'],
    ]);
    const others = shop.cluster.requests.filter((request) => !/^(list|get) /.test(request));
    assert.deepEqual([...new Set(others)], ['create selfsubjectaccessreviews'], 'besides, it asks for rights alone');
  });

  it('fits the terminal', async () => {
    const { stdout } = await shop.roll('web --dry-run=client --ordinals 1-2', { columns: 40 });
    assert.deepEqual(stdout.split('\n'), [
      'roll of statefulset/web: 2 pods, one at',
      '  a time: 2, 1 (dry run)',
      'ORDER  POD    REVISION  WHAT',
      '1      web-2  1         restarts',
      '2      web-1  1         restarts',
      '-      web-0            stays',
      '  not chosen',
      '',
    ]);
  });

  it('shows no table where nothing would happen', async () => {
    const empty = statefulSet('empty', { replicas: 0 });
    shop.cluster.put('statefulsets', empty);
    const { code, stdout } = await shop.roll('empty --dry-run=client');
    assert.deepEqual([code, stdout], [0, 'roll of statefulset/empty: no pod (dry run)\n']);
  });

  it('asks the API server for each eviction, and carries none out', async () => {
    const { code, stdout } = await shop.roll('web --dry-run=server');
    assert.equal(code, 0);
    assert.deepEqual(rows(stdout).slice(0, 3), [
      ['roll of statefulset/web: 3 pods, one at a time: 2, 1, 0 (server dry run)'],
      ['ORDER', 'POD', 'REVISION', 'WHAT'],
      ['1', 'web-2', '1', 'admitted'],
    ]);
    assert.equal(
      shop.cluster.requests.filter((request) => /^create pods\/eviction web-\d\?dryRun=All$/.test(request)).length,
      3,
    );
    assert.deepEqual(shop.uids(), ['web-0', 'web-1', 'web-2']);
    assert.equal(shop.lease(), undefined);
  });

  it('exits 1 where an eviction would wait or is refused, and says why', async () => {
    shop.cluster.intercept = ({ subresource, name }) => {
      if (subresource !== 'eviction' || name === 'web-0') return undefined;
      const code = name === 'web-2' ? 429 : 403;
      const details = { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget web needs 3' }] };
      const message = name === 'web-2' ? 'Cannot evict pod' : 'not today';
      const causes = name === 'web-2' ? { details } : {};
      const reason = code === 429 ? 'TooManyRequests' : 'Forbidden';
      return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, ...causes } };
    };
    const { code, stdout } = await shop.roll('web --dry-run=server');
    assert.equal(code, 1);
    assert.deepEqual(
      rows(stdout)
        .slice(2)
        .map((cells) => cells.at(-1)),
      ['would wait: The disruption budget web needs 3', 'refused: not today', 'admitted'],
    );
    const document = await shop.roll('web --dry-run=server -o json');
    const [planned] = objectsIn(document.stdout);
    assert.equal(document.code, 1);
    assert.deepEqual(
      [planned?.['event'], (planned?.['pods'] as { eviction: string }[] | undefined)?.map(({ eviction }) => eviction)],
      ['planned', ['would wait: The disruption budget web needs 3', 'refused: not today', 'admitted']],
    );
  });

  it('asks for each deletion instead where pods are to be deleted', async () => {
    assert.equal((await shop.roll('web --dry-run=server --disable-eviction')).code, 0);
    assert.ok(shop.cluster.requests.includes('delete pods web-2?dryRun=All'));
    assert.deepEqual(shop.uids(), ['web-0', 'web-1', 'web-2']);
  });

  it('prints the plan as a JSON object', async () => {
    const { code, stdout } = await shop.roll('web --dry-run=client --ordinals 2 -o json');
    assert.equal(code, 0);
    const [planned, ...more] = objectsIn(stdout);
    assert.deepEqual([planned?.['event'], 'roll' in (planned ?? {}), more], ['planned', false, []]);
    assert.deepEqual(planned?.['pods'], [
      { pod: 'web-2', ordinal: 2, uid: 'uid-Pod-web-2', revision: { now: 'web-1', next: 'web-1' } },
    ]);
  });

  for (const dryRun of ['client', 'server']) {
    describe(dryRun, () => {
      const sicken = () =>
        shop.cluster.put(
          'pods',
          podOf(statefulSet('web', { replicas: 3, templates: ['data'] }), 1, { status: crashing() }),
        );

      it('shows no plan where the roll would be refused, and asks for no eviction', async () => {
        sicken();
        const { code, stdout, stderr } = await shop.roll(`web --dry-run=${dryRun}`);
        assert.deepEqual([code, stdout], [2, '']);
        assert.deepEqual(told(stderr), [
          'error: statefulset/web is not rolled: web-1 is CrashLoopBackOff: no other pod may go meanwhile: mend it, or let it go first: --first 1',
        ]);
        assert.deepEqual(evictions(shop.cluster), []);
      });

      it('prints the refusal alone as a JSON object', async () => {
        sicken();
        const { code, stdout } = await shop.roll(`web --dry-run=${dryRun} -o json`);
        assert.equal(code, 2);
        assert.deepEqual(
          objectsIn(stdout).map(({ kind, result }) => [kind, result]),
          [['RollSummary', 'refused']],
        );
      });

      it('is refused for want of rights, as the roll would be', async () => {
        for (const right of ['create pods/eviction', 'create leases']) shop.cluster.denied.add(right);
        const { code, stdout, stderr } = await shop.roll(`web --dry-run=${dryRun}`);
        assert.deepEqual([code, stdout], [2, '']);
        assert.deepEqual(stderr, (await shop.roll('web')).stderr);
        assert.match(stderr, /is not rolled: no right to create pods\/eviction in namespace shop$/m);
        assert.match(stderr, /is not rolled: no right to create leases\.coordination\.k8s\.io .*--no-lease/);
      });

      it('demands no right that the roll would not need', async () => {
        for (const right of ['delete pods', 'create pods/exec', 'create leases']) shop.cluster.denied.add(right);
        const { code, stderr } = await shop.roll(`web --dry-run=${dryRun} --no-lease`);
        assert.deepEqual([code, stderr], [0, '']);
      });
    });
  }
});

describe('a roll that must not begin', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const web = (shape: Parameters<typeof statefulSet>[1] = {}) =>
    statefulSet('web', { replicas: 3, templates: ['data'], ...shape });
  const budget = (name: string, spec: NonNullable<Budget['spec']>): Budget => ({
    metadata: { name, namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });

  const cases: [what: string, prepare: () => void, words: string, why: RegExp][] = [
    [
      'where the controller has work of its own',
      () => shop.cluster.put('statefulsets', web({ status: { updateRevision: 'web-2', updatedReplicas: 1 } })),
      '',
      /the controller has work of its own \(Updating.*\): wait until it is done$/,
    ],
    ['where an ordinal is none of the set', () => {}, '--first 7', /there is no ordinal 7: its ordinals are 0 to 2/],
    [
      'where the set makes one pod at a time',
      () => {},
      '--max-unavailable 2',
      /--max-unavailable 2 is for Parallel sets: the controller of an OrderedReady set makes one pod at a time/,
    ],
    [
      'where another pod is not ready',
      () => shop.cluster.put('pods', podOf(web(), 0, { status: crashing() })),
      '',
      /web-0 is CrashLoopBackOff: no other pod may go meanwhile/,
    ],
    [
      'where a claim is being deleted',
      () => {
        const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z' };
        shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-1', { metadata }));
      },
      '',
      /claim data-web-1 of web-1 is being deleted: its data would go with the pod; save it first/,
    ],
    [
      'where a budget never lets a pod go',
      () => shop.cluster.put('poddisruptionbudgets', budget('web', { maxUnavailable: 0 })),
      '',
      /PodDisruptionBudget web never lets web-2, web-1, web-0 go: it allows no disruption at any time/,
    ],
    [
      'where two budgets select one pod',
      () => {
        shop.cluster.put('poddisruptionbudgets', budget('a', { maxUnavailable: 1 }));
        shop.cluster.put('poddisruptionbudgets', budget('b', { maxUnavailable: 1 }));
      },
      '--ordinals 2',
      /web-2 is selected by several PodDisruptionBudgets \(a, b\): the API server evicts no such pod/,
    ],
    [
      'where the pods may not be seen',
      () => shop.cluster.denied.add('list pods'),
      '',
      /no right to list pods, without which nothing safe can be done: /,
    ],
    [
      'where the claims may not be seen',
      () => shop.cluster.denied.add('list persistentvolumeclaims'),
      '',
      /no right to list persistentvolumeclaims, without which nothing safe can be done: /,
    ],
    [
      'where the right to evict is missing',
      () => shop.cluster.denied.add('create pods/eviction'),
      '',
      /no right to create pods\/eviction in namespace shop/,
    ],
    [
      'where the right to delete is missing',
      () => shop.cluster.denied.add('delete pods'),
      '--disable-eviction',
      /no right to delete pods in namespace shop/,
    ],
    [
      'where the right to run a command is missing',
      () => shop.cluster.denied.add('create pods/exec'),
      '--check true',
      /no right to create pods\/exec in namespace shop/,
    ],
    [
      'where the right to keep a Lease is missing',
      () => shop.cluster.denied.add('create leases'),
      '',
      /no right to create leases.coordination.k8s.io in namespace shop: with --no-lease it goes without/,
    ],
    [
      'where the container of the checks is missing',
      () => {},
      '--check true --container db',
      /--container db: its pod template has no such container/,
    ],
  ];
  for (const [what, prepare, words, why] of cases) {
    it(`says so and changes nothing ${what}`, async () => {
      prepare();
      const { code, stdout, stderr } = await shop.roll(`web ${words}`);
      assert.deepEqual([code, stdout], [2, '']);
      const errors = told(stderr).filter((line) => line.startsWith('error: '));
      assert.equal(errors.length, 1, stderr);
      assert.match(errors[0] ?? '', new RegExp(`^error: statefulset/web is not rolled: ${why.source}`));
      assert.deepEqual([shop.uids(), shop.lease()], [['web-0', 'web-1', 'web-2'], undefined]);
    });
  }

  it('says so as a JSON object too', async () => {
    shop.cluster.denied.add('create pods/eviction');
    const { code, stdout } = await shop.roll('web -o json');
    assert.equal(code, 2);
    assert.deepEqual(
      objectsIn(stdout).map(({ kind, result, messages }) => ({ kind, result, messages })),
      [
        {
          kind: 'RollSummary',
          result: 'refused',
          messages: ['no right to create pods/eviction in namespace shop'],
        },
      ],
    );
  });

  it('may begin where only the Lease’s right is missing and --no-lease is given', async () => {
    shop.cluster.denied.add('create leases');
    shop.cluster.denied.add('get leases');
    assert.equal((await shop.roll('web --ordinals 0 --stable 0s --no-lease')).code, 0);
  });

  it('says that somebody else has just begun one', async () => {
    shop.cluster.intercept = ({ verb, plural }) => {
      const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 409, reason: 'AlreadyExists' };
      return verb === 'create' && plural === 'leases' ? { code: 409, body } : undefined;
    };
    const { code, stderr } = await shop.roll('web');
    assert.deepEqual(
      [code, stderr],
      [2, 'error: statefulset/web is not rolled: somebody else has just begun a roll of it\n'],
    );
  });

  it('warns of what to mind, and begins all the same', async () => {
    const spec = {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [], volumes: [{ name: 'cache', emptyDir: {} }], terminationGracePeriodSeconds: 0 },
      },
    };
    const ownerReferences = [{ apiVersion: 'db/v1', kind: 'Postgres', name: 'main', uid: 'x', controller: true }];
    shop.cluster.put('statefulsets', web({ spec, metadata: { ownerReferences } }));
    shop.cluster.denied.add('list poddisruptionbudgets');
    const { code, stderr } = await shop.roll('web --ordinals 0 --stable 0s');
    assert.equal(code, 0);
    assert.deepEqual(told(stderr), [
      'warning: what is in cache goes with each pod (emptyDir or ephemeral)',
      'warning: the set is kept by Postgres/main, which may have plans of its own for its pods',
      'warning: terminationGracePeriodSeconds is 0: a pod is taken away before its node has ended it, and two of one name may run',
      'warning: whether a PodDisruptionBudget is in the way is not known: no right to list poddisruptionbudgets.policy',
    ]);
  });

  it('warns where the only node that reaches a volume is closed to the pod', async () => {
    shop.cluster.put('nodes', node('node-1', { spec: { unschedulable: true } }));
    shop.cluster.put('persistentvolumes', {
      metadata: { name: 'pv-data-web-0' },
      spec: {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }],
          },
        },
      },
    } as never);
    const { stderr } = await shop.roll('web --ordinals 0 --dry-run=client');
    assert.match(stderr, /^warning: web-0 may not come back: its volume lives on node-1, which is cordoned/);
  });
});
