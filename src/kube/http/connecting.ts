/**
 * Connections to the server, and how long it may take to accept one, as in client-go (k8s.io/client-go/transport/cache.go).
 */
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, TLSSocket } from 'node:tls';
import { coded } from '../errors.ts';
import { checkServerIdentity } from './handshakefault.ts';
import type { Phase } from './networkerror.ts';
import { addressOf } from './proxy.ts';

/** Milliseconds. */
export interface ConnectLimits {
  /** For the TCP connection: `Dialer.Timeout`. */
  dial: number;
  /** For the TLS handshake: `TLSHandshakeTimeout`. */
  handshake: number;
}

export const connectLimits: ConnectLimits = { dial: 30_000, handshake: 10_000 };

/** Milliseconds without traffic after which the other side is probed: client-go's `Dialer.KeepAlive`. */
const keepAliveDelay = 30_000;

/**
 * Watches over the socket of a request: it gives up on a server that does not accept the connection in time, and later
 * notices a peer that has vanished.
 *
 * @param reach is told when the connection is being made, and when it is open
 */
export function watchSocket(socket: Socket, reach: (phase: Phase) => void, limits: ConnectLimits): void {
  // Nothing else notices a vanished peer while no data is sent.
  socket.setKeepAlive(true, keepAliveDelay);
  if (!socket.connecting) {
    reach('waiting');
    return;
  }
  reach('connecting');
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => reach('waiting'));
  limitConnecting(socket, limits);
}

function limitConnecting(socket: Socket, { dial, handshake }: ConnectLimits): void {
  const giveUp = (code: string) => () => void socket.destroy(coded(code));
  let timer = setTimeout(giveUp('ETIMEDOUT'), dial);
  socket.once('connect', () => {
    clearTimeout(timer);
    if (socket instanceof TLSSocket) timer = setTimeout(giveUp('ERR_TLS_HANDSHAKE_TIMEOUT'), handshake);
  });
  for (const end of ['secureConnect', 'close']) socket.once(end, () => clearTimeout(timer));
}

/**
 * A connection by TLS. It fails with Node's own error.
 *
 * @param protocols what may be spoken over it, by ALPN
 */
export function connectSecurely(
  server: URL,
  tls: ConnectionOptions,
  protocols: readonly string[],
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const address = addressOf(server);
    const name = tls.servername || address.host;
    const socket = connect({
      ...tls,
      ...address,
      servername: sni(name),
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
      ALPNProtocols: [...protocols],
    });
    watchSocket(socket, () => {}, connectLimits);
    const end = () => socket.destroy();
    signal.addEventListener('abort', end);
    socket.once('secureConnect', () => resolve(socket));
    // The listener stays: an error after the handshake would otherwise end the process.
    socket.on('error', reject);
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      reject(coded('ECONNRESET'));
    });
  });
}

/** The name that a client sends in the handshake; an address is none. */
export function sni(host: string): string {
  return isIP(host) ? '' : host;
}
