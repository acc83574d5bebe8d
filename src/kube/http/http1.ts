/** Requests by HTTP/1.1: each has a connection for itself, which is kept for the next. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { connectLimits, watchSocket } from './connecting.ts';
import { addressOf } from './proxy.ts';
import { maxHeaderSize, type Sent } from './response.ts';
import type { Course } from './timelimit.ts';

/** Answers that take minutes have connections of their own, so that no other request waits for one of them. */
export interface Agents {
  short: http.Agent;
  streams: http.Agent;
}

/**
 * @param proxy undefined for a direct connection
 * @param spare gives a connection to begin with, where one is open already
 * @param signal ends the connections
 */
export async function agentsFor(
  server: URL,
  proxy: URL | undefined,
  tls: https.AgentOptions,
  spare: () => Socket | undefined,
  signal: AbortSignal,
): Promise<Agents> {
  async function agent(): Promise<http.Agent> {
    if (proxy) return (await import('./proxyagent.ts')).proxyAgent(proxy, server, tls);
    return server.protocol === 'http:' ? new http.Agent({ keepAlive: true }) : new https.Agent(tls);
  }
  const agents = { short: beginningWith(spare, await agent()), streams: await agent() };
  const end = () => {
    agents.short.destroy();
    agents.streams.destroy();
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  return agents;
}

function beginningWith(spare: () => Socket | undefined, agent: http.Agent): http.Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = spare();
    if (socket === undefined) return connect(options, callback);
    queueMicrotask(() => callback?.(null, socket));
    return undefined;
  };
  return agent;
}

/** The answer as soon as its headers are there. */
export function answerBy(
  agent: http.Agent,
  { body, ...request }: Sent,
  server: URL,
  reach: Course['reach'],
): Promise<http.IncomingMessage> {
  const { request: send } = server.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const sent = send({ ...request, ...addressOf(server), agent, maxHeaderSize }, resolve);
    sent.on('error', reject);
    sent.on('socket', (socket) => watchSocket(socket, reach, connectLimits));
    sent.end(body);
  });
}
