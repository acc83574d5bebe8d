/**
 * The YAML that Kubernetes' programs write kubeconfigs in: maps and lists in blocks, and plain words; or JSON. js-yaml takes 5 ms to
 * be loaded and to read such a file, a tenth of a short command. The judge is js-yaml: see the test.
 */

type Value = string | boolean | null | Value[] | { [key: string]: Value };

interface Line {
  indent: number;
  /** Whether it begins with `- `. */
  isItem: boolean;
  /** Empty for an item of a list that is a word. */
  key: string;
  value: string;
}

/** Keys and words that mean nothing but themselves: each begins with a letter, a slash or `--`, and holds no space. */
const key = '[A-Za-z][A-Za-z0-9_./-]{0,200}';
const word = '(?:--(?=[A-Za-z]))?[A-Za-z/](?:[A-Za-z0-9_./@+=-]|:(?=[A-Za-z0-9_./@+=-]))*';
const linePattern = new RegExp(`^( *)(- )?(?:(${key}):(?: (${word}|""|\\{\\}|\\[\\]))?|(${word}))$`);

/** Words that YAML takes for something else, in whatever case; of these, three are read here. */
const special = /^(?:null|true|false|nan|inf|yes|no|on|off|y|n)$/i;
const literals = new Map<string, () => Value>([
  ['true', () => true],
  ['false', () => false],
  ['null', () => null],
  ['""', () => ''],
  ['{}', () => ({})],
  ['[]', () => []],
]);

class NotPlain extends Error {}

/** @returns undefined for any other text, also one that is no YAML */
export function plainYaml(text: string): unknown {
  return text.startsWith('{') ? json(text) : blocks(text);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function blocks(text: string): Value | undefined {
  try {
    const lines = linesOf(text);
    if (lines.length === 0) return undefined;
    const reader = { lines, next: 0 };
    const value = blockAt(reader, 0);
    return reader.next === lines.length ? value : undefined;
  } catch {
    // Also where a word is too long for a regular expression.
    return undefined;
  }
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = linePattern.exec(line);
    if (match === null) throw new NotPlain();
    const [, spaces = '', dash, name = '', value = '', single = ''] = match;
    if (special.test(name)) throw new NotPlain();
    lines.push({ indent: spaces.length, isItem: dash !== undefined, key: name, value: value || single });
  }
  return lines;
}

interface Reader {
  readonly lines: Line[];
  next: number;
}

function blockAt(reader: Reader, indent: number): Value {
  return reader.lines[reader.next]?.isItem ? listAt(reader, indent) : mapAt(reader, indent);
}

function listAt(reader: Reader, indent: number): Value[] {
  const items: Value[] = [];
  for (let line = reader.lines[reader.next]; line?.isItem && line.indent === indent; line = reader.lines[reader.next]) {
    if (line.key === '') {
      items.push(scalar(line.value));
      reader.next++;
      continue;
    }
    // The item's first key stands behind the dash, and the others below it.
    reader.lines[reader.next] = { ...line, isItem: false, indent: indent + 2 };
    items.push(mapAt(reader, indent + 2));
  }
  return items;
}

function mapAt(reader: Reader, indent: number): Value {
  const map: { [key: string]: Value } = {};
  for (
    let line = reader.lines[reader.next];
    line?.indent === indent && !line.isItem;
    line = reader.lines[reader.next]
  ) {
    if (line.key === '' || Object.hasOwn(map, line.key)) throw new NotPlain();
    reader.next++;
    map[line.key] = line.value === '' ? valueBelow(reader, indent) : scalar(line.value);
  }
  return map;
}

/** The value of a key with nothing behind it. */
function valueBelow(reader: Reader, indent: number): Value {
  const below = reader.lines[reader.next];
  if (below === undefined || below.indent < indent) return null;
  if (below.indent === indent) return below.isItem ? listAt(reader, indent) : null;
  return blockAt(reader, below.indent);
}

function scalar(text: string): Value {
  const literal = literals.get(text);
  if (literal !== undefined) return literal();
  if (special.test(text)) throw new NotPlain();
  return text;
}
