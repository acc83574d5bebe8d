/**
 * Compares what a page says that a command prints with what it has printed. Times, ages, addresses and the like differ from
 * run to run; all else must be the same, line by line.
 */

/** A value that differs from run to run, and its place in a line: what the page calls A must be one thing in the run, too. */
interface Identity {
  kind: string;
  value: string;
}

interface Normal {
  text: string;
  identities: readonly Identity[];
}

/** The letters and digits of which Kubernetes makes hashes and random endings of names (`SafeEncodeString`). */
const safe = 'bcdfghjklmnpqrstvwxz2456789';

const duration = String.raw`\d+(?:\.\d+)?(?: ?ms| ?s|[mhd](?:\d+[smh]){0,2})`;

/** What differs from run to run; of the first ones not even which of them are equal is compared. */
const volatile: readonly [name: string, what: RegExp][] = [
  ['time', /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g],
  ['uid', /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g],
  ['holder', /[\w.-]+@[\w.-]+-\d+-[0-9a-f]{6}\b/g],
  ['node', /\bnode-\d\b(?: \(zone-[a-c]\))?/g],
  // The name of a pod of a Deployment.
  ['ending', new RegExp(`(?<=-)[${safe}]{6,10}-[${safe}]{5}\\b`, 'g')],
  // An age in a column of its own.
  ['age', new RegExp(`(?<= {2})${duration}(?= {2}|$)`, 'g')],
  ['age', new RegExp(`\\b${duration}(?= ago\\b)`, 'g')],
  ['duration', new RegExp(`(?<=\\b(?:after|for|since|within) )${duration}(?=\\W|$)`, 'g')],
  ['count', /\b\d+(?= restarts?\b)/g],
  ['version', /(?<="?resourceVersion"?: )"\d+"/g],
  ['port', /(?<=:)3[0-2]\d{3}(?=\/(?:TCP|UDP))/g],
];

/** Where two places show the same value in the page, they must in the run, and the other way round. */
const identifying: readonly [name: string, what: RegExp][] = [
  ['roll', /(?<=\broll )[0-9a-f]{4}\b|(?<= {2})[0-9a-f]{4}(?= {2}\d+\/\d+ )/g],
  ['address', /\b\d{1,3}(?:\.\d{1,3}){3}\b|\bfd00(?::[0-9a-f]*)+/g],
  ['revision', new RegExp(`\\b(?=[a-z]*\\d)(?=\\d*[a-z])[${safe}]{6,10}\\b|(?<=\\brevision )[${safe}]{6,10}\\b`, 'g')],
];

/** Of addresses only within a line: which pod gets the lower one is chance, and lists are sorted. */
const withinLine: ReadonlySet<string> = new Set(['address']);

function normal(line: string): Normal {
  // Columns are as wide as their widest value. The branches of a tree stay as they are.
  const [branches = ''] = /^[ │├└─]*/.exec(line) ?? [];
  let text = branches + line.slice(branches.length).trimEnd().replaceAll(/ {2,}/g, '  ');
  if (text.trim() === '') return { text: '', identities: [] };
  for (const [name, what] of volatile) text = text.replaceAll(what, `<${name}>`);
  const identities: Identity[] = [];
  for (const [kind, what] of identifying) {
    text = text.replaceAll(what, (value) => {
      identities.push({ kind, value });
      return `<${kind}>`;
    });
  }
  return { text, identities };
}

/** A line of its own in a page, for any number of lines that it leaves out. */
const ellipsis = '…';

/**
 * @param said the lines of the page
 * @param printed the lines of the run
 * @returns what is different, as lines for a person; undefined where they agree
 */
export function difference(said: readonly string[], printed: readonly string[]): string[] | undefined {
  const [left, right] = [withoutBlankEnd(said), withoutBlankEnd(printed)];
  const pairs = matched(left, right);
  return pairs === undefined ? both(left, right) : confusion(pairs);
}

/** The lines of both, without those at the beginning and the end that agree. */
function both(said: readonly string[], printed: readonly string[]): string[] {
  const agree = (left: string | undefined, right: string | undefined): boolean =>
    left !== undefined && right !== undefined && normal(left).text === normal(right).text;
  const shorter = Math.min(said.length, printed.length);
  let before = 0;
  while (before < shorter && agree(said[before], printed[before])) before++;
  let behind = 0;
  while (behind < shorter - before && agree(said.at(-1 - behind), printed.at(-1 - behind))) behind++;
  const within = (lines: readonly string[]): readonly string[] => lines.slice(before, lines.length - behind);
  return [...within(said).map((line) => `- ${line}`), ...within(printed).map((line) => `+ ${line}`)];
}

/** Pairs of lines that agree; undefined where some line has no partner. */
function matched(said: readonly string[], printed: readonly string[]): [Normal, Normal][] | undefined {
  const right = printed.map(normal);
  const pairs: [Normal, Normal][] = [];
  let at = 0;
  const pieces = splitAtEllipsis(said);
  for (const [place, piece] of pieces.entries()) {
    const [isFirst, isLast] = [place === 0, place === pieces.length - 1];
    const latest = right.length - piece.length;
    const earliest = isLast && !isFirst ? Math.max(at, latest) : at;
    const found = startOf(piece, right, earliest, isFirst ? at : latest);
    if (found === undefined || (isLast && found + piece.length !== right.length)) return undefined;
    pairs.push(...piece.map((line, nth): [Normal, Normal] => [line, right[found + nth] ?? line]));
    at = found + piece.length;
  }
  return pairs;
}

function splitAtEllipsis(lines: readonly string[]): Normal[][] {
  const pieces: Normal[][] = [[]];
  for (const line of lines) {
    if (line.trim() === ellipsis) pieces.push([]);
    else pieces.at(-1)?.push(normal(line));
  }
  return pieces;
}

/** The first place of `lines`, from `earliest` to `latest`, at which `piece` stands. */
function startOf(piece: Normal[], lines: Normal[], earliest: number, latest: number): number | undefined {
  for (let start = earliest; start <= latest; start++) {
    if (piece.every(({ text }, nth) => lines[start + nth]?.text === text)) return start;
  }
  return undefined;
}

/** Two values that the page shows as one, or the other way round. */
function confusion(pairs: readonly [Normal, Normal][]): string[] | undefined {
  const seen = new Map<string, string>();
  for (const [place, [said, printed]] of pairs.entries()) {
    for (const [nth, { kind, value }] of said.identities.entries()) {
      const other = printed.identities[nth]?.value ?? '';
      const scope = withinLine.has(kind) ? `${kind} ${place}` : kind;
      for (const [from, to] of [
        [`${scope} said ${value}`, other],
        [`${scope} printed ${other}`, value],
      ] as const) {
        const known = seen.get(from) ?? to;
        if (known !== to) return [`${kind} ${value} of the page stands where ${other} was printed: ${printed.text}`];
        seen.set(from, to);
      }
    }
  }
  return undefined;
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, last + 1);
}
