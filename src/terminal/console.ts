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

export function processConsole({ stdout, stderr, env }: NodeJS.Process): Console {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    width: stdout.isTTY ? stdout.columns : undefined,
    colour: takesColour(stdout, env),
  };
}

/** https://no-color.org: any value that is not empty. */
export function takesColour({ isTTY }: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
