/** Parts of a page that a script writes. They stand between two comments; the text around them is written by hand. */

const begin = /^<!-- made by npm run docs: (\S.*) -->$/;
const end = '<!-- end -->';

/**
 * The page with each part of it made anew.
 *
 * @param make the text of a part, without a line end behind it, from the words of its first comment
 * @throws if one of the two comments is missing
 */
export function withMadeParts(page: string, make: (mark: string) => string): string {
  const lines: string[] = [];
  let open: string | undefined;
  for (const line of page.split('\n')) {
    const [, mark] = begin.exec(line) ?? [];
    if (open !== undefined && mark !== undefined) throw new Error(`no "${end}" after "${open}"`);
    if (open === undefined && line === end) throw new Error(`"${end}" without a part before it`);
    if (mark !== undefined) {
      lines.push(line, ...make(mark).split('\n'));
      open = line;
    } else if (line === end) {
      lines.push(line);
      open = undefined;
    } else if (open === undefined) lines.push(line);
  }
  if (open !== undefined) throw new Error(`no "${end}" after "${open}"`);
  return lines.join('\n');
}

/** The words of the marks, in their order. */
export function marksOf(page: string): string[] {
  return page.split('\n').flatMap((line) => begin.exec(line)?.[1] ?? []);
}
