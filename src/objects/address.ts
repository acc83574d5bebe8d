/** IP addresses as text: their canonical form, their order, and their names for reverse look-ups in DNS. */

export type Family = 'IPv4' | 'IPv6';

export interface Address {
  family: Family;
  /** In canonical form; for IPv6 that of RFC 5952. */
  address: string;
}

/**
 * Puts an address into canonical form. IPv4 may have leading zeros and is still decimal, as the EndpointSlice
 * controller reads it (`ParseIPSloppy`, k8s.io/utils/net).
 *
 * @returns undefined if the text is no address
 */
export function parseAddress(text: string): Address | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (octets !== undefined) {
    return octets.every((octet) => octet <= 255) ? { family: 'IPv4', address: octets.join('.') } : undefined;
  }
  // The parser of URLs puts the host into canonical form, and takes nothing but an address in brackets.
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  return { family: 'IPv6', address: new URL(`http://[${text}]/`).hostname.slice(1, -1) };
}

/** Sorts by number, IPv4 first, and removes duplicates. */
export function inOrder(addresses: readonly Address[]): Address[] {
  // The usual case: a pod has one address.
  if (addresses.length < 2) return [...addresses];
  const byKey = new Map<string, Address>();
  for (const address of addresses) byKey.set(orderKey(address), address);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, address]) => address);
}

function orderKey({ family, address }: Address): string {
  return family === 'IPv4'
    ? `4${address.split('.').map((octet) => octet.padStart(3, '0'))}`
    : `6${groups(address).map((group) => group.padStart(4, '0'))}`;
}

/**
 * The name of a canonical address: `4.3.2.1.in-addr.arpa` (RFC 1035, 3.5), or nibbles below `ip6.arpa` (RFC 3596, 2.5).
 */
export function reverseName({ family, address }: Address): string {
  if (family === 'IPv4') return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const nibbles = groups(address).flatMap((group) => [...group.padStart(4, '0')]);
  return `${nibbles.toReversed().join('.')}.ip6.arpa`;
}

/** The eight groups of a canonical IPv6 address. */
function groups(address: string): string[] {
  const [left = [], right] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (right === undefined) return left;
  return [...left, ...Array.from({ length: Math.max(8 - left.length - right.length, 0) }, () => '0'), ...right];
}
