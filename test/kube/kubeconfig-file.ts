import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './certificate.ts';

/** Of no use to anybody; no message may ever hold it. */
export const secretToken = 'xyzzy-secret-token-0123456789';

export interface TemporaryFiles {
  write(name: string, text: string): string;
  remove(): void;
}

export function temporaryFiles(): TemporaryFiles {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-test-'));
  return {
    write(name, text) {
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A kubeconfig for one server, whose user has the secret token. */
export function kubeconfigFor(server: string, cluster: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'loopback',
        cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64'), ...cluster },
      },
    ],
    users: [{ name: 'somebody', user: { token: secretToken } }],
    contexts: [{ name: 'loopback', context: { cluster: 'loopback', user: 'somebody', namespace: 'shop' } }],
    'current-context': 'loopback',
  });
}
