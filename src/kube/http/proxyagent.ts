/**
 * Connections through a proxy, made as net/http's Transport makes them (`dialConn`), with kubectl's messages for their
 * faults.
 *
 * Node's own client speaks CONNECT. The library socks speaks SOCKS; it is loaded when a proxy needs it. The usual
 * agents cannot be used. https-proxy-agent 9.1.0 takes a proxy's refusal for the server's answer (dist/index.js:146),
 * has no time limits, and verifies a server without a name as `localhost` (113). socks-proxy-agent 10.1.0 accepts no
 * socket, so that nothing can end a connection that is being made (dist/index.js:128), its only time limit also ends
 * idle streams (131), and it verifies a server without a name as `localhost` (139).
 */
import http, { type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { connect, isIP, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { ConnectionError, coded } from '../errors.ts';
import { type ConnectLimits, connectLimits, sni } from './connecting.ts';
import { connectionError, malformedResponse } from './networkerror.ts';
import { addressOf, portOf } from './proxy.ts';

/** Milliseconds. */
export interface ProxyLimits extends ConnectLimits {
  /** For the proxy's answer to CONNECT, or the whole SOCKS exchange. */
  answer: number;
}

/** Source: `dialConn`, whose limit is for CONNECT alone. */
const usualLimits: ProxyLimits = { ...connectLimits, answer: 60_000 };

/** The way to the server. */
interface Hop {
  proxy: URL;
  server: URL;
  tls: https.AgentOptions;
  limits: ProxyLimits;
  /** Ends the connections, also those that are being made. */
  signal: AbortSignal;
  /** What may be spoken with the server over TLS, by ALPN. */
  protocols: readonly string[];
}

/**
 * An agent whose connections go through the proxy. A request fails with a ConnectionError for a fault of the proxy, and
 * with Node's own error for a fault of the server's TLS. `destroy` also ends connections that are being made.
 *
 * @param tls options for the server; as in Go they apply to an https proxy too
 */
export async function proxyAgent(
  proxy: URL,
  server: URL,
  tls: https.AgentOptions,
  limits: ProxyLimits = usualLimits,
): Promise<http.Agent> {
  const closing = new AbortController();
  const hop: Hop = { proxy, server, tls, limits, signal: closing.signal, protocols: http1 };
  const agent = plainAgent(hop);
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    closing.abort();
    destroy();
  };
  return agent;
}

/**
 * A connection to a server of TLS through the proxy. It fails as a request with `proxyAgent` does.
 *
 * @param protocols what may be spoken with the server, by ALPN
 */
export function connectThrough(
  proxy: URL,
  server: URL,
  tls: https.AgentOptions,
  protocols: readonly string[],
  signal: AbortSignal,
): Promise<Socket> {
  return reach({ proxy, server, tls, protocols, signal, limits: usualLimits });
}

const http1 = ['http/1.1'];

function reach(hop: Hop): Promise<Socket> {
  if (isSocks(hop.proxy)) return throughSocks(hop);
  return hop.server.protocol === 'https:' ? throughTunnel(hop) : toProxy(hop);
}

function plainAgent(hop: Hop): http.Agent {
  const agent = new (hop.server.protocol === 'https:' ? https : http).Agent(hop.tls);
  agent.createConnection = (_options, callback) => {
    reach(hop).then(
      (socket) => callback?.(null, socket),
      // Node ignores the socket when there is an error.
      (error: Error) => callback?.(error, new Socket()),
    );
    return undefined;
  };
  return agent;
}

/**
 * The additions to a request that goes through a proxy. An HTTP proxy needs the whole URL and its own credentials in
 * each request to a server without TLS; any other proxy needs nothing.
 */
export interface ProxiedRequest {
  /** The text before the path. */
  origin: string;
  /** They may hold the proxy's password: never print them. */
  headers: OutgoingHttpHeaders;
}

export function proxiedRequest(proxy: URL, server: URL): ProxiedRequest {
  if (server.protocol === 'https:' || isSocks(proxy)) return { origin: '', headers: {} };
  return { origin: server.origin, headers: authorization(proxy) };
}

/** A connection to the proxy itself. */
async function toProxy(hop: Hop): Promise<Socket> {
  const { proxy, server, tls, limits } = hop;
  const socket = await dialled(hop, connectTcp(hop));
  if (proxy.protocol !== 'https:') return socket;
  return secured(socket, proxy, tls, http1, limits).catch((error) =>
    Promise.reject(proxyConnectError(error, proxy, server)),
  );
}

function connectTcp({ proxy, signal }: Hop): Socket {
  // Given an aborted signal, Node reports the abort, and then connects all the same: nothing would end that connection.
  signal.throwIfAborted();
  return connect({ ...addressOf(proxy), signal });
}

async function dialled({ proxy, server, limits }: Hop, socket: Socket): Promise<Socket> {
  try {
    await within(limits.dial, 'ETIMEDOUT', socket, 'connect');
  } catch (error) {
    throw proxyConnectError(error, proxy, server);
  }
  return socket.setNoDelay(true).setKeepAlive(true, 30_000);
}

/** TLS over the connection, with the server or with an https proxy. The connection ends when the handshake fails. */
async function secured(
  socket: Socket,
  peer: URL,
  tls: ConnectionOptions,
  protocols: readonly string[],
  { handshake }: ProxyLimits,
): Promise<Socket> {
  const host = tls.servername || addressOf(peer).host;
  const secure = connectTls({ ...tls, socket, host, servername: sni(host), ALPNProtocols: [...protocols] });
  try {
    await within(handshake, 'ERR_TLS_HANDSHAKE_TIMEOUT', secure, 'secureConnect');
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function within(milliseconds: number, code: string, socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(coded(code)), milliseconds);
    socket.once(event, resolve);
    // The listener stays: an error between two steps would otherwise end the process.
    socket.on('error', reject);
    socket.once('close', () => reject(coded('ECONNRESET')));
    for (const end of [event, 'close']) socket.once(end, () => clearTimeout(timer));
  });
}

