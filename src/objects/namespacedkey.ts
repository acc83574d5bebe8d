/**
 * A key for maps of objects of one kind. Neither a namespace nor a name holds a slash, so that no two objects share a
 * key. Keys sort as the API server sorts its lists.
 *
 * @param namespace undefined for an object that has none
 */
export function namespacedKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
