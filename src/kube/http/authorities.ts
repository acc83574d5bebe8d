/**
 * The system's certificate authorities, for a server whose kubeconfig names none. As in Go, an authority that a company
 * adds to the system is trusted; Node and bun would use the authorities that they were built with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';

// crypto/x509/root_linux.go: the first of the files that can be read, and all folders.
const files = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const folders = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

/**
 * The authorities as PEM; undefined to use the runtime's own, when the system has none. They are empty, so that nothing
 * is trusted, when the environment names files (`SSL_CERT_FILE`, `SSL_CERT_DIR`) without certificates.
 */
export function systemAuthorities(env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folder } = env;
  if (process.platform !== 'linux' && !file && !folder) {
    // Node 22.15 and later read the keychain of macOS or the store of Windows. Older ones and bun cannot.
    return 'getCACertificates' in tls ? tls.getCACertificates('system') : undefined;
  }
  const bundle = firstReadable(file ? [file] : files);
  // The system's bundle has the content of its folders. They are read only when the bundle is missing or another one.
  const isUsual = bundle !== undefined && !file && !folder;
  const single = isUsual ? [] : (folder ? folder.split(':') : folders).flatMap(certificatesIn);
  // Node reads a text without certificates as none; bun refuses it.
  const all = [bundle ?? '', ...single].filter(hasCertificate);
  return all.length > 0 || file || folder ? all : undefined;
}

function firstReadable(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = readable(path);
    if (text !== undefined) return text;
  }
  return undefined;
}

function certificatesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => readable(join(folder, name)) ?? [])
      .filter(hasCertificate);
  } catch {
    return [];
  }
}

function hasCertificate(text: string): boolean {
  return text.includes('-----BEGIN CERTIFICATE-----');
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
