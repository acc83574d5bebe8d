import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API server without any object, that remembers who asked. */
export interface FakeServer {
  url: string;
  /** The Authorization headers of the requests so far. */
  readonly authorizations: (string | undefined)[];
  /** From now on it takes requests and answers none. */
  hang(): void;
}

/** Listens on loopback for the tests of one `describe`. */
export function fakeServer(): FakeServer {
  let hangs = false;
  const authorizations: (string | undefined)[] = [];
  const fake: FakeServer = {
    url: '',
    authorizations,
    hang() {
      hangs = true;
    },
  };
  const server = createServer((request: IncomingMessage, response) => {
    authorizations.push(request.headers.authorization);
    if (hangs) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: {}, items: [] }));
  });
  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return fake;
}

/** A kubeconfig for it, as JSON. */
export function kubeconfigFor(server: string, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // client-node refuses plain HTTP without insecure-skip-tls-verify.
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'fake', user }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    'current-context': 'fake',
  });
}
