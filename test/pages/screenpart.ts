/** Screens for the pages of the commands, at 80 columns, from where a test holds them true. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { draw, readScenario } from '../tree/scenarios/scenario.ts';

/** The tree of a scenario, such as `left-over/held`. */
export function scenarioScreen(name: string): string {
  const scenario = readScenario(name);
  const sets = scenario.snapshot.statefulSets.items.map(({ metadata }) => metadata.name);
  return session(`kubectl sts tree ${sets.join(' ')}`, draw(scenario, '80').trimEnd());
}

/**
 * The narrower one of the two screens of a command in docs/screens.md.
 *
 * @param words such as `dns products-db`, or `pin --list, below "A set in trouble"`: the beginning of a heading there
 */
export function pageScreen(words: string): string {
  const [, command = words, heading] = /^(.+), below "(.+)"$/.exec(words) ?? [];
  const page = readFileSync(join(checkout, 'docs', 'screens.md'), 'utf8');
  const section = heading === undefined ? 0 : page.indexOf(`\n## ${heading}`);
  const start = section < 0 ? -1 : page.indexOf(`\n$ kubectl sts ${command}\n`, section);
  if (start < 0) throw new Error(`docs/screens.md has no screen of kubectl sts ${words}`);
  const [line = '', ...screen] = page.slice(start + 1, page.indexOf('\n```', start)).split('\n');
  return session(line.replace(/^\$ /, ''), screen.join('\n'));
}

function session(command: string, screen: string): string {
  return `\`\`\`console\n$ ${command}\n${screen}\n\`\`\``;
}
