/**
 * Whether one resourceVersion is older than another of the same resource. They are decimal numbers of any length, in
 * the order in which they were written (KEP-5504, comparable resource versions). An empty one is older than all others.
 */
export function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}
