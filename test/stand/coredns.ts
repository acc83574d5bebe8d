import { spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { kubeconfig } from './kubeconfig.ts';

/** A year: nobody keeps a stand that long. */
const tokenSeconds = 31_536_000;

/**
 * Starts a real CoreDNS on loopback that reads the stand's API with the rights of its own ServiceAccount, no
 * more. It has no `forward`: it answers for the cluster or not at all.
 */
export async function startCoreDns(
  folder: string,
  executable: string,
  api: Api,
  server: string,
  ca: string,
  port: number,
): Promise<void> {
  const account = '/api/v1/namespaces/kube-system/serviceaccounts/coredns';
  const token = (await api.post(`${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: tokenSeconds },
  })) as { status: { token: string } };

  const credentials = join(folder, 'coredns.kubeconfig');
  const config = kubeconfig('coredns', server, await readFile(ca), { token: token.status.token });
  await writeFile(credentials, config, { mode: 0o600 });
  const corefile = join(folder, 'Corefile');
  await writeFile(corefile, corefileOf(port, credentials));

  const files = corednsFiles(folder);
  const log = await open(files.log, 'a');
  const child = spawn(executable, ['-conf', corefile], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  await writeFile(files.pid, `${child.pid}`);
  child.unref();
  await log.close();
}

export function corednsFiles(folder: string) {
  return { log: join(folder, 'coredns.log'), pid: join(folder, 'coredns.pid') };
}

/** As in the cluster's ConfigMap, plus what only concerns a process outside the cluster. */
function corefileOf(port: number, credentials: string): string {
  return `.:${port} {
    bind 127.0.0.1
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig "${credentials}" coredns
        pods insecure
        ttl 5
    }
}
`;
}

/** Whether CoreDNS has read the cluster: it answers for a Service that is always there. */
export async function corednsAnswers(port: number): Promise<true | undefined> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const addresses = await resolver.resolve4('kube-dns.kube-system.svc.cluster.local');
  return addresses.includes('10.96.0.10') || undefined;
}
