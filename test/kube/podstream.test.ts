import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { type MemoryCluster, memoryCluster } from '../memory/cluster.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, secretToken, type TemporaryFiles, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { type LoopbackServer, sendJson, serve } from './server.ts';

const web = { namespace: 'shop', name: 'web-0' };
const forbidden = {
  apiVersion: 'v1',
  kind: 'Status',
  status: 'Failure',
  code: 403,
  reason: 'Forbidden',
  message: 'no',
};

describe('a stream into a pod', () => {
  let files: TemporaryFiles;
  let cluster: MemoryCluster;
  let client: Client;
  let echo: Server;
  const clients: Client[] = [];
  const servers: LoopbackServer[] = [];
  const signal = new AbortController().signal;

  async function clientOf(url: string, user: object = { token: secretToken }): Promise<Client> {
    const config = { ...JSON.parse(kubeconfigFor(url)), users: [{ name: 'somebody', user }] };
    const kubeconfig = files.write(`config-${clients.length}`, JSON.stringify(config));
    const opened = await openClient(optionsWith({ kubeconfig }), clientDeps());
    clients.push(opened);
    return opened;
  }

  before(async () => {
    files = temporaryFiles();
    cluster = await memoryCluster('https');
    client = await clientOf(cluster.url);
    echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  after(() => {
    for (const opened of clients) opened.close();
    for (const server of servers) server.close();
    cluster.close();
    echo.close();
    files.remove();
  });

  /** A client of an API server that refuses every stream with this. */
  async function refusing(status: number, body: object): Promise<Client> {
    const server = await serve('https', (_request, response) => sendJson(response, body, status));
    servers.push(server);
    return clientOf(server.url);
  }

  /** A client of an API server that speaks as the test does, in streams. */
  async function speaking(speak: (socket: WebSocket) => void): Promise<Client> {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
    const server = await serve('https', (_request, response) => sendJson(response, {}, 404));
    server.upgrades((request, socket, head) => sockets.handleUpgrade(request, socket, head, speak));
    servers.push(server);
    return clientOf(server.url);
  }

  const frame = (channel: number, content: string | Buffer) =>
    Buffer.concat([Buffer.of(channel), Buffer.from(content)]);

  describe('to a port', () => {
    it('carries bytes there and back, and ends with either side', async () => {
      cluster.onForward = (pod, port) => {
        assert.deepEqual([pod, port], ['web-0', 8080]);
        return (echo.address() as AddressInfo).port;
      };
      const stream = await client.forwardPort(web, 8080, signal);
      stream.write('a few words');
      const [chunk] = await once(stream, 'data');
      assert.equal(String(chunk), 'a few words');
      assert.ok(cluster.requests.includes('get pods/portforward web-0'));
      stream.destroy();
      await once(stream, 'close');
    });

    it('ends when the server ends it', async () => {
      const closing = await speaking((socket) => {
        for (const channel of [0, 1]) socket.send(frame(channel, Buffer.of(0x90, 0x1f)));
        socket.send(frame(0, 'last words'));
        socket.close();
      });
      const stream = await closing.forwardPort(web, 8080, signal);
      assert.equal(await text(stream), 'last words');
    });

    it('breaks with the server’s reason when nothing listens there', async () => {
      cluster.onForward = () => undefined;
      const broken = async () => {
        const stream = await client.forwardPort(web, 8081, signal);
        const [error] = await once(stream, 'error');
        throw error;
      };
      await assert.rejects(broken(), {
        constructor: ConnectionError,
        message: 'error: error forwarding port 8081 to pod web-0',
      });
    });

    it('is closed at the server when it is ended here', async () => {
      const closed = Promise.withResolvers<void>();
      const watching = await speaking((socket) => {
        for (const channel of [0, 1]) socket.send(frame(channel, Buffer.of(0x90, 0x1f)));
        socket.once('close', () => closed.resolve());
      });
      const stream = await watching.forwardPort(web, 8080, signal);
      stream.destroy();
      await closed.promise;
    });

    it('is ended by its signal', async () => {
      cluster.onForward = () => (echo.address() as AddressInfo).port;
      const stop = new AbortController();
      const stream = await client.forwardPort(web, 8080, stop.signal);
      stream.resume();
      stop.abort();
      await once(stream, 'end');
      await assert.rejects(client.forwardPort(web, 8080, stop.signal));
    });

    it('breaks when the server invents a channel', async () => {
      const inventing = await speaking((socket) => {
        for (const channel of [0, 1]) socket.send(frame(channel, Buffer.of(0x90, 0x1f)));
        socket.send(frame(7, 'x'));
      });
      const stream = await inventing.forwardPort(web, 8080, signal);
      stream.resume();
      await once(stream, 'end');
    });
  });

  describe('to a program', () => {
    it('gives its outputs and its exit code', async () => {
      cluster.onExec = (pod, container, command) => {
        assert.deepEqual([pod, container, command], ['web-0', 'main', ['echo', 'a b']]);
        return { stdout: 'größe\n', stderr: 'a warning\n' };
      };
      assert.deepEqual(await client.execute(web, 'main', ['echo', 'a b'], signal), {
        exitCode: 0,
        stdout: 'größe\n',
        stderr: 'a warning\n',
      });
      assert.ok(cluster.requests.includes('get pods/exec web-0'));
    });

    it('gives an exit code that is not 0', async () => {
      cluster.onExec = () => ({ exitCode: 3, stdout: 'some' });
      assert.deepEqual(await client.execute(web, 'main', ['false'], signal), {
        exitCode: 3,
        stdout: 'some',
        stderr: '',
      });
    });

    it('says why the program cannot be run', async () => {
      cluster.onExec = () => 'no such container';
      await assert.rejects(client.execute(web, 'other', ['true'], signal), {
        constructor: ConnectionError,
        message: 'error: no such container',
      });
    });

    it('says when the server gives no reason', async () => {
      const mute = await speaking((socket) => socket.send(frame(3, JSON.stringify({ status: 'Failure' }))));
      await assert.rejects(mute.execute(web, 'main', ['true'], signal), {
        constructor: ConnectionError,
        message: 'error: the program could not be run',
      });
    });

    for (const [what, speak] of [
      ['that ends first', (socket: WebSocket) => socket.close()],
      ['whose status is not JSON', (socket: WebSocket) => socket.send(frame(3, 'no JSON'))],
      ['whose message is too long', (socket: WebSocket) => socket.send(frame(1, 'x'.repeat(1024 * 1024)))],
    ] as const) {
      it(`is broken off by a connection ${what}`, async () => {
        const breaking = await speaking(speak);
        await assert.rejects(breaking.execute(web, 'main', ['true'], signal), {
          constructor: ConnectionError,
          message: 'error: the connection ended before the program did',
        });
      });
    }

    it('keeps no more than some of an output without end', async () => {
      const chatty = await speaking((socket) => {
        for (let sent = 0; sent < 40; sent++) socket.send(frame(1, 'x'.repeat(100_000)));
        socket.send(frame(3, JSON.stringify({ status: 'Success' })));
      });
      const { stdout } = await chatty.execute(web, 'main', ['yes'], signal);
      assert.equal(stdout.length, 1_100_000);
    });
  });

  for (const [what, ask] of [
    ['a port', (refused: Client) => refused.forwardPort(web, 8080, signal)],
    ['a program', (refused: Client) => refused.execute(web, 'main', ['true'], signal)],
  ] as const) {
    it(`to ${what} is refused in the server’s words`, async () => {
      await assert.rejects(ask(await refusing(403, forbidden)), {
        constructor: StatusError,
        message: 'Error from server (Forbidden): no',
      });
    });

    it(`to ${what} needs a server`, async () => {
      await assert.rejects(ask(await clientOf('https://127.0.0.1:1')), {
        constructor: ConnectionError,
        message: 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      });
    });
  }

  it('is opened with new credentials when the server refuses the old ones', async () => {
    const tokenFile = files.write('token', 'old');
    const shown: (string | undefined)[] = [];
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
    const server = await serve('https', (_request, response) => sendJson(response, {}, 404));
    servers.push(server);
    server.upgrades((request, socket, head) => {
      shown.push(request.headers.authorization);
      if (request.headers.authorization === 'Bearer new') {
        sockets.handleUpgrade(request, socket, head, (open) => {
          open.send(frame(3, JSON.stringify({ status: 'Success' })));
        });
        return;
      }
      files.write('token', 'new');
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    });
    const renewing = await clientOf(server.url, { tokenFile });
    const { exitCode } = await renewing.execute(web, 'main', ['true'], signal);
    assert.equal(exitCode, 0);
    assert.deepEqual(shown, ['Bearer old', 'Bearer new']);
  });
});
