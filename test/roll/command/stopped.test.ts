/** The end of a roll that stops: why, the diagnosis that `kubectl sts status NAME` gives, and how to go on. */
import assert from 'node:assert/strict';
import type { Budget, Named, StatefulSet } from '#src/objects/types.ts';
import { crashing, node, podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, nothingElse, objectsIn, openShop, type Shop, told } from './shop.ts';

const goOn = 'go on: kubectl sts roll web --resume -n shop';

describe('a roll that has stopped', () => {
  let shop: Shop;
  let web: StatefulSet;

  beforeEach(async () => {
    shop = await openShop();
    web = statefulSet('web', { replicas: 3, templates: ['data'] });
    shop.cluster.put('nodes', node('node-1'));
  });
  afterEach(() => shop.close());

  const crash = (ordinal: number, uid?: string) =>
    shop.cluster.put('pods', podOf(web, ordinal, { status: crashing(), ...(uid && { metadata: { uid } }) }));

  /** web-2 comes back, and crashes. */
  function comesBackBroken(): void {
    shop.cluster.onPodGone = () => crash(2, 'new');
  }

  /** Without the first line and those that say how to go on. */
  const diagnosisIn = (stderr: string) =>
    told(stderr)
      .slice(1)
      .filter((line) => !/^(go on|after a change of the set): /.test(line));

  /** The set looked at closely, below the table. */
  async function status(): Promise<string[]> {
    return told((await shop.run('status web')).stdout.split('\n\n')[1] ?? '');
  }

  it('tells what status tells of the set, word for word, and last how to go on', async () => {
    comesBackBroken();
    const { code, stderr } = await shop.roll('web --stable 0s --timeout 20s');
    assert.equal(code, 1);
    const [first = '', ...rest] = told(stderr);
    assert.match(
      first,
      /^error: roll 4000 of statefulset\/web stopped at web-2: --timeout is over while it was coming /,
    );
    assert.match(rest[1] ?? '', /^ {2}cause {4}web-2: container db ends with an error: exit code 1, 3 restarts/);
    assert.deepEqual(diagnosisIn(stderr), await status());
    assert.equal(rest.at(-1), goOn);
  });

  it('reads it after the last eviction, and evicts nothing more', async () => {
    comesBackBroken();
    await shop.roll('web --stable 0s --timeout 20s');
    const { requests } = shop.cluster;
    const since = requests.slice(requests.findLastIndex((request) => request.startsWith('update leases')) + 1);
    assert.deepEqual(since.filter((request) => !request.startsWith('watch')).sort(), [
      'get nodes node-1',
      'get persistentvolumes pv-data-web-2',
      'get storageclasses standard',
      'list events',
      'list events',
      'list persistentvolumeclaims',
      'list poddisruptionbudgets',
      // Counted, and listed.
      'list pods',
      'list pods',
      'list services',
      'list statefulsets',
    ]);
    assert.deepEqual(evictions(shop.cluster), ['web-2']);
  });

  it('says how to begin anew after a change of the set, where such a change would help', async () => {
    const set = statefulSet('web', {
      replicas: 3,
      templates: ['data'],
      spec: { updateStrategy: { type: 'OnDelete' } },
      status: { updateRevision: 'web-2', updatedReplicas: 0 },
    });
    shop.cluster.put('statefulsets', set);
    for (const ordinal of [0, 1, 2]) shop.cluster.put('pods', podOf(set, ordinal, { revision: 'web-1' }));
    shop.cluster.onPodGone = () =>
      shop.cluster.put('pods', podOf(set, 2, { revision: 'web-2', status: crashing(), metadata: { uid: 'new' } }));
    const { stderr, stdout } = await shop.roll('web --stable 0s --timeout 20s');
    assert.match(stderr, /\n {2}change {3}kubectl rollout undo statefulset\/web -n shop\n/, stdout);
    assert.deepEqual(told(stderr).slice(-2), [
      goOn,
      'after a change of the set: kubectl sts roll web --abort -n shop && kubectl sts roll web --order 1,0 -n shop --timeout 20s --stable 0s',
    ]);
    // The roll itself restarts them, and its Lease keeps another roll away.
    assert.doesNotMatch(stderr, /older revision until somebody deletes|--outdated/);
  });

  it('begins with the pods at which it has stopped', async () => {
    shop.cluster.onPodGone = (pod: Named) => {
      shop.comeBack(pod);
      crash(0);
    };
    const other = await shop.roll('web --stable 0s');
    assert.match(told(other.stderr)[0] ?? '', /stopped: web-0 is CrashLoopBackOff: /);
    assert.match(other.stderr, /\n {2}cause {4}web-0: container db ends with an error/);
  });

  it('begins with the budget that keeps the pod, also where another pod is broken', async () => {
    const selector = { matchLabels: { app: 'web' } };
    shop.cluster.evictionRefusals.push(...Array.from({ length: 100 }, () => ({ code: 429, message: 'the budget' })));
    const rolling = shop.start('web --stable 0s --timeout 20s');
    await rolling.until('web-2  blocked');
    shop.cluster.put<Budget>('poddisruptionbudgets', {
      metadata: { name: 'guard', generation: 1 },
      spec: { minAvailable: '100%', selector },
      status: { observedGeneration: 1, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3, disruptionsAllowed: 0 },
    });
    const { stderr } = await rolling.ended;
    assert.match(
      stderr,
      /^error: .*while it was blocked: the budget: .*\nsts\/web in shop\n {2}cause {4}PodDisruptionBudget guard never lets web-0, web-1 and web-2 be evicted/,
    );
  });

  it('says that nothing else is wrong where nothing is seen', async () => {
    await shop.stop();
    shop.cluster.intercept = ({ subresource }) =>
      subresource === 'eviction' ? { code: 422, body: { kind: 'Status', code: 422, message: 'no way' } } : undefined;
    const { stderr } = await shop.roll('web --resume');
    assert.deepEqual(told(stderr).slice(-2), [nothingElse, goOn]);
  });

  it('is an object with the diagnosis in JSON', async () => {
    comesBackBroken();
    const { code, stdout, stderr } = await shop.roll('web --stable 0s --timeout 20s -o json');
    assert.deepEqual([code, stderr], [1, '']);
    const { result, diagnosis, notDiagnosed, resume } = objectsIn(stdout).at(-1) ?? {};
    assert.deepEqual([result, notDiagnosed, resume], ['stopped', undefined, goOn.replace('go on: ', '')]);
    const { causes, skipped } = JSON.parse((await shop.run('status web -o json')).stdout) as Record<string, unknown>;
    assert.deepEqual(diagnosis, { causes, skipped });
  });

  describe('tells the stop all the same, and exits with 1, where the diagnosis', () => {
    const unread = (stderr: string) => told(stderr).find((line) => line.startsWith('warning: no diagnosis'));

    it('may not be read', async () => {
      shop.cluster.onPodGone = () => {
        crash(2, 'new');
        shop.cluster.intercept = ({ verb, plural, query }) =>
          verb === 'list' && plural === 'statefulsets' && !query.has('fieldSelector')
            ? { code: 403, body: { kind: 'Status', reason: 'Forbidden', code: 403, message: 'no such right' } }
            : undefined;
        shop.cluster.denied.add('get statefulsets');
      };
      const { code, stderr } = await shop.roll('web --stable 0s --timeout 20s');
      assert.equal(code, 1);
      assert.match(unread(stderr) ?? '', /^warning: no diagnosis of statefulset\/web: .*get.*statefulsets/);
      assert.deepEqual([told(stderr).length, told(stderr).at(-1)], [3, goOn]);
    });

    it('may be read in parts: it names those that it skipped', async () => {
      shop.cluster.onPodGone = () => {
        crash(2, 'new');
        for (const right of ['list services', 'list events', 'list poddisruptionbudgets'])
          shop.cluster.denied.add(right);
      };
      const { code, stderr } = await shop.roll('web --stable 0s --timeout 20s');
      assert.equal(code, 1);
      assert.match(stderr, /cause {4}web-2: container db ends with an error/);
      assert.match(
        stderr,
        / {2}skipped {2}events: no right to list events\n {11}services: no right to list services\n {11}budgets: no right to list poddisruptionbudgets\.policy\n/,
      );
    });

    it('gets no answer, after ten seconds', async () => {
      shop.cluster.onPodGone = () => {
        crash(2, 'new');
        shop.cluster.intercept = ({ plural }) => (plural === 'services' ? new Promise(() => {}) : undefined);
      };
      const { code, stderr, stdout } = await shop.roll('web --stable 0s --timeout 20s -o json');
      assert.deepEqual([code, stderr], [1, '']);
      const { result, notDiagnosed, diagnosis } = objectsIn(stdout).at(-1) ?? {};
      assert.deepEqual([result, notDiagnosed, diagnosis], ['stopped', 'no answer within 10 s', undefined]);
    });

    it('is not waited for by the person, who knows already why it stopped; a second Ctrl-C ends it at once', async () => {
      const asked = new Promise<void>((resolve) => {
        shop.cluster.onPodGone = () => {
          crash(2, 'new');
          shop.cluster.intercept = ({ plural }) => {
            if (plural !== 'services') return undefined;
            resolve();
            return new Promise(() => {});
          };
        };
      });
      const rolling = shop.start('web --stable 0s --timeout 20s');
      await asked;
      assert.match(rolling.stderr(), /^error: roll 4000 .* stopped at web-2: .*\n$/);
      rolling.signal('SIGINT');
      rolling.signal('SIGINT');
      assert.equal(rolling.exited(), 130);
      const { code, stderr } = await rolling.ended;
      assert.equal(code, 1);
      assert.deepEqual(told(stderr).slice(1), [
        'left at once; go on: kubectl sts roll web --resume -n shop',
        'warning: no diagnosis of statefulset/web: interrupted',
        goOn,
      ]);
    });

    it('is of a set that is gone, or of a server that is away', async () => {
      shop.cluster.onPodGone = () => shop.cluster.remove('statefulsets', 'web');
      const gone = await shop.roll('web --stable 0s');
      assert.deepEqual(told(gone.stderr).slice(1), [
        'warning: no diagnosis of statefulset/web: Error from server (NotFound): statefulsets.apps "web" not found',
      ]);
      assert.match(gone.stderr, /^error: .* stopped: the set is being deleted, or gone: /);
      assert.equal(gone.code, 1);
      shop.addSet('db');
      shop.cluster.onPodGone = () => {
        shop.cluster.intercept = () => 'cut off';
      };
      const away = await shop.roll('db --stable 0s --timeout 5s');
      assert.equal(away.code, 1);
      assert.match(away.stderr, /^error: roll 4000 of statefulset\/db stopped/);
      assert.match(unread(away.stderr) ?? '', /^warning: no diagnosis of statefulset\/db: no answer within 10 s$/);
    });
  });

  it('tells no diagnosis where a person has stopped it', async () => {
    const rolling = shop.start('web --stable 0s');
    await rolling.until('web-2  evicted');
    rolling.signal('SIGINT');
    const { code, stderr } = await rolling.ended;
    assert.equal(code, 130);
    assert.deepEqual(told(stderr).slice(1), [goOn]);
    assert.ok(!shop.cluster.requests.includes('list services'));
  });
});
