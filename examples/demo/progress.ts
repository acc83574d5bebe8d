/** Tells how far the builds are, on the last line of the terminal, and never in the middle of a screen. */
import { type Progress, type Report, reportTo } from '../../packaging/progress.ts';

const tell = reportTo(process.stderr);
let isHeld = false;
let held: Progress[] = [];

export const report: Report = (progress) => {
  if (!isHeld) tell(progress);
  // How far something was a moment ago is no news.
  else held = [...held.filter(({ kind }) => kind !== 'progress'), progress];
};

/** What is printed next begins on a line of its own. */
export function clear(): void {
  if (process.stderr.isTTY) tell({ kind: 'progress', text: '' });
}

/** Runs something that prints. */
export async function withoutProgress(work: () => Promise<void>): Promise<void> {
  clear();
  isHeld = true;
  try {
    await work();
  } finally {
    isHeld = false;
    for (const progress of held) tell(progress);
    held = [];
  }
}
