/** docs/benchmarks.md: the figures of the last run, with all that is needed to read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, markdownTable, seconds } from './figures.ts';
import { median } from './measure.ts';

export interface Circumstances {
  date: Date;
  machine: string;
  plugin: string;
  kubernetes: string;
  /** Milliseconds between a new pod's readiness and the next eviction. */
  gaps: readonly number[];
}

export function benchmarksDocument(figures: readonly Figure[], circumstances: Circumstances): string {
  const { date, machine, plugin, kubernetes } = circumstances;
  return `# Benchmarks

Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}. ${machine}; ${plugin} against kubectl ${kubernetes}, with the control plane of \`test/stand/\` on the same machine.

${markdownTable(figures)}
Each pair of commands ran in turn, ${rounds(figures)}; times are medians of the wall time, with the fastest and the slowest run in brackets. What other machines measure differs, so the aims are ratios to kubectl in the same run. Where two figures stand in one cell, the first is the plugin's and the second kubectl's: peak resident memory, requests by the API server's audit log, bytes received over TLS, compressed. kubectl's cache of the API was warm.

- start: \`kubectl-sts version\` against \`kubectl version --client\`.
- tree: \`kubectl-sts tree NAME\` against \`kubectl get sts,pod,pvc,pv\` in the same namespace, the nearest that kubectl has: it lists the objects, without saying what belongs to what. Each pod has a claim and a volume.
- pin: \`kubectl-sts pin SERVICE 1 --dry-run=server\` against \`kubectl patch service … --dry-run=server\`, which writes the same label and looks at nothing before it. The plugin looks at Services, pods, sets and slices in one round, and asks who the person is.
- dns: \`kubectl-sts dns NAME\`, which asks two DNS servers for the address of each pod and of the Service by port-forward, against \`kubectl get sts,pod,svc,endpointslices\`, which shows what they should say. Both servers are one CoreDNS behind two pods, on the same two cores.
- roll of 3 pods: \`kubectl-sts roll NAME --stable 0s\` against \`kubectl rollout restart\` and \`kubectl rollout status\`. The pods are ready at once and gone at once. From the readiness of a new pod to the eviction of the next: ${gapWords(circumstances.gaps)}, by the audit log; the aim is 200 ms at most.
- roll of 5 of 1,000 pods: \`kubectl-sts roll NAME --ordinals 0-4 --stable 0s\` against \`kubectl delete pod\`, \`kubectl wait --for=create\` and \`kubectl wait --for=condition=Ready\` for one pod after the other, which looks at no other pod. The plugin reads all 1,000 before each eviction.
- status of 1,000 sets: \`kubectl-sts status -A\` against \`kubectl get sts,pod,pvc -A\`. Each set has 3 pods with a claim each, all in one namespace; the pods of the figures above are there too.
${growth(figures)}
What would be too noisy for a test is measured here only; the number of requests and of bytes is tested in \`test/e2e/traffic.test.ts\`.

${written('gates.md')}
${written('tried.md')}`;
}

export function gapWords(gaps: readonly number[]): string {
  const most = Math.max(...gaps);
  return `${median(gaps).toFixed(0)} ms, at most ${most.toFixed(0)} ms (${gaps.length} of them)`;
}

/** What a run of the benchmarks does not tell: written by hand. */
function written(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8');
}

function rounds(figures: readonly Figure[]): string {
  return figures.map(({ what, rounds }) => `${rounds} times for ${what}`).join(', ');
}

/** Between the largest sets measured: twice as many pods should take about twice as long. */
function growth(figures: readonly Figure[]): string {
  const [smaller, larger] = figures.filter(({ pods }) => pods !== undefined && pods >= 1000);
  if (!smaller?.pods || !larger?.pods) return '';
  const times = seconds(larger.plugin) / seconds(smaller.plugin);
  return `- From ${smaller.pods} to ${larger.pods} pods, ${larger.pods / smaller.pods} times as many, the plugin takes ${times.toFixed(1)} times as long.\n`;
}
