/**
 * Shows a text that changes in place, on the alternate screen (of xterm and terminals like it). Nothing goes into the
 * scrollback, and a resize leaves nothing behind. Afterwards the terminal shows what it showed before, with the last
 * text below it.
 */

import { lineWidth } from './console.ts';
import type { Host } from './host.ts';

export interface Screen {
  /** Columns at the moment. */
  readonly width: number;
  /**
   * Replaces the text that is shown, and shows the lines of `notice` in the last rows until the screen is closed. Both
   * must be escaped (./escape.ts).
   */
  show(text: string, notice?: string): void;
  /** Leaves the last text on the terminal. A second call does nothing. */
  close(): void;
}

/** Whether standard output is a terminal on which text can change in place. */
export function takesScreens({ stdout, env }: Host): boolean {
  return stdout.isTTY === true && env['TERM'] !== 'dumb';
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'rows'>;

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: the alternate screen, the cursor, and lines that do not wrap,
// since the terminal and this program may disagree about the width of a character.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clear = '\u001b[2J';

/** The size of a terminal that does not tell its own. */
const unknownSize = { columns: 80, rows: 24 };

/** @param resized called when the terminal's size has changed, to show a text that fits */
export function openScreen(host: Host, resized: () => void): Screen {
  const terminal: Terminal = host.stdout;
  let text = '';
  let notice: string | undefined;
  let shown: readonly string[] = [];
  /** Of the lines that are shown, those that stay on the terminal. */
  let lasting: readonly string[] = [];
  let open = true;

  function draw(): void {
    const rows = terminal.rows || unknownSize.rows;
    const columns = lineWidth(host) || unknownSize.columns;
    const noticed = (notice?.split('\n') ?? []).slice(0, Math.max(rows - 1, 1)).map((line) => line.slice(0, columns));
    const lines = fitted(text, rows - noticed.length, columns);
    terminal.write(changes(shown, [...lines, ...noticed]));
    shown = [...lines, ...noticed];
    lasting = lines;
  }

  function redraw(): void {
    shown = [];
    terminal.write(clear);
    resized();
    draw();
  }

  // Ctrl-Z leaves the alternate screen while the process is stopped. `fg` brings it back.
  function suspend(): void {
    terminal.write(leave);
    host.kill(host.pid, 'SIGSTOP');
  }

  function resume(): void {
    terminal.write(enter);
    redraw();
  }

  function close(): void {
    if (!open) return;
    open = false;
    terminal.off('resize', redraw);
    host.off('SIGTSTP', suspend);
    host.off('SIGCONT', resume);
    host.off('exit', close);
    terminal.write(leave + lasting.map((line) => `${line}\n`).join(''));
  }

  terminal.on('resize', redraw);
  host.on('SIGTSTP', suspend);
  host.on('SIGCONT', resume);
  host.on('exit', close);
  terminal.write(enter + clear);

  return {
    get width() {
      return lineWidth(host) || unknownSize.columns;
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

/** The first lines of `text` that fit into so many rows. If not all of them do, the last row says so, as wide as it may be. */
export function fitted(text: string, rows: number, columns = Number.POSITIVE_INFINITY): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length <= rows) return lines;
  const kept = Math.max(rows - 1, 0);
  const missing = `… ${lines.length - kept} more lines`;
  const whole = `${missing}, which this terminal is not high enough for`;
  return [...lines.slice(0, kept), whole.length <= columns ? whole : missing.slice(0, columns)];
}

/**
 * The control sequences that turn the lines `before` into the lines `after`. Lines that did not change are not written,
 * so that nothing flickers and a selection stays. Only the first line is always written: the cursor rests there, and
 * keys that the person types would stay on it.
 */
export function changes(before: readonly string[], after: readonly string[]): string {
  const rewritten = after.map((line, row) =>
    row > 0 && line === before[row] ? '' : `\u001b[${row + 1};1H\u001b[2K${line}`,
  );
  const rest = before.length > after.length ? `\u001b[${after.length + 1};1H\u001b[J` : '';
  return `${rewritten.join('')}${rest}${home}`;
}
