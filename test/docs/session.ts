/** A block `console`: commands after `$ `, and below each what it prints. */
import type { Block } from './markdown.ts';

export interface Command {
  /** Without `$ `; several lines where one ends with a backslash. */
  text: string;
  /** What it prints, as the page says. A line `…` stands for any number of lines. */
  output: readonly string[];
  /** The line of the page, from 1, on which the command begins. */
  line: number;
  /** The line of the page on which its output begins, or would begin. */
  outputLine: number;
  /** Whether the next command shows its exit code: only then may it fail. */
  mayFail: boolean;
}

/** The command that shows an exit code. */
const showsExitCode = 'echo $?';

export function commandsOf({ lines, line: first }: Block): Command[] {
  const commands: Omit<Command, 'mayFail'>[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = first + at;
    const begins = lines[at]?.startsWith('$ ') ?? false;
    if (!begins) throw new Error(`line ${line}: a block of a session must begin with "$ "`);
    const words = [lines[at++]?.slice(2) ?? ''];
    while (words.at(-1)?.endsWith('\\') && at < lines.length) words.push(lines[at++] ?? '');
    const outputLine = first + at;
    const output: string[] = [];
    while (at < lines.length && !lines[at]?.startsWith('$ ')) output.push(lines[at++] ?? '');
    commands.push({ text: words.join('\n'), output, line, outputLine });
  }
  return commands.map((each, place) => ({ ...each, mayFail: commands[place + 1]?.text === showsExitCode }));
}
