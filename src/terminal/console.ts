/** The streams that a command writes to, and the terminal behind them. */

import type { Host } from './host.ts';

export interface Console {
  /** Writes data to standard output. */
  out(text: string): void;
  /** Writes everything else to standard error. */
  err(text: string): void;
  /** Columns of the terminal behind `out`; undefined for a pipe or a file, where nothing is cut. */
  width: number | undefined;
  /** Whether `out` takes colour. */
  colour: boolean;
  /** Whether `err` takes colour. */
  errColour: boolean;
}

/** The values of `--color`. */
export const colourChoices = ['auto', 'always', 'never'] as const;

export type ColourChoice = (typeof colourChoices)[number];

/** @param color auto unless given */
export function processConsole(host: Host, color: ColourChoice | undefined): Console {
  const { stdout, stderr, env } = host;
  return {
    out(text) {
      try {
        stdout.write(text);
      } catch (error) {
        // If a write to a file fails, bun throws; Node emits this event.
        stdout.emit('error', error);
      }
    },
    err: (text) => void stderr.write(text),
    width: stdout.isTTY ? lineWidth(host) : undefined,
    colour: takesColour(stdout, env, color),
    errColour: takesColour(stderr, env, color),
  };
}

/**
 * The columns of a terminal that a line may fill. A console of Windows goes to the next line as soon as the last column is
 * filled, so that the end of the line would leave an empty one
 * (https://learn.microsoft.com/en-us/windows/console/setconsolemode, DISABLE_NEWLINE_AUTO_RETURN).
 *
 * @returns undefined or 0 for a terminal that does not tell its size
 */
export function lineWidth({ platform, stdout: { columns } }: Pick<Host, 'platform' | 'stdout'>): number | undefined {
  return platform === 'win32' && columns ? columns - 1 : columns;
}

/**
 * Whether to use colour on a stream: with `auto`, on a terminal unless NO_COLOR is set to a value that is not empty
 * (https://no-color.org) or TERM is dumb.
 *
 * @param color auto unless given
 */
function takesColour({ isTTY }: NodeJS.WriteStream, env: NodeJS.ProcessEnv, color: ColourChoice = 'auto'): boolean {
  if (color !== 'auto') return color === 'always';
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
