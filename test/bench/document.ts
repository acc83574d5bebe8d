/** docs/benchmarks.md: the figures of the last run, with all that is needed to read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, markdownTable } from './figures.ts';

export interface Circumstances {
  date: Date;
  machine: string;
  /** The version of kubectl and of the control plane. */
  kubernetes: string;
}

export function benchmarksDocument(figures: readonly Figure[], { date, machine, kubernetes }: Circumstances): string {
  return `# Benchmarks

Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}. ${machine}; kubectl-sts against kubectl ${kubernetes} and others, with the control plane of \`test/stand/\` on the same machine.

The last column shows the project's own aims: how the plugin should compare with the command beside it. \`NOT ≤\` marks an aim that is missed. Missed aims stay in the table. [Below](#what-was-tried) is what was tried to reach them.

${markdownTable(figures)}
The commands of a pair ran by turns, from copies in one folder; times are medians, with the fastest and the slowest run in brackets. Where two figures stand in one cell, the first is the plugin's: wall time, processor time, resident memory at its peak, requests by the API server's audit log, bytes received over TLS, compressed. Other machines give other figures, so the aims are ratios to something in the same run. kubectl's cache of the API was warm.

- An empty command of oclif does nothing, in an executable that is built like the plugin's. It shows the cost of any plugin on oclif. Own memory is the memory that a process shares with no other, at its peak.
- \`tree\` is compared with kubectl's nearest command, which lists the objects without saying which belongs to which. The crowd is in the same namespace and cluster, on a second control plane, so that both are read by turns. With a claim left over, every pod of the namespace matters, since any of them may use the claim.
- Far away is a relay on loopback: 25 ms each way for each byte, one round trip more for a new connection, and TCP's slow start from 14 kB, doubling each round trip. A round trip is 50 ms.
- \`pin SERVICE 1 --dry-run=server\` against reading the same objects by kubectl and patching the Service, with a dry run too.
- \`dns\` asks two DNS servers for the address of each pod and of the Service by port-forward; kubectl shows the addresses that they should give. Both servers are one CoreDNS behind two pods, on the same two cores.
- \`roll\` is with \`--stable 0s\`; the pods are ready at once and gone at once. The time from a new pod's readiness to the next eviction is the API server's, from its audit log; the reading is the one that docs/roll.md promises.
- \`status -A\` and completion: 1,000 sets of 3 pods with a claim each, all in one namespace.

Figures that are too noisy for a test are only measured here; the number of requests and of bytes is tested in \`test/e2e/traffic.test.ts\`.

${written('gates.md')}
${written('tried.md')}`;
}

/** What a run of the benchmarks does not tell: written by hand. */
function written(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8');
}
