/**
 * Keeps a text current on a terminal: it is drawn anew after each change, after a resize, and as time passes, for the ages
 * in it.
 */
import type { Host } from './host.ts';
import { openScreen, type Screen } from './screen.ts';

export interface LiveScreen {
  /** Draws the text anew. The first call opens the screen. */
  draw(): void;
  /** Writes a line to standard error; where the screen would hide it, once the screen is closed. */
  say(line: string): void;
  /** Shows a line below the text; undefined removes it. */
  notice(line: string | undefined): void;
  /** Leaves the last text on the terminal, once it is drawn. */
  close(): void | Promise<void>;
}

export interface LiveScreenOptions {
  host: Host;
  /** The text as it is now, escaped, for a terminal of so many columns. */
  render(width: number): string | Promise<string>;
  /** Breaks a line, so that no part of it is wider. */
  wrap(line: string, width: number): string;
  /** Resolves after so many milliseconds, or with the signal. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  signal: AbortSignal;
}

/** Milliseconds after which an age may read differently. */
const ageInterval = 1_000;

/** While the text covers the terminal, the last so many lines for standard error are kept. */
const mostKept = 20;

export function liveScreen({ host, render, wrap, sleep, signal }: LiveScreenOptions): LiveScreen {
  let screen: Screen | undefined;
  let notice: string | undefined;
  let kept: string[] = [];
  let drawings = 0;
  const closed = new AbortController();
  const ends = AbortSignal.any([signal, closed.signal]);
  let pending: Promise<unknown> | undefined;

  function redraw(): void {
    if (screen === undefined) return;
    const drawing = ++drawings;
    const { width } = screen;
    const noticed = notice === undefined ? undefined : wrap(notice, width);
    const text = render(width);
    if (typeof text === 'string') screen.show(text, noticed);
    // A later drawing may be ready before.
    else pending = text.then((ready) => drawing === drawings && screen?.show(ready, noticed));
  }

  async function redrawAges(): Promise<void> {
    while (!ends.aborted) {
      await sleep(ageInterval, ends);
      redraw();
    }
  }

  return {
    draw() {
      if (screen === undefined) {
        screen = openScreen(host, redraw);
        void redrawAges();
      }
      redraw();
    },
    say(line) {
      if (screen !== undefined && host.stderr.isTTY) kept = [...kept, line].slice(-mostKept);
      else host.stderr.write(`${line}\n`);
    },
    notice(line) {
      notice = line;
      redraw();
    },
    close: () => (pending === undefined ? close() : pending.then(close)),
  };

  function close(): void {
    closed.abort();
    screen?.close();
    for (const line of kept) host.stderr.write(`${line}\n`);
    kept = [];
  }
}
