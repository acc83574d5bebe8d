import assert from 'node:assert/strict';
import { openClient } from '#src/kube/client.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Budget, Pod, StatefulSet } from '#src/objects/types.ts';
import { idleClock } from '../../memory/clock.ts';
import type { Running } from '../../memory/run.ts';
import { openShop, type Shop } from '../../memory/shop.ts';
import { boundClaim, crashing, node, podOf, statefulSet, warning } from '../../objects/snapshots.ts';

/** The revision of a set's pods before the update. */
const old = 'web-0ld';

describe('kubectl sts status --wait', () => {
  let shop: Shop;
  let clock: ReturnType<typeof idleClock>;

  beforeEach(async () => {
    shop = await openShop();
    clock = idleClock(() => shop.cluster.requests.length);
    shop.cluster.time = () => clock.now();
    shop.cluster.put('nodes', node('node-1'));
  });
  afterEach(() => shop.close());

  function start(words = '', shape = {}): Running {
    return shop.start(`status web --wait ${words}`, shape, { clock, steadyClock: clock, random: () => 0 });
  }

  const ended = (words?: string, shape = {}) => start(words, shape).ended;
  const now = () => new Date(clock.now()).toISOString();

  function withSpec(spec: Partial<NonNullable<StatefulSet['spec']>>): StatefulSet {
    return statefulSet('web', { replicas: 2, templates: ['data'], spec });
  }

  function put(set: StatefulSet): void {
    shop.cluster.put('statefulsets', set);
  }

  function putPod(ordinal: number, shape: Parameters<typeof podOf>[2] = {}): Pod {
    return shop.cluster.put('pods', podOf(shop.web, ordinal, shape));
  }

  /** A pod whose container crashes for the first time. */
  function crash(ordinal: number, revision?: string): void {
    const status = crashing(1);
    const [container] = status.containerStatuses ?? [];
    assert.ok(container?.lastState?.terminated);
    const lastTransitionTime = now();
    container.lastState.terminated.finishedAt = lastTransitionTime;
    const conditions = [{ type: 'Ready', status: 'False' as const, lastTransitionTime }];
    putPod(ordinal, { status: { ...status, conditions }, ...(revision && { revision }) });
  }

  describe('opens', () => {
    it('at once where the rollout is done, after it has read everything once more', async () => {
      const { code, stdout, stderr } = await ended();
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(
        stdout,
        /^\S+ {2}web {2}2\/2 {2}Updated\nstatefulset\/web is rolled out: 2 pods available, all at revision \w+\n$/,
      );
      // The watch lists them, and the second reading counts them and lists them.
      assert.equal(shop.cluster.requests.filter((request) => request === 'list pods').length, 3);
    });

    it('when the last pod has the new revision and is available', async () => {
      putPod(0, { revision: old });
      const running = start();
      await running.until('Updating');
      putPod(0);
      const { code, stdout } = await running.ended;
      assert.equal(code, 0);
      assert.match(stdout, /next: deletes web-0 for the update, 1 of 2 updated\n[\s\S]*is rolled out/);
    });

    it('once a ready pod has been ready for minReadySeconds, by the clock alone', async () => {
      put(withSpec({ minReadySeconds: 40 }));
      for (const ordinal of [0, 1]) {
        putPod(ordinal, {
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now() }] },
        });
      }
      const begun = clock.now();
      const { code } = await ended();
      assert.equal(code, 0);
      const took = clock.now() - begun;
      assert.ok(took >= 39_000 && took < 43_000, `${took} ms`);
    });

    it('not before the controller has observed the newest generation, whatever the pods are', async () => {
      const changed = { ...shop.web, metadata: { ...shop.web.metadata, generation: 8 } };
      put(changed);
      const running = start();
      await running.until('the controller has not seen the latest change');
      put({ ...changed, status: { replicas: 2, ...changed.status, observedGeneration: 8 } });
      assert.equal((await running.ended).code, 0);
    });

    it('not while a pod outside the wanted ordinals is left', async () => {
      putPod(2);
      const running = start();
      await running.until('Scaling');
      shop.cluster.remove('pods', 'web-2');
      assert.equal((await running.ended).code, 0);
    });

    it('with pods that the partition holds back, and says so', async () => {
      put(withSpec({ updateStrategy: { rollingUpdate: { partition: 1 } } }));
      putPod(0, { revision: old });
      const { code, stdout } = await ended();
      assert.equal(code, 0);
      assert.match(stdout, /2 pods available, 1 at revision \w+, 1 held back by the partition\n$/);
    });

    it('for ready pods of any revision with --for=ready', async () => {
      putPod(0, { revision: old });
      const { code, stdout } = await ended('--for=ready');
      assert.equal(code, 0);
      assert.match(stdout, /statefulset\/web is ready: 2 pods available\n$/);
    });

    it('for ready pods of any revision, once they are available, too', async () => {
      put(withSpec({ minReadySeconds: 40, updateStrategy: { type: 'OnDelete' } }));
      for (const ordinal of [0, 1]) {
        putPod(ordinal, {
          revision: old,
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now() }] },
        });
      }
      const begun = clock.now();
      assert.equal((await ended('--for=ready')).code, 0);
      const took = clock.now() - begun;
      assert.ok(took >= 39_000 && took < 42_000, `${took} ms`);
    });

    it('not with --for=ready while a pod is not ready', async () => {
      crash(0, old);
      const running = start('--for=ready');
      await running.until('CrashLoopBackOff');
      putPod(0, { revision: old });
      assert.equal((await running.ended).code, 0);
    });

    it('when all sets are there, of those that were selected', async () => {
      shop.addSet('db', { replicas: 0 });
      const all = await shop.run('status --wait', {}, { clock, steadyClock: clock });
      assert.equal(all.code, 0);
      assert.match(
        all.stdout,
        /statefulset\/web is rolled out: 2 pods available.*\nstatefulset\/db is rolled out: 0 pods available\n$/,
      );
    });
  });

  describe('follows', () => {
    it('a newer change that comes while it waits, and says so', async () => {
      putPod(0, { revision: old });
      const running = start();
      await running.until('Updating');
      const newer = { ...shop.web, metadata: { ...shop.web.metadata, generation: 9 } };
      put(newer);
      await running.until('note: statefulset/web has changed again (generation 9): waiting for that\n');
      putPod(0);
      put({ ...newer, status: { replicas: 2, ...newer.status, observedGeneration: 9 } });
      assert.equal((await running.ended).code, 0);
    });
  });

  describe('gives up', () => {
    it('at once where another pod has the name, with the evidence', async () => {
      const ownerReferences = [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'uid-rs', controller: true },
      ];
      const foreign = podOf(shop.web, 1);
      shop.cluster.put('pods', { ...foreign, metadata: { ...foreign.metadata, ownerReferences } });
      const begun = clock.now();
      const { code, stderr } = await ended();
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^error: statefulset\/web is stuck: web-1 cannot be created: a pod of ReplicaSet\/rs has its name\n/,
      );
      assert.match(
        stderr,
        /\n {2}cause {4}web-1: it cannot be created: a pod of ReplicaSet\/rs has its name \(certain: only a person can change it\)\n/,
      );
      assert.ok(clock.now() - begun < 10_000);
    });

    it('at once where OnDelete leaves outdated pods, and names them and what restarts them', async () => {
      put(withSpec({ updateStrategy: { type: 'OnDelete' } }));
      putPod(0, { revision: old });
      const { code, stderr } = await ended();
      assert.equal(code, 1);
      assert.match(
        stderr,
        /OnDelete, web-0 stays in an older revision until somebody deletes it; kubectl sts roll web --outdated -n shop restarts it\n/,
      );
    });

    it('not at once with OnDelete while the outdated pod is being deleted', async () => {
      put(withSpec({ updateStrategy: { type: 'OnDelete' } }));
      const going = podOf(shop.web, 0, { revision: old });
      shop.cluster.put('pods', { ...going, metadata: { ...going.metadata, deletionTimestamp: now() } });
      const running = start();
      await running.until('web-0');
      putPod(0);
      assert.equal((await running.ended).code, 0);
    });

    it('after --stuck-after where it is likely, and not before', async () => {
      crash(0);
      const begun = clock.now();
      const { code, stderr } = await ended('--stuck-after 90s');
      assert.equal(code, 1);
      const took = clock.now() - begun;
      assert.ok(took >= 89_000 && took < 100_000, `${took} ms`);
      assert.match(
        stderr,
        /\nerror: statefulset\/web is probably stuck: web-0: CrashLoopBackOff for 9\ds; container db: exit code 1/,
      );
    });

    it('after --stuck-after from the first failure on, however long the pod has been starting', async () => {
      const conditions = [{ type: 'Ready', status: 'False' as const, lastTransitionTime: now() }];
      putPod(0, { status: { phase: 'Pending', conditions } });
      const running = start('--stuck-after 90s');
      await running.until('web-0 is Pending');
      for (const from = clock.now(); clock.now() < from + 200_000; )
        await clock.sleep(1_000, new AbortController().signal);
      const failed = clock.now();
      const waiting = {
        name: 'db',
        ready: false,
        restartCount: 0,
        image: '',
        imageID: '',
        state: { waiting: { reason: 'ImagePullBackOff' } },
      };
      putPod(0, { status: { phase: 'Pending', conditions, containerStatuses: [waiting] } });
      const { code, stderr } = await running.ended;
      assert.equal(code, 1);
      assert.match(stderr, /\nerror: statefulset\/web is probably stuck: web-0: ImagePullBackOff/);
      const took = clock.now() - failed;
      assert.ok(took >= 88_000 && took < 100_000, `${took} ms`);
    });

    it('after --stuck-after for a pod that is ready between its crashes, and never available', async () => {
      put(withSpec({ minReadySeconds: 30 }));
      crash(0);
      const running = start('--stuck-after 90s');
      await running.until('CrashLoopBackOff');
      const pause = (milliseconds: number) => clock.sleep(milliseconds, new AbortController().signal);
      const begun = clock.now();
      for (let nth = 0; nth < 4; nth++) {
        await pause(10_000);
        putPod(0, {
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now() }] },
        });
        await pause(10_000);
        crash(0);
      }
      const { code } = await running.ended;
      assert.equal(code, 1);
      assert.ok(clock.now() - begun < 100_000);
    });

    it('not where the pod gets well before', async () => {
      crash(0);
      const running = start('--stuck-after 90s');
      await running.until('CrashLoopBackOff');
      putPod(0);
      assert.equal((await running.ended).code, 0);
    });

    it('when the time is up, and says how far it was', async () => {
      putPod(0, { revision: old });
      const begun = clock.now();
      const { code, stderr } = await ended('--timeout 2m');
      assert.equal(code, 1);
      const took = clock.now() - begun;
      assert.ok(took >= 120_000 && took < 125_000, `${took} ms`);
      assert.match(
        stderr,
        /^note: waiting until all are rolled out, for 60s of 2m\nerror: timed out after 2m waiting until statefulset\/web is rolled out: 2\/2 ready, Updating, next: deletes web-0/,
      );
    });

    it('when the time is up, with the diagnosis of a set that fails', async () => {
      crash(0);
      const { code, stderr } = await ended('--timeout 2m --stuck-after 1h');
      assert.equal(code, 1);
      assert.match(stderr, /\nerror: timed out after 2m waiting until statefulset\/web is rolled out: /);
      assert.match(stderr, /\n {2}cause {4}web-0: container db ends with an error: exit code 1, 1 restart /);
      assert.match(stderr, /\n {2}waits {4}for web-0 /);
      assert.match(stderr, /\n {2}look {5}kubectl logs web-0 -c db --previous -n shop\n/);
    });

    it('where the set is being deleted, or was deleted meanwhile', async () => {
      putPod(0, { revision: old });
      const running = start();
      await running.until('Updating');
      shop.cluster.remove('statefulsets', 'web');
      const gone = await running.ended;
      assert.deepEqual([gone.code, gone.stderr], [1, 'error: statefulset/web was deleted while it was waited for\n']);
      put({ ...shop.web, metadata: { ...shop.web.metadata, deletionTimestamp: now() } });
      const going = await ended();
      assert.equal(going.code, 1);
      assert.match(going.stderr, /^error: statefulset\/web is being deleted\n/);
    });

    it('where another set has taken the name meanwhile', async () => {
      putPod(0, { revision: old });
      const running = start();
      await running.until('Updating');
      put(statefulSet('web', { replicas: 0, metadata: { uid: 'uid-another' } }));
      const { code, stderr } = await running.ended;
      assert.equal(code, 1);
      assert.match(stderr, /^error: statefulset\/web was deleted while it was waited for\n/);
    });

    it('for one set, though the others are there', async () => {
      shop.addSet('db', { replicas: 0, metadata: { deletionTimestamp: now() } });
      const all = await shop.run('status --wait', {}, { clock, steadyClock: clock });
      assert.equal(all.code, 1);
      assert.match(all.stderr, /^error: statefulset\/db is being deleted\n/);
    });
  });

  describe('tells the diagnosis that status NAME tells', () => {
    type Told = Partial<Record<'causes' | 'skipped', { why?: string; sentence?: string }[]>> & {
      gate?: { state: string };
      metadata?: { name: string };
    };

    const documents = (stdout: string): Told[] =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const withoutDurations = (text: string) => text.replace(/ for \d\w*/g, '');
    const hourBefore = () => new Date(clock.now() - 3_600_000).toISOString();

    /** A pod that has not begun for an hour, and the newest warning about it. */
    function warn(reason: string, message: string, ordinal = 0, nodeName = 'node-1'): void {
      const conditions = [{ type: 'Ready', status: 'False' as const, lastTransitionTime: hourBefore() }];
      const pod = putPod(ordinal, { spec: { nodeName }, status: { phase: 'Pending', conditions } });
      shop.cluster.put('events', { ...warning(pod, reason, message), lastTimestamp: now() });
    }

    /** A change of an hour ago that the controller has not observed. */
    const unseen = () => ({
      generation: 2,
      managedFields: [{ manager: 'kubectl', time: hourBefore(), fieldsV1: { 'f:spec': {} } }],
    });
    const asksFor = (words: string) => shop.cluster.requests.filter((request) => request.startsWith(words)).length;

    const attach = () => {
      warn('FailedAttachVolume', 'Multi-Attach error for volume "pv-1" Volume is already used by pod(s) old-0');
      shop.cluster.put('volumeattachments', {
        metadata: { name: 'a' },
        spec: { attacher: 'csi', nodeName: 'node-2', source: { persistentVolumeName: 'pv-1' } },
        status: { attached: true },
      });
    };

    const facts: Readonly<Record<string, { happens(): void; cause: RegExp }>> = {
      'the node that has a volume': {
        happens: attach,
        cause: /volume pv-1 cannot be attached: it is still attached to node node-2, used by old-0 \(/,
      },
      'the CSI drivers of a node and the pod of a driver': {
        happens() {
          warn('FailedMount', 'driver name ebs.csi.example not found in the list of registered CSI drivers');
          const containers = [{ name: 'db', args: ['--drivername=ebs.csi.example'] }];
          const volumes = [{ name: 'v', hostPath: { path: '/var/lib/kubelet/plugins_registry' } }];
          const driver = podOf(shop.web, 0, { spec: { nodeName: 'node-1', containers, volumes }, status: crashing() });
          shop.cluster.put('pods', { ...driver, metadata: { name: 'ebs-1', namespace: 'storage' } });
        },
        cause: /no driver is registered there; its pod there, storage\/ebs-1, is CrashLoopBackOff, 0\/1 ready \(/,
      },
      'since when a change has not been observed': {
        happens() {
          put({ ...shop.web, metadata: { ...shop.web.metadata, ...unseen() } });
        },
        cause: /the controller has not seen the latest change of the set \(likely, since /,
      },
      'a budget that lets no pod go': {
        happens() {
          crash(0);
          shop.cluster.put('poddisruptionbudgets', {
            metadata: { name: 'guard', generation: 1 },
            spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } },
            status: {
              observedGeneration: 1,
              currentHealthy: 2,
              desiredHealthy: 2,
              expectedPods: 2,
              disruptionsAllowed: 0,
            },
          } as Budget);
        },
        cause: / {2}also {5}PodDisruptionBudget guard never lets /,
      },
    };

    for (const [what, { happens, cause }] of Object.entries(facts)) {
      it(`with ${what}`, async () => {
        happens();
        const { code, stderr } = await ended('--timeout 10s --stuck-after 1h');
        assert.equal(code, 1);
        assert.match(stderr, cause);
        const close = (await shop.run('status web', {}, { clock, steadyClock: clock })).stdout;
        const [, closely = ''] = close.split('\nsts/web in shop\n');
        assert.notEqual(closely, '');
        const [, ...told] = stderr.split('\n');
        assert.equal(withoutDurations(told.join('\n')), withoutDurations(closely));
      });
    }

    it('in the last document, and in no other', async () => {
      attach();
      const { code, stdout, stderr } = await ended('--timeout 10s --stuck-after 1h -o json');
      assert.equal(code, 1);
      assert.match(stderr, /^error: timed out after 10s .*\n$/);
      const [one] = documents(
        (await shop.run('status web -o json', {}, { clock, steadyClock: clock })).stdout.replaceAll('\n', ''),
      );
      const told = documents(stdout);
      const last = told.pop();
      assert.ok(told.length > 0);
      for (const each of told) assert.deepEqual([each.causes, each.skipped], [undefined, undefined]);
      assert.equal(last?.gate?.state, 'timedOut');
      assert.equal(last.causes?.length, 1);
      assert.deepEqual(
        withoutDurations(JSON.stringify([last.causes, last.skipped])),
        withoutDurations(JSON.stringify([one?.causes, one?.skipped])),
      );
    });

    it('of the sets that keep it from opening alone, and leaves to others the time that they had', async () => {
      const deleted = { deletionTimestamp: now() };
      shop.addSet('db', { replicas: 0, metadata: deleted });
      shop.addSet('calm', { replicas: 0 });
      crash(0);
      const { code, stdout } = await shop.run('status --wait -o json', {}, { clock, steadyClock: clock });
      assert.equal(code, 1);
      const last = new Map(documents(stdout).map((each) => [each.metadata?.name, each]));
      const states = [...last].map(([name, { gate, causes }]) => [name, gate?.state, causes !== undefined]);
      assert.deepEqual(states.toSorted(), [
        ['calm', 'met', false],
        ['db', 'deleting', true],
        ['web', 'waiting', false],
      ]);
    });

    it('and which rights it lacks for that', async () => {
      attach();
      for (const right of ['list volumeattachments', 'list poddisruptionbudgets']) shop.cluster.denied.add(right);
      const { code, stderr } = await ended('--timeout 10s --stuck-after 1h');
      assert.equal(code, 1);
      assert.match(stderr, /cannot be attached: it is still used by old-0 \(/);
      assert.match(stderr, /\n {2}skipped {2}budgets: no right to list poddisruptionbudgets\.policy\n/);
      assert.match(stderr, /\n {11}volume attachments: no right to list volumeattachments\.storage\.k8s\.io\n/);
    });

    const refusal = { code: 500, body: { kind: 'Status', status: 'Failure', code: 500, message: 'no quorum' } };
    const unanswered = new Promise<never>(() => {});

    for (const [how, answer] of Object.entries({ 'fails to give': () => refusal, 'never gives': () => unanswered })) {
      it(`and what the API server ${how}, without waiting for it for long`, async () => {
        attach();
        shop.cluster.intercept = ({ plural }) => (plural === 'volumeattachments' ? answer() : undefined);
        const begun = clock.now();
        const { code, stderr } = await ended('--timeout 10s --stuck-after 1h');
        const took = clock.now() - begun;
        assert.equal(code, 1);
        assert.ok(took < 13_000, `${took} ms`);
        assert.match(stderr, /cannot be attached: it is still used by old-0 \(/);
        assert.match(
          stderr,
          /\n {2}skipped {2}volume attachments: not read; kubectl sts status web -n shop reads them\n/,
        );
        const document = documents((await ended('--timeout 1s --stuck-after 1h -o json')).stdout).at(-1);
        assert.deepEqual(document?.skipped, [{ what: 'volumeAttachments', why: 'notRead' }]);
      });
    }

    for (const [how, answer] of Object.entries({ refuses: () => refusal, 'never answers': () => unanswered })) {
      it(`and that the API server ${how} what tells since when a change has not been observed`, async () => {
        put({ ...shop.web, metadata: { ...shop.web.metadata, ...unseen() } });
        shop.cluster.intercept = ({ verb, plural }) =>
          verb === 'get' && plural === 'statefulsets' ? answer() : undefined;
        const { code, stderr } = await ended('--timeout 10s --stuck-after 1h');
        assert.equal(code, 1);
        assert.match(stderr, /the latest change of the set \(undetermined: it may still recover\)\n/);
        assert.match(stderr, /\n {2}skipped {2}managed fields: not read; kubectl sts status web -n shop reads them\n/);
        const document = documents((await ended('--timeout 1s --stuck-after 1h -o json')).stdout).at(-1);
        assert.deepEqual(document?.skipped, [{ what: 'managedFields', why: 'notRead' }]);
      });
    }

    for (const [sets, gets] of [
      [5, 5],
      [6, 0],
    ] as const) {
      it(`of ${sets} sets whose changes have not been observed, by ${gets || 'no'} requests for one set`, async () => {
        const names = Array.from({ length: sets }, (_, nth) => `db-${nth}`);
        for (const name of names) shop.addSet(name, { metadata: unseen() });
        const words = 'status --wait --timeout 10s --stuck-after 1h';
        const { code, stderr } = await shop.run(words, {}, { clock, steadyClock: clock });
        assert.equal(code, 1);
        assert.equal(stderr.match(/the latest change of the set \(likely, since /g)?.length, sets);
        assert.equal(asksFor('get statefulsets'), gets);
      });
    }

    it('of five nodes at most, and names what it has not read of the others', async () => {
      put(statefulSet('web', { replicas: 7 }));
      for (let ordinal = 0; ordinal < 7; ordinal++) {
        const name = `node-${ordinal + 1}`;
        shop.cluster.put('nodes', node(name));
        warn(
          'FailedMount',
          'driver name ebs.csi.example not found in the list of registered CSI drivers',
          ordinal,
          name,
        );
      }
      const { code, stdout } = await ended('--timeout 10s --stuck-after 1h -o json');
      assert.equal(code, 1);
      assert.equal(asksFor('get csinodes'), 5);
      const last = documents(stdout).at(-1);
      const told = last?.causes?.map(({ sentence }) => /registered there; no pod there/.test(`${sentence}`));
      assert.deepEqual(told, [true, true, true, true, true, false, false]);
      assert.deepEqual(last?.skipped, [
        { what: 'driversOfNodes', why: 'notRead' },
        { what: 'podsOfNodes', why: 'notRead' },
      ]);
      const one = JSON.parse((await shop.run('status web -o json', {}, { clock, steadyClock: clock })).stdout);
      assert.deepEqual([asksFor('get csinodes'), one.skipped], [5 + 7, []]);
    });

    it('and what it cannot ask for, since its credentials cannot be renewed any more', async () => {
      attach();
      const own = {
        clock,
        steadyClock: clock,
        random: () => 0,
        async openClient(...given: Parameters<typeof openClient>) {
          const client = await openClient(...given);
          const list: typeof client.list = async (resource, ...rest) => {
            if (resource !== resources.budgets) return client.list(resource, ...rest);
            throw new ConfigError('error: open client.crt: no such file or directory');
          };
          return { ...client, list };
        },
      };
      const { code, stdout } = await shop.run('status web --wait --timeout 10s --stuck-after 1h -o json', {}, own);
      assert.equal(code, 1);
      const last = documents(stdout).at(-1);
      assert.deepEqual([last?.gate?.state, last?.causes?.length], ['timedOut', 1]);
      assert.deepEqual(last?.skipped, [{ what: 'budgets', why: 'notRead' }]);
    });

    it('without the rest where somebody presses Ctrl-C while it reads', async () => {
      attach();
      let asked: number | undefined;
      shop.cluster.intercept = ({ plural }) => {
        if (plural !== 'poddisruptionbudgets') return undefined;
        asked = clock.now();
        running.signal('SIGINT');
        return unanswered;
      };
      const running = start('--timeout 10s --stuck-after 1h');
      const { code, stderr } = await running.ended;
      assert.ok(asked !== undefined && clock.now() - asked < 1_000);
      assert.equal(code, 1);
      assert.match(stderr, /cannot be attached: it is still used by old-0 \(/);
      assert.match(stderr, /\n {2}skipped {2}budgets: not read; /);
    });

    it('on a terminal too, where a look before the end says what it has not read', async () => {
      attach();
      const running = start('--timeout 10s --stuck-after 1h --color=never', { columns: 120 });
      await running.until('skipped  budgets: not read; kubectl sts status web -n shop reads them');
      const { code, stdout } = await running.ended;
      assert.equal(code, 1);
      const left = stdout.slice(stdout.lastIndexOf('\u001b[?1049l'));
      assert.match(left, /it is still attached to node\s+node-2, used by old-0/);
      assert.doesNotMatch(left, /skipped/);
    });

    it('and reads nothing for it where it opens', async () => {
      assert.equal((await ended()).code, 0);
      assert.ok(!shop.cluster.requests.includes('list poddisruptionbudgets'), `${shop.cluster.requests}`);
    });
  });

  describe('does not know', () => {
    it('without the right to list pods, and exits 2', async () => {
      shop.cluster.denied.add('list pods');
      const { code, stderr } = await ended();
      assert.equal(code, 2);
      assert.match(
        stderr,
        /error: whether statefulset\/web is rolled out cannot be found out without the right to list pods\n/,
      );
    });

    it('where the API server gives no answer when the time is up', async () => {
      putPod(0, { revision: old });
      const running = start('--timeout 2m');
      await running.until('Updating');
      shop.cluster.intercept = () => ({
        code: 500,
        body: {
          apiVersion: 'v1',
          kind: 'Status',
          status: 'Failure',
          code: 500,
          reason: 'InternalError',
          message: 'no quorum',
        },
      });
      shop.cluster.cut();
      const { code, stderr } = await running.ended;
      assert.equal(code, 2);
      assert.match(stderr, /error: timed out after 2m, and how the sets are is not known: .*no quorum/);
    });

    it('where there is no such set, or none at all', async () => {
      const missing = await shop.run('status db --wait');
      assert.deepEqual(missing, {
        code: 2,
        stdout: '',
        stderr: 'Error from server (NotFound): statefulsets.apps "db" not found\n',
      });
      const none = await shop.run('status --wait -n other');
      assert.deepEqual(none, {
        code: 2,
        stdout: '',
        stderr: 'error: there is no StatefulSet to wait for in namespace other\n',
      });
    });
  });

  it('believes no watch that lags behind: what it says last, a reading of its own says too', async () => {
    let isLate = true;
    // The watch of the pods tells nothing of the change, which a list would show.
    shop.cluster.intercept = ({ verb, plural, query }) => {
      if (verb !== 'list' || plural !== 'pods' || !isLate) return undefined;
      isLate = false;
      const items = shop.cluster.all('pods');
      const resourceVersion = query.get('resourceVersion') ?? '1000000';
      crash(0);
      return { code: 200, body: { metadata: { resourceVersion }, items } };
    };
    const running = start('--stuck-after 1h --timeout 3m');
    const { code, stdout } = await running.ended;
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /is rolled out/);
  });

  it('reads the events of what fails while it waits', async () => {
    const pod = putPod(0, {
      status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now() }] },
    });
    shop.cluster.put('events', { ...warning(pod, 'FailedMount', 'secret "db" not found'), lastTimestamp: now() });
    const { code, stderr } = await ended('--stuck-after 30s');
    assert.equal(code, 1);
    assert.match(stderr, /FailedMount: secret "db" not found/);
  });

  it('writes documents with -o json, the last one with the end, and no words', async () => {
    putPod(0, { revision: old });
    const running = start('-o json');
    await running.until('"state":"waiting"');
    putPod(0);
    const { code, stdout, stderr } = await running.ended;
    assert.deepEqual([code, stderr], [0, '']);
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(documents.at(-1).gate, { for: 'rollout', state: 'met' });
    assert.deepEqual(documents[0].rollout.state, 'updating');
    const late = await ended('-o json --timeout 1s --for=ready', {});
    assert.equal(late.code, 0);
  });

  it('says at its end in a document that the time is up', async () => {
    shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-0'));
    putPod(0, { revision: old });
    const { code, stdout } = await ended('-o json --timeout 5s');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').gate, { for: 'rollout', state: 'timedOut' });
  });

  it('draws on a terminal, how long it has waited too, and leaves the table and the answer', async () => {
    putPod(0, { revision: old });
    const running = start('--color=never', { columns: 90 });
    await running.until('waiting until all are rolled out, for ');
    putPod(0);
    const { code, stdout } = await running.ended;
    assert.equal(code, 0);
    const left = stdout.slice(stdout.lastIndexOf('\u001b[?1049l') + '\u001b[?1049l'.length);
    assert.match(left, /^NAME[\s\S]*web +2\/2 +Updated[\s\S]*\nstatefulset\/web is rolled out: /);
    assert.doesNotMatch(left, /waiting until/);
  });

  it('ends at a signal', async () => {
    putPod(0, { revision: old });
    const running = start();
    await running.until('Updating');
    running.signal('SIGTERM');
    assert.equal((await running.ended).code, 143);
  });
});
