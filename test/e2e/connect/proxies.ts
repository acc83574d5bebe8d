/** Proxies between here and the server, which is the stand by a name that only a proxy knows. */

import { certificate } from '../../kube/certificate.ts';
import { badProxy, httpProxy, type LoopbackProxy, socksProxy } from '../../kube/http/proxies.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { standProxy } from '../servers/stand-proxy.ts';
import { type Case, differs } from './compare.ts';
import { base64, config, people, stand } from './configs.ts';

interface By {
  /** Default: an HTTP proxy to the stand. */
  proxy?: () => Promise<LoopbackProxy>;
  /** The cluster’s proxy-url, by the proxy’s port; none without it. */
  url?: (port: number) => string;
  /** The value of `--proxy-url`, by the proxy’s port; not given without it. */
  flag?: (port: number) => string;
  env?: (port: number) => Record<string, string>;
  /** Default: https://kubernetes.default, a name in the stand’s certificate. */
  server?: string;
  cluster?: () => object;
}

const standPort = () => Number(new URL(sharedStand().server).port);

/** A case by its proxy; what that was asked for is compared too. */
function by(
  name: string,
  { proxy = () => httpProxy('http', standPort()), url, flag, env, server = 'https://kubernetes.default', cluster }: By,
): Case {
  return {
    name,
    make: async (at) => {
      const one = await proxy();
      at.after(() => one.close());
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          cluster: { ...stand(), server, ...(url && { 'proxy-url': url(one.port) }), ...cluster?.() },
          user: (await people()).alice,
        }),
        args: flag ? [`--proxy-url=${flag(one.port)}`] : [],
        env: env?.(one.port) ?? {},
        found: () => [...new Set(one.asked.splice(0).map((asked) => JSON.stringify(asked)))],
      };
    },
  };
}

const http = (port: number) => `http://127.0.0.1:${port}`;
const noName = 'https://-.invalid';
const noPort = 'http://127.0.0.1:1';
const both = () => base64(`${Buffer.from(stand()['certificate-authority-data'], 'base64')}\n${certificate}`);

/** A case by HTTPS_PROXY and what NO_PROXY makes of it. */
function unless(noProxy: string, server = 'https://kubernetes.default'): Case {
  return by(`HTTPS_PROXY with NO_PROXY ${noProxy} for ${server}`, {
    server,
    env: (port) => ({ HTTPS_PROXY: http(port), NO_PROXY: noProxy }),
  });
}

