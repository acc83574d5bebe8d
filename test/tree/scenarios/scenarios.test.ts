/**
 * Every scenario's screens, exactly. `UPDATE_SCREENS=1` writes them anew: read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { assertComplete } from '../view/complete.ts';
import { draw, orphans, outlineOf, readScenario, type Screen, scenarioNames, screensOf } from './scenario.ts';

const updating = process.env['UPDATE_SCREENS'] === '1';

for (const [topic = '', names] of Map.groupBy(scenarioNames(), (name) => name.split('/')[0])) {
  describe(`the screen of ${topic}`, () => {
    for (const name of names) {
      const scenario = readScenario(name);
      const screens = screensOf(name);

      for (const screen of screens) {
        const title = screen.variant === '' ? scenario.title : `${scenario.title} (${screen.variant})`;
        const { awaits } = scenario;
        if (awaits === undefined) it(title, () => compare(screen, draw(scenario, screen.variant)));
        else it(`not yet: ${title}`, () => stillWrong(screen, draw(scenario, screen.variant), awaits));
      }

      it(`${name} holds no control character, and tells the same in any width`, () => {
        const roots = outlineOf(scenario);
        for (const width of [undefined, 120, 80, 60]) {
          const screen = draw(scenario, width === undefined ? '' : String(width));
          assert.doesNotMatch(screen, controls);
          assertComplete(roots, screen, width);
        }
      });

      it(`${name} has a plain screen`, () => assert.ok(screens.some(({ variant }) => variant === '')));
    }
  });
}

describe('each screen', () => {
  it('has a scenario', () => assert.deepEqual(orphans(), []));
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

function compare({ path }: Screen, actual: string): void {
  if (updating) writeFileSync(path, actual);
  const expected = readFileSync(path, 'utf8');
  const both = `${path}\n\nexpected:\n\n${expected}\nand it is:\n\n${actual}`;
  assert.equal(actual, expected, both);
}

function stillWrong({ path }: Screen, actual: string, awaits: string): void {
  assert.notEqual(actual, readFileSync(path, 'utf8'), `right at last: the scenario need not await ${awaits}`);
}
