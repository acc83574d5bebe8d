/** What dumps of the recorded sets tell, and what they may not. */
import assert from 'node:assert/strict';
import { idleClock } from '../memory/clock.ts';
import { runnerOn } from '../memory/run.ts';
import { assertSame, omissions, type Told, without } from './dump.ts';
import { readRecording, recordedAt, recordedNamespace } from './recording.ts';
import { replayed } from './replay.ts';
import { shownSets } from './sets.ts';

describe('a dump of a broken set', () => {
  const runner = runnerOn(undefined);
  const clock = { ...idleClock(() => 0), now: () => recordedAt };
  after(() => runner.close());

  for (const { key, title, otherwise = [] } of shownSets) {
    it(`tells the same cause, or that it cannot know: ${title}`, async () => {
      const recording = readRecording(key) ?? assert.fail(`not recorded: ${key}`);
      const { set, dump } = recording;
      const { told } = await replayed(recording);
      for (const omitted of omissions) {
        const path = runner.files.write('dump.json', JSON.stringify(without(dump, omitted)));
        const words = ['status', set, '-n', recordedNamespace, '-f', path, '-o', 'json'];
        const { stdout, stderr, code } = await runner.run(words, {}, { clock });
        assert.deepEqual([code, stderr], [0, ''], key);
        assertSame(told, JSON.parse(stdout) as Told, omitted, otherwise);
      }
    });
  }

  it('is not let through with another cause, in other words, or without a word of what is lacking', () => {
    const cause = { kind: 'mount', ground: 'likely', pod: 'web-0', sentence: 'web-0: its volumes cannot be mounted' };
    const cluster: Told = { causes: [cause], skipped: [] };
    const dump = (more: object, ...skipped: string[]): Told => ({
      causes: [{ ...cause, ...more }],
      skipped: skipped.map((what) => ({ what })),
    });
    const unknown = { kind: 'notReady', ground: 'undetermined' };
    assertSame(cluster, dump({}), []);
    assertSame(cluster, dump({ ground: 'undetermined' }), []);
    assertSame(cluster, dump(unknown, 'events'), ['events']);
    assertSame(cluster, { causes: [], skipped: [{ what: 'events' }] }, ['events', 'nodes']);
    assertSame(cluster, dump(unknown, 'events'), ['events'], ['notReady']);
    assert.throws(
      () => assertSame(cluster, dump(unknown, 'events'), ['events'], ['none']),
      /notReady in place of mount/,
    );
    for (const [told, ...omitted] of [
      [dump({ sentence: 'web-0: other words' })],
      [dump({ ground: 'certain' })],
      [dump({ pod: 'web-1' }, 'events'), 'events'],
      [dump({ kind: 'crash' }, 'events'), 'events'],
      [dump(unknown, 'events')],
      [dump(unknown), 'events'],
      [dump(unknown, 'nodes'), 'nodes'],
      [{ causes: [], skipped: [] }, 'events'],
    ] as [Told, ...('events' | 'nodes')[]][]) {
      assert.throws(() => assertSame(cluster, told, omitted), assert.AssertionError, JSON.stringify(told));
    }
  });
});
