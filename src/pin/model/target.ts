/** What a person types to `pin` and `unpin`. */
import type { Selector } from '#src/objects/service.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import { parseOneOrdinal, parseOrdinals } from '#src/statefulset/ordinals.ts';
import { setNames } from '#src/statefulset/selection.ts';

/** The pod that a Service is to be pinned to. */
export type PinTarget =
  /** An ordinal of the set whose pods the Service selects. */
  { kind: 'ordinal'; ordinal: number } | { kind: 'pod'; pod: string } | { kind: 'set'; set: string; ordinal: number };

/**
 * `1`, `web-1`, `pod/web-1` or `sts/web:1`.
 *
 * @returns the target, or why the text is none
 */
export function parseTarget(text: string): PinTarget | { error: string } {
  const error = { error: `${JSON.stringify(text)} names no pod: give an ordinal (1), a pod (web-1) or sts/web:1` };
  const colon = text.lastIndexOf(':');
  if (colon >= 0) {
    const ordinal = parseOneOrdinal(text.slice(colon + 1));
    const words = setNames([text.slice(0, colon)]);
    const [set] = 'names' in words ? words.names : [];
    return ordinal === undefined || set === undefined || !isName(set) ? error : { kind: 'set', set, ordinal };
  }
  const ordinal = parseOneOrdinal(text);
  if (ordinal !== undefined) return { kind: 'ordinal', ordinal };
  if ('ordinals' in parseOrdinals(text)) {
    return { error: `${JSON.stringify(text)} names several pods, and a Service is pinned to one: give one ordinal` };
  }
  const pod = bareName(text, podTypes);
  return pod === undefined || ordinalOf(pod) < 0 ? error : { kind: 'pod', pod };
}

/** `name`, `svc/name`, `service/name` or `services/name`. */
export function parseService(text: string): { name: string } | { error: string } {
  const name = bareName(text, serviceTypes);
  return name === undefined ? { error: `${JSON.stringify(text)} names no Service: give NAME or svc/NAME` } : { name };
}

/** A Service's selector as `a=b,c=d`. It can hold equalities only. */
export function parseServiceSelector(text: string): { selector: Selector } | { error: string } {
  const entries = text.split(',').map((part) => /^\s*([^\s=!]+)\s*==?\s*([^\s=!]*)\s*$/.exec(part));
  const pairs = entries.flatMap((entry) => (entry ? [[entry[1] ?? '', entry[2] ?? ''] as const] : []));
  if (pairs.length < entries.length || new Set(pairs.map(([key]) => key)).size < pairs.length) {
    return { error: `${JSON.stringify(text)} is not a Service's selector: give it as KEY=VALUE,KEY=VALUE` };
  }
  return { selector: Object.fromEntries(pairs) };
}

const podTypes: readonly string[] = ['pod', 'pods', 'po'];
const serviceTypes: readonly string[] = ['svc', 'service', 'services'];

function bareName(text: string, types: readonly string[]): string | undefined {
  const slash = text.indexOf('/');
  if (slash >= 0 && !types.includes(text.slice(0, slash).toLowerCase())) return undefined;
  const name = text.slice(slash + 1);
  return isName(name) ? name : undefined;
}

/** Whether the text can be a name at all. Only the API server knows whether such an object exists. */
function isName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}
