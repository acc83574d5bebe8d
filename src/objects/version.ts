/**
 * Whether one resourceVersion of a resource is older than another: they are decimal numbers of any length, and order
 * the states of a resource (KEP-5504, comparable resource versions). An empty one is older than all.
 */
export function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}
