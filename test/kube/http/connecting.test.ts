import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectLimits, watchSocket } from '#src/kube/http/connecting.ts';
import { connectionError, type Phase } from '#src/kube/http/networkerror.ts';
import { certificate } from '../certificate.ts';
import { type LoopbackServer, sendJson, serve } from '../server.ts';

describe('a connection to a server', () => {
  /** Accepts connections, and never says a word. */
  let silent: Server;
  let port: number;
  let server: LoopbackServer;
  const sockets: Socket[] = [];
  before(async () => {
    silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    ({ port } = silent.address() as AddressInfo);
    server = await serve('https', (_request, response) => sendJson(response, {}));
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    server.close();
  });

  it('may take as long as with kubectl', () => {
    assert.deepEqual(connectLimits, { dial: 30_000, handshake: 10_000 });
  });

  it('is given up when the TLS handshake takes too long', async () => {
    const phases: Phase[] = [];
    const socket = connectTls({ host: '127.0.0.1', port });
    watchSocket(socket, (phase) => phases.push(phase), { dial: 60_000, handshake: 5 });
    const [error] = await once(socket, 'error');
    assert.equal(
      connectionError(error, new URL('https://server.test')).message,
      'Unable to connect to the server: net/http: TLS handshake timeout',
    );
    assert.deepEqual(phases, ['connecting']);
  });

  it('is given up when nobody accepts it in time', async () => {
    // A name that is never looked up to its end.
    const socket = connect({ host: 'server.test', port, lookup() {} });
    watchSocket(socket, () => {}, { dial: 5, handshake: 60_000 });
    const [error] = await once(socket, 'error');
    assert.equal(
      connectionError(error, new URL('https://server.test:6443')).message,
      'Unable to connect to the server: dial tcp server.test:6443: i/o timeout',
    );
  });

  it('waits for the answer once TLS stands, and no limit ends it any more', async () => {
    const phases: Phase[] = [];
    const { port } = new URL(server.url);
    const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca: certificate });
    watchSocket(socket, (phase) => phases.push(phase), { dial: 60_000, handshake: 60_000 });
    await once(socket, 'secureConnect');
    assert.deepEqual(phases, ['connecting', 'waiting']);
    watchSocket(socket, (phase) => phases.push(phase), connectLimits);
    assert.deepEqual(phases, ['connecting', 'waiting', 'waiting']);
    socket.destroy();
  });

  it('without TLS waits for the answer once it is accepted', async () => {
    const phases: Phase[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    watchSocket(socket, (phase) => phases.push(phase), { dial: 60_000, handshake: 60_000 });
    await once(socket, 'connect');
    assert.deepEqual(phases, ['connecting', 'waiting']);
    socket.destroy();
  });
});
