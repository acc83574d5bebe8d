/** Writes docs/screens.md: runs the commands on terminals in memory, against clusters and DNS servers in memory. */
import type { Deps } from '#src/cli/deps.ts';
import type { EndpointSlice, Pod } from '#src/objects/types.ts';
import { zoneServer } from '../dns/command/dnsserver.ts';
import { putDnsService } from '../dns/command/world.ts';
import { idleClock } from '../memory/clock.ts';
import { memoryCluster } from '../memory/cluster.ts';
import { runnerOn } from '../memory/run.ts';
import { namespace, time } from '../objects/snapshots.ts';
import { type ShownSet, shownSets } from './sets.ts';

const widths = [80, 120];

export async function screensPage(): Promise<string> {
  const sections: string[] = [];
  for (const set of shownSets()) sections.push(await section(set));
  return `${head}\n${sections.join('\n')}`;
}

const head = `# Screens

The same sets on a terminal of 80 columns, and of 120. No line of a table or a tree is wider than the terminal, and no
name of a pod, claim or Service, no verdict and no reason is ever cut: kinds, ages and details give way, and a reason that
does not fit has lines of its own. In a pipe nothing is cut.

Each error, warning or note is one line, as in kubectl, so that it can be searched for and copied. The terminal breaks a
line that is too long, even within a word.

The commands printed this page themselves: \`UPDATE_SCREENS=1 npm run test:unit -- test/screens\` writes it anew.
`;

async function section(set: ShownSet): Promise<string> {
  if (set.successor) return `## ${set.title}\n\n${await stoppedRoll(set)}`;
  const world = await worldOf(set);
  try {
    const commands = [
      `status ${set.name}`,
      `tree ${set.name}`,
      `dns ${set.name}`,
      'pin --list',
      `roll ${set.name} ${set.roll}`,
    ];
    const blocks: string[] = [];
    for (const command of commands) {
      for (const width of widths)
        blocks.push(`\`\`\`\n$ kubectl sts ${command}\n${await world.screen(command, width)}\`\`\`\n`);
    }
    return `## ${set.title}\n\n${blocks.join('\n')}`;
  } finally {
    await world.close();
  }
}

/** On a terminal that takes no drawings, which would hide all that is said before the end. */
async function stoppedRoll(set: ShownSet): Promise<string> {
  const blocks: string[] = [];
  for (const width of widths) {
    const world = await worldOf(set);
    const command = `roll ${set.name} ${set.roll}`;
    try {
      blocks.push(`\`\`\`\n$ kubectl sts ${command}\n${await world.screen(command, width, 'dumb')}\`\`\`\n`);
    } finally {
      await world.close();
    }
  }
  return blocks.join('\n');
}

interface World {
  /** All that a command writes on a terminal. */
  screen(command: string, width: number, term?: string): Promise<string>;
  close(): Promise<void>;
}

async function worldOf({ objects, stale, budget, successor }: ShownSet): Promise<World> {
  const cluster = await memoryCluster();
  cluster.time = () => time;
  for (const [plural, object] of objects) cluster.put(plural, object);
  const names = ['coredns-0', 'coredns-1'];
  const servers = [await zoneServer(), await zoneServer()];
  putDnsService(cluster, 'kube-dns', { 'k8s-app': 'kube-dns' });
  for (const name of names) {
    cluster.put<Pod>('pods', { metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } } });
  }
  cluster.put('configmaps', {
    metadata: { name: 'coredns', namespace: 'kube-system' },
    data: { Corefile: '.:53 {\n  kubernetes cluster.local in-addr.arpa {\n  }\n}\n' },
  });
  cluster.onForward = (pod, port) => (port === 5353 ? servers[names.indexOf(pod)]?.port : undefined);
  for (const [nth, { records }] of servers.entries()) {
    for (const slice of cluster.all<EndpointSlice>('endpointslices')) {
      if (slice.metadata.namespace !== namespace) continue;
      const service = `${slice.metadata.labels?.['kubernetes.io/service-name']}.${namespace}.svc.cluster.local`;
      const endpoints = slice.endpoints ?? [];
      records.set(
        service,
        endpoints.flatMap(({ addresses }) => addresses),
      );
      for (const { hostname = '', addresses } of endpoints) {
        const old = nth === 1 ? stale.get(hostname) : undefined;
        records.set(`${hostname}.${service}`, old === undefined ? addresses : [old]);
      }
    }
  }
  cluster.intercept = ({ subresource }) =>
    subresource === 'eviction' && budget !== undefined ? tooManyRequests(budget) : undefined;
  if (successor) cluster.onPodGone = () => void cluster.put('pods', successor);
  const runner = runnerOn(cluster);
  const steadyClock = idleClock(() => cluster.requests.length);
  const deps: Partial<Deps> = { clock: { ...steadyClock, now: () => time }, steadyClock, random: () => 0.25 };
  return {
    async screen(command, width, TERM = 'xterm') {
      const shape = { columns: width, env: { TERM } };
      const { stdout, stderr } = await runner.run(`${command} --color=never`, shape, deps);
      return stdout + brokenAt(stderr, width);
    },
    async close() {
      runner.close();
      cluster.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** As the API server answers where a budget forbids an eviction. */
function tooManyRequests(message: string): { code: number; body: object } {
  const details = { causes: [{ reason: 'DisruptionBudget', message }] };
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 429, reason: 'TooManyRequests' };
  return { code: 429, body: { ...status, message: 'Cannot evict pod', details } };
}

/** As the terminal itself breaks what is too long. */
function brokenAt(text: string, width: number): string {
  return text.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');
}
