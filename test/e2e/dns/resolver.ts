/** The judge of what DNS says: a resolver that is not the plugin's, c-ares over UDP. */
import { Resolver } from 'node:dns/promises';

export interface Resolved {
  /** `ENOTFOUND` for NXDOMAIN, `ENODATA`, `ESERVFAIL`, `EREFUSED`, `ETIMEOUT`; undefined when there are addresses. */
  code: string | undefined;
  /** In the order of their text. */
  addresses: string[];
}

/** @param port of loopback */
export async function resolved(port: number, name: string, type: 'A' | 'AAAA'): Promise<Resolved> {
  const resolver = resolverAt(port);
  try {
    const addresses = type === 'A' ? await resolver.resolve4(name) : await resolver.resolve6(name);
    return { code: undefined, addresses: addresses.sort() };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    return { code: error.code, addresses: [] };
  }
}

/** Of both families, IPv4 first. */
export async function allResolved(port: number, name: string): Promise<string[]> {
  const [four, six] = await Promise.all([resolved(port, name, 'A'), resolved(port, name, 'AAAA')]);
  return [...four.addresses, ...six.addresses];
}

/** The names of an address. */
export function reversed(port: number, address: string): Promise<string[]> {
  return resolverAt(port).reverse(address);
}

export interface Srv {
  name: string;
  port: number;
}

export async function srvRecords(port: number, name: string): Promise<Srv[]> {
  const records = await resolverAt(port).resolveSrv(name);
  return records.map(({ name, port }) => ({ name, port })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function resolverAt(port: number): Resolver {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver;
}
