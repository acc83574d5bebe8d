/** How many requests a program makes, and how many bytes it sends and receives. */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Command } from './measure.ts';

export interface Traffic {
  requests: number;
  /** Of the TCP streams, so with TLS and as compressed. */
  sent: number;
  received: number;
}

export interface Cluster {
  kubeconfig: string;
  server: string;
  /** Kubernetes' audit log tells requests but no sizes: these are counted on the way. */
  auditLog: string;
}

/**
 * Runs a command with its connections passing through a counter on loopback.
 *
 * @param agent how its User-Agent begins, before the version
 * @param folder for the kubeconfig that leads there
 */
export async function trafficOf(
  { program, args, env }: Command,
  agent: 'kubectl' | 'kubectl-sts',
  cluster: Cluster,
  folder: string,
): Promise<Traffic> {
  const counter = await startCounter(new URL(cluster.server));
  const { size } = await stat(cluster.auditLog);
  const requests = () => requestsOf(agent, counter.address, cluster.auditLog, size);
  try {
    const kubeconfig = join(folder, 'counted.kubeconfig');
    const original = await readFile(cluster.kubeconfig, 'utf8');
    await writeFile(kubeconfig, original.replaceAll(cluster.server, counter.url), { mode: 0o600 });
    const run = () => promisify(execFile)(program, args, { env: { ...env, KUBECONFIG: kubeconfig }, maxBuffer: 1e9 });
    await run(); // kubectl keeps what it knows of an API by the server's port, and this one is new
    const before = { requests: await requests(), ...counter.counts };
    const { stderr } = await run();
    // The plugin says there whom it asked, and what it warns of.
    if (stderr && agent === 'kubectl') throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return {
      requests: (await requests()) - before.requests,
      sent: counter.counts.sent - before.sent,
      received: counter.counts.received - before.received,
    };
  } finally {
    counter.stop();
  }
}

interface Counter {
  url: string;
  /** Where its connections to the server come from. */
  address: string;
  counts: { sent: number; received: number };
  stop(): void;
}

/** Passes every connection on to the server, byte by byte: TLS ends there, not here. */
async function startCounter(target: URL): Promise<Counter> {
  const counts = { sent: 0, received: 0 };
  const address = sourceAddress();
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = dial({ port: Number(target.port), host: target.hostname, localAddress: address });
    client.on('data', (chunk) => {
      counts.sent += chunk.length;
    });
    upstream.on('data', (chunk) => {
      counts.received += chunk.length;
    });
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    address,
    counts,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One that nobody else has, so that the audit log tells who came through the counter; macOS has but one on loopback. */
function sourceAddress(): string {
  return process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}` : '127.0.0.1';
}

/** The log is written just after the response: it is complete when it no longer grows by such lines. */
async function requestsOf(agent: string, address: string, auditLog: string, start: number): Promise<number> {
  let [before, now] = [-1, 0];
  while (before !== now) {
    await delay(300);
    const whole = (await text(createReadStream(auditLog, { start }))).split('\n').slice(0, -1);
    const events = whole
      .filter((line) => line.includes(`"${address}"`))
      .map((line) => JSON.parse(line) as { userAgent?: string });
    [before, now] = [now, events.filter(({ userAgent }) => userAgent?.startsWith(`${agent}/`)).length];
  }
  return now;
}
