/** The credentials that requests carry: tokens, passwords and certificates. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, ConnectionError } from '../errors.ts';
import { fileErrorWords } from '../fileerror.ts';

/** The credentials of one request. A secret: never print it. */
export interface Proof {
  /** The value of the Authorization header. */
  authorization?: string;
  /** PEM. */
  cert?: string;
  /** PEM. */
  key?: string;
}

export interface Credentials {
  /** Whether `proof` takes no time: it neither runs a program nor asks anybody. */
  isAtHand?: boolean;
  /**
   * The credentials for the next request. This may run a program, or ask the person.
   *
   * @throws {ConfigError | ConnectionError} when there are none
   */
  proof(): Promise<Proof>;
  /**
   * Called when the server refused these credentials (401).
   *
   * @param refused the very object that `proof` returned
   * @returns whether `proof` may return others now
   */
  renew(refused: Proof): Promise<boolean>;
}

const nobody: Credentials = fixed({});

/** A token that never changes. */
export function bearer(token: string): Credentials {
  return fixed({ authorization: bearerHeader(token) });
}

export function basic(username: string, password: string): Credentials {
  return fixed({ authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` });
}

function fixed(proof: Proof): Credentials {
  return { isAtHand: true, proof: async () => proof, renew: async () => false };
}

export function bearerHeader(token: string): string {
  return headerValue('Authorization', `Bearer ${token}`);
}

/**
 * A header's value as Go sends it, in UTF-8: Node sends each character as one byte.
 *
 * @throws {ConnectionError} when Go would not send it (`ValidHeaderFieldValue`, golang.org/x/net/http/httpguts)
 */
export function headerValue(name: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for them
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) {
    throw new ConnectionError(`Unable to connect to the server: net/http: invalid header field value for "${name}"`);
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Milliseconds after which a token's file is read again. In a pod the kubelet replaces it about once an hour. */
const tokenPeriod = 50_000;

/**
 * A token in a file. The file is read again every 50 seconds, and when the server refuses the token. When it cannot be
 * read, the token of the last reading stays in use. Source: `NewCachedFileTokenSource`,
 * k8s.io/client-go/transport/token_source.go.
 *
 * @param now milliseconds of any clock
 * @param otherwise the token to use when the file cannot be read
 * @throws {ConfigError} when the file cannot be read and there is no other token
 */
export function tokenFile(path: string, now: () => number, otherwise?: string): Credentials {
  let token = otherwise ?? readCredential(path).trim();
  let readAt = otherwise === undefined ? now() : Number.NEGATIVE_INFINITY;

  function refresh(): void {
    readAt = now();
    try {
      token = readFileSync(path, 'utf8').trim() || token;
    } catch {
      // As in client-go: the token of the last reading may still be valid.
    }
  }

  return {
    isAtHand: true,
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

/** @throws {ConfigError} when the key does not belong to the certificate, or one of them cannot be parsed */
export function keyPair(pair: KeyPair): Credentials {
  const fault = keyPairFault(pair);
  if (fault !== undefined) throw new ConfigError(`error: ${fault}`);
  return fixed({ ...pair });
}

/** Milliseconds between two readings of the files (`cachingCertificateLoader`, client-go/transport). */
const filePeriod = 1_000;

/**
 * A certificate and a key from files. They are read again for a request when the last reading is a second old, because
 * other programs may replace them. `proof` throws a ConnectionError when they do not belong together.
 *
 * @param now milliseconds of any clock
 * @throws {ConfigError} when a file cannot be read
 */
export function keyPairFiles(read: () => KeyPair, now: () => number): Credentials {
  let pair = read();
  let readAt = now();
  return {
    isAtHand: true,
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

/**
 * Why the certificate and the key cannot be used together, in the words of Go's `tls.X509KeyPair`; undefined when they
 * can.
 */
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
    // The reason is OpenSSL's and tells a person nothing to act on.
    return undefined;
  }
}

/**
 * All credentials together: a certificate belongs to the connection, a token to the request. The first of a kind wins.
 */
export function together(parts: readonly Credentials[]): Credentials {
  const [only] = parts;
  if (only === undefined) return nobody;
  if (parts.length === 1) return only;
  const shown = new WeakMap<Proof, Proof[]>();
  return {
    isAtHand: parts.every(({ isAtHand }) => isAtHand === true),
    async proof() {
      const proofs = await Promise.all(parts.map((part) => part.proof()));
      // Such as the token of a flag, before that of a plugin.
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

/** @throws {ConfigError} when the file cannot be read */
export function readCredential(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`error: ${fileErrorWords(error, path)}`);
  }
}
