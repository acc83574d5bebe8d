import assert from 'node:assert/strict';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { type Going, start } from './going.ts';
import { apply, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { gate, ownRelay, type Relayed } from './pin/relay.ts';
import { done, entrance, lasting, patched, podLabel, selectorOf, serviceOf } from './pin/services.ts';

const isWrite = ({ method }: Relayed): boolean => method === 'PATCH';

describe('what happens around the write of a pin', () => {
  const namespace = ownNamespace('pin-around');
  const relay = ownRelay();
  const name = 'web-lb';
  const pinned = { app: 'web', [podLabel]: 'web-1' };
  const running: Going[] = [];

  before(async () => {
    await apply(namespace, [service('web'), set('web', { labels: { tier: 'data' } })]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await apply(namespace, [entrance(name, 'web')]);
    await published(namespace, name, ['web-0', 'web-1']);
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.end('SIGKILL');
    await sts(['unpin', '--all', '--force', '-n', namespace]);
  });

  function relayed(...args: string[]): Going {
    const one = start([...args, '-n', namespace], { kubeconfig: relay.kubeconfig });
    running.push(one);
    return one;
  }
  const writes = (): number => relay.seen.filter(isWrite).length;

  /** Holds the n-th write, before it is done or after. */
  function hold(side: 'beforeRequest' | 'beforeAnswer', nth = 1): { held: () => Promise<void>; open: () => void } {
    const { opened, open } = gate();
    let count = 0;
    relay[side] = async (request) => {
      if (isWrite(request) && ++count === nth) await opened;
    };
    return { held: () => eventually('a held write', async () => assert.ok(count >= nth)), open };
  }

  async function killed(args: string[], side: 'beforeRequest' | 'beforeAnswer', nth = 1): Promise<void> {
    // What is held back is never let go: who asked is dead.
    const { held } = hold(side, nth);
    const one = relayed(...args);
    await held();
    await one.end('SIGKILL');
  }

  it('killed before it, nothing is changed', async () => {
    const before = await serviceOf(namespace, name);
    await killed(['pin', name, '1'], 'beforeRequest');
    assert.deepEqual(await serviceOf(namespace, name), before);
  });

  it('killed after it and before the answer, unpin puts the original back', async () => {
    const before = await serviceOf(namespace, name);
    await killed(['pin', name, '1'], 'beforeAnswer');
    assert.deepEqual(await selectorOf(namespace, name), pinned);
    await done(['unpin', name, '-n', namespace]);
    assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
  });

  it('killed before unpin’s write, it is as pinned as before, and unpin goes again', async () => {
    const before = await serviceOf(namespace, name);
    await done(['pin', name, '1', '-n', namespace]);
    await killed(['unpin', name], 'beforeRequest');
    assert.deepEqual(await selectorOf(namespace, name), pinned);
    await done(['unpin', name, '-n', namespace]);
    assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
  });

  for (const [side, manager] of [
    ['beforeRequest', 'kubectl-sts'],
    ['beforeRequest', 'night-shift'],
    ['beforeAnswer', 'kubectl-sts'],
  ] as const) {
    const when = side === 'beforeRequest' ? 'after the first of' : 'during';
    it(`killed ${when} unpin’s writes, another unpin by ${manager} ends it`, async () => {
      const text = JSON.stringify(entrance('owned', 'web'));
      const write = ['apply', '--server-side', '--field-manager=fleet', '-n', namespace, '-f', '-'];
      await tryKubectl(write, { stdin: text });
      const before = await serviceOf(namespace, 'owned');
      await done(['pin', 'owned', '1', '-n', namespace]);
      await killed(['unpin', 'owned'], side, side === 'beforeRequest' ? 2 : 1);
      assert.deepEqual((await serviceOf(namespace, 'owned')).spec, before.spec);
      await done(['unpin', 'owned', '--field-manager', manager, '-n', namespace]);
      assert.deepEqual(lasting(await serviceOf(namespace, 'owned')), lasting(before));
      const stdin = JSON.stringify(entrance('owned', 'web', { selector: { app: 'web', tier: 'data' } }));
      const { code, stderr } = await tryKubectl(write, { stdin });
      assert.equal(code, 0, stderr);
      await tryKubectl(['delete', 'service', 'owned', '-n', namespace]);
    });
  }

  it('killed by Ctrl-C while it waits, the pin is left, and can be undone', async () => {
    const before = await serviceOf(namespace, name);
    const released = gate();
    relay.beforeAnswer = async ({ url }) => {
      if (url.includes('endpointslices') && writes() > 0) await released.opened;
    };
    const one = relayed('pin', name, '1');
    await eventually('the write', async () => assert.deepEqual(await selectorOf(namespace, name), pinned));
    const { code } = await one.end('SIGINT');
    assert.equal(code, 130);
    released.open();
    await done(['unpin', name, '-n', namespace]);
    assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
  });

  it('a change of something else in between is met by one more try', async () => {
    const { held, open } = hold('beforeRequest');
    const one = relayed('pin', name, '1');
    await held();
    await patched(namespace, `service/${name}`, { metadata: { labels: { seen: String(Date.now()) } } });
    open();
    assert.equal((await one.end()).code, 0, one.stderr());
    assert.equal(writes(), 2);
    assert.deepEqual(await selectorOf(namespace, name), pinned);
  });

  for (const [what, change] of [
    ['selector', () => patched(namespace, `service/${name}`, { spec: { selector: { tier: 'data' } } })],
    ['pin', () => done(['pin', name, '0', '--wait=false', '-n', namespace])],
  ] as const) {
    it(`who changed the ${what} in between is not overwritten, and the loser is told`, async () => {
      const { held, open } = hold('beforeRequest');
      const one = relayed('pin', name, '1');
      await held();
      await change();
      const theirs = await serviceOf(namespace, name);
      open();
      assert.notEqual((await one.end()).code, 0);
      assert.match(one.stderr(), /^error: .*\bchanged\b/im);
      assert.deepEqual(await serviceOf(namespace, name), theirs);
      await patched(namespace, `service/${name}`, { spec: { selector: { tier: null } } });
    });
  }

  it('a new Service of the same name in between is not the one that was looked at', async () => {
    await apply(namespace, [entrance('reborn', 'web')]);
    const { held, open } = hold('beforeRequest');
    const one = relayed('pin', 'reborn', '1');
    await held();
    await tryKubectl(['delete', 'service', 'reborn', '-n', namespace]);
    const { spec, ...rest } = entrance('reborn', 'web', { selector: { app: 'other' } }) as { spec: object };
    await apply(namespace, [{ ...rest, spec }]);
    const theirs = await serviceOf(namespace, 'reborn');
    open();
    assert.notEqual((await one.end()).code, 0, one.stderr());
    assert.deepEqual(await serviceOf(namespace, 'reborn'), theirs);
  });

  it('who pins between unpin’s writes has the first original and its owners to give back', async () => {
    const before = await serviceOf(namespace, name);
    await done(['pin', name, '1', '-n', namespace]);
    const { held, open } = hold('beforeRequest', 2);
    const one = relayed('unpin', name);
    await held();
    await done(['pin', name, '0', '--wait=false', '-n', namespace]);
    const theirs = await serviceOf(namespace, name);
    open();
    await one.end();
    assert.deepEqual(await serviceOf(namespace, name), theirs, 'and nothing was taken from who pinned');
    await done(['unpin', name, '-n', namespace]);
    assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
  });

  it('who is overtaken while waiting is told in time where the Service leads instead', async () => {
    const { held, open } = hold('beforeAnswer');
    const one = relayed('pin', name, '1', '--timeout', '3s');
    await held();
    await done(['pin', name, '0', '-n', namespace]);
    open();
    assert.equal((await one.end()).code, 1, one.stderr());
    assert.match(one.stderr(), /^error: .*web-0/m);
    assert.equal((await selectorOf(namespace, name))[podLabel], 'web-0', 'and it is theirs');
  });

  it('two round trips it takes at most: all reads at once, and one write', async () => {
    await done(['pin', name, '1', '--wait=false', '-n', namespace], { kubeconfig: relay.kubeconfig });
    const reads = relay.seen.findIndex(isWrite);
    assert.ok(reads > 0, JSON.stringify(relay.seen));
    assert.equal(writes(), 1);
    await done(['unpin', name, '-n', namespace]);

    // None of the reads is answered until all of them have come.
    relay.seen.length = 0;
    const all = gate();
    relay.beforeRequest = async (request) => {
      if (relay.seen.length >= reads) all.open();
      if (!isWrite(request)) await all.opened;
    };
    const { code } = await relayed('pin', name, '1', '--wait=false').end();
    assert.equal(code, 0, `${reads} reads do not all come before the first is answered`);
    const before = relay.seen.slice(0, relay.seen.findIndex(isWrite));
    assert.equal(before.length, reads);
    assert.deepEqual(
      before.map(({ url }) => url),
      [...new Set(before.map(({ url }) => url))],
      'nothing twice',
    );
    assert.equal(writes(), 1);
  });
});
