/** The connections to the server that are kept for the next request. */
import http from 'node:http';
import https from 'node:https';
import type { Connection } from '../config/connection.ts';
import type { Proof } from '../login/credentials.ts';
import { systemAuthorities } from './authorities.ts';
import { checkServerIdentity } from './handshakefault.ts';
import { proxyAgent } from './proxyagent.ts';

/** Answers that take minutes have connections of their own, so that no other request waits for one of them. */
interface Pool {
  short: http.Agent;
  streams: http.Agent;
}

export interface AgentPools {
  /** A certificate belongs to the connection, so each one has a pool. */
  of(proof: Proof): Promise<Pool>;
  close(): void;
}

/** @param proxy undefined for a direct connection */
export function agentPools(
  { server, tls }: Connection,
  proxy: URL | undefined,
  env: Readonly<Record<string, string | undefined>>,
): AgentPools {
  const pools = new Map<string, Promise<Pool>>();

  async function agent(options: https.AgentOptions): Promise<http.Agent> {
    if (proxy) return proxyAgent(proxy, server, options);
    return server.protocol === 'http:' ? new http.Agent({ keepAlive: true }) : new https.Agent(options);
  }

  async function pool({ cert, key }: Proof): Promise<Pool> {
    const ca = tls.ca ?? (server.protocol === 'https:' && tls.rejectUnauthorized ? systemAuthorities(env) : undefined);
    const options = {
      ...tls,
      checkServerIdentity,
      // As in Go, any certificate of the kubeconfig is trusted, even the server's own.
      allowPartialTrustChain: true,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert, key }),
      keepAlive: true,
    };
    return { short: await agent(options), streams: await agent(options) };
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
      for (const made of pools.values()) {
        made.then(
          ({ short, streams }) => {
            short.destroy();
            streams.destroy();
          },
          // The request that needed the pool has reported the failure.
          () => {},
        );
      }
    },
  };
}