/** Through CONNECT. A status other than 200 is a refusal, for the reason in its phrase. */
async function throughTunnel(hop: Hop): Promise<Socket> {
  const { proxy, server, tls, protocols, limits } = hop;
  const socket = await toProxy(hop);
  const target = `${server.hostname}:${portOf(server)}`;
  const headers = { host: target, connection: 'keep-alive', ...authorization(proxy) };
  const asking = http.request({ method: 'CONNECT', path: target, headers, createConnection: () => socket });
  const conversation = new Promise<void>((resolve, reject) => {
    asking.on('error', reject).on('connect', ({ statusCode, statusMessage }) => {
      if (statusCode === 200) resolve();
      else reject(new Error(statusMessage || 'unknown status code'));
    });
  });
  asking.end();
  await answered(hop, socket, conversation);
  return secured(socket, server, tls, protocols, limits);
}

/** Through SOCKS. As in Go, the proxy looks up the server's name. */
async function throughSocks(hop: Hop): Promise<Socket> {
  const { proxy, server, tls, protocols, limits } = hop;
  // Of a CommonJS package an ES module has the default export alone, once esbuild has split the program into files.
  const { default: socks } = await import('socks');
  const [userId, password] = [unescaped(proxy.username).toString(), unescaped(proxy.password).toString()];
  // socks 2.8.10 would throw an error that nothing can catch (build/client/socksclient.js:544).
  if (Buffer.byteLength(userId) > 255 || Buffer.byteLength(password) > 255) {
    throw unable('invalid username/password', server);
  }
  const socket = await toProxy(hop);
  const conversation = socks.SocksClient.createConnection({
    proxy: { ...addressOf(proxy), type: 5, userId, password },
    destination: addressOf(server),
    command: 'connect',
    existing_socket: socket,
    timeout: limits.answer,
  });
  await answered(hop, socket, conversation);
  return server.protocol === 'https:' ? secured(socket, server, tls, protocols, limits) : socket;
}

