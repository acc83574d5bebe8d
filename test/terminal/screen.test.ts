import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { changes, fitted, openScreen } from '#src/terminal/screen.ts';

/** The alternate screen, and the cursor hidden; and back. */
const entered = '\u001b[?1049h\u001b[?25l';
const left = '\u001b[?25h\u001b[?1049l';

/** Plays what is written to a terminal that knows only what a screen needs. */
function played(writes: string, rows = 10): string[] {
  const screen = new Array<string>(rows).fill('');
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
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
  function terminal(columns: number, rows: number) {
    let written = '';
    const stdout = Object.assign(new EventEmitter(), {
      columns,
      rows,
      write(text: string) {
        written += text;
        return true;
      },
    });
    const process = Object.assign(new EventEmitter(), { stdout, pid: 0, kill: () => true });
    return {
      stdout,
      process,
      /** What was written since the last time. */
      written() {
        const text = written;
        written = '';
        return text;
      },
    };
  }

  function opened(columns = 80, rows = 10, resized = () => {}) {
    const one = terminal(columns, rows);
    return { ...one, screen: openScreen(one.process as unknown as NodeJS.Process, resized) };
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
      '… 2 more lines, which this terminal is not high enough for',
      'warning: a',
    ]);
    screen.close();
    assert.ok(!written().includes('warning'));
  });

  it('is drawn anew when the terminal has another size', () => {
    let asked = 0;
    const { screen, stdout, written } = opened(80, 10, () => asked++);
    screen.show('a\nb\nc\n');
    written();
    Object.assign(stdout, { columns: 40, rows: 2 });
    stdout.emit('resize');
    assert.equal(asked, 1);
    assert.equal(screen.width, 40);
    assert.deepEqual(played(written(), 2), ['a', '… 2 more lines, which this terminal is not high enough for']);
  });

  it('gives the cursor back however the process ends, and leaves nothing behind in it', () => {
    const { process, stdout, written } = opened();
    process.emit('exit');
    assert.ok(written().includes(left));
    for (const event of ['exit', 'SIGTSTP', 'SIGCONT']) assert.equal(process.listenerCount(event), 0);
    assert.equal(stdout.listenerCount('resize'), 0);
  });

  it('is the one before while the process is stopped', () => {
    const { process, screen, written } = opened();
    screen.show('a\n');
    written();
    process.emit('SIGTSTP');
    assert.ok(written().endsWith(left));
    process.emit('SIGCONT');
    assert.deepEqual(played(written()), ['a']);
  });
});
