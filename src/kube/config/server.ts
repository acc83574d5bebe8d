/** The API server's address, and how its certificate is verified. */
import { X509Certificate } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { readCredential } from '../login/credentials.ts';
import { given } from './choice.ts';
import type { Cluster } from './kubeconfig.ts';

/** How the server's certificate is verified. */
export interface ServerTls {
  /** The authorities to trust, as PEM; undefined for those of the system. */
  ca?: string[];
  servername?: string;
  rejectUnauthorized: boolean;
}

/**
 * The server's URL: `DefaultServerURL` of k8s.io/client-go/rest/url_utils.go.
 *
 * @param host a URL, or a host with or without a port
 * @param secure whether a host without a scheme is reached by https
 * @throws {ConfigError} when it is neither
 */
export function serverUrl(host: string, secure: boolean): URL {
  const noUrl = () => {
    // There may be a password before the host.
    const shown = host.replace(/(\/\/|^).*@/s, '$1xxxxx@');
    return new ConfigError(`error: host must be a URL or a host:port pair: ${JSON.stringify(shown)}`);
  };
  if (host.startsWith('/')) throw noUrl();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\/./i.test(host);
  const base = hasScheme ? host : `${secure ? 'https' : 'http'}://${host}`;
  const [, port = ''] = /:(\d+)\/?$/.exec(base) ?? [];
  if (Number(port) > 65_535) {
    throw new ConfigError(`Unable to connect to the server: dial tcp: address ${port}: invalid port`);
  }
  if (!URL.canParse(base)) throw noUrl();
  const url = new URL(base);
  if (url.host === '' || (!hasScheme && url.pathname !== '/')) throw noUrl();
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(
      `Unable to connect to the server: unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`,
    );
  }
  return url;
}

/** @throws {ConfigError} when the authority cannot be read, or comes together with `insecure-skip-tls-verify` */
export function serverTls(cluster: Cluster): ServerTls {
  const {
    'certificate-authority': path,
    'certificate-authority-data': data,
    'insecure-skip-tls-verify': skip,
  } = cluster;
  if (skip && (path || data)) {
    throw new ConfigError('error: specifying a root certificates file with the insecure flag is not allowed');
  }
  const ca = data ? Buffer.from(data, 'base64').toString('utf8') : path ? readCredential(path) : undefined;
  return {
    // An empty file means that no authority is trusted; no file means that the system's are.
    ...(ca !== undefined && { ca: ca === '' ? [] : certificatesIn(ca) }),
    ...given({ servername: cluster['tls-server-name'] }),
    // Always set: otherwise Node would use NODE_TLS_REJECT_UNAUTHORIZED.
    rejectUnauthorized: !skip,
  };
}

/**
 * The certificates in a PEM file. Other blocks are skipped as in `rootCertPool` of k8s.io/client-go/transport; Node
 * would stop at the first of them.
 */
function certificatesIn(pem: string): string[] {
  const blocks = [...pem.matchAll(/^-----BEGIN (.+?)-----[ \t]*\r?\n.*?^-----END \1-----/gms)];
  const certificates = blocks.flatMap(([block, type]) => (type === 'CERTIFICATE' ? [block] : []));
  const good = certificates.filter(isCertificate);
  if (good.length > 0) return good;
  const other = blocks.length > 0 ? 'no valid certificate authority data seen' : 'unable to parse bytes as PEM block';
  const fault = certificates.length > 0 ? 'failed to parse certificate: x509: malformed certificate' : other;
  throw new ConfigError(`error: unable to load root certificates: ${fault}`);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
