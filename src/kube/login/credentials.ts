/** Who requests are made as: what each shows to the server, and what else there is to show when it was not enough. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, ConnectionError } from '../errors.ts';
import { fileErrorWords } from '../fileerror.ts';

/** What one request shows of who makes it. A secret: never print it. */
export interface Proof {
  /** The header's value. */
  authorization?: string;
  /** PEM. */
  cert?: string;
  key?: string;
}

export interface Credentials {
  /**
   * For the next request. May run a program, or ask the person.
   *
   * @throws {ConfigError} when there is none to be had
   */
  proof(): Promise<Proof>;
  /** The server did not take `refused` (401): whether there may be another now. */
  renew(refused: Proof): Promise<boolean>;
}

export const nobody: Credentials = { proof: async () => ({}), renew: async () => false };

/** @param token of a flag or a kubeconfig */
export function bearer(token: string): Credentials {
  return fixed({ authorization: bearerHeader(token) });
}

export function basic(username: string, password: string): Credentials {
  return fixed({ authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` });
}

function fixed(proof: Proof): Credentials {
  return { proof: async () => proof, renew: async () => false };
}

export function bearerHeader(token: string): string {
  return headerValue('Authorization', `Bearer ${token}`);
}

/**
 * A header's value as Go sends it: the bytes of UTF-8, which Node takes as one character each.
 *
 * @throws {ConnectionError} over what Go does not send (`ValidHeaderFieldValue`, golang.org/x/net/http/httpguts)
 */
export function headerValue(name: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) {
    throw new ConnectionError(`Unable to connect to the server: net/http: invalid header field value for "${name}"`);
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Milliseconds after which a token is read again: it is replaced in place, in a pod every hour or so (token_source.go).
 */
const tokenPeriod = 50_000;

/**
 * A token in a file, which is read again as time goes by and when the server no longer takes it. While it cannot be
 * read, the last one stays. Source: `NewCachedFileTokenSource`, k8s.io/client-go/transport/token_source.go.
 *
 * @param now milliseconds
 * @param otherwise the token to use when the file cannot be read at all
 * @throws {ConfigError} when neither is there
 */
export function tokenFile(path: string, now: () => number, otherwise?: string): Credentials {
  let token = otherwise ?? readCredential(path).trim();
  let readAt = otherwise === undefined ? now() : Number.NEGATIVE_INFINITY;

  function refresh(): void {
    readAt = now();
    try {
      token = readFileSync(path, 'utf8').trim() || token;
    } catch {
      // As in client-go: a token that cannot be rotated may still be good.
    }
  }

  return {
    async proof() {
      if (now() - readAt >= tokenPeriod) refresh();
      return { authorization: bearerHeader(token) };
    },
    async renew({ authorization }) {
      refresh();
      return bearerHeader(token) !== authorization;
    },
  };
}

/** A certificate and its key: PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** @throws {ConfigError} when they are not a pair */
export function keyPair(pair: KeyPair): Credentials {
  const fault = keyPairFault(pair);
  if (fault !== undefined) throw new ConfigError(`error: ${fault}`);
  return fixed({ ...pair });
}

/** Milliseconds for which files are taken to be what they were (`cachingCertificateLoader`, client-go/transport). */
const filePeriod = 1_000;

/**
 * A certificate and key of which one at least stands in a file: both are read anew as time goes by, since they are
 * replaced in place.
 */
export function keyPairFiles(read: () => KeyPair, now: () => number): Credentials {
  let pair = read();
  let readAt = now();
  return {
    async proof() {
      if (now() - readAt >= filePeriod) {
        readAt = now();
        pair = read();
      }
      const fault = keyPairFault(pair);
      if (fault !== undefined) throw new ConnectionError(`Unable to connect to the server: ${fault}`);
      return { ...pair };
    },
    renew: async () => false,
  };
}

/** Why they are no pair, in the words of Go's `tls.X509KeyPair`. */
export function keyPairFault({ cert, key }: KeyPair): string | undefined {
  if (!cert.includes('-----BEGIN')) return 'tls: failed to find any PEM data in certificate input';
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    return cert.includes('PRIVATE KEY-----')
      ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
      : 'tls: failed to find "CERTIFICATE" PEM block in certificate input';
  }
  if (!key.includes('-----BEGIN')) return 'tls: failed to find any PEM data in key input';
  const certificate = parsed(() => new X509Certificate(cert));
  if (certificate === undefined) return 'x509: malformed certificate';
  const secret = parsed(() => createPrivateKey(key));
  if (secret === undefined) return 'tls: failed to parse private key';
  if (certificate.checkPrivateKey(secret)) return undefined;
  const sameType = certificate.publicKey.asymmetricKeyType === secret.asymmetricKeyType;
  return sameType
    ? 'tls: private key does not match public key'
    : 'tls: private key type does not match public key type';
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    // OpenSSL's reasons say nothing that a person could act on.
    return undefined;
  }
}

/** What all of them show together: a certificate goes with the connection, a token with the request. */
export function together(parts: readonly Credentials[]): Credentials {
  const [only] = parts;
  if (only === undefined) return nobody;
  if (parts.length === 1) return only;
  const shown = new WeakMap<Proof, Proof[]>();
  return {
    async proof() {
      const proofs = await Promise.all(parts.map((part) => part.proof()));
      // The first counts: a flag's token stands before what a plugin would give.
      const proof = Object.assign({}, ...proofs.toReversed());
      shown.set(proof, proofs);
      return proof;
    },
    async renew(refused) {
      const proofs = shown.get(refused) ?? [];
      const renewed = await Promise.all(parts.map((part, position) => part.renew(proofs[position] ?? {})));
      return renewed.includes(true);
    },
  };
}

export function readCredential(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`error: ${fileErrorWords(error, path)}`);
  }
}
