/** A report on the progress of a long task. `text` is one line without a line end. */
export type Progress =
  /** A part of the task begins. */
  | { readonly kind: 'begin'; readonly text: string }
  /** How far that part is. Such reports are frequent. */
  | { readonly kind: 'progress'; readonly text: string }
  /** That part is done. */
  | { readonly kind: 'done'; readonly text: string };

export type Report = (progress: Progress) => void;

/** The least time between two lines about progress in a pipe, in milliseconds. */
const pipeInterval = 20_000;

type Output = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** Writes progress to a stream: on a terminal in place, on one line; in a pipe one line now and then. */
export function reportTo(output: Output, now: () => number = Date.now): Report {
  return output.isTTY ? inPlace(output) : lineByLine(output, now);
}

function inPlace(output: Output): Report {
  const clear = '\r\x1b[K';
  return ({ kind, text }) => {
    const cut = text.slice(0, Math.max(20, (output.columns || 80) - 1));
    output.write(kind === 'done' ? `${clear}${text}\n` : `${clear}${cut}`);
  };
}

function lineByLine(output: Output, now: () => number): Report {
  let last = now();
  return ({ kind, text }) => {
    if (kind === 'progress' && now() - last < pipeInterval) return;
    last = now();
    output.write(`${text}\n`);
  };
}

/** A duration as text: `8.4 s`, `4 min 31 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
