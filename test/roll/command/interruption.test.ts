import assert from 'node:assert/strict';
import { crashing, podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, id, openShop, restarted, type Shop, told } from './shop.ts';

describe('a roll that is interrupted', () => {
  let shop: Shop;
  /** Makes the successor of the pod that went last ready. */
  let release: () => void;

  beforeEach(async () => {
    shop = await openShop();
    shop.cluster.onPodGone = (pod) => {
      release = () => shop.comeBack(pod);
    };
  });
  afterEach(() => shop.close());

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`by ${signal} waits for the pod that is under way, and lets no other go`, async () => {
      const running = shop.start('web --stable 0s');
      await running.until('web-2  gone');
      running.signal(signal);
      await running.until('interrupted: no other pod will go');
      release();
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, exitCode);
      assert.deepEqual(told(stdout).slice(1), [
        'web-2  evicted',
        'web-2  gone',
        'statefulset/web  interrupted: no other pod will go',
        'web-2  ready',
        'web-2  done',
      ]);
      assert.deepEqual(told(stderr), [
        `roll ${id} of statefulset/web interrupted, as asked: 1 of 3 pods restarted; not begun: web-1, web-0`,
        'go on: kubectl sts roll web --resume -n shop',
      ]);
      assert.equal(running.exited(), undefined);
      assert.equal(shop.lease()?.spec?.holderIdentity, '');
    });
  }

  it('says so in JSON', async () => {
    const running = shop.start('web --stable 0s -o json');
    await running.until('"gone"');
    running.signal('SIGINT');
    await running.until('"interrupted"');
    release();
    const { code, stdout } = await running.ended;
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual(
      [code, summary.result, summary.done, summary.resume],
      [130, 'interrupted', ['web-2'], 'kubectl sts roll web --resume -n shop'],
    );
  });

  /** Interrupts twice while a pod is under way. @returns the last line that is printed before it is left */
  async function leftAt(words: string, text: string, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    const running = shop.start(words);
    await running.until(text);
    running.signal('SIGINT');
    await running.until('interrupted: no other pod will go');
    running.signal(signal);
    const line = told(running.stderr()).at(-1);
    const exited = running.exited();
    release();
    await running.ended;
    return { line, exited };
  }

  it('twice is left at once, and says how to go on', async () => {
    assert.deepEqual(await leftAt('web --stable 0s', 'web-2  gone', 'SIGTERM'), {
      line: 'left at once; go on: kubectl sts roll web --resume -n shop',
      exited: 143,
    });
  });

  it('twice in the second of several sets says how to go on with that set', async () => {
    shop.addSet('db');
    const later = shop.cluster.onPodGone;
    shop.cluster.onPodGone = (pod) => {
      if (pod.metadata.name.startsWith('web')) shop.comeBack(pod);
      else later(pod);
    };
    assert.deepEqual(await leftAt('web db --stable 0s --ordinals 0', 'db-0  gone'), {
      line: 'left at once; go on: kubectl sts roll db --resume -n shop',
      exited: 130,
    });
  });

  it('twice without a Lease says how to begin anew with the pods that are left', async () => {
    assert.deepEqual(await leftAt('web --stable 0s --no-lease', 'web-2  gone'), {
      line: 'left at once; go on: kubectl sts roll web --order 1,0 -n shop --stable 0s --no-lease',
      exited: 130,
    });
  });

  it('twice without a Lease at the last pod has no command to print', async () => {
    assert.deepEqual(await leftAt('web --stable 0s --no-lease --ordinals 0', 'web-0  gone'), {
      line: 'left at once',
      exited: 130,
    });
  });

  it('in the first of several sets says which are not begun', async () => {
    shop.addSet('db');
    const running = shop.start('web db --stable 0s --ordinals 0-1');
    await running.until('web-1  gone');
    running.signal('SIGINT');
    await running.until('interrupted: no other pod will go');
    release();
    const { code, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.equal(told(stderr).at(-1), 'not begun: statefulset/db');
  });

  it('counts as stopped where the pod that is under way does not come back', async () => {
    const running = shop.start('web --stable 0s --timeout 5s');
    await running.until('web-2  gone');
    running.signal('SIGINT');
    shop.cluster.put(
      'pods',
      podOf(statefulSet('web', { replicas: 3 }), 2, { status: crashing(), metadata: { uid: 'x' } }),
    );
    const { code, stderr } = await running.ended;
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* stopped at web-2: --timeout is over while it was coming back/);
  });

  for (const [code, message] of [
    ['EPIPE', 'write EPIPE'],
    ['ENOSPC', 'ENOSPC: no space left on device, write'],
  ] as const) {
    it(`by the loss of what it prints (${code}) says so once, stops before the next pod, and exits 1`, async () => {
      const running = shop.start('web --stable 0s');
      await running.until('web-2  gone');
      for (let times = 0; times < 2; times++) {
        running.host.stdout.emit('error', Object.assign(new Error(message), { code, syscall: 'write' }));
      }
      await running.until('interrupted: no other pod will go');
      release();
      const ended = await running.ended;
      assert.equal(ended.code, 1);
      assert.deepEqual(told(ended.stderr), [
        `error: what is printed is lost: ${message}`,
        `roll ${id} of statefulset/web interrupted, as asked: 1 of 3 pods restarted; not begun: web-1, web-0`,
        'go on: kubectl sts roll web --resume -n shop',
      ]);
      assert.deepEqual(evictions(shop.cluster), ['web-2']);
    });
  }

  it('is not, where it ends by itself', async () => {
    shop.cluster.onPodGone = shop.comeBack;
    const { code, stdout } = await shop.roll('web --stable 0s --ordinals 0');
    assert.equal(code, 0);
    assert.deepEqual(told(stdout).slice(1, -1), restarted('web-0'));
  });
});
