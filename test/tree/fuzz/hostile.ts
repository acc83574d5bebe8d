/** Values that no API server would send, and ways to put them into objects. */
import fc from 'fast-check';
import { anyText } from '../../properties.ts';

/**
 * Names that every object of JavaScript inherits are taken for words of tree/view/outline.ts' tables: the phase `toString`
 * gets an escape sequence out. Flip when the tables there hold nothing but their own.
 */
export const inheritedNamesAreNoWords = true;

/** Escape sequences, bidirectional overrides, what JavaScript itself knows by name, dates and numbers that are none. */
const strings = [
  '',
  '3',
  '-1',
  'NaN',
  '1e400',
  '9'.repeat(400),
  '0001-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  '275760-09-13T00:00:00.001Z',
  '\u001b[2J\u001b]0;owned\u0007',
  'a\r\nb\tc\u0000',
  '\u009b31m\u202edb\u2066\u200b\ufeff',
  '\ud800',
  '数据库',
  ...(inheritedNamesAreNoWords ? ['__proto__', 'constructor', 'toString'] : []),
  'a/b',
  '../..',
  'db-0',
  'x'.repeat(10_000),
];

const numbers = [0, -0, -1, -5, 0.5, 3, 1e9, 2 ** 31, 2 ** 53, 1e21, 1e308, -1e308];

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...numbers),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10, max: 2 ** 31 }),
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { name: value };
  return value;
}

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, ...numbers) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...strings) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>([], {}, [null], [[]], [{}], [''], { name: null }, { '': '' }) },
  { weight: 1, arbitrary: anyText() },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constant(nested(60)) },
);

/** One change to a list of objects; positions are taken modulo what there is. */
export interface Change {
  object: number;
  field: number;
  /** `suit`: by a value of the same type, which passes a check of types. */
  how: 'suit' | 'spoil' | 'remove' | 'wrap' | 'repeat the field' | 'repeat the object';
  /** What `suit` takes. */
  text: string;
  number: number;
  /** What `spoil` takes. */
  value: unknown;
}

const ways = { suit: 12, spoil: 2, remove: 4, wrap: 1, 'repeat the field': 2, 'repeat the object': 1 } as const;

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    object: fc.nat(1_000),
    field: fc.nat(10_000),
    how: fc.oneof(
      ...Object.entries(ways).map(([how, weight]) => ({ weight, arbitrary: fc.constant(how as Change['how']) })),
    ),
    text: fc.oneof(fc.constantFrom(...strings), anyText()),
    number: hostileNumber,
    value: hostileValue,
  }),
  { minLength: 1, maxLength: 8 },
);

/** Objects with some fields spoilt. What makes them objects at all (kind, apiVersion, name) is left as it is. */
export function spoilt(objects: readonly object[], list: readonly Change[]): unknown[] {
  const copies: unknown[] = structuredClone([...objects]);
  for (const change of list) {
    const object = copies[change.object % copies.length];
    if (change.how === 'repeat the object') {
      copies.push(structuredClone(object));
      continue;
    }
    const places = placesIn(object);
    const place = places[change.field % places.length];
    if (place !== undefined) spoil(place, change);
  }
  return copies;
}

function spoil({ holder, key }: Place, { how, text, number, value }: Change): void {
  const old = holder[key];
  if (how === 'remove') delete holder[key];
  else if (how === 'wrap') holder[key] = [old];
  else if (how === 'repeat the field') holder[key] = Array.isArray(old) ? [...old, ...structuredClone(old)] : old;
  else holder[key] = structuredClone(how === 'suit' ? suiting(old, text, number) : value);
}

function suiting(old: unknown, text: string, number: number): unknown {
  switch (typeof old) {
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return !old;
    default:
      return Array.isArray(old) ? [] : {};
  }
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

const envelope = new Set(['/apiVersion', '/kind', '/metadata', '/metadata/name']);

function placesIn(value: unknown, path = ''): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => {
    const here = `${path}/${key}`;
    return [...(envelope.has(here) ? [] : [{ holder, key }]), ...placesIn(holder[key], here)];
  });
}
