/** Ways to the API server on which requests and answers are held back, or lost: for each roll one of its own. */
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
import { gate, type Relayed } from '../pin/relay.ts';
import { personEnv, sandbox } from '../sandbox.ts';

import { patience } from './watched-rolls.ts';

export type { Relayed };

/** At which side of the API server. */
type Side = 'request' | 'answer';

export interface Way {
  /** Of the administrator, by this way. */
  readonly kubeconfig: string;
  /** All that were asked, in the order of their coming. */
  readonly seen: readonly Relayed[];
  /** Holds the n-th request of a kind, or its answer when the server has done it, until `open`: perhaps never. */
  hold(side: Side, isIt: IsIt, nth?: number): Held;
  /** Cuts the connection instead. */
  lose(side: Side, isIt: IsIt, nth?: number): Pick<Held, 'held'>;
}

export type IsIt = (request: Relayed) => boolean | Promise<boolean>;

interface Held {
  /** Until it has come. */
  held(): Promise<void>;
  open(): void;
}

interface Fence {
  side: Side;
  isIt: IsIt;
  /** Goes on when it is over; the connection is cut when it fails. */
  meets: () => Promise<void>;
}

interface Lane {
  seen: Relayed[];
  fences: Fence[];
}

/** Of the tests of a `describe`. */
export function ownWays(): () => Way {
  const lanes = new Map<string, Lane>();
  const ends: (() => void)[] = [];
  let url = '';

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
      const [, name = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
      const lane = lanes.get(name);
      if (lane === undefined) answer.destroy();
      else
        passOn(lane, { method: incoming.method ?? '', url: path }, upstream, incoming, answer).catch(() =>
          answer.destroy(),
        );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.close();
      server.closeAllConnections();
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    for (const end of ends) end();
  });

  return () => {
    const name = uniqueName('way');
    const lane: Lane = { seen: [], fences: [] };
    lanes.set(name, lane);
    const kubeconfig = join(sandbox(), `${name}.kubeconfig`);
    const config = {
      clusters: [{ name, cluster: { server: `${url}/${name}` } }],
      contexts: [{ name, context: { cluster: name, user: '' } }],
      'current-context': name,
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    return { kubeconfig, seen: lane.seen, ...fencesOf(lane) };
  };
}

function fencesOf({ fences }: Lane): Pick<Way, 'hold' | 'lose'> {
  function fence(side: Side, isIt: IsIt, nth: number, meets: () => Promise<void>): () => Promise<void> {
    let count = 0;
    fences.push({
      side,
      isIt,
      async meets() {
        if (++count === nth) await meets();
      },
    });
    return () => eventually('a request that is held', async () => assert.ok(count >= nth, `${count} came`), patience);
  }
  return {
    hold(side, isIt, nth = 1) {
      const { opened, open } = gate();
      return { held: fence(side, isIt, nth, () => opened), open };
    },
    lose: (side, isIt, nth = 1) => ({ held: fence(side, isIt, nth, () => Promise.reject(new Error('lost'))) }),
  };
}

async function passOn(
  lane: Lane,
  asked: Relayed,
  upstream: number,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const meets = async (at: Side) => {
    for (const { side, isIt, meets } of lane.fences) if (side === at && (await isIt(asked))) await meets();
  };
  lane.seen.push(asked);
  await meets('request');
  const { method, url } = asked;
  const forwarded = httpRequest({ port: upstream, host: '127.0.0.1', method, path: url, headers: incoming.headers });
  pipeline(incoming, forwarded, () => {});
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage];
  await meets('answer');
  answer.writeHead(response.statusCode ?? 502, response.headers);
  pipeline(response, answer, () => {});
}

export function isEviction({ method, url }: Relayed): boolean {
  return method === 'POST' && url.includes('/eviction');
}

export function ofLease(verb: 'POST' | 'PUT' | 'DELETE'): (request: Relayed) => boolean {
  return ({ method, url }) => method === verb && url.includes('/leases');
}
