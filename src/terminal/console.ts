/** The streams a command writes to, and what is known of the terminal behind them. */

export interface Console {
  /** Data. */
  out(text: string): void;
  /** Everything that is said about the data. */
  err(text: string): void;
  /** Columns of the terminal that `out` goes to; undefined in a pipe or a file, where nothing is cut. */
  width: number | undefined;
  /** Whether `out` takes colour. */
  colour: boolean;
}

/** When to use colour: `auto`, on a terminal that takes it and where nobody minds. */
export const colourChoices = ['auto', 'always', 'never'] as const;

/** @param color one of `colourChoices`; auto unless given */
export function processConsole({ stdout, stderr, env }: NodeJS.Process, color: string | undefined): Console {
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
  };
}

/**
 * https://no-color.org: any value that is not empty. A flag goes before it.
 *
 * @param color one of `colourChoices`; auto unless given
 */
export function takesColour({ isTTY }: NodeJS.WriteStream, env: NodeJS.ProcessEnv, color = 'auto'): boolean {
  if (color !== 'auto') return color === 'always';
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
