/** Cases that combine ways to connect, where the other files of cases change one thing at a time. */
import { gzipSync } from 'node:zlib';
import { httpProxy, type LoopbackProxy, socksProxy } from '../../kube/http/proxies.ts';
import * as certificates from '../servers/certificates.ts';
import { listOfSets, type ProxyOptions, type StandProxy } from '../servers/stand-proxy.ts';
import type { Case, Place, Setup } from './compare.ts';
import { base64, config } from './configs.ts';
import { pairwise } from './pairwise.ts';

interface Draft {
  at: Place;
  /** What the loopback server is to be. */
  options: ProxyOptions;
  cluster: Record<string, unknown>;
  user: Record<string, unknown>;
  args: string[];
  env: Record<string, string>;
}

/** Changes a draft before the server is there. */
type Before = (draft: Draft) => void;
/** The same, when it is. */
type After = (draft: Draft, server: StandProxy) => void | Promise<void>;

const answer: Record<string, Before> = {
  'a list': () => {},
  'a list in gzip': ({ options }) => {
    options.own = (_, response, path) => {
      if (!listOfSets.test(path)) return false;
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"kind":"StatefulSetList","apiVersion":"apps/v1","metadata":{},"items":[]}'));
      return true;
    };
  },
  'a refusal': ({ options }) => {
    options.own = (_, response, path) => {
      if (!listOfSets.test(path)) return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(
        '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}',
      );
      return true;
    };
  },
};

const authority = { 'certificate-authority-data': base64(certificates.authority) };

const server: Record<string, Before> = {
  'a server of TLS': ({ cluster }) => void Object.assign(cluster, authority),
  'a server whose authority is in a file': ({ at, cluster }) => {
    cluster['certificate-authority'] = at.file('authority.crt', certificates.authority);
  },
  'a server whose authority the system knows': ({ at, env }) => {
    env['SSL_CERT_FILE'] = at.file('roots.pem', certificates.authority);
  },
  'a server that is not checked': ({ cluster }) => {
    cluster['insecure-skip-tls-verify'] = true;
  },
  'a server by tls-server-name': ({ options, cluster }) => {
    options.tls = { cert: certificates.elsewhere, key: certificates.elsewhereKey };
    Object.assign(cluster, authority, { 'tls-server-name': 'elsewhere.example' });
  },
  'a server behind a path': ({ options, cluster }) => {
    options.prefix = '/k8s/clusters/c-1';
    Object.assign(cluster, authority);
  },
  'a server of plain HTTP': ({ options }) => {
    options.tls = undefined;
  },
};

/** The server by a name that a proxy alone knows. */
function hidden({ cluster }: Draft, { url }: StandProxy): void {
  const { protocol, pathname } = new URL(url);
  cluster['server'] = `${protocol}//hidden.example${pathname === '/' ? '' : pathname}`;
  if (protocol === 'https:') cluster['tls-server-name'] ??= 'localhost';
}

async function opened({ at }: Draft, proxy: Promise<LoopbackProxy>): Promise<number> {
  const { port, close } = await proxy;
  at.after(close);
  return port;
}

const way: Record<string, After> = {
  straight: () => {},
  'by an HTTP proxy': async (draft, server) => {
    hidden(draft, server);
    draft.cluster['proxy-url'] = `http://u:p@127.0.0.1:${await opened(draft, httpProxy('http', server.port))}`;
  },
  'by a SOCKS5 proxy': async (draft, server) => {
    hidden(draft, server);
    draft.cluster['proxy-url'] = `socks5://127.0.0.1:${await opened(draft, socksProxy(server.port))}`;
  },
  'by the proxy of the environment': async (draft, server) => {
    hidden(draft, server);
    const url = `http://127.0.0.1:${await opened(draft, httpProxy('http', server.port))}`;
    Object.assign(draft.env, { HTTPS_PROXY: url, HTTP_PROXY: url });
  },
};

/** A credential plugin that prints this. */
function exec({ at, user }: Draft, status: object): void {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const printed = JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
  const command = at.file('bin/credentials', `#!/bin/sh\nprintf '%s\\n' '${printed}'\n`, 0o700);
  user['exec'] = { apiVersion, interactiveMode: 'Never', command };
}

const { person: certificate, personKey: key } = certificates;
const idToken = ['{"alg":"none"}', '{"exp":4000000000}', 'signature']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

const credentials: Record<string, After> = {
  'a token': ({ user }) => {
    user['token'] = 'secret';
  },
  'a token in a file': ({ at, user }) => {
    user['tokenFile'] = at.file('token', 'secret\n');
  },
  'a name and a password': ({ user }) => void Object.assign(user, { username: 'u', password: 'p' }),
  'a certificate': ({ user }) =>
    void Object.assign(user, { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) }),
  'a plugin’s token': (draft) => exec(draft, { token: 'from-plugin' }),
  'a plugin’s certificate': (draft) => exec(draft, { clientCertificateData: certificate, clientKeyData: key }),
  'an id-token': ({ user }) => {
    const fields = { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'c', 'id-token': idToken };
    user['auth-provider'] = { name: 'oidc', config: fields };
  },
};

const person: Record<string, After> = {
  oneself: () => {},
  'somebody of the kubeconfig': ({ user }) => void Object.assign(user, { as: 'carol', 'as-groups': ['a', 'b'] }),
  'somebody of flags': ({ args }) => void args.push('--as', 'dora', '--as-group', 'c', '--as-user-extra', 'k=v'),
};

const flags: Record<string, After> = {
  'no other flag': () => {},
  '--disable-compression': ({ args }) => void args.push('--disable-compression'),
  '--request-timeout': ({ args }) => void args.push('--request-timeout=15s'),
};

/** Where the kubeconfig is. */
const place: Record<string, (at: Place, file: object) => Setup> = {
  KUBECONFIG: (_, file) => ({ kubeconfig: file }),
  '~/.kube/config': (at, file) => {
    at.file('home/.kube/config', file);
    return {};
  },
  '--kubeconfig': (at, file) => ({ args: ['--kubeconfig', at.file('other', file)] }),
};

const factors = [answer, server, way, credentials, person, flags, place].map((ways) => Object.keys(ways));

export const sizes = factors.map((ways) => ways.length);

/** Each two ways of different kinds meet in one of them. */
export const combinedCases: Case[] = pairwise(sizes).map((row) => {
  const names = row.map((at, factor) => factors[factor]?.[at] ?? '');
  return { name: names.join(', '), make: (at) => setupOf(names, at) };
});

async function setupOf(names: readonly string[], at: Place): Promise<Setup> {
  const [whatAnswer = '', whichServer = '', whichWay = '', whose = '', asWhom = '', which = '', where = ''] = names;
  const draft: Draft = { at, options: {}, cluster: {}, user: {}, args: [], env: {} };
  answer[whatAnswer]?.(draft);
  server[whichServer]?.(draft);
  const met = await at.serve('loopback', draft.options);
  draft.cluster['server'] = met.url;
  for (const change of [way[whichWay], credentials[whose], person[asWhom], flags[which]]) await change?.(draft, met);
  const { cluster, user, args, env } = draft;
  const setup = place[where]?.(at, await config({ namespace: at.namespace, cluster, user }));
  return { ...setup, args: [...args, ...(setup?.args ?? [])], env };
}
