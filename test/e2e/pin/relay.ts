/** A relay before the API server, for what happens between a request and its answer. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { eventually } from '../eventually.ts';
import { uniqueName } from '../namespace.ts';
import { personEnv, sandbox } from '../sandbox.ts';

export interface Relayed {
  method: string;
  /** Path and query. */
  url: string;
}

export interface Relay {
  /** Of the administrator, by way of the relay. */
  kubeconfig: string;
  /** In the order of their coming. */
  seen: Relayed[];
  /** A request goes on when this is done; never, if it never is. Nothing holds it unless set. */
  beforeRequest: (request: Relayed) => Promise<void>;
  /** The API server has done what was asked; its answer goes on when this is done. */
  beforeAnswer: (request: Relayed) => Promise<void>;
}

const goOn = async (): Promise<void> => {};

/** One for the tests of a `describe`, which sets its gates anew for each of them. */
export function ownRelay(): Relay {
  const relay: Relay = { kubeconfig: '', seen: [], beforeRequest: goOn, beforeAnswer: goOn };
  const ends: (() => void)[] = [];

  before(async () => {
    // It logs in, and speaks TLS.
    const proxy = spawn(join(sandbox(), 'bin', 'kubectl'), ['proxy', '--port=0'], { env: personEnv() });
    ends.push(() => proxy.kill());
    let said = '';
    proxy.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const upstream = await eventually('kubectl proxy', async () => {
      const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      assert.ok(port, said);
      return Number(port);
    });

    const server = createServer((incoming, answer) => {
      relayOn(relay, upstream, incoming, answer).catch(() => answer.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    relay.kubeconfig = join(sandbox(), `${uniqueName('relay')}.kubeconfig`);
    const config = {
      clusters: [{ name: 'relay', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'relay', context: { cluster: 'relay', user: '' } }],
      'current-context': 'relay',
    };
    writeFileSync(relay.kubeconfig, JSON.stringify(config));
  });
  beforeEach(() => {
    relay.seen.length = 0;
    relay.beforeRequest = goOn;
    relay.beforeAnswer = goOn;
  });
  after(() => {
    for (const end of ends) end();
  });
  return relay;
}

async function relayOn(relay: Relay, upstream: number, incoming: IncomingMessage, answer: ServerResponse) {
  const { method = '', url = '', headers } = incoming;
  const asked = { method, url };
  relay.seen.push(asked);
  await relay.beforeRequest(asked);
  const forwarded = httpRequest({ port: upstream, host: '127.0.0.1', method, path: url, headers });
  pipeline(incoming, forwarded, () => {});
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage];
  await relay.beforeAnswer(asked);
  answer.writeHead(response.statusCode ?? 502, response.headers);
  pipeline(response, answer, () => {});
}

/** A gate that is held until it is opened. */
export interface Gate {
  /** To be waited for by what is held. */
  opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
