/** Shows a roll while it goes on: drawn anew on a terminal, in a pipe as a line for each event, or as JSON. */

import type { Deps } from '#src/cli/deps.ts';
import type { Clock } from '#src/objects/clock.ts';
import { formatExactTime, formatTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { openScreen, type Screen, takesScreens } from '#src/terminal/screen.ts';
import type { RollNews } from '../model/news.ts';
import type { RollState } from '../model/state.ts';
import { lineWords, newsLine, newsObject, type RollSubject } from '../view/log.ts';
import { rollTable, spinnerInterval } from '../view/table.ts';
import { rollTitle, type StepTimes, timesAfter } from '../view/words.ts';

export interface RollShow {
  news(news: RollNews): void;
  /** A line for standard error, which does not stand across what is drawn. */
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
  const drawn = !json && !interactive && takesScreens(deps.host);
  return drawn ? drawing(subject, console, deps) : writing(subject, json, console, deps);
}

/** When things happened to each pod. */
function timekeeper(clock: Clock) {
  const times = new Map<string, StepTimes>();
  return {
    times,
    /** Of the pod that the news is about. */
    after(news: RollNews): StepTimes {
      if (news.kind !== 'step') return {};
      const known = timesAfter(times.get(news.pod) ?? {}, news, clock.now());
      times.set(news.pod, known);
      return known;
    },
  };
}

function writing(subject: RollSubject, json: boolean, console: Console, deps: Deps): RollShow {
  const kept = timekeeper(deps.steadyClock);
  /** Why each pod was said to be blocked: told once, not at each try. */
  const blocked = new Map<string, string | undefined>();
  let isBegun = false;
  return {
    news(news) {
      if (news.kind === 'look' && !isBegun) {
        isBegun = true;
        if (!json) console.out(`${formatTime(deps.clock.now())}  ${printable(titleOf(subject, news.state))}\n`);
      }
      if (news.kind === 'step') {
        if (news.what === 'blocked' && blocked.get(news.pod) === news.why) return;
        if (news.what === 'blocked') blocked.set(news.pod, news.why);
      }
      const now = deps.clock.now();
      const times = kept.after(news);
      const text = json
        ? newsObject(news, subject, times, formatExactTime(now))
        : newsLine(news, subject, times, formatTime(now));
      if (text !== '') console.out(text);
    },
    say: (line) => console.err(`${line}\n`),
    close() {},
  };
}

function titleOf({ id, set }: RollSubject, { steps, settings }: RollState): string {
  const ordinals = steps.map(({ ordinal }) => ordinal);
  return rollTitle(id, set.metadata.name, ordinals, settings.maxUnavailable);
}

/** Lines for standard error that are kept until the screen is closed. */
const mostKept = 20;

function drawing({ id, set, handling }: RollSubject, console: Console, deps: Deps): RollShow {
  const { host, steadyClock } = deps;
  const kept = timekeeper(steadyClock);
  let look: Extract<RollNews, { kind: 'look' }> | undefined;
  let notice: string | undefined;
  let lines: string[] = [];
  const screen: Screen = openScreen(host, draw);
  const timer = setInterval(draw, spinnerInterval);

  function draw(): void {
    if (look === undefined) return;
    const { state, view } = look;
    const table = { id, set: set.metadata.name, handling, state, view, times: kept.times, now: steadyClock.now() };
    const height = (host.stdout.rows || 24) - 1;
    screen.show(rollTable(table, { width: screen.width, height, colour: console.colour }), notice);
  }

  return {
    news(news) {
      kept.after(news);
      if (news.kind === 'look') look = news;
      else if (news.kind === 'recovered') notice = undefined;
      else if (news.kind !== 'step') {
        notice = printable(lineWords(news, { id, set, handling }, {}) ?? '');
        // An interruption is seen by how it ends.
        if (news.kind === 'interrupted') notice += '; Ctrl-C again leaves at once';
        else lines = [...lines, notice].slice(-mostKept);
      }
      draw();
    },
    say(line) {
      lines = [...lines, line].slice(-mostKept);
    },
    close() {
      clearInterval(timer);
      draw();
      screen.close();
      for (const line of lines) host.stderr.write(`${line}\n`);
      lines = [];
    },
  };
}
