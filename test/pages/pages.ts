/**
 * `npm run docs` writes the parts of README and of docs/commands/ that are made from the help texts and from screens. A
 * command without a page gets one, for a person to go on with.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescribedWords } from '#src/cli/help.ts';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { checkout } from '../runner/files.ts';
import { commandTable, helpPart } from './helppart.ts';
import { withMadeParts } from './madeparts.ts';
import { pageScreen, scenarioScreen } from './screenpart.ts';

export interface MadePage {
  /** From the checkout. */
  file: string;
  /** As it stands there; undefined where there is none. */
  present: string | undefined;
  /** As it should be. */
  text: string;
}

const commands: Readonly<Record<string, DescribedWords>> = manifest.commands;

export function pageOf(command: string): string {
  return `docs/commands/${command}.md`;
}

export function madePages(): MadePage[] {
  const pages = Object.entries(commands).map(([name, command]) => {
    const empty = `# kubectl sts ${name}\n\n<!-- made by npm run docs: help -->\n<!-- end -->\n`;
    return madePage(pageOf(name), empty, (mark) => (mark === 'help' ? helpPart(command) : screen(mark)));
  });
  return [madePage('README.md', '', (mark) => (mark === 'commands' ? commandTable(commands) : screen(mark))), ...pages];
}

function madePage(file: string, empty: string, make: (mark: string) => string): MadePage {
  const path = join(checkout, file);
  const present = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  try {
    return { file, present, text: withMadeParts(present ?? empty, make) };
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `scenario left-over/held`, or `screen dns products-db`. */
function screen(mark: string): string {
  const [, kind, words = ''] = /^(scenario|screen) (.+)$/.exec(mark) ?? [];
  if (kind === undefined) throw new Error(`nothing is made for the mark "${mark}"`);
  return kind === 'scenario' ? scenarioScreen(words) : pageScreen(words);
}

if (import.meta.main) {
  for (const { file, present, text } of madePages()) {
    if (present === text) continue;
    writeFileSync(join(checkout, file), text);
    process.stdout.write(`${file}: ${present === undefined ? 'made' : 'written anew'}\n`);
  }
}
