/**
 * Checks that JSON from a server or a file has the shape that its type promises. The models rely on the types, and no
 * type is checked when JSON is parsed.
 */

/** Describes the fields of `T` that the models read. It does not compile if it contradicts the type. */
export type Shape<T> = T extends string
  ? 'string' | 'quantity'
  : T extends number
    ? 'number'
    : T extends boolean
      ? 'boolean'
      : T extends readonly (infer Element)[]
        ? { readonly each: Shape<Element> }
        : string extends keyof T
          ? { readonly values: Shape<T[string]> }
          : { readonly fields: { readonly [Key in keyof T]?: Shape<NonNullable<T[Key]>> } };

/** The shape of any type. */
export type AnyShape =
  | 'string'
  | 'quantity'
  | 'number'
  | 'boolean'
  | { readonly each: AnyShape }
  | { readonly values: AnyShape }
  | { readonly fields: Readonly<Record<string, AnyShape | undefined>> };

/**
 * Says where `value` differs from `shape`: `spec.replicas is not a number`. Undefined if it fits.
 *
 * This changes `value`: it removes fields that are null, since Kubernetes treats them as absent, and it turns
 * quantities that are numbers, as manifests may have them, into text.
 */
export function misfit(value: unknown, shape: AnyShape): string | undefined {
  const fault = check(value, shape);
  if (fault === undefined) return undefined;
  const path = fault.path.toReversed().join('').replace(/^\./, '');
  return `${path || 'it'} is not ${fault.wanted}`;
}

interface Fault {
  /** The steps from the fault up to the value. */
  path: string[];
  wanted: string;
}

// Runs for every field of every object, so it allocates nothing unless there is a fault.
function check(value: unknown, shape: AnyShape): Fault | undefined {
  if (typeof shape === 'string') {
    const type = shape === 'quantity' ? 'string' : shape;
    const fits = type === 'number' ? Number.isFinite(value) : typeof value === type;
    return fits ? undefined : { path: [], wanted: `a ${shape}` };
  }
  if ('each' in shape) {
    if (!Array.isArray(value)) return { path: [], wanted: 'a list' };
    for (let position = 0; position < value.length; position++) {
      const fault = check(value[position], shape.each);
      if (fault) return within(fault, `[${position}]`);
    }
    return undefined;
  }
  if (!isRecord(value)) return { path: [], wanted: 'an object' };
  return 'values' in shape ? checkValues(value, shape.values) : checkFields(value, shape.fields);
}

function checkValues(value: Record<string, unknown>, shape: AnyShape): Fault | undefined {
  for (const key of Object.keys(value)) {
    if (shape === 'quantity' && typeof value[key] === 'number') value[key] = String(value[key]);
    const fault = check(value[key], shape);
    if (fault) return within(fault, `[${JSON.stringify(key)}]`);
  }
  return undefined;
}

function checkFields(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, AnyShape | undefined>>,
): Fault | undefined {
  for (const key in fields) {
    const shape = fields[key];
    const entry = Object.hasOwn(value, key) ? value[key] : undefined;
    if (entry === undefined || shape === undefined) continue;
    if (entry === null) {
      delete value[key];
      continue;
    }
    const fault = check(entry, shape);
    if (fault) return within(fault, `.${key}`);
  }
  return undefined;
}

function within(fault: Fault, step: string): Fault {
  fault.path.push(step);
  return fault;
}

/** Parses a JSON object that a person may have edited, such as an annotation. */
export function parseObject(text: string): { object: Record<string, unknown> } | { unreadable: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { unreadable: 'it is not JSON' };
  }
  return isRecord(value) ? { object: value } : { unreadable: 'it is not an object' };
}

/** Whether the value is a JSON object: neither a list nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
