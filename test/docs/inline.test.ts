/** Commands of the plugin within a sentence: nobody runs them, but the command line must take them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '#src/cli/arguments.ts';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { checkout } from '../runner/files.ts';
import { pageFiles } from './pages.ts';

/** `kubectl sts roll NAME --ordinals N`; not one that leaves something out, or that chooses between words. */
const inline = /`(kubectl sts [a-z][^`…[|]*)`/g;

function wordsOf(command: string): string[] {
  return (command.replace('FORMAT', 'json').match(/'[^']*'|\S+/g) ?? [])
    .map((word) => word.replaceAll("'", ''))
    .slice(2);
}

describe('commands within the sentences of', () => {
  const known = pageFiles().map((file) => {
    const text = readFileSync(join(checkout, file), 'utf8').replaceAll(/^ *```.*?^ *```/gms, '');
    return { file, commands: [...text.matchAll(inline)].map(([, command]) => command ?? '') };
  });

  it('README and docs are found', () => {
    const count = known.flatMap(({ commands }) => commands).length;
    assert.ok(count > 20, `${count}`);
  });

  for (const { file, commands } of known) {
    if (commands.length === 0) continue;
    it(`${file} are such as the command line takes`, () => {
      for (const command of commands) {
        const read = readArguments(wordsOf(command), manifest.commands);
        assert.ok(read.kind === 'run' || read.kind === 'help', `${command}: ${JSON.stringify(read)}`);
      }
    });
  }

  it('a page that names an unknown command or flag are refused', () => {
    for (const command of ['kubectl sts grow web', 'kubectl sts tree --usages', 'kubectl sts roll --first']) {
      assert.equal(readArguments(wordsOf(command), manifest.commands).kind, 'error', command);
    }
  });
});
