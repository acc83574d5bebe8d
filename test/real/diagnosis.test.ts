/**
 * Sets that need a kubelet, a container, a limit or a volume to break: the diagnosis names the cause in the words of who
 * saw it, and the change that it suggests does what was said.
 */
import assert from 'node:assert/strict';
import { eventually } from '../e2e/eventually.ts';
import { apply, kubectl, sts } from '../e2e/kubectl.ts';
import { type CauseDocument as Cause, lookingIn } from '../e2e/looking.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { glibcImage } from '../stand/real/images.ts';
import { failing, present, type Supply, supplies } from './brokensets.ts';
import { inPod, patience, podOf, ready, set } from './pods.ts';

describe('a set that is broken on real nodes', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('diagnosis');
  const { causes, first, copied, change } = lookingIn(namespace, patience);

  // All side by side: most of the time is the kubelet's back-off.
  before(async () => {
    const lacking = Object.entries(supplies).map(([name, { options }]) => [name, options] as const);
    const sets = [...lacking, ...Object.entries(failing)].flatMap(([name, options]) =>
      set(name, { image: glibcImage, ...options }),
    );
    await apply(namespace, [...present, ...sets]);
  });

  let deaf = '';

  it('is not broken while a program that ignores SIGTERM has its grace period', async () => {
    await ready(namespace, 'deaf');
    deaf = (await podOf(namespace, 'deaf-0')).metadata.uid;
    await kubectl(['delete', 'pod', 'deaf-0', '-n', namespace, '--wait=false']);
    assert.deepEqual(await causes('deaf'), []);
    const { stdout } = await sts(['status', 'deaf', '-n', namespace]);
    assert.match(stdout, /^ +waits +for deaf-0 \(Terminating\)/m);
    assert.doesNotMatch(stdout, /Stuck|change/);
  });

  it('for want of a Secret, a ConfigMap or a key gets well once that is there, without any other change', async () => {
    await Promise.all(Object.entries(supplies).map(([name, supply]) => supplied(name, supply)));
  });

  async function supplied(name: string, { kind, missing, list, fill, read, value }: Supply): Promise<void> {
    const cause = await first(name, kind, new RegExp(`^${name}-0: .*: ${missing}$`));
    assert.equal(cause.actions[0]?.command, `kubectl get ${list} -n ${namespace}`);
    assert.deepEqual(
      cause.actions.map((action) => action.kind),
      ['look', 'look', 'change'],
    );
    const { command, cost } = change(cause, /./);
    assert.match(cost, /nothing restarts, and the kubelet tries again by itself/);
    const { uid } = (await podOf(namespace, `${name}-0`)).metadata;
    await copied(command.replace(...fill));
    await ready(namespace, name);
    assert.equal((await podOf(namespace, `${name}-0`)).metadata.uid, uid);
    assert.equal((await inPod(namespace, `${name}-0`, read)).trim(), value);
    assert.deepEqual(await causes(name), []);
  }

  it('by a program that ends with an error has its exit code and its message, and its log is one command away', async () => {
    const cause = await first(
      'ends',
      'crash',
      /^ends-0: container main ends with an error: exit code 3, \d+ restarts?, its last run lasted \ds; it left the message "no such table: users"$/,
    );
    assert.equal(await logOf(cause, 'ends-0', 'main'), 'opening the database\n');
  });

  /** What the first command shows that is suggested. */
  async function logOf({ actions }: Cause, pod: string, container: string): Promise<string> {
    const { command = '' } = actions[0] ?? {};
    assert.match(command, new RegExp(`^kubectl logs ${pod} -c ${container}( --previous)? -n ${namespace}$`));
    return copied(command);
  }

  it('by its memory limit gets well with a higher one, once the broken pod is deleted', async () => {
    const cause = await first(
      'greedy',
      'crash',
      /^greedy-0: container main ran out of memory, its limit is 24Mi: exit code 137, \d+ restarts?/,
    );
    const { command, cost, afterwards = assert.fail(cost) } = change(cause, /set resources/);
    assert.match(cost, /^the limit is 24Mi now; /);
    await copied(command.replace('AMOUNT', '512Mi'));
    await copied(afterwards);
    await ready(namespace, 'greedy');
    assert.deepEqual(await causes('greedy'), []);
  });

  it('by an image that its node lacks gets well with another one, once the broken pod is deleted', async () => {
    const cause = await first(
      'imageless',
      'image',
      /^imageless-0: the image of container main is not on its node, and the pull policy is Never: stand\.kubectl-sts\/none:1$/,
    );
    await repaired('imageless', cause);
  });

  it('by an image name that is none is so for certain, and gets well with another one', async () => {
    const cause = await first(
      'misnamed',
      'image',
      /^misnamed-0: the image of container main has no valid name: "Not\/A:Name:At:All"$/,
    );
    assert.equal(cause.ground, 'certain');
    await repaired('misnamed', cause);
  });

  async function repaired(name: string, cause: Cause): Promise<void> {
    assert.equal(cause.actions[0]?.command, `kubectl describe pod ${name}-0 -n ${namespace}`);
    const { command, cost, afterwards = assert.fail(cost) } = change(cause, /set image/);
    await copied(command.replace('IMAGE', glibcImage));
    await copied(afterwards);
    await ready(namespace, name);
    assert.deepEqual(await causes(name), []);
  }

  it('by a registry that does not answer has the words of the container runtime', async () => {
    const cause = await first(
      'unpulled',
      'image',
      /^unpulled-0: the image of container main cannot be pulled: 127\.0\.0\.1:1\/none:1: failed to .*connection refused; the kubelet tries again/,
    );
    await repaired('unpulled', cause);
  });

  it('by a readiness probe has its answer, as kubectl describe shows it', async () => {
    const cause = await first(
      'unready',
      'probe',
      /^unready-0: the readiness probe of container main fails: still loading$/,
    );
    assert.equal(cause.actions[0]?.command, `kubectl describe pod unready-0 -n ${namespace}`);
    assert.match(await copied(cause.actions[0].command), /Readiness probe failed: still loading/);
  });

  for (const probe of ['liveness', 'startup']) {
    it(`by a ${probe} probe is not told as killed by nobody`, async () => {
      await first(
        probe,
        'probe',
        new RegExp(
          `^${probe}-0: the ${probe} probe of container main fails: no answer; the kubelet has restarted it (once|\\d+ times) for that(; it is ready again at the moment)?$`,
        ),
      );
    });
  }

  it('by a liveness probe is told so while its pod is ready between two restarts, too, and not to be deleted then', async () => {
    // A pod that has been restarted often comes back every five minutes only.
    await kubectl(['delete', 'pod', 'liveness-0', '-n', namespace]);
    const cause = await first(
      'liveness',
      'probe',
      /^liveness-0: the liveness probe .*: no answer; the kubelet has restarted it (once|\d+ times) for that; it is ready again at the moment$/,
    );
    assert.deepEqual(
      cause.actions.map(({ command }) => command),
      [`kubectl describe pod liveness-0 -n ${namespace}`, `kubectl logs liveness-0 -c main --previous -n ${namespace}`],
    );
  });

  for (const [name, container, code] of [
    ['unmigrated', 'init container migrate', 4],
    ['unproxied', 'sidecar proxy', 5],
  ] as const) {
    it(`by its ${container} names it, and its log`, async () => {
      const sentence = new RegExp(`^${name}-0: ${container} ends with an error: exit code ${code}, \\d+ restart`);
      const cause = await first(name, 'crash', sentence);
      const own = container.replace(/.* /, '');
      assert.equal(await logOf(cause, `${name}-0`, own), `${own} begins\n`);
    });
  }

  it('by a command that its image lacks says so, and not how long that ran', async () => {
    const cause = await first(
      'commandless',
      'containerNotCreated',
      /^commandless-0: container main cannot be started: exec: "pg_nonesuch": executable file not found in \$PATH$/,
    );
    // Nothing has run: there is no log.
    assert.equal(cause.actions[0]?.command, `kubectl describe pod commandless-0 -n ${namespace}`);
  });

  it('comes back as it is where its pod is deleted and nothing else was changed, as was said', async () => {
    await Promise.all(['ends', 'liveness'].map((name) => startedAnew(name)));
  });

  async function startedAnew(name: string): Promise<void> {
    // Between two restarts a pod is ready, and not to be deleted.
    const { cause, command, cost } = await eventually(
      `${name}-0 to be deleted`,
      async () => {
        const [first] = await causes(name);
        assert.ok(first, name);
        return { cause: first, ...change(first, /delete pod/) };
      },
      patience,
    );
    assert.equal(cost, `${name}-0 comes back as it is, which helps only if the cause is gone`);
    const { metadata } = await podOf(namespace, `${name}-0`);
    await copied(command);
    await eventually(
      `${name}-0 as it was`,
      async () => {
        assert.notEqual((await podOf(namespace, `${name}-0`)).metadata.uid, metadata.uid);
        assert.equal((await causes(name))[0]?.kind, cause.kind);
      },
      patience,
    );
  }

  it('gets well with a mended template, once the broken pod is deleted, as was said', async () => {
    await Promise.all(['unready', 'startup', 'unmigrated', 'unproxied', 'commandless'].map(mendedByTemplate));
  });

  /** A person puts the template right. The controller of an ordered set replaces no pod that was never ready. */
  async function mendedByTemplate(name: string): Promise<void> {
    await apply(namespace, set(name, { image: glibcImage, ...failing[name], container: {}, pod: {} }));
    const { uid } = (await podOf(namespace, `${name}-0`)).metadata;
    const { command, cost } = await eventually(
      `a successor of ${name}-0 in another revision`,
      async () => {
        const [cause] = await causes(name);
        assert.ok(cause);
        const told = change(cause, /delete pod/);
        assert.match(told.cost, /comes back in revision/);
        return told;
      },
      patience,
    );
    const [, revision = ''] = new RegExp(`^${name}-0 comes back in revision ([^;\\s]+)`).exec(cost) ?? [];
    await copied(command);
    await ready(namespace, name);
    const { metadata } = await podOf(namespace, `${name}-0`);
    assert.notEqual(metadata.uid, uid);
    assert.equal(metadata.labels?.['controller-revision-hash'], `${name}-${revision}`);
    assert.deepEqual(await causes(name), []);
  }

  it('by a full volume has the last words of the program', async () => {
    await first(
      'full',
      'crash',
      /^full-0: container main ends with an error: exit code 6, .*; it left the message "dd: error writing '\/data\/file': No space left on device/,
    );
    await mendedByTemplate('full');
    // As it was said: its claims and their data stay.
    assert.match(await inPod(namespace, 'full-0', ['ls', '/data']), /file/);
  });

  it('is well again after that grace period: the kubelet has killed the program, and its successor runs', async () => {
    await eventually(
      'the successor',
      async () => {
        assert.notEqual((await podOf(namespace, 'deaf-0')).metadata.uid, deaf);
      },
      patience,
    );
    await ready(namespace, 'deaf');
    assert.deepEqual(await causes('deaf'), []);
  });
});
