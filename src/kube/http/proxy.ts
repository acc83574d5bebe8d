/** The proxy for a server, chosen as client-go does it, with golang.org/x/net/http/httpproxy. */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { ConfigError, ConnectionError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for requests to the server; undefined for a direct connection.
 *
 * @param proxyUrl the cluster's `proxy-url`, which comes before the environment
 * @throws {ConfigError} when `proxyUrl` is not the URL of a proxy
 * @throws {ConnectionError} when the environment's proxy must not be used
 */
export function proxyFor(server: URL, proxyUrl: string | undefined, env: Environment): URL | undefined {
  if (!proxyUrl) return proxyFromEnvironment(server, env);
  const fault = proxyUrlFault(proxyUrl);
  if (fault !== undefined) throw new ConfigError(`error: ${fault}`);
  return new URL(proxyUrl);
}

/**
 * Why a cluster's `proxy-url` cannot be used; undefined when it can. Source: `parseProxyURL`,
 * client-go/tools/clientcmd/helpers.go.
 */
export function proxyUrlFault(proxyUrl: string): string | undefined {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(proxyUrl)?.[1]?.toLowerCase() ?? '';
  const supported = scheme === 'http' || scheme === 'https' || scheme === 'socks5';
  const opaque = scheme === '' && /^[^/]*:/.test(proxyUrl);
  const parsed = supported ? parseUrl(proxyUrl) !== undefined : !malformed.test(proxyUrl) && !opaque;
  if (!parsed) return `could not parse: ${proxyUrl}`;
  return supported ? undefined : `unsupported scheme "${scheme}", must be http, https, or socks5`;
}

/** Characters that Go's url.Parse refuses anywhere in a URL. */
const malformed = /\p{Cc}|%(?![\da-f]{2})/iu;
const withAuthority = /^[a-z][a-z\d+.-]*:\/\/(?:[\w.~!$&'()*+,;=:%@-]*@)?[^@/?#\\\s]+(?:[/?#]|$)/i;

/** As strict as Go: `URL` alone would accept spaces, backslashes and missing slashes. */
function parseUrl(text: string): URL | undefined {
  return withAuthority.test(text) && !malformed.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * Source: `Config.ProxyFunc` of httpproxy, behind `NewProxierWithNoProxyCIDR` of apimachinery/pkg/util/net/http.go. As
 * there, a value that is not a URL counts as none.
 */
function proxyFromEnvironment(server: URL, env: Environment): URL | undefined {
  const either = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const secure = server.protocol === 'https:';
  const value = either(secure ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const proxy = parseUrl(value) ?? parseUrl(`http://${value}`);
  if (proxy === undefined) return undefined;
  if (!secure && env['REQUEST_METHOD']) {
    throw new ConnectionError(
      'Unable to connect to the server: refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy',
    );
  }
  return goesStraight(server, either('NO_PROXY')) ? undefined : proxy;
}

/** Source: `config.init` and `useProxy` of httpproxy. */
function goesStraight(server: URL, noProxy: string): boolean {
  const { host } = addressOf(server);
  const rules = noProxy.split(',').map((rule) => rule.trim().toLowerCase());
  if (host === 'localhost' || rules.includes('*')) return true;
  const matches = isIP(host) ? matchesAddress : matchesName;
  return [...loopback, ...rules].some((rule) => matches(host, portOf(server), rule));
}

const loopback = ['127.0.0.0/8', '::1'];

function matchesAddress(address: string, port: string, rule: string): boolean {
  const matching = new BlockList();
  const [, base = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(rule) ?? [];
  // `ParseCIDRSloppy` reads numbers with leading zeros as decimal.
  const network = base.includes(':') ? base : base.replace(/\b0+(?=\d)/g, '');
  if (isIP(network)) {
    if (Number(bits) <= (isIP(network) === 4 ? 32 : 128)) matching.addSubnet(network, Number(bits), family(network));
  } else {
    const { host, port: only } = splitPort(rule);
    if (isIP(host) && (only === '' || only === port)) matching.addAddress(host, family(host));
  }
  return matching.check(address, family(address));
}

function matchesName(name: string, port: string, rule: string): boolean {
  const { host, port: only } = splitPort(rule);
  const domain = host.replace(/^\*?\./, '');
  if (host === '' || isIP(host) || (only !== '' && only !== port)) return false;
  const ascii = domainToASCII(domain) || domain;
  return name.endsWith(`.${ascii}`) || (domain === host && name === ascii);
}

/** As net.SplitHostPort: a rule that is not `host:port` or `[host]:port` is a host. */
function splitPort(rule: string): { host: string; port: string } {
  const [whole, bracketed, plain = '', port = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(rule) ?? [];
  return whole === undefined ? { host: rule, port: '' } : { host: bracketed ?? plain, port };
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

const usualPorts: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'socks5:': '1080',
  'socks5h:': '1080',
};

export function portOf({ port, protocol }: URL): string {
  return port || (usualPorts[protocol] ?? '0');
}

/** The address for a socket: without the brackets that a URL has around an IPv6 address. */
export function addressOf(url: URL): { host: string; port: number } {
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(portOf(url)) };
}
