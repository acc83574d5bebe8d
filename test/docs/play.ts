/** Runs the commands of a page, in its order, in one shell, and compares what they print with the page. */
import { difference } from './compare.ts';
import type { Block, Page, Preparation } from './markdown.ts';
import { mustRun } from './pages.ts';
import type { Printed } from './rewrite.ts';
import { commandsOf } from './session.ts';
import type { Shell } from './shell.ts';

/** What became of a page. Each fault is told as `docs/pin.md:12: …`. */
export interface Played {
  /** What has failed. */
  broken: string[];
  /** Where something else was printed than the page says, with the lines of both. */
  differing: string[];
  /** What was printed there. */
  printed: Printed[];
}

export async function play(shell: Shell, page: Page): Promise<Played> {
  const played: Played = { broken: [], differing: [], printed: [] };
  try {
    for (const part of page.parts) {
      if (part.kind === 'preparation' || (part.language === 'sh' && mustRun(page, part))) {
        const fault = await failureOf(shell, part);
        if (fault === undefined) continue;
        played.broken.push(`${page.file}:${part.line}: ${fault}`);
        // What comes after would only fail in its turn.
        break;
      }
      if (mustRun(page, part)) await session(shell, page, part, played);
    }
  } catch (error) {
    played.broken.push(`${page.file}: ${error instanceof Error ? error.message : error}`);
  }
  return played;
}

async function session(shell: Shell, page: Page, block: Block, played: Played): Promise<void> {
  for (const command of commandsOf(block)) {
    const { output, code } = await shell.run(command.text);
    const printed = output.trimEnd();
    const at = `${page.file}:${command.line}: $ ${command.text}`;
    if (code !== 0 && !command.mayFail) {
      played.broken.push(`${at}\nexit code ${code}, and no \`$ echo $?\` after it:\n${printed}`);
    }
    const lines = printed === '' ? [] : printed.split('\n');
    const differs = difference(command.output, lines);
    if (differs === undefined) continue;
    played.differing.push([at, ...differs].join('\n'));
    played.printed.push({ block, command, lines });
  }
}

/** @returns what has failed of a script whose commands must all succeed */
async function failureOf(shell: Shell, part: Block | Preparation): Promise<string | undefined> {
  const script = part.kind === 'block' ? part.lines.join('\n') : part.script;
  const { output, code } = await shell.mustSucceed(script);
  return code === 0 ? undefined : `exit code ${code} of:\n${script}\n${output.slice(-2_000)}`;
}
