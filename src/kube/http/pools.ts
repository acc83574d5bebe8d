/** The connections to the server that are kept for the next request. */
import type { ConnectionOptions } from 'node:tls';
import type { Connection } from '../config/connection.ts';
import type { Proof } from '../login/credentials.ts';
import { systemAuthorities } from './authorities.ts';
import { connectSecurely } from './connecting.ts';
import { checkServerIdentity } from './handshakefault.ts';
import type { Agents } from './http1.ts';
import { type Negotiated, type Negotiation, negotiation, nothingShared } from './negotiation.ts';

export interface Pool extends Negotiation {
  /** For HTTP/1.1. */
  agents(): Promise<Agents>;
}

export interface Pools {
  /** A certificate belongs to the connection, so each one has a pool. */
  of(proof: Proof): Pool;
  close(): void;
}

/**
 * @param proxy undefined for a direct connection
 * @param onShared is called with whether a connection takes many requests at once, when that is known and when it changes
 */
export function connectionPools(
  { server, tls }: Connection,
  proxy: URL | undefined,
  env: Readonly<Record<string, string | undefined>>,
  onShared: (isShared: boolean) => void,
): Pools {
  const pools = new Map<string, Pool>();
  const closing = new AbortController();
  const { signal } = closing;
  const secure = server.protocol === 'https:';
  // As in client-go (`SetTransportDefaults`, apimachinery/pkg/util/net/http.go).
  // bun 1.4.5 loses parts of answers where TLS runs within the TLS of a proxy.
  const mayShare = secure && !env['DISABLE_HTTP2'] && proxy?.protocol !== 'https:';

  function pool({ cert, key }: Proof): Pool {
    const ca = tls.ca ?? (secure && tls.rejectUnauthorized ? systemAuthorities(env) : undefined);
    const options = {
      ...tls,
      checkServerIdentity,
      // As in Go, any certificate of the kubeconfig is trusted, even the server's own.
      allowPartialTrustChain: true,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert, key }),
      keepAlive: true,
    };
    const connect = (protocols: readonly string[]) => connectTo(server, proxy, options, protocols, signal);
    const shared = mayShare ? negotiation(server, connect, onShared, signal) : nothingShared;
    let agents: Promise<Agents> | undefined;
    async function makeAgents(): Promise<Agents> {
      const { agentsFor } = await import('./http1.ts');
      return agentsFor(server, proxy, options, shared.spare, signal);
    }
    return {
      ...shared,
      agents() {
        agents ??= makeAgents();
        return agents;
      },
    };
  }

  return {
    of(proof) {
      const known = pools.get(proof.cert ?? '');
      if (known) return known;
      const made = pool(proof);
      pools.set(proof.cert ?? '', made);
      return made;
    },
    close() {
      closing.abort();
    },
  };
}

async function connectTo(
  server: URL,
  proxy: URL | undefined,
  options: ConnectionOptions,
  protocols: readonly string[],
  signal: AbortSignal,
): Promise<Negotiated> {
  if (proxy === undefined) return connectSecurely(server, options, protocols, signal);
  const { connectThrough } = await import('./proxyagent.ts');
  return connectThrough(proxy, server, options, protocols, signal);
}
