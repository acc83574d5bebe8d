import assert from 'node:assert/strict';
import { changes, fitted, openScreen, takesScreens } from '#src/terminal/screen.ts';
import { memoryHost } from '../memory/host.ts';

/** The alternate screen, and the cursor hidden; and back. */
const entered = '\u001b[?1049h\u001b[?25l';
const left = '\u001b[?25h\u001b[?1049l';

/** Plays what is written to a terminal that knows only what a screen needs. */
function played(writes: string, rows = 10): string[] {
  const screen = new Array<string>(rows).fill('');
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression is about control characters
  for (const [, code, text = ''] of writes.matchAll(/\u001b\[([?\d;]*[A-Za-z])([^\u001b]*)/g)) {
    const position = code?.match(/^(?:(\d+);1)?H$/);
    if (position) row = Number(position[1] ?? 1) - 1;
    else if (code === '2K') screen[row] = '';
    else if (code === 'J') screen.fill('', row);
    else if (code === '2J') screen.fill('');
    screen[row] += text;
  }
  return screen.join('\n').trimEnd().split('\n');
}

describe('a text that changes in its place', () => {
  it('is shown whole where the terminal is high enough, and else as far as it goes, with the number of lines that are not', () => {
    assert.deepEqual(fitted('a\nb\nc\n', 3), ['a', 'b', 'c']);
    assert.deepEqual(fitted('a\nb\nc\nd\n', 3), [
      'a',
      'b',
      '… 2 more lines, which this terminal is not high enough for',
    ]);
    assert.deepEqual(fitted('a\nb\n', 1), ['… 2 more lines, which this terminal is not high enough for']);
    assert.deepEqual(fitted('', 3), []);
  });

  it('is the new one after each change, whatever the old one was', () => {
    const texts = [['a', 'b', 'c'], ['a', 'x', 'c', 'd'], ['y'], [], ['a', 'b'], ['a', 'b']];
    let writes = '';
    let before: string[] = [];
    for (const text of texts) {
      writes += changes(before, text);
      before = text;
      assert.deepEqual(played(writes), text.length === 0 ? [''] : text);
    }
  });

  it('leaves the lines that did not change alone', () => {
    const written = changes(['head', 'same', 'old'], ['head', 'same', 'new']);
    assert.ok(!written.includes('same'));
    assert.ok(!written.includes('\u001b[2J') && !written.includes('\u001b[J'), 'nothing is cleared at large');
  });
});

describe('the screen', () => {
  function opened(columns = 80, rows = 10, resized = () => {}) {
    const { host, stdout } = memoryHost({ columns, rows });
    let read = 0;
    return {
      host,
      screen: openScreen(host, resized),
      /** What was written since the last time. */
      written() {
        const text = stdout().slice(read);
        read = stdout().length;
        return text;
      },
    };
  }

  it('is one of its own, and the last text stays on the one before when it is closed', () => {
    const { screen, written } = opened();
    screen.show('first\n');
    screen.show('last\nof all\n');
    assert.ok(written().startsWith(entered));
    screen.close();
    assert.ok(written().endsWith(`${left}last\nof all\n`));
    screen.close();
    screen.show('too late');
    assert.equal(written(), '');
  });

  it('is not written to when nothing has changed', () => {
    const { screen, written } = opened();
    screen.show('same\n', 'notice');
    written();
    screen.show('same\n', 'notice');
    assert.equal(written(), '');
  });

  it('shows a notice in the last row, which does not stay', () => {
    const { screen, written } = opened(10, 3);
    screen.show('a\nb\nc\n', 'warning: all is lost');
    assert.deepEqual(played(written()), [
      'a',
      // No more than the terminal is wide, or the last column would hold the last character of all.
      '… 2 more l',
      'warning: a',
    ]);
    screen.close();
    assert.ok(!written().includes('warning'));
  });

  it('keeps as many rows free as a notice has lines', () => {
    const { screen, written } = opened(80, 5);
    screen.show('a\nb\nc\nd\n', 'warning: all\n  is lost');
    assert.deepEqual(played(written(), 5), [
      'a',
      'b',
      '… 2 more lines, which this terminal is not high enough for',
      'warning: all',
      '  is lost',
    ]);
    screen.show('a\nb\n', 'warning: all\n  is lost');
    written();
    screen.close();
    assert.ok(written().endsWith(`${left}a\nb\n`));
    const low = opened(80, 2);
    low.screen.show('a\nb\n', '1\n2\n3');
    assert.equal(played(low.written(), 2).length, 2);
  });

  it('is drawn anew when the terminal has another size', () => {
    let asked = 0;
    const { screen, host, written } = opened(80, 10, () => asked++);
    screen.show('a\nb\nc\n');
    written();
    Object.assign(host.stdout, { columns: 40, rows: 2 });
    host.stdout.emit('resize');
    assert.equal(asked, 1);
    assert.equal(screen.width, 40);
    assert.deepEqual(played(written(), 2), ['a', '… 2 more lines']);
  });

  it('gives the cursor back however the process ends, and leaves nothing behind in it', () => {
    const { host, written } = opened();
    host.emit('exit', 0);
    assert.ok(written().includes(left));
    for (const event of ['exit', 'SIGTSTP', 'SIGCONT']) assert.equal(host.listenerCount(event), 0);
    assert.equal(host.stdout.listenerCount('resize'), 0);
  });

  it('is the one before while the process is stopped', () => {
    const { host, screen, written } = opened();
    const sent: unknown[] = [];
    host.kill = (pid, signal) => {
      sent.push([pid, signal]);
      return true;
    };
    screen.show('a\n');
    written();
    host.emit('SIGTSTP', 'SIGTSTP');
    assert.ok(written().endsWith(left));
    assert.deepEqual(sent, [[host.pid, 'SIGSTOP']]);
    host.emit('SIGCONT', 'SIGCONT');
    assert.deepEqual(played(written()), ['a']);
  });

  it('has 80 columns and 24 rows on a terminal that does not tell its own', () => {
    const { screen, written } = opened(0, 0);
    assert.equal(screen.width, 80);
    screen.show('line\n'.repeat(30));
    assert.equal(played(written(), 30).at(-1), '… 7 more lines, which this terminal is not high enough for');
  });

  it('is for terminals that can move the cursor', () => {
    assert.equal(takesScreens(memoryHost({ columns: 80 }).host), true);
    assert.equal(takesScreens(memoryHost({ columns: 80, env: { TERM: 'dumb' } }).host), false);
    assert.equal(takesScreens(memoryHost().host), false);
  });
});
