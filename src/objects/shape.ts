/**
 * Whether what came from a server or a file has the shape that its type promises. Types end where JSON is parsed:
 * behind this check the models rely on them.
 */

/** Describes the fields of `T` that the models read; TypeScript holds it to what the type says of them. */
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

/** The shape of something, whatever it is. */
export type AnyShape =
  | 'string'
  | 'quantity'
  | 'number'
  | 'boolean'
  | { readonly each: AnyShape }
  | { readonly values: AnyShape }
  | { readonly fields: Readonly<Record<string, AnyShape | undefined>> };

/**
 * Where `value` differs from `shape`, in words: `spec.replicas is not a number`. Undefined when it fits. On the way it
 * removes fields that are null, which to Kubernetes are as good as absent, and writes quantities as text, which
 * manifests may give as numbers.
 */
export function misfit(value: unknown, shape: AnyShape): string | undefined {
  return check(value, shape, '');
}

function check(value: unknown, shape: AnyShape, path: string): string | undefined {
  if (typeof shape === 'string') {
    const type = shape === 'quantity' ? 'string' : shape;
    const fits = type === 'number' ? Number.isFinite(value) : typeof value === type;
    return fits ? undefined : `${path} is not a ${shape}`;
  }
  if ('each' in shape) {
    if (!Array.isArray(value)) return `${path} is not a list`;
    return first(value.entries(), (position, element) => check(element, shape.each, `${path}[${position}]`));
  }
  if (!isRecord(value)) return `${path || 'it'} is not an object`;
  if ('values' in shape) {
    return first(Object.entries(value), (key, entry) => {
      if (shape.values !== 'quantity' || typeof entry !== 'number') {
        return check(entry, shape.values, `${path}[${JSON.stringify(key)}]`);
      }
      value[key] = String(entry);
      return undefined;
    });
  }
  return first(Object.entries(shape.fields), (key, field) => {
    const entry = Object.hasOwn(value, key) ? value[key] : undefined;
    if (entry === undefined || field === undefined) return undefined;
    if (entry !== null) return check(entry, field, path ? `${path}.${key}` : key);
    delete value[key];
    return undefined;
  });
}

function first<Key, Value>(
  entries: Iterable<[Key, Value]>,
  fault: (key: Key, value: Value) => string | undefined,
): string | undefined {
  for (const [key, value] of entries) {
    const found = fault(key, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
