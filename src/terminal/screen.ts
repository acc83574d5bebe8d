/**
 * A text that changes in its place, on a screen of its own (the alternate screen of xterm and its heirs): nothing goes
 * into the scrollback, a resize leaves no ruins, and what stood on the terminal before is there again afterwards, with
 * the last state below it.
 */

import type { Host } from './host.ts';

export interface Screen {
  /** Columns, as they are now. */
  readonly width: number;
  /**
   * Shows `text` instead of what was shown, and in the last row `notice`, which does not stay when the screen is closed.
   * Both must have passed the gate of ./escape.ts.
   */
  show(text: string, notice?: string): void;
  /** Leaves the last text on the terminal. To call it again does nothing. */
  close(): void;
}

/** Whether text can change in its place on what standard output leads to. */
export function takesScreens({ stdout, env }: Host): boolean {
  return stdout.isTTY === true && env['TERM'] !== 'dumb';
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'columns' | 'rows'>;

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: the screen, the cursor, and lines that do not wrap, since a
// terminal and this program may disagree on how wide a character is.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clear = '\u001b[2J';

/** Of a terminal that does not tell its own. */
const unknownSize = { columns: 80, rows: 24 };

/** @param resized called when the terminal has another size and wants another text */
export function openScreen(host: Host, resized: () => void): Screen {
  const terminal: Terminal = host.stdout;
  let text = '';
  let notice: string | undefined;
  let shown: readonly string[] = [];
  let open = true;

  function draw(): void {
    const rows = terminal.rows || unknownSize.rows;
    const columns = terminal.columns || unknownSize.columns;
    const lines = notice === undefined ? fitted(text, rows) : [...fitted(text, rows - 1), notice.slice(0, columns)];
    terminal.write(changes(shown, lines));
    shown = lines;
  }

  function anew(): void {
    shown = [];
    terminal.write(clear);
    resized();
    draw();
  }

  // Ctrl-Z: the shell's screen as the shell left it, and this one again after `fg`.
  function suspend(): void {
    terminal.write(leave);
    host.kill(host.pid, 'SIGSTOP');
  }

  function resume(): void {
    terminal.write(enter);
    anew();
  }

  function close(): void {
    if (!open) return;
    open = false;
    terminal.off('resize', anew);
    host.off('SIGTSTP', suspend);
    host.off('SIGCONT', resume);
    host.off('exit', close);
    const last = notice === undefined ? shown : shown.slice(0, -1);
    terminal.write(leave + last.map((line) => `${line}\n`).join(''));
  }

  terminal.on('resize', anew);
  host.on('SIGTSTP', suspend);
  host.on('SIGCONT', resume);
  host.on('exit', close);
  terminal.write(enter + clear);

  return {
    get width() {
      return terminal.columns || unknownSize.columns;
    },
    show(nextText, nextNotice) {
      if (!open || (nextText === text && nextNotice === notice)) return;
      text = nextText;
      notice = nextNotice;
      draw();
    },
    close,
  };
}

/** The lines of `text` that so many rows hold; where they do not hold all, the last row says so. */
export function fitted(text: string, rows: number): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length <= rows) return lines;
  const kept = Math.max(rows - 1, 0);
  return [...lines.slice(0, kept), `… ${lines.length - kept} more lines, which this terminal is not high enough for`];
}

/**
 * What turns the lines `before` into the lines `after`: what did not change is not touched, so that nothing flickers
 * and a selection stays. The cursor rests at the first line, which is written each time: there a typed key shows.
 */
export function changes(before: readonly string[], after: readonly string[]): string {
  const rewritten = after.map((line, row) =>
    row > 0 && line === before[row] ? '' : `\u001b[${row + 1};1H\u001b[2K${line}`,
  );
  const rest = before.length > after.length ? `\u001b[${after.length + 1};1H\u001b[J` : '';
  return `${rewritten.join('')}${rest}${home}`;
}
