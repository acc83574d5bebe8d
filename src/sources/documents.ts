/**
 * The documents in a text of YAML or JSON, as kubectl reads them: `NewYAMLOrJSONDecoder`,
 * k8s.io/apimachinery/pkg/util/yaml.
 */
import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  intCoreTag,
  intYaml11Tag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  seqTag,
  YAMLException,
} from 'js-yaml';
import { FileError } from './fileerror.ts';

/**
 * @param file its name, for errors
 * @throws {FileError} with the line of the fault
 */
export function documentsIn(file: string, text: string): unknown[] {
  if (text.includes('\0')) {
    throw new FileError(
      `${file} holds null bytes: it is no text, or UTF-16 without a byte order mark. Save it as UTF-8`,
    );
  }
  // JSON is YAML too, but the YAML parser takes twenty times as long for it.
  return /^\s*[{[]/.test(text) ? jsonDocuments(file, text) : yamlDocuments(file, text);
}

/** A few bytes of a hostile file may stand for a list or an object, which takes a hundred in memory. */
const mostContainers = 16_000_000;

/** In characters. The parser needs up to fifty bytes of memory for each, and a quarter of a second for a million. */
const longestYaml = 64 * 1024 * 1024;

function hasManyContainers(text: string): boolean {
  if (text.length <= 2 * mostContainers) return false;
  let count = 0;
  for (let position = 0; position < text.length && count <= mostContainers; position++) {
    if (text[position] === '{' || text[position] === '[') count++;
  }
  return count > mostContainers;
}

/** JSON values that follow one another, or something that only begins like one, such as YAML in flow style. */
function jsonDocuments(file: string, text: string): unknown[] {
  if (hasManyContainers(text)) throw new FileError(`${file}: more than ${mostContainers} objects and lists`);
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  const values: unknown[] = [];
  for (let start = nextValue(text, 0); start < text.length; ) {
    const end = endOfValue(text, start);
    const value = end === undefined ? undefined : parsed(text.slice(start, end));
    if (end === undefined || value === undefined) {
      const lines = text.slice(0, start).split('\n').length;
      // As in kubectl, the rest is YAML where fewer than two values went before.
      if (values.length < 2) return [...values, ...yamlDocuments(file, '\n'.repeat(lines - 1) + text.slice(start))];
      throw new FileError(`${file}: line ${lines}: not JSON, or not the whole of it`);
    }
    values.push(value);
    start = nextValue(text, end);
  }
  return values;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function nextValue(text: string, from: number): number {
  const space = /\s*/y;
  space.lastIndex = from;
  space.test(text);
  return space.lastIndex;
}

/** Where the object or list that starts there ends; undefined if something else starts there, or if it does not end. */
function endOfValue(text: string, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < text.length; position++) {
    switch (text[position]) {
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (--depth <= 0) return position + 1;
        break;
      case '"':
        if (depth === 0) return undefined;
        position = endOfString(text, position);
        break;
      default:
        if (depth === 0) return undefined;
    }
  }
  return undefined;
}

/** Where the quotation mark is that ends the string which starts there. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}

/** kubectl's parser knows octal numbers as YAML 1.1 has them, and as YAML 1.2 has them, and no numbers to the base 60. */
const intTag = {
  ...intYaml11Tag,
  resolve: (source: string, isExplicit: boolean, name: string) => {
    if (source.includes(':')) return NOT_RESOLVED;
    const number = intYaml11Tag.resolve(source, isExplicit, name);
    return number === NOT_RESOLVED ? intCoreTag.resolve(source, true, name) : number;
  },
};

/** But `n`, which kubectl reads as false wherever it stands, is the name of a node to everybody else. */
const boolTag = {
  ...boolYaml11Tag,
  resolve: (source: string, isExplicit: boolean, name: string) =>
    source.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(source, isExplicit, name),
};

/** kubectl's parser ignores tags that it does not know, such as `!reference`. */
const otherTags = ['!', 'tag:'].flatMap((tagName) => [
  defineScalarTag(tagName, { matchByTagPrefix: true, resolve: (source) => source, identify: () => false }),
  { ...seqTag, tagName, matchByTagPrefix: true },
  { ...mapTag, tagName, matchByTagPrefix: true },
]);

/**
 * kubectl's parser (sigs.k8s.io/yaml/goyaml.v2, `resolve`) is one of YAML 1.1, where `yes` is true, and it knows merge
 * keys. Dates stay text, as in Kubernetes.
 */
const schema = CORE_SCHEMA.withTags(otherTags, boolTag, intTag, mergeTag);

function yamlDocuments(file: string, text: string): unknown[] {
  if (text.length > longestYaml) {
    throw new FileError(
      `${file}: more than ${longestYaml} characters of YAML: kubectl get -o json gives JSON, which may be longer`,
    );
  }
  try {
    // Like kubectl, of a key that is there twice it takes the last.
    const documents = loadAll(text, { schema, json: true });
    if (hasAtMost(documents, 10 * text.length + 100_000)) return documents;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `: line ${error.mark.line + 1}` : '';
    throw new FileError(`${file}${line}: ${error.reason}`);
  }
  throw new FileError(`${file}: aliases repeat its parts too often`);
}

/**
 * Whether so many values, or fewer, are in the documents. A text without aliases has fewer values than characters.
 * Aliases of aliases let a few hundred bytes stand for millions of values, and one within its own value for endless ones.
 */
function hasAtMost(documents: unknown[], most: number): boolean {
  const open: object[] = [documents];
  let left = most;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const values: unknown[] = Object.values(value);
    left -= values.length;
    if (left < 0) return false;
    for (const each of values) if (typeof each === 'object' && each !== null) open.push(each);
  }
  return true;
}
