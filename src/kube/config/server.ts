/** Where the API server is, and how it is to prove itself. */
import { X509Certificate } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { readCredential } from '../login/credentials.ts';
import { given } from './choice.ts';
import type { Cluster } from './kubeconfig.ts';

/** How the server is to prove itself. */
export interface ServerTls {
  /** PEM; the authorities of the runtime when undefined. */
  ca?: string[];
  servername?: string;
  rejectUnauthorized: boolean;
}

/** `DefaultServerURL` of k8s.io/client-go/rest/url_utils.go: a host and port alone will do. */
export function serverUrl(host: string, secure: boolean): URL {
  const noUrl = () => {
    // A password may stand in front of it.
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

/** @throws {ConfigError} when the authority cannot be read, or contradicts that nobody is to be asked */
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
  // Said outright: Node would else take it from NODE_TLS_REJECT_UNAUTHORIZED.
  return {
    // An empty file trusts nobody, which is not the same as none.
    ...(ca !== undefined && { ca: ca === '' ? [] : certificatesIn(ca) }),
    ...given({ servername: cluster['tls-server-name'] }),
    rejectUnauthorized: !skip,
  };
}

/** Passes over what is no certificate, where Node would not read on (`rootCertPool`, k8s.io/client-go/transport). */
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
