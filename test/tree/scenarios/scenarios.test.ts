/**
 * Every scenario's screens, exactly. `UPDATE_SCREENS=1` writes them anew: read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import stringWidth from 'string-width';
import { draw, orphans, readScenario, type Screen, scenarioNames, screensOf } from './scenario.ts';

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

      it(`${name} holds no control character, and fits any width that STATUS fits`, () => {
        const whole = draw(scenario, '');
        assert.doesNotMatch(whole, controls);
        const statuses = statusColumn(whole);
        for (const width of [120, 80, 60]) {
          const cut = draw(scenario, String(width));
          assert.doesNotMatch(cut, controls);
          for (const line of cut.split('\n')) assert.ok(stringWidth(line) <= width, `${width} columns: ${line}`);
          assert.equal(cut.split('\n').length, whole.split('\n').length, 'a line is wrapped or lost');
          assert.deepEqual(statusColumn(cut), statuses, `STATUS is cut in ${width} columns`);
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

/** What stands below STATUS, line by line, without the lines that sum a set up. */
function statusColumn(screen: string): string[] {
  const [header = '', ...lines] = screen.split('\n');
  const start = header.indexOf('STATUS');
  const width = /^STATUS *(?=\S)/.exec(header.slice(start))?.[0].length ?? Number.POSITIVE_INFINITY;
  return lines
    .filter((line) => !/^(in all: \d+ sets · )?\d+(\/\d+ ready| wanted)/.test(line))
    .map((line) => columnsOf(line, start, start + width).trim());
}

/** The part of a line that a terminal shows from column `start` up to `end`. */
function columnsOf(line: string, start: number, end: number): string {
  let column = 0;
  let text = '';
  for (const character of line) {
    if (column >= start && column < end) text += character;
    column += stringWidth(character);
  }
  return text;
}
