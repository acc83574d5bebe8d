/**
 * Streams into a pod: connections to its ports, and programs that run in it. client-node splits the WebSocket into its
 * channels (portforward.js, exec.js). The WebSocket itself comes from the transport, because client-node's handler
 * knows no proxies of the environment, no impersonation and no renewed credentials (web-socket-handler.js:111,
 * `connect`).
 */
import { Duplex, PassThrough, Writable } from 'node:stream';
import type { KubeConfig, V1Status } from '@kubernetes/client-node';
import type { WebSocketInterface } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { statusError } from './apistatus.ts';
import { ConnectionError } from './errors.ts';
import type { Transport } from './http/transport.ts';
import type { WebSocket } from './http/websocket.ts';

export interface PodName {
  namespace: string;
  name: string;
}

/** The outcome of a program that ran in a pod. */
export interface Execution {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const protocols = ['v4.channel.k8s.io'];

/**
 * A connection to a port of a pod. The pod sees it on its loopback address. The stream is destroyed with a
 * ConnectionError when nothing listens on the port.
 *
 * @throws {StatusError} when the server refuses
 * @throws {ConnectionError} when there is no usable answer
 */
export async function forwardPort(
  transport: Transport,
  { namespace, name }: PodName,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const { PortForward } = await import('@kubernetes/client-node/dist/portforward.js');
  const sent = new PassThrough();
  const stream = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => void sent.write(chunk, done),
    final: (done) => void sent.end(done),
  });
  // An early error is thrown below; for a later one the caller listens.
  stream.on('error', () => {});
  const received = writableTo((chunk) => void stream.push(chunk));
  const faults = writableTo((chunk) => {
    // The first message is the port's number. client-node removes it and hands on the empty rest.
    if (chunk.length === 0) return;
    stream.destroy(new ConnectionError(`error: ${chunk.toString('utf8').trim()}`));
  });
  const handler = handlerOn(transport, signal, (socket) => {
    whenClosed(socket, () => stream.push(null));
    stream.once('close', () => socket.terminate());
  });
  const forward = new PortForward(unused, true, handler);
  await forward.portForward(encodeURIComponent(namespace), encodeURIComponent(name), [port], received, faults, sent);
  if (stream.errored) throw stream.errored;
  return stream;
}

/**
 * Runs a program in a container, without a terminal and without input.
 *
 * @throws {StatusError} when the server refuses
 * @throws {ConnectionError} when there is no usable answer, or when the program cannot be run
 */
export async function execute(
  transport: Transport,
  { namespace, name }: PodName,
  container: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Execution> {
  const { Exec } = await import('@kubernetes/client-node/dist/exec.js');
  const stdout = collected();
  const stderr = collected();
  const status = await new Promise<V1Status>((resolve, reject) => {
    const handler = handlerOn(transport, signal, (socket) => {
      whenClosed(socket, () => reject(new ConnectionError('error: the connection ended before the program did')));
    });
    new Exec(unused, handler)
      .exec(
        encodeURIComponent(namespace),
        encodeURIComponent(name),
        container,
        [...command],
        stdout.stream,
        stderr.stream,
        null,
        false,
        resolve,
      )
      .catch(reject);
  });
  if (status.status === 'Success') return { exitCode: 0, stdout: stdout.text(), stderr: stderr.text() };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code === undefined) throw new ConnectionError(`error: ${status.message ?? 'the program could not be run'}`);
  return { exitCode: Number(code), stdout: stdout.text(), stderr: stderr.text() };
}

/** Calls `then` when the socket closes, or at once when it has closed already. */
function whenClosed(socket: WebSocket, then: () => void): void {
  if (socket.readyState === socket.CLOSED) then();
  else socket.once('close', then);
}

/** client-node wants a KubeConfig, but only its own handler, which is replaced here, reads it. */
const unused = {} as KubeConfig;

/** The WebSocket handler for client-node. `opened` is called with the WebSocket as soon as it is open. */
function handlerOn(transport: Transport, signal: AbortSignal, opened: (socket: WebSocket) => void): WebSocketInterface {
  return {
    async connect(path, _text, binary) {
      const receive = (data: Buffer, socket: WebSocket) => {
        try {
          const [channel] = data;
          if (channel !== undefined && binary?.(channel, data.subarray(1)) === false) socket.close();
        } catch {
          // client-node throws for a channel that it did not open, and for a status that is not JSON.
          socket.terminate();
        }
      };
      const socket = await transport.webSocket(path, protocols, signal, receive);
      if (!('send' in socket)) throw statusError(socket, `get ${path.split('?', 1)[0]}`);
      opened(socket);
      return socket;
    },
  };
}

/** Characters of a program's output that are kept. */
const longestOutput = 1024 * 1024;

function collected(): { stream: Writable; text(): string } {
  let text = '';
  const stream = writableTo((chunk) => {
    if (text.length < longestOutput) text += chunk.toString('utf8');
  });
  return { stream, text: () => text };
}

function writableTo(take: (chunk: Buffer) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk);
      done();
    },
  });
}
