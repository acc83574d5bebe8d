/** HTTP to one API server, over connections that are kept and shared. */
import http from 'node:http';
import https from 'node:https';
import { arch, platform } from 'node:os';
import { createGunzip } from 'node:zlib';
import { connectionError } from './errors.ts';
import type { Connection } from './kubeconfig.ts';

export interface Answer {
  status: number;
  body: string;
}

export interface Transport {
  /**
   * @param path with its query, below the server's URL
   * @throws {ConnectionError} when no whole answer came
   */
  get(path: string): Promise<Answer>;
  /** Ends the connections, so that the process can end. */
  close(): void;
}

/** client-go names itself by program, version and platform; audit logs are searched by it. */
function userAgent(version: string): string {
  return `kubectl-sts/${version} (${platform()}/${arch()})`;
}

export function openTransport({ server, tls, headers, proxy }: Connection, version: string): Transport {
  const { request, Agent } = server.protocol === 'http:' ? http : https;
  const agent = proxy ?? new Agent({ ...tls, keepAlive: true, maxSockets: 4 });
  const options = {
    agent,
    host: bare(server.hostname),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    headers: { ...headers, accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': userAgent(version) },
  };
  const prefix = server.pathname.replace(/\/$/, '');

  return {
    get(path) {
      return new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void => reject(connectionError(error, server));
        const sent = request({ ...options, path: prefix + path }, (response) => {
          const chunks: Buffer[] = [];
          const zipped = response.headers['content-encoding'] === 'gzip';
          const body = zipped ? response.pipe(createGunzip()) : response;
          if (zipped) response.on('error', fail);
          body.on('error', fail);
          body.on('data', (chunk: Buffer) => chunks.push(chunk));
          body.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
          });
        });
        sent.on('error', fail);
        sent.end();
      });
    },
    close() {
      agent.destroy();
    },
  };
}

/** A host as sockets take it: an IPv6 address without the brackets of a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
