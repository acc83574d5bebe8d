/** Small faults that somebody could write into a command, and that its unit tests must notice. */

type MutationKind =
  | 'a flag is ignored'
  | 'an exit code is changed'
  | 'a refusal is dropped'
  | 'a message goes to the wrong stream'
  | 'a condition is negated';

export interface Mutation {
  /** From the checkout. */
  file: string;
  kind: MutationKind;
  /** Where the text begins that is replaced, and the line that it is on, from 1. */
  at: number;
  line: number;
  from: string;
  to: string;
}

/** A fault, and the text of the source in which it can be made. `to` may name groups of the pattern. */
interface Rule {
  kind: MutationKind;
  pattern: RegExp;
  to: string;
}

const rules: readonly Rule[] = [
  // `flags.watch`, `flags['dry-run']` and the names that are taken out of `flags`.
  { kind: 'a flag is ignored', pattern: /\bflags(?:\.\w+|\['[\w-]+'\])/g, to: '(undefined)' },
  {
    kind: 'a flag is ignored',
    pattern: /(?<=const \{[^{}]*)(?<=[{,]\s*)(?:(?:'[\w-]+'|\w+): )?(\w+)(?=\s*(?:,[^{}]*)?\} = flags;)/g,
    to: 'ignored: $1 = undefined',
  },
  { kind: 'an exit code is changed', pattern: /\breturn 2;/g, to: 'return 0;' },
  { kind: 'an exit code is changed', pattern: /\breturn 1;/g, to: 'return 0;' },
  { kind: 'an exit code is changed', pattern: /\breturn 0;/g, to: 'return 2;' },
  { kind: 'an exit code is changed', pattern: /\? ([012]) : ([012])\b/g, to: '? $2 : $1' },
  { kind: 'an exit code is changed', pattern: /\bcode: ([12])\b/g, to: 'code: 0' },
  { kind: 'a refusal is dropped', pattern: /\bthrow new UsageError\(/g, to: 'void String(' },
  { kind: 'a message goes to the wrong stream', pattern: /\bconsole\.err\(/g, to: 'console.out(' },
  { kind: 'a message goes to the wrong stream', pattern: /\bconsole\.out\(/g, to: 'console.err(' },
  { kind: 'a condition is negated', pattern: /\bif \((?=[^;{]*[;{])/g, to: 'if (!' },
];

/** All faults that can be made in a source, in the order in which they stand there. */
export function mutationsIn(file: string, source: string): Mutation[] {
  const found = rules.flatMap(({ kind, pattern, to }) =>
    [...source.matchAll(pattern)].flatMap((match): Mutation[] => {
      const at = match.index;
      const [from] = match;
      if (isNoCode(source, at)) return [];
      const line = source.slice(0, at).split('\n').length;
      if (kind !== 'a condition is negated') {
        return [{ file, kind, at, line, from, to: to.replace(/\$(\d)/g, (_, group) => match[group] ?? '') }];
      }
      const end = closing(source, at + from.length - 1);
      if (end === undefined) return [];
      const whole = source.slice(at, end + 1);
      return [{ file, kind, at, line, from: whole, to: `if (!${whole.slice('if '.length)})` }];
    }),
  );
  return found.sort((a, b) => a.at - b.at || (a.to < b.to ? -1 : 1));
}

/** In a comment or an import. */
function isNoCode(source: string, at: number): boolean {
  const line = source.slice(source.lastIndexOf('\n', at) + 1, at);
  return /^\s*(?:\/\/|\*|\/\*|import\b|\} from\b)/.test(line);
}

/** The parenthesis that closes the one at `open`. */
function closing(source: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    if (source[at] === '(') depth++;
    if (source[at] === ')' && --depth === 0) return at;
  }
  return undefined;
}

export function mutated(source: string, { at, from, to }: Mutation): string {
  return source.slice(0, at) + to + source.slice(at + from.length);
}

/** So many of `all`, the same for the same seed. (mulberry32) */
export function chosen<T>(all: readonly T[], count: number, seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return all
    .map((one) => ({ one, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ one }) => one);
}
