import assert from 'node:assert/strict';
import { evictions, id, openShop, type Shop, told } from './shop.ts';

const terminal = { columns: 100, rows: 10 };
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that move a terminal's cursor
const sequences = /\u001b\[[?\d;]*[A-Za-z]/g;

describe('a roll on a terminal', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  /** What stays on the terminal when the drawing is closed. */
  const left = (stdout: string) => stdout.split('\u001b[?1049l').at(-1) ?? '';

  it('is drawn, and its last state stays', async () => {
    const { code, stdout, stderr } = await shop.roll('web --stable 0s --color=never', terminal);
    assert.deepEqual([code, stderr], [0, '']);
    const lines = left(stdout).split('\n');
    assert.equal(lines[0], `roll ${id} of statefulset/web: 3 pods, one at a time: 2, 1, 0`);
    assert.match(lines[1] ?? '', /^ {2}2 {2}web-2 {2}✓ done after \d+ s$/);
    assert.deepEqual(lines.slice(4), [`roll ${id} of statefulset/web done: 3 of 3 pods restarted`, '']);
  });

  it('is coloured, unless colour is refused', async () => {
    const green = '\u001b[32m';
    assert.ok((await shop.roll('web --stable 0s', terminal)).stdout.includes(green));
    assert.ok(!(await shop.roll('web --stable 0s --color=never', terminal)).stdout.includes(green));
  });

  it('turns its spinner while a pod takes its time', async () => {
    shop.cluster.onPodGone = () => {};
    const running = shop.start('web --stable 0s --timeout 30s', terminal);
    for (const spinner of ['⠋', '⠙', '⠹']) await running.until(spinner);
    assert.equal((await running.ended).code, 1);
  });

  it('says how to leave at once after the first Ctrl-C, and leaves a clean terminal after the second', async () => {
    let release = () => {};
    shop.cluster.onPodGone = (pod) => {
      release = () => shop.comeBack(pod);
    };
    const running = shop.start('web --stable 0s', terminal);
    await running.until('waiting for its successor');
    running.signal('SIGINT');
    await running.until('interrupted: no other pod will go; Ctrl-C again leaves at once');
    running.signal('SIGINT');
    assert.deepEqual(
      [running.exited(), running.stderr()],
      [130, 'left at once; go on: kubectl sts roll web --resume -n shop\n'],
    );
    assert.match(left(running.stdout()).replace(sequences, ''), /^roll 4000 of statefulset\/web: 3 pods/);
    release();
    await running.ended;
  });

  it('keeps for afterwards what would stand across the drawing', async () => {
    shop.cluster.denied.add('watch pods');
    const { code, stderr } = await shop.roll('web --stable 0s --ordinals 0', terminal);
    assert.equal(code, 0);
    assert.match(stderr, /^no right to watch pods, listed every few seconds instead: .*\n$/);
  });

  it('is written line by line where the terminal cannot draw, and where a person is asked', async () => {
    const dumb = await shop.roll('web --stable 0s --ordinals 0', { ...terminal, env: { TERM: 'dumb' } });
    assert.ok(told(dumb.stdout).includes('web-0  evicted') && !dumb.stdout.includes('\u001b'));
    const json = await shop.roll('web --stable 0s --ordinals 1 -o json', terminal);
    assert.ok(!json.stdout.includes('\u001b'));
  });

  describe('with -i', () => {
    const question = (pod: string) => `Evict ${pod} (revision 1)? [y/N] `;

    it('asks before each pod', async () => {
      const running = shop.start('web --stable 0s --ordinals 0-1 -i', { typed: true });
      await running.until(question('web-1'));
      assert.deepEqual(evictions(shop.cluster), []);
      running.type('y');
      await running.until(question('web-0'));
      running.type('YES');
      const { code } = await running.ended;
      assert.deepEqual([code, evictions(shop.cluster)], [0, ['web-1', 'web-0']]);
    });

    it('asks whether to delete a pod where no budget is asked', async () => {
      const running = shop.start('web --stable 0s --ordinals 0 -i --disable-eviction', { typed: true });
      await running.until('Delete web-0 (revision 1)? [y/N] ');
      running.type('y');
      assert.equal((await running.ended).code, 0);
    });

    it('stops before a pod that may not go, exits 130, and prints how to go on', async () => {
      const running = shop.start('web --stable 0s -i', { typed: true });
      await running.until(question('web-2'));
      running.type('y');
      await running.until(question('web-1'));
      running.type('n');
      const { code, stderr } = await running.ended;
      assert.equal(code, 130);
      assert.deepEqual(evictions(shop.cluster), ['web-2']);
      assert.match(
        stderr,
        /1 of 3 pods restarted; not begun: web-1, web-0\ngo on: kubectl sts roll web --resume -n shop -i\n$/,
      );
    });

    it('stops at Ctrl-C instead of an answer', async () => {
      const running = shop.start('web --stable 0s -i', { typed: true });
      await running.until(question('web-2'));
      running.signal('SIGINT');
      const { code, stderr } = await running.ended;
      assert.deepEqual([code, evictions(shop.cluster)], [130, []]);
      assert.match(
        stderr,
        /0 of 3 pods restarted; not begun: web-2, web-1, web-0\ngo on: kubectl sts roll web --resume -n shop -i\n$/,
      );
    });

    it('stops at a typed Ctrl-C, which a terminal hands on as a key while it is asked', async () => {
      const running = shop.start('web --stable 0s -i', { typed: true });
      await running.until(question('web-2'));
      running.host.stdin.push('\u0003');
      const { code } = await running.ended;
      assert.deepEqual([code, evictions(shop.cluster)], [130, []]);
    });

    it('says nothing of revisions where it goes on from a Lease', async () => {
      const first = shop.start('web --stable 0s --ordinals 0-1 -i', { typed: true });
      await first.until(question('web-1'));
      first.type('n');
      assert.equal((await first.ended).code, 130);
      const second = shop.start('web --resume -i', { typed: true });
      await second.until('Evict web-1? [y/N] ');
      second.type('y');
      await second.until('Evict web-0? [y/N] ');
      second.type('y');
      assert.equal((await second.ended).code, 0);
      const third = await shop.roll('web --resume -i');
      assert.deepEqual([third.code, third.stderr], [2, 'error: -i asks before each pod, and needs a terminal\n']);
    });
  });
});
