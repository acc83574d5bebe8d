/** Whether a screen tells all that a tree holds: in its order, each name, each status and each note, none of them cut. */
import assert from 'node:assert/strict';
import stringWidth from 'string-width';
import type { Line } from '#src/drawing/tree.ts';
import { printable } from '#src/terminal/escape.ts';

/** @param width in columns; undefined for a pipe */
export function assertComplete(roots: readonly Line[], screen: string, width: number | undefined): void {
  if (width !== undefined) {
    for (const line of screen.split('\n')) assert.ok(stringWidth(line) <= width, `${width} columns: ${line}`);
  }
  const text = squeezed(screen);
  let from = 0;
  const after = (words: string): number => text.indexOf(squeezed(printable(words)), from);
  for (const root of roots) {
    const names: string[] = [];
    for (const { name, shortName = name, cells, notes = [] } of linesOf(root)) {
      const [full, short] = [after(name), after(shortName)];
      assert.ok(full >= from || short >= from, `no ${name}:\n${screen}`);
      const shown = full >= from && (short < from || full <= short) ? name : shortName;
      names.push(shown);
      from = after(shown) + squeezed(printable(shown)).length;
      const [, status] = cells;
      for (const { text: words } of [...(status ? [status] : []), ...notes]) {
        assert.ok(after(words) >= from, `not whole below ${name}: ${words}\n${screen}`);
        from = after(words) + squeezed(printable(words)).length;
      }
    }
    const twice = names.filter((name, position) => names.indexOf(name) < position);
    assert.deepEqual(twice, repeated(root), `two objects read the same:\n${screen}`);
  }
}

/** Claims that several pods share are named at each of them. */
function repeated(root: Line): string[] {
  const names = linesOf(root).map(({ name }) => name);
  return names.filter((name, position) => names.indexOf(name) < position);
}

export function linesOf(line: Line): Line[] {
  return [line, ...line.children.flatMap(linesOf)];
}

/** Without branches and blanks, which break a text over several lines. */
function squeezed(text: string): string {
  return text.replaceAll(/[\s│├└─]/g, '');
}
