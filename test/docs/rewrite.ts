/** Writes into a page what its commands have printed. */
import type { Block } from './markdown.ts';
import type { Command } from './session.ts';

export interface Printed {
  block: Block;
  command: Command;
  lines: readonly string[];
}

/** @returns the text of the page with other outputs; a command that is not given keeps what stands there */
export function rewritten(text: string, printed: readonly Printed[]): string {
  const lines = text.split('\n');
  // From the end: what is above keeps its place.
  for (const { block, command, lines: output } of [...printed].sort((a, b) => b.command.line - a.command.line)) {
    const own = output.map((line) => (block.indent + line).trimEnd());
    lines.splice(command.outputLine - 1, command.output.length, ...own);
  }
  return lines.join('\n');
}
