/** The help of a command as Markdown: sentences as text, and usage, examples and flags as the terminal shows them. */
import { commandHelp, type DescribedWords } from '#src/cli/help.ts';

export function helpPart(command: DescribedWords): string {
  const sections = sectionsOf(commandHelp(command, 'all', undefined));
  const block = (heading: string, language: string, ...titles: readonly string[]) => {
    const texts = titles.flatMap((title) => sections.get(title) ?? []);
    return texts.length === 0 ? [] : [`## ${heading}`, fenced(texts.join('\n\n'), language)];
  };
  return [
    prose(command.summary),
    prose(command.description),
    ...(command.details ? [prose(command.details)] : []),
    ...block('Usage', 'text', 'Usage', 'Arguments'),
    ...block('Examples', 'sh', 'Examples'),
    ...block('Flags', 'text', 'Flags', 'More flags'),
  ].join('\n\n');
}

/** The groups of commands, in the order of the help. */
const groups = ['reading', 'changing', 'other'];

/** A table of the commands that the plugin's own help lists, with links to their pages. */
export function commandTable(commands: Readonly<Record<string, DescribedWords>>): string {
  const rows = Object.entries(commands)
    .filter(([, { hidden }]) => !hidden)
    .sort(([, one], [, other]) => groups.indexOf(one.group) - groups.indexOf(other.group))
    .map(([name, { summary, group }]) => {
      const changes = group === 'changing' ? 'yes' : 'no';
      return `| [\`kubectl sts ${name}\`](docs/commands/${name}.md) | ${prose(summary)} | ${changes} |`;
    });
  return ['| command | what it does | changes the cluster |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The sections of a help text by their titles, without the two blanks before each line. */
function sectionsOf(help: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const block of help.split(/\n\n(?=\S)/)) {
    const [, title, body] = /^([A-Z][a-z ]*):\n(.*)$/s.exec(block) ?? [];
    if (title !== undefined && body !== undefined) sections.set(title, body.trimEnd().replace(/^ {2}/gm, ''));
  }
  return sections;
}

/** Sentences of a help text. A paragraph that begins with blanks keeps its form. */
export function prose(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) =>
      paragraph.startsWith(' ') ? fenced(paragraph.replace(/^ {2}/gm, ''), 'text') : escaped(paragraph),
    )
    .join('\n\n');
}

/** Flags as code, those of which each value has a meaning of its own with their value; and no character that Markdown takes for its own. */
function escaped(sentences: string): string {
  return sentences
    .replace(/[\\`*<|]/g, '\\$&')
    .replace(/(?<=^|[\s(])(?:(?:-o|--via) \w+|--?[a-z][\w-]*(?:=\w+)?)/gi, (flag) => `\`${flag}\``);
}

function fenced(text: string, language: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
