/** Shows a roll while it goes on: drawn on a terminal, else written event by event as lines or JSON. */
import type { Deps } from '#src/cli/deps.ts';
import type { Console } from '#src/terminal/console.ts';
import { openScreen, takesScreens } from '#src/terminal/screen.ts';
import type { RollNews } from '../model/news.ts';
import { boardOf } from '../view/board.ts';
import { logOf, type RollSubject } from '../view/log.ts';
import { spinnerInterval } from '../view/table.ts';

export interface RollShow {
  news(news: RollNews): void;
  /** Prints a line to standard error, or keeps it until the drawing is closed. */
  say(line: string): void;
  close(): void;
}

export interface ShowOptions {
  json: boolean;
  /** Whether the person is asked in between. */
  interactive: boolean;
}

export function showRoll(
  subject: RollSubject,
  { json, interactive }: ShowOptions,
  console: Console,
  deps: Deps,
): RollShow {
  const isDrawn = !json && !interactive && takesScreens(deps.host);
  return isDrawn ? drawing(subject, console, deps) : writing(subject, json, console, deps);
}

function writing(subject: RollSubject, json: boolean, console: Console, { clock, steadyClock }: Deps): RollShow {
  const log = logOf(subject, json);
  return {
    news(news) {
      const text = log.entry(news, steadyClock.now(), clock.now());
      if (text !== '') console.out(text);
    },
    say: (line) => console.err(`${line}\n`),
    close() {},
  };
}

/** Rows of a terminal that does not tell its own. */
const unknownRows = 24;

function drawing(subject: RollSubject, { colour, err }: Console, { host, steadyClock }: Deps): RollShow {
  const board = boardOf(subject);
  const closed = new AbortController();
  const screen = openScreen(host, draw);

  function draw(): void {
    const height = host.stdout.rows || unknownRows;
    const picture = board.picture({ width: screen.width, height, colour }, steadyClock.now());
    if (picture) screen.show(picture.text, picture.notice);
  }

  async function spin(): Promise<void> {
    while (!closed.signal.aborted) {
      await steadyClock.sleep(spinnerInterval, closed.signal);
      draw();
    }
  }

  void spin();
  return {
    news(news) {
      board.take(news, steadyClock.now());
      draw();
    },
    say: board.keep,
    close() {
      if (closed.signal.aborted) return;
      draw();
      closed.abort();
      screen.close();
      for (const line of board.lines()) err(`${line}\n`);
    },
  };
}
