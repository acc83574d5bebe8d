/** The streams a command writes to, and what is known of the terminal behind them. */

import type { Host } from './host.ts';

export interface Console {
  /** Data. */
  out(text: string): void;
  /** Everything that is said about the data. */
  err(text: string): void;
  /** Columns of the terminal that `out` goes to; undefined in a pipe or a file, where nothing is cut. */
  width: number | undefined;
  /** Whether `out` takes colour, and `err`. */
  colour: boolean;
  errColour: boolean;
}

/** When to use colour: `auto`, on a terminal that takes it and where nobody minds. */
export const colourChoices = ['auto', 'always', 'never'] as const;

export type ColourChoice = (typeof colourChoices)[number];

/** @param color auto unless given */
export function processConsole({ stdout, stderr, env }: Host, color: ColourChoice | undefined): Console {
  return {
    out(text) {
      try {
        stdout.write(text);
      } catch (error) {
        // bun throws what it could not write to a file; Node tells it.
        stdout.emit('error', error);
      }
    },
    err: (text) => void stderr.write(text),
    width: stdout.isTTY ? stdout.columns : undefined,
    colour: takesColour(stdout, env, color),
    errColour: takesColour(stderr, env, color),
  };
}

/**
 * https://no-color.org: any value that is not empty. A flag goes before it.
 *
 * @param color auto unless given
 */
export function takesColour(
  { isTTY }: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  color: ColourChoice = 'auto',
): boolean {
  if (color !== 'auto') return color === 'always';
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
