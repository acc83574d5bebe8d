import assert from 'node:assert/strict';
import { displayWidth } from '#src/drawing/columns.ts';
import { apply } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { rolled } from './roll/rolls.ts';
import { briefly, rollSet, settled, uidsOf } from './roll/sets.ts';
import { drawnLines, needsTerminal, onTerminal, type Terminal } from './roll/terminal.ts';

const leaves = '\u001b[?1049l';

describe('a roll on a terminal', () => {
  const namespace = ownNamespace('roll-terminal');
  const running: Terminal[] = [];

  before(async function () {
    needsTerminal(this);
    const names = ['drawn', 'asked', 'left', 'stopped'];
    await apply(
      namespace,
      names.map((name) => rollSet(`${name}-with-a-name-that-takes-room`, { replicas: 2, annotations: briefly })),
    );
    await settled(namespace, ...names.map((name) => `${name}-with-a-name-that-takes-room`));
  });
  after(() => {
    for (const one of running) one.end();
  });

  function roll(name: string, ...flags: string[]): Terminal {
    const one = onTerminal(['roll', `${name}-with-a-name-that-takes-room`, '-n', namespace, ...flags]);
    running.push(one);
    return one;
  }

  it('is drawn in its place, and no line is wider than the terminal, after a resize too', async () => {
    const one = roll('drawn', '--stable', '2s');
    await one.until(/must stay so|stays ready/);
    const wide = one.sent().length;
    for (const line of drawnLines(one.sent())) assert.ok(displayWidth(line) <= 80, line);
    one.resize(50, 10);
    await one.until(/done/, wide);
    assert.equal(await one.ended(), 0, one.sent());
    // What was on its way when it was told of the resize is left out.
    const narrow = drawnLines(one.sent().slice(wide));
    const from = narrow.findIndex((line, at) => line.startsWith('roll ') && narrow[at - 1] !== undefined);
    assert.ok(from >= 0, 'it was drawn anew');
    for (const line of narrow.slice(from)) assert.ok(displayWidth(line) <= 50, line);
    // What stays on the terminal is how it ended.
    const [, left = ''] = one.sent().split(leaves);
    assert.match(left, /✓ done after \d+ s/);
    assert.match(left, /roll \w+ of statefulset\/drawn\S+ done: 2 of 2 pods restarted/);
  });

  it('asks before each pod with -i, and stops where the person says no', async () => {
    const name = 'asked-with-a-name-that-takes-room';
    const before = await uidsOf(namespace, name);
    const one = roll('asked', '-i', '--stable', '0s');
    await one.until(/Evict asked\S+-1 \(revision \w+\)\? \[y\/N\]/);
    one.type('y\r');
    await one.until(/Evict asked\S+-0 \(revision \w+\)\? \[y\/N\]/);
    one.type('\r');
    assert.equal(await one.ended(), 130, one.sent());
    assert.match(one.sent(), /interrupted, as asked: 1 of 2 pods restarted; not begun: asked\S+-0/);
    const after = await uidsOf(namespace, name);
    assert.notEqual(after[`${name}-1`], before[`${name}-1`]);
    assert.equal(after[`${name}-0`], before[`${name}-0`]);
    await rolled(namespace, [name, '--resume']);
  });

  it('takes its question back with Ctrl-C', async () => {
    const name = 'asked-with-a-name-that-takes-room';
    const before = await uidsOf(namespace, name);
    const one = roll('asked', '-i', '--stable', '0s');
    await one.until(/Evict asked\S+-1/);
    one.type('\u0003');
    assert.equal(await one.ended(), 130, one.sent());
    assert.match(one.sent(), /go on: kubectl sts roll \S+ --resume -n \S+ -i/);
    assert.deepEqual(await uidsOf(namespace, name), before);
    await rolled(namespace, [name, '--abort']);
  });

  it('stops with Ctrl-C before the next pod, and says so meanwhile', async () => {
    const one = roll('stopped', '--stable', '1s');
    await one.until(/ending|successor|readiness|not ready/);
    one.type('\u0003');
    await one.until(/interrupted: no other pod will go; Ctrl-C again leaves/);
    assert.equal(await one.ended(), 130, one.sent());
    const [, left = ''] = one.sent().split(leaves);
    assert.match(left, /1 of 2 pods restarted; not begun: stopped\S+-0/);
    assert.doesNotMatch(left, /Ctrl-C again/, 'what held only meanwhile does not stay');
    await rolled(namespace, ['stopped-with-a-name-that-takes-room', '--resume']);
  });

  it('leaves at once with a second Ctrl-C, and the terminal as it was', async () => {
    const one = roll('left', '--stable', '30s', '--lease-duration', '2s');
    await one.until(/must stay so|stays ready/);
    one.type('\u0003');
    await one.until(/Ctrl-C again leaves/);
    one.type('\u0003');
    assert.equal(await one.ended(), 130, one.sent());
    const [, left = ''] = one.sent().split(leaves);
    assert.match(left, /left at once; go on: kubectl sts roll left\S+ --resume/);
    await rolled(namespace, ['left-with-a-name-that-takes-room', '--resume', '--stable', '0s']);
  });
});
