/**
 * Why a TLS handshake failed, in Go's words: with the dates and names that tell a person what to do. Where Node's error
 * lacks them, they come from a second connection to the server, without credentials.
 */

import { connect, isIP } from 'node:net';
import tls, { type PeerCertificate } from 'node:tls';
import { formatTime } from '#src/objects/time.ts';
import type { ConnectionError } from '../errors.ts';
import { certificateError, plainHttpError } from './networkerror.ts';
import { addressOf } from './proxy.ts';

/** Milliseconds for the second connection. The error that it explains is known already. */
const patience = 2_000;

/**
 * @param error of a request
 * @param tls the name that the certificate must have, and whether a proxy stands between, so that no second connection
 *   can be made
 * @param now milliseconds since the epoch
 * @returns undefined when there is nothing to add to the error
 */
export async function handshakeFault(
  error: NodeJS.ErrnoException & { cert?: PeerCertificate; host?: string },
  server: URL,
  { servername, proxied }: { servername?: string; proxied: boolean },
  now: () => number,
): Promise<ConnectionError | undefined> {
  const address = addressOf(server);
  const name = servername ?? address.host;
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID' && error.cert) return certificateError(nameFault(error.cert, name));
  if (proxied) return undefined;
  if (error.code === 'CERT_HAS_EXPIRED' || error.code === 'CERT_NOT_YET_VALID') {
    const certificate = await certificateOf(address, name);
    return certificate && certificateError(timeFault(certificate, now()));
  }
  // OpenSSL's codes for an answer that is not TLS.
  if (server.protocol === 'https:' && (error.code === 'EPROTO' || error.code === 'ERR_SSL_WRONG_VERSION_NUMBER')) {
    return (await speaksHttp(address)) ? plainHttpError() : undefined;
  }
  return undefined;
}

/**
 * As in Go, refuses a certificate without alternative names. Node would accept its common name.
 * Source: `VerifyHostname`, crypto/x509/verify.go.
 */
export function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname) return tls.checkServerIdentity(host, certificate);
  return Object.assign(new Error('no alternative names'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', cert: certificate });
}

interface Address {
  host: string;
  port: number;
}

function certificateOf(address: Address, name: string): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    // The handshake carries no credentials, so a wrong server learns nothing.
    const socket = tls.connect({ ...address, servername: isIP(name) ? '' : name, rejectUnauthorized: false });
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function speaksHttp(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    // An HTTP server answers this malformed request in HTTP.
    const socket = connect(address, () => socket.write('x\r\n\r\n'));
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.subarray(0, 5).toString('latin1') === 'HTTP/');
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

/** `CertificateInvalidError` of crypto/x509 */
function timeFault(certificate: PeerCertificate, now: number): string {
  const from = Date.parse(certificate.valid_from);
  const bound = now < from ? `before ${formatTime(from)}` : `after ${formatTime(Date.parse(certificate.valid_to))}`;
  return `certificate has expired or is not yet valid: current time ${formatTime(now)} is ${bound}`;
}

/** `HostnameError` of crypto/x509 */
function nameFault({ subject, subjectaltname = '' }: PeerCertificate, host: string): string {
  const names = (kind: string) =>
    subjectaltname.split(', ').flatMap((name) => (name.startsWith(kind) ? name.slice(kind.length) : []));
  if (!subjectaltname && subject?.CN === host) {
    return 'certificate relies on legacy Common Name field, use SANs instead';
  }
  const valid = isIP(host) ? names('IP Address:') : names('DNS:');
  if (isIP(host) && valid.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  return valid.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${valid.join(', ')}, not ${host}`;
}
