/** A WebSocket to the API server, over the same connections, credentials and proxies as every request. */
import type http from 'node:http';
import type { WebSocket } from 'ws';

export type { WebSocket } from 'ws';

/** An open one, or the answer of a server that did not change over. */
export type Opened = { socket: WebSocket } | { response: http.IncomingMessage };

export interface WebSocketOptions {
  agent: http.Agent;
  headers: http.OutgoingHttpHeaders;
  /** Ends it, open or not. */
  signal: AbortSignal;
  onAnswer(response: http.IncomingMessage): void;
  /** The first may arrive together with the answer: who listened only once it is open would miss it. */
  onMessage(data: Buffer, socket: WebSocket): void;
}

/** Bytes of one message: the API server sends at most 32 KiB at once. */
const longestMessage = 1024 * 1024;

/** @param url of http or https */
export async function openWebSocket(
  url: string,
  protocols: readonly string[],
  { agent, headers, signal, onAnswer, onMessage }: WebSocketOptions,
): Promise<Opened> {
  const { WebSocket } = await import('ws');
  // What the headers of other requests accept makes no sense here.
  const { accept: _, 'accept-encoding': __, ...own } = headers;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url, [...protocols], {
      agent,
      headers: own as Record<string, string>,
      perMessageDeflate: false,
      maxPayload: longestMessage,
    });
    const end = () => socket.terminate();
    signal.addEventListener('abort', end);
    socket.once('close', () => signal.removeEventListener('abort', end));
    socket.on('upgrade', onAnswer);
    socket.on('message', (data: Buffer) => onMessage(data, socket));
    socket.once('unexpected-response', (_request, response: http.IncomingMessage) => {
      onAnswer(response);
      resolve({ response });
    });
    socket.once('open', () => resolve({ socket }));
    // Stays: what goes wrong later ends the socket, and is told by that.
    socket.on('error', reject);
  });
}
