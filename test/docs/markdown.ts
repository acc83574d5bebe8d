/** Reads the blocks of code in a page of Markdown, and what a test has to do before each of them. */

/** A fenced block. */
export interface Block {
  kind: 'block';
  /** The word behind the fence; empty without one. */
  language: string;
  /** Without the indentation of the fence. */
  lines: readonly string[];
  /** The line of the page, from 1, that the first of `lines` stands on. */
  line: number;
  /** What stands before each line, as in an item of a list. */
  indent: string;
}

/** `<!-- test: … -->`: shell commands that readers of the page do not see. They must succeed. */
export interface Preparation {
  kind: 'preparation';
  script: string;
  /** The line of the page, from 1, that the comment begins on. */
  line: number;
}

export interface Page {
  /** From the checkout: `docs/pin.md`. */
  file: string;
  /** The namespace in which its commands run, by `<!-- namespace: shop -->`. */
  namespace: string | undefined;
  /** Whether its commands need nodes that run containers: `<!-- namespace: shop, on real nodes -->`. */
  needsRealNodes: boolean;
  /** In the order of the page. */
  parts: readonly (Block | Preparation)[];
  /** Lines with a command that stand in no block: their numbers, from 1. */
  stray: readonly number[];
}

/** The first word of a line that a person would type into a shell. */
const commands =
  /^(?:\$ |(?:[A-Z_]+=\S* )*(?:sudo )?(?:kubectl|kubectl-sts|npm|npx|node|git|curl|brew|krew|jq|helm)(?:\.exe)? )/;

export function looksLikeCommand(line: string): boolean {
  return commands.test(line.trimStart());
}

/** Between these lines `npm run docs` writes; test/pages holds what stands there. */
const madeBegins = /^<!-- made by npm run docs: /;
const madeEnds = /^<!-- end\b/;

/** @param file of the checkout, for messages */
export function readPage(file: string, text: string): Page {
  const lines = text.split('\n');
  const parts: (Block | Preparation)[] = [];
  const stray: number[] = [];
  let namespace: string | undefined;
  let needsRealNodes = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^( *)(`{3,}|~{3,})(\S*)/.exec(line);
    const settings = /^<!-- namespace: (\S+?)(, on real nodes)? -->$/.exec(line);
    if (madeBegins.test(line)) {
      at = placeOf(lines, at, madeEnds);
    } else if (fence) {
      const [, indent = '', ticks = '', language = ''] = fence;
      const end = placeOf(lines, at + 1, new RegExp(`^ *${ticks}\\s*$`));
      const inner = lines.slice(at + 1, end).map((each) => each.slice(Math.min(indent.length, leadingBlanks(each))));
      parts.push({ kind: 'block', language, lines: inner, line: at + 2, indent });
      at = end;
    } else if (settings) {
      [, namespace] = settings;
      needsRealNodes = settings[2] !== undefined;
    } else if (line.startsWith('<!-- test:')) {
      const end = placeOf(lines, at, /-->/);
      const comment = lines.slice(at, end + 1).join('\n');
      parts.push({
        kind: 'preparation',
        script: comment
          .replace('<!-- test:', '')
          .replace(/-->.*$/s, '')
          .trim(),
        line: at + 1,
      });
      at = end;
    } else if (/^(?:\$ | {4,}|\t)/.test(line) && looksLikeCommand(line)) {
      stray.push(at + 1);
    }
  }
  return { file, namespace, needsRealNodes, parts, stray };
}

function placeOf(lines: readonly string[], from: number, what: RegExp): number {
  const found = lines.findIndex((line, at) => at >= from && what.test(line));
  return found === -1 ? lines.length : found;
}

function leadingBlanks(line: string): number {
  return line.length - line.trimStart().length;
}
