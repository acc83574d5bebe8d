/** The page about the diagnosis. `UPDATE_DIAGNOSIS=1` writes it anew: read the difference before you commit it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import type { Told } from './dump.ts';
import { counted, diagnosisPage } from './page.ts';
import { readRecording, recordedNamespace } from './recording.ts';
import { replayed } from './replay.ts';
import { lookIn, shownSets } from './sets.ts';

const path = join(checkout, 'docs', 'diagnosis.md');

describe('docs/diagnosis.md', () => {
  it('shows what was recorded, and what the plugin says of it', async () => {
    const page = await diagnosisPage();
    if (process.env['UPDATE_DIAGNOSIS'] === '1') writeFileSync(path, page);
    assert.equal(page, readFileSync(path, 'utf8'));
  });

  it('shows at least thirty sets, each of which was recorded', () => {
    assert.ok(shownSets.length >= 30, `${shownSets.length}`);
    for (const { key } of shownSets) assert.ok(readRecording(key), `not recorded: ${key}`);
  });

  it('shows the cause of each in the one command of the plugin, as it was seen in the cluster', async () => {
    for (const { key } of shownSets) {
      const recording = readRecording(key) ?? assert.fail(key);
      const { told, screen } = await replayed(recording);
      assert.ok(screen.includes(`  cause    ${told.causes[0]?.sentence} (`), key);
      assert.deepEqual(kinds(told), kinds(recording.told), key);
    }
  });

  it('shows for each the command to begin with', async () => {
    for (const { key, look } of shownSets) {
      const { told } = await replayed(readRecording(key) ?? assert.fail(key));
      assert.match(told.causes[0]?.actions?.[0]?.command ?? '', lookIn(look, recordedNamespace), key);
    }
  });

  it('counts to the command after which all of the evidence was seen', () => {
    const kubectl = ['one', 'two', 'three'].map((words) => ({ words, output: `${words}\n` }));
    const recording = { set: 'web', told: { causes: [], skipped: [] }, kubectl, dump: [] };
    const count = (...evidence: RegExp[]) => counted({ key: '', title: '', look: '', evidence }, recording).commands;
    assert.deepEqual([count(/one/), count(/three/, /one/), count(/two/, /four/)], [1, 3, undefined]);
  });
});

/** The causes, without the words that may change. */
function kinds({ causes }: Told): object[] {
  return causes.map(({ kind, pod, container, ground }) => ({ kind, pod, container, ground }));
}
