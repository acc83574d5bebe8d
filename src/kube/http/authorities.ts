/**
 * Whom the system trusts, for a server whose kubeconfig names no authority. Go takes the system's certificates, so that
 * a company's own authority counts; Node and bun would take those that they were built with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';

// crypto/x509/root_linux.go: the first file that is there counts, and all folders.
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
 * PEM; undefined where the runtime's own are to count, for lack of others. What the environment names may be empty:
 * then nobody is trusted.
 */
export function systemAuthorities(env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folder } = env;
  if (process.platform !== 'linux' && !file && !folder) {
    // Node 22.15 asks the keychain or the store of Windows; older ones and bun cannot.
    return 'getCACertificates' in tls ? tls.getCACertificates('system') : undefined;
  }
  const bundle = firstReadable(file ? [file] : files);
  // The system's folders hold what its bundle is made of: read only where another one, or none, stands in its place.
  const isUsual = bundle !== undefined && !file && !folder;
  const single = isUsual ? [] : (folder ? folder.split(':') : folders).flatMap(certificatesIn);
  const all = [bundle ?? '', ...single].filter(Boolean);
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
      .filter((text) => text.includes('-----BEGIN CERTIFICATE-----'));
  } catch {
    return [];
  }
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
