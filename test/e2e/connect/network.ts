/** Servers, and the ways to them. */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { sharedStand } from '../../runner/stand-variables.ts';
import * as certificates from '../servers/certificates.ts';
import type { ProxyOptions } from '../servers/stand-proxy.ts';
import { type Case, differs, type Place } from './compare.ts';
import { base64, config, loopback } from './configs.ts';

const somebody = { token: 'secret' };

interface Way {
  server?: ProxyOptions;
  /** Put over the server's address and authority. */
  cluster?: (url: string) => object;
  user?: object;
  args?: readonly string[];
  env?: Record<string, string>;
  needs?: () => string | undefined;
}

/** A case by the server that the kubeconfig names, a proxy of the stand. */
function way(name: string, { server: options, cluster, user = somebody, args = [], env = {}, needs }: Way = {}): Case {
  return {
    name,
    ...(needs && { needs }),
    make: async (at) => {
      const server = await at.serve('loopback', options);
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          cluster: { ...loopback(server), ...cluster?.(server.url) },
          user,
        }),
        args,
        env,
      };
    },
  };
}

/** A case by what a server of TCP does with its connections. */
function raw(
  name: string,
  connected: (socket: Socket) => void,
  { tls, args = ['--request-timeout=5s'] }: { tls?: TlsOptions; args?: string[] } = {},
): Case {
  return {
    name,
    make: async (at) => {
      const url = await listen(at, tls ? createTlsServer(tls, connected) : createServer(connected));
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: loopback({ url }), user: somebody }),
        args,
      };
    },
  };
}

