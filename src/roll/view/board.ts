/** A roll as it is drawn on a terminal, and the lines that stay when the drawing is closed. */
import { wrapped } from '#src/drawing/columns.ts';
import { printable } from '#src/terminal/escape.ts';
import type { RollNews } from '../model/news.ts';
import { lineWords, type RollSubject } from './log.ts';
import { rollTable, type TableStyle } from './table.ts';
import { timekeeper } from './times.ts';

export interface Board {
  /** @param now milliseconds, by the roll's clock */
  take(news: RollNews, now: number): void;
  /** Keeps a line until the drawing is closed. */
  keep(line: string): void;
  /** Undefined before there is anything to draw. */
  picture(style: TableStyle, now: number): { text: string; notice: string | undefined } | undefined;
  /** The newest of the lines that were kept. */
  lines(): readonly string[];
}

const mostKept = 20;

export function boardOf(subject: RollSubject): Board {
  const { id, set, handling } = subject;
  const keeper = timekeeper();
  let look: Extract<RollNews, { kind: 'look' }> | undefined;
  let notice: string | undefined;
  let lines: readonly string[] = [];

  function keep(line: string): void {
    lines = [...lines, line].slice(-mostKept);
  }

  return {
    keep,
    take(news, now) {
      keeper.note(news, now);
      switch (news.kind) {
        case 'look':
          look = news;
          return;
        case 'step':
          return;
        case 'recovered':
          notice = undefined;
          return;
        case 'interrupted':
          // No line needs to stay, since the roll's last lines say so.
          notice = `${printable(lineWords(news, subject, {}) ?? '')}; Ctrl-C again leaves at once`;
          return;
        default:
          notice = printable(lineWords(news, subject, {}) ?? '');
          keep(notice);
      }
    },
    picture(style, now) {
      if (look === undefined) return undefined;
      const { state, view } = look;
      const table = { id, set: set.metadata.name, handling, state, view, times: keeper.times, now };
      const noticed = notice === undefined ? undefined : wrapped(notice, style.width);
      // A row is kept free, so that nothing moves when a notice comes.
      const height = style.height - Math.max(noticed?.length ?? 0, 1);
      return { text: rollTable(table, { ...style, height }), notice: noticed?.join('\n') };
    },
    lines: () => lines,
  };
}
