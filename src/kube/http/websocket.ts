/** A WebSocket to the API server, with the same TLS settings, credentials and proxies as other requests. */
import type http from 'node:http';
import type { WebSocket } from 'ws';

export type { WebSocket } from 'ws';

/** An open WebSocket, or the answer of a server that did not switch to the protocol. */
export type Opened = { socket: WebSocket } | { response: http.IncomingMessage };

export interface WebSocketOptions {
  agent: http.Agent;
  headers: http.OutgoingHttpHeaders;
  /** Ends the WebSocket, open or not. */
  signal: AbortSignal;
  onAnswer(response: http.IncomingMessage): void;
  /** Takes each message. It is needed from the start: the first message may arrive together with the answer. */
  onMessage(data: Buffer, socket: WebSocket): void;
}

/** Bytes of one message. The API server sends at most 32 KiB at once. */
const longestMessage = 1024 * 1024;

/**
 * Rejects with Node's own error when there is no answer.
 *
 * @param url with the scheme http or https
 */
export async function openWebSocket(
  url: string,
  protocols: readonly string[],
  { agent, headers, signal, onAnswer, onMessage }: WebSocketOptions,
): Promise<Opened> {
  const { WebSocket } = await import('ws');
  // The Accept headers of other requests make no sense here.
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
    // The listener stays: a later error ends the socket, and its close event tells that.
    socket.on('error', reject);
  });
}