export const proxyCases: Case[] = [
  by('proxy-url', { url: http }),
  by('--proxy-url', { flag: http }),
  by('--proxy-url before the cluster’s', { url: () => noPort, flag: http }),
  by('--proxy-url before the environment’s', { env: () => ({ HTTPS_PROXY: noPort }), flag: http }),
  by('--proxy-url, empty', { url: http, flag: () => '' }),
  by('--proxy-url that is none', { flag: () => 'ftp://p.invalid' }),
  by('proxy-url with a slash', { url: (port) => `${http(port)}/` }),
  by('proxy-url with a user', { url: (port) => `http://u%40x:p%3Aw@127.0.0.1:${port}` }),
  by('proxy-url with a user alone', { url: (port) => `http://u@127.0.0.1:${port}` }),
  by('proxy-url in capitals', { url: (port) => `HTTP://LOCALHOST:${port}` }),
  by('proxy-url for a server on loopback', { url: http, server: 'https://127.0.0.1:7' }),
  by('proxy-url for a server with a port', { url: http, server: 'https://kubernetes.default:6443' }),
  by('proxy-url for a server at ::1', { url: http, server: 'https://[::1]:7' }),
  by('proxy-url for a server with letters beyond ASCII', {
    url: http,
    server: 'https://bücher.example',
    cluster: () => ({ 'tls-server-name': 'kubernetes' }),
  }),
  by('proxy-url without a scheme', { url: (port) => `127.0.0.1:${port}` }),
  by('proxy-url without a scheme, by name', { url: (port) => `localhost:${port}` }),
  by('proxy-url with a scheme that is none', { url: (port) => `ftp://127.0.0.1:${port}` }),
  by('proxy-url by socks4', { url: (port) => `socks4://127.0.0.1:${port}` }),
  by('proxy-url that is rubbish', { url: () => '://' }),
  by('proxy-url with a port that is none', { url: () => 'http://127.0.0.1:port' }),
  differs(by('proxy-url without a host', { url: () => 'http://' }), 'Addresses that are none', [
    `error: invalid 'proxy-url' "http://" for cluster "one": could not parse: http://`,
  ]),
  by('proxy-url that is empty', { url: () => '', server: 'https://127.0.0.1:1' }),
  by('proxy-url that refuses', { url: () => noPort }),
  by('proxy-url whose name nobody knows', { url: () => 'http://-.invalid:3128' }),
  by('proxy-url over HTTPS_PROXY', { url: http, env: () => ({ HTTPS_PROXY: noPort }) }),
  by('proxy-url and NO_PROXY', { url: http, env: () => ({ NO_PROXY: '*' }) }),
  by('proxy-url with insecure-skip-tls-verify', {
    url: http,
    cluster: () => ({ 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true }),
  }),
  by('proxy-url, and a name that the certificate lacks', { url: http, server: 'https://elsewhere.example' }),
  by('proxy-url by https', {
    proxy: () => httpProxy('https', standPort()),
    url: (port) => `https://127.0.0.1:${port}`,
    cluster: () => ({ 'certificate-authority-data': both() }),
  }),
  by('proxy-url by https, not known', {
    proxy: () => httpProxy('https', standPort()),
    url: (port) => `https://127.0.0.1:${port}`,
  }),
  by('proxy-url by https, with insecure-skip-tls-verify', {
    proxy: () => httpProxy('https', standPort()),
    url: (port) => `https://u:p@127.0.0.1:${port}`,
    cluster: () => ({ 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true }),
  }),
  by('proxy-url by https to one that speaks no TLS', { url: (port) => `https://127.0.0.1:${port}` }),
  by('proxy-url by socks5', { proxy: () => socksProxy(standPort()), url: (port) => `socks5://127.0.0.1:${port}` }),
  by('proxy-url by socks5h', { proxy: () => socksProxy(standPort()), url: (port) => `socks5h://127.0.0.1:${port}` }),
  by('proxy-url by socks5 for an address', {
    proxy: () => socksProxy(standPort()),
    url: (port) => `socks5://127.0.0.1:${port}`,
    server: 'https://127.0.0.1:7',
  }),
  by('proxy-url by socks5 with a password', {
    proxy: () => socksProxy(standPort(), 'p:w'),
    url: (port) => `socks5://u:p%3Aw@127.0.0.1:${port}`,
  }),
  by('proxy-url by socks5 with a wrong password', {
    proxy: () => socksProxy(standPort(), 'p'),
    url: (port) => `socks5://u:wrong@127.0.0.1:${port}`,
  }),
  by('proxy-url by socks5 that refuses', { url: () => 'socks5://127.0.0.1:1' }),
  by('proxy-url by socks5 that cannot reach it', {
    proxy: () => badProxy([5, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]),
    url: (port) => `socks5://127.0.0.1:${port}`,
  }),
  ...['407 Proxy Authentication Required', '403 Forbidden', '502 Bad Gateway', '503 Service Unavailable', '200'].map(
    (status) =>
      by(`proxy-url to one that answers ${status}`, {
        proxy: () => badProxy(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`, 'rubbish'),
        url: http,
      }),
  ),
  by('proxy-url to one that says rubbish', { proxy: () => badProxy('rubbish\r\n\r\n'), url: http }),
  {
    name: 'proxy-url for plain HTTP',
    make: async (at) => {
      const server = await standProxy({ tls: undefined });
      const proxy = await httpProxy('http', server.port);
      at.after(() => {
        server.close();
        proxy.close();
      });
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          cluster: { server: 'http://plain.example', 'proxy-url': `http://u:p@127.0.0.1:${proxy.port}` },
          user: {},
        }),
        // A URL whole, without what is asked there.
        found: () => [
          ...new Set(
            proxy.asked.splice(0).map(({ what, who }) => `${new URL(what.split(' ')[1] ?? '').origin} ${who}`),
          ),
        ],
      };
    },
  },
  by('HTTPS_PROXY', { env: (port) => ({ HTTPS_PROXY: http(port) }) }),
  by('https_proxy', { env: (port) => ({ https_proxy: http(port) }) }),
  by('HTTPS_PROXY and https_proxy', { env: (port) => ({ HTTPS_PROXY: http(port), https_proxy: noPort }) }),
  by('HTTPS_PROXY that is empty, and https_proxy', { env: (port) => ({ HTTPS_PROXY: '', https_proxy: http(port) }) }),
  by('HTTPS_PROXY without a scheme', { env: (port) => ({ HTTPS_PROXY: `127.0.0.1:${port}` }) }),
  by('HTTPS_PROXY with a user', { env: (port) => ({ HTTPS_PROXY: `http://u:p@127.0.0.1:${port}` }) }),
  by('HTTPS_PROXY that is rubbish', { env: () => ({ HTTPS_PROXY: 'http://[::1' }) }),
  by('HTTPS_PROXY by socks5', {
    proxy: () => socksProxy(standPort()),
    env: (port) => ({ HTTPS_PROXY: `socks5://127.0.0.1:${port}` }),
  }),
  by('HTTP_PROXY, which is not for HTTPS', { env: (port) => ({ HTTP_PROXY: http(port), HTTPS_PROXY: noPort }) }),
  by('HTTP_PROXY for plain HTTP that refuses', { server: 'http://plain.example', env: () => ({ HTTP_PROXY: noPort }) }),
  by('HTTP_PROXY in a CGI program', {
    server: 'http://plain.example',
    env: () => ({ HTTP_PROXY: noPort, REQUEST_METHOD: 'GET' }),
  }),
  by('HTTPS_PROXY for loopback, which goes through none', {
    server: 'https://127.0.0.1:1',
    env: (port) => ({ HTTPS_PROXY: http(port) }),
  }),
  by('HTTPS_PROXY for localhost, which goes through none', {
    server: 'https://localhost:1',
    env: (port) => ({ HTTPS_PROXY: http(port) }),
  }),
  by('HTTPS_PROXY that refuses', { env: () => ({ HTTPS_PROXY: noPort }) }),
  unless('other.example'),
  unless('ubernetes.default'),
  unless('kubernetes.default:6443'),
  unless('', 'https://kubernetes.default'),
  // No resolver takes that name, and the proxy is not asked.
  ...['127.0.0.0/8,*.invalid', '.invalid', 'invalid', ' -.invalid ,x', '-.INVALID', '-.invalid:443', '*'].map(
    (noProxy) => unless(noProxy, noName),
  ),
  by('HTTPS_PROXY with no_proxy', {
    server: noName,
    env: (port) => ({ HTTPS_PROXY: http(port), no_proxy: '-.invalid' }),
  }),
  by('HTTPS_PROXY with NO_PROXY and no_proxy', {
    server: noName,
    env: (port) => ({ HTTPS_PROXY: http(port), NO_PROXY: '-.invalid', no_proxy: 'other' }),
  }),
];