async function listen(at: Place, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  at.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A case where kubectl comes no further than what the API has. */
function atOnce(one: Case): Case {
  return differs(one, 'The list is asked for at once', [
    'Error from server (NotFound): Unable to list "apps/v1, Resource=statefulsets": the server could not find the requested resource (get statefulsets.apps)',
  ]);
}

function noAddress(one: Case, server: string): Case {
  return differs(one, 'Addresses that are none', [
    `error: host must be a URL or a host:port pair: ${JSON.stringify(server)}`,
  ]);
}

const own = { cert: certificates.localhost, key: certificates.localhostKey };
const pairs = {
  expired: { cert: certificates.expired, key: certificates.expiredKey },
  notYetValid: { cert: certificates.notYetValid, key: certificates.notYetValidKey },
  elsewhere: { cert: certificates.elsewhere, key: certificates.elsewhereKey },
  nameless: { cert: certificates.nameless, key: certificates.namelessKey },
};

const withoutCA = () => ({ 'certificate-authority-data': undefined });
const skip = () => ({ 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true });

/** A case by the address of the kubeconfig's cluster. */
function address(name: string, url: string, user: object = somebody): Case {
  return {
    name,
    make: async (at) => ({ kubeconfig: await config({ namespace: at.namespace, cluster: { server: url }, user }) }),
  };
}

export const networkCases: Case[] = [
  way('a server with an authority of its own'),
  way('a server by its name', { cluster: (url) => ({ server: url.replace('127.0.0.1', 'localhost') }) }),
  way('a server by its name in capitals', {
    cluster: (url) => ({ server: url.replace('https://127.0.0.1', 'HTTPS://LOCALHOST') }),
  }),
  way('a server at ::1', { server: { address: '::1' }, needs: ipv6 }),
  way('a server at ::1, without brackets', {
    server: { address: '::1' },
    needs: ipv6,
    cluster: (url) => ({ server: url.replace(/[[\]]/g, '') }),
  }),
  way('a server with a path', { server: { prefix: '/k8s/clusters/c-1' } }),
  way('a server with a path and a slash at its end', {
    server: { prefix: '/k8s/clusters/c-1' },
    cluster: (url) => ({ server: `${url}/` }),
  }),
  way('a server with a path and slashes at its end', {
    server: { prefix: '/k8s/clusters/c-1' },
    cluster: (url) => ({ server: `${url}//` }),
  }),
  atOnce(way('a server with a path that is escaped', { server: { prefix: '/a%2Fb/c' } })),
  way('a server with a blank in its path', { server: { prefix: '/a%20b' } }),
  atOnce(
    way('a server with a path that it does not have', {
      cluster: (url) => ({ server: `${url}/nowhere` }),
      server: { own: (_, response, path) => path.startsWith('/nowhere') && !!response.writeHead(404).end() },
    }),
  ),
  way('a server with a query and a fragment', { cluster: (url) => ({ server: `${url}/?a=b#c` }) }),
  way('a server with a user in its address', {
    cluster: (url) => ({ server: url.replace('https://', 'https://u:p@') }),
    user: {},
  }),
  way('a server with a user in its address, and a token', {
    cluster: (url) => ({ server: url.replace('https://', 'https://u:p@') }),
  }),

  way('plain HTTP: who asks is not told', { server: { tls: undefined } }),
  way('plain HTTP with basic authentication', { server: { tls: undefined }, user: { username: 'u', password: 'p' } }),
  way('plain HTTP with a certificate', {
    server: { tls: undefined },
    user: { 'client-certificate-data': base64(certificates.person), 'client-key-data': base64(certificates.personKey) },
  }),
  way('plain HTTP and nobody', { server: { tls: undefined }, user: {} }),
  way('plain HTTP without an authority', { server: { tls: undefined }, cluster: withoutCA }),
  way('plain HTTP without an authority, with --token', {
    server: { tls: undefined },
    cluster: withoutCA,
    args: ['--token', 'flag'],
  }),
  way('plain HTTP with impersonation', {
    server: { tls: undefined },
    cluster: withoutCA,
    user: { token: 't', as: 'carol' },
  }),
  way('plain HTTP, HTTPS asked for', {
    server: { tls: undefined },
    cluster: (url) => ({ server: url.replace('http:', 'https:') }),
  }),
  way('plain HTTP, no scheme', {
    server: { tls: undefined },
    cluster: (url) => ({ server: url.replace('http://', '') }),
  }),
  way('plain HTTP, no scheme and no authority', {
    server: { tls: undefined },
    cluster: (url) => ({ server: url.replace('http://', ''), 'certificate-authority-data': undefined }),
  }),

  way('an authority that the system does not know', { cluster: withoutCA }),
  way('an authority that the system does not know, checked no more', { cluster: skip }),
  way('another authority', { cluster: () => ({ 'certificate-authority-data': base64(certificates.otherAuthority) }) }),
  way('the server’s certificate as authority', {
    cluster: () => ({ 'certificate-authority-data': base64(certificates.localhost) }),
  }),
  way('an authority of SSL_CERT_FILE', { cluster: withoutCA, env: { SSL_CERT_FILE: '/nowhere' } }),
  {
    name: 'an authority of SSL_CERT_FILE that has signed it',
    make: async (at) => {
      const server = await at.serve('loopback');
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: { server: server.url }, user: somebody }),
        env: { SSL_CERT_FILE: at.file('roots.pem', certificates.authority) },
      };
    },
  },
  {
    name: 'an authority in a folder of SSL_CERT_DIR that has signed it',
    make: async (at) => {
      const server = await at.serve('loopback');
      at.file('roots/one.pem', certificates.authority);
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: { server: server.url }, user: somebody }),
        env: { SSL_CERT_DIR: `${at.folder}/roots` },
      };
    },
  },
  way('Node’s own variables change nothing', { cluster: withoutCA, env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }),
  {
    name: 'Node’s own variables change nothing: an authority of NODE_EXTRA_CA_CERTS that has signed it',
    make: async (at) => {
      const server = await at.serve('loopback');
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: { server: server.url }, user: somebody }),
        env: { NODE_EXTRA_CA_CERTS: at.file('extra.pem', certificates.authority) },
      };
    },
  },
  ...Object.entries(pairs).flatMap(([what, tls]) => [
    way(`a certificate that is ${what}`, { server: { tls } }),
    way(`a certificate that is ${what}, checked no more`, { server: { tls }, cluster: skip }),
  ]),
  way('a certificate for another name, under tls-server-name', {
    server: { tls: pairs.elsewhere },
    cluster: () => ({ 'tls-server-name': 'a.elsewhere.example' }),
  }),
  way('a certificate for another name, under a tls-server-name too deep for its wildcard', {
    server: { tls: pairs.elsewhere },
    cluster: () => ({ 'tls-server-name': 'b.a.elsewhere.example' }),
  }),
  way('a certificate for another name, by localhost', {
    server: { tls: pairs.elsewhere },
    cluster: (url) => ({ server: url.replace('127.0.0.1', 'localhost') }),
  }),
  way('a certificate without names, by localhost', {
    server: { tls: pairs.nameless },
    cluster: (url) => ({ server: url.replace('127.0.0.1', 'localhost') }),
  }),

  address('a port that refuses', 'https://127.0.0.1:1'),
  { ...address('a port that refuses at ::1', 'https://[::1]:1'), needs: ipv6 },
  address('a port that refuses, by localhost', 'https://localhost:1'),
  address('plain HTTP to a port that refuses', 'http://127.0.0.1:1'),
  address('port 0', 'https://127.0.0.1:0'),
  address('an empty port', 'https://127.0.0.1:'),
  address('a negative port', 'https://127.0.0.1:-1'),
  { ...address('a name that nobody knows', 'https://no-such-host.invalid:6443'), needs: names },
  address('a name that is no name', 'https://-.invalid'),
  address('brackets that do not close', 'https://[::1'),
  noAddress(address('an address that is none', 'https://256.256.256.256'), 'https://256.256.256.256'),
  noAddress(address('a percent sign', 'https://%zz'), 'https://%zz'),
  address('a scheme in capitals', 'HTTPS://127.0.0.1:1'),
  address('an unknown scheme', 'unix:///var/run/x.sock'),
  address('a socket scheme with nobody', 'tcp://127.0.0.1:1', {}),

  raw('a server that says rubbish', (socket) => void socket.end('hello\n')),
  raw('a server that says nothing, under --request-timeout', () => {}, { args: ['--request-timeout=1s'] }),
  // Go words it otherwise when the answer comes before the request was written.
  raw('a server of TLS that says rubbish', (socket) => void socket.once('data', () => socket.end('hello\n')), {
    tls: own,
  }),
  raw('a server of TLS that says nothing, under --request-timeout', () => {}, {
    tls: own,
    args: ['--request-timeout=1s'],
  }),
  raw('a server of TLS 1.1', (socket) => socket.end(), {
    tls: { ...own, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
  }),
  raw('a server that wants a certificate', (socket) => socket.end(), {
    tls: { ...own, requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
  }),
  raw('a server that wants a certificate, by TLS 1.3', (socket) => void socket.resume(), {
    tls: { ...own, requestCert: true, rejectUnauthorized: true },
  }),

  {
    name: 'kubectl proxy, without a user',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, cluster: { server: await kubectlProxy(at) }, user: {} }),
    }),
  },
  {
    name: 'kubectl proxy, by --server alone',
    make: async (at) => ({ args: ['-n', at.namespace, '--server', await kubectlProxy(at)] }),
  },
  {
    name: 'kubectl proxy with a path of its own',
    make: async (at) => ({
      kubeconfig: await config({
        namespace: at.namespace,
        cluster: { server: `${await kubectlProxy(at, '--api-prefix=/own')}/own` },
        user: {},
      }),
    }),
  },
];

/** The stand’s kubectl as a proxy, as its administrator. */
async function kubectlProxy(at: Place, ...args: string[]): Promise<string> {
  const { kubectl, kubeconfig } = sharedStand();
  const child = spawn(kubectl, ['proxy', '--port=0', `--kubeconfig=${kubeconfig}`, ...args], {
    env: { HOME: at.folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  at.after(() => child.kill());
  for await (const chunk of child.stdout) {
    const [, address] = /on (\S+)/.exec(String(chunk)) ?? [];
    if (address !== undefined) return `http://${address}`;
  }
  throw new Error('kubectl proxy ended');
}

/** What is missing where names are not asked for: there Go says what went wrong with its own resolver. */
async function names(): Promise<string | undefined> {
  const code = await lookup('no-such-host.invalid').then(
    () => 'found',
    ({ code }: NodeJS.ErrnoException) => code,
  );
  return code === 'ENOTFOUND' ? undefined : 'a resolver that answers';
}

function ipv6(): string | undefined {
  const all = Object.values(networkInterfaces()).flat();
  return all.some((one) => one?.address === '::1') ? undefined : 'IPv6 on loopback';
}
