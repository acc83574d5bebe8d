/** CoreDNS of a test's own: the stand's executable, which reads the stand's cluster and answers on loopback. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedStand } from '../../runner/stand-variables.ts';
import { build } from '../../stand/build.ts';
import { kubeconfig } from '../../stand/kubeconfig.ts';
import { freePort } from '../../stand/port.ts';
import { eventually } from '../eventually.ts';
import { kubectl } from '../kubectl.ts';
import { uniqueName } from '../namespace.ts';
import { resolved } from './resolver.ts';

export interface CoreDns {
  /** Of loopback, over UDP and TCP. */
  port: number;
  end(): void;
}

export interface CoreDnsOptions {
  /** Default: cluster.local. */
  domain?: string;
  /** Server blocks in place of the usual one. */
  blocks?: readonly Block[];
  /** Where it finds the API server. Default: at the stand's own address. */
  server?: string;
  /** Whether it refuses what it does not serve, as one does that serves other zones too. */
  zonesOnly?: boolean;
  /** Whether it is ready to answer without having read anything: then it answers SERVFAIL. */
  unread?: boolean;
}

export const reverse = ['in-addr.arpa', 'ip6.arpa'];

/** A server block with the plugin `kubernetes`. */
export interface Block {
  /** Of the server block; `.` for all others. */
  serves: readonly string[];
  /** Of the plugin. */
  zones: readonly string[];
  /** Lines of the plugin. */
  options?: readonly string[];
}

/** Starts one, and waits until it has read the cluster. The caller ends it. */
export async function startCoreDns({
  domain = 'cluster.local',
  server,
  zonesOnly = false,
  unread = false,
  blocks = [
    {
      serves: zonesOnly ? reverse.concat(domain) : ['.'],
      zones: [domain, ...reverse],
      options: unread ? ['startup_timeout 10ms'] : [],
    },
  ],
}: CoreDnsOptions = {}): Promise<CoreDns> {
  const stand = sharedStand();
  const { coredns } = await build(['coredns'], () => {});
  const token = (await kubectl(['create', 'token', 'coredns', '-n', 'kube-system', '--duration=24h'])).trim();
  // In the stand's folder, by which the stand's end finds it should this process be killed.
  const folder = join(dirname(stand.kubeconfig), 'test-dns', uniqueName('coredns'));
  mkdirSync(folder, { recursive: true });
  const credentials = join(folder, 'kubeconfig');
  const config = kubeconfig('coredns', server ?? stand.server, readFileSync(stand.ca), { token });
  writeFileSync(credentials, config, { mode: 0o600 });
  const port = await freePort();
  const corefile = join(folder, 'Corefile');
  writeFileSync(corefile, corefileOf(blocks, port, credentials));
  const child = spawn(coredns, ['-conf', corefile], { cwd: folder, stdio: 'ignore' });
  await once(child, 'spawn');

  await eventually('CoreDNS answering', async () => {
    assert.equal(child.exitCode, null, 'CoreDNS runs');
    const { code, addresses } = await resolved(port, `kube-dns.kube-system.svc.${domain}`, 'A');
    if (unread) assert.equal(code, 'ESERVFAIL');
    else assert.deepEqual(addresses, ['10.96.0.10']);
  });
  return {
    port,
    end() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function corefileOf(blocks: readonly Block[], port: number, credentials: string): string {
  return blocks
    .map(
      ({ serves, zones, options = [] }) => `${serves.map((zone) => `${zone}:${port}`).join(' ')} {
    bind 127.0.0.1
    errors
    kubernetes ${zones.join(' ')} {
        kubeconfig "${credentials}" coredns
        pods insecure
        ttl 5
        ${options.join('\n        ')}
    }
}
`,
    )
    .join('');
}