/** Waits for the exchange with the proxy, up to the time limit. Its failures have Go's messages. */
async function answered<T>({ proxy, server, limits }: Hop, socket: Socket, conversation: Promise<T>): Promise<T> {
  const here = address(socket.localAddress, socket.localPort);
  const there = address(socket.remoteAddress, socket.remotePort);
  const { promise: failure, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Proxy connection timed out')), limits.answer);
  try {
    return await Promise.race([conversation, failure]);
  } catch (error) {
    socket.destroy();
    const said = error instanceof Error ? error.message : String(error);
    const reset = said.includes('ECONNRESET');
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('HPE_')) throw unable(malformedResponse(error), server);
    if (code !== '' && !reset && said !== hungUp) throw proxyConnectError(error, proxy, server);
    const inGo = goWords.get(said.replace(/^Rec.* handshake |^Socks5 proxy rejected connection - /, '')) ?? said;
    const reason = reset ? `read tcp ${here}->${there}: read: connection reset by peer` : inGo;
    const prefix = isSocks(proxy) ? `socks connect tcp ${there}->${server.hostname}:${portOf(server)}: ` : '';
    throw unable(prefix + reason, server);
  } finally {
    clearTimeout(timer);
  }
}

/** Node's message when the other side closed the connection before it answered. */
const hungUp = 'socket hang up';

/**
 * Messages of Node and of socks (build/common/constants.js), with the words that net/http's response.go and
 * socks_bundle.go have for them.
 */
const goWords = new Map([
  ['Proxy connection timed out', 'context deadline exceeded'],
  [hungUp, 'unexpected EOF'],
  ['Socket closed', 'EOF'],
  ['(invalid socks version)', 'unexpected protocol version'],
  ['(no accepted authentication type)', 'no acceptable authentication methods'],
  ['(unknown authentication type)', 'unsupported authentication method'],
  ['Socks5 Authentication failed', 'username/password authentication failed'],
  ['Granted', 'unexpected protocol version'],
  ['Failure', 'unknown error general SOCKS server failure'],
  ['NotAllowed', 'unknown error connection not allowed by ruleset'],
  ['NetworkUnreachable', 'unknown error network unreachable'],
  ['HostUnreachable', 'unknown error host unreachable'],
  ['ConnectionRefused', 'unknown error connection refused'],
  ['TTLExpired', 'unknown error TTL expired'],
  ['CommandNotSupported', 'unknown error command not supported'],
  ['AddressNotSupported', 'unknown error address type not supported'],
  ['undefined', 'unknown error unknown code'],
]);

function authorization({ username, password }: URL): OutgoingHttpHeaders {
  if (!username && !password) return {};
  const credentials = Buffer.concat([unescaped(username), Buffer.from(':'), unescaped(password)]);
  return { 'Proxy-Authorization': `Basic ${credentials.toString('base64')}` };
}

/** The bytes of an escaped part of a URL. They need not be UTF-8. */
function unescaped(part: string): Buffer {
  const bytes = part.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function isSocks({ protocol }: URL): boolean {
  return protocol === 'socks5:' || protocol === 'socks5h:';
}

function address(host = '', port = 0): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As `StandardErrorMessage` of kubectl's cmd/util/helpers.go: a refused connection names the server, not the proxy. */
function unable(reason: string, server: URL): Error {
  return reason.includes('connection refused')
    ? connectionError(coded('ECONNREFUSED'), server)
    : new ConnectionError(`Unable to connect to the server: ${reason}`);
}

function proxyConnectError(error: unknown, proxy: URL, server: URL): unknown {
  if (!(error instanceof Error)) return error;
  const failed: NodeJS.ErrnoException = error;
  if (failed.code === 'ECONNREFUSED') return connectionError(failed, server);
  const { message } = connectionError(failed, proxy);
  return new ConnectionError(message.replace('to the server: ', '$&proxyconnect tcp: '));
}
