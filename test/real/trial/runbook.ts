/** Runs the steps of docs/runbooks/replicated-database.md, and writes it with all that was said. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kubectl } from '../../e2e/kubectl.ts';
import { run } from '../../e2e/ran.ts';
import { personEnv } from '../../e2e/sandbox.ts';
import { checkout } from '../../runner/files.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { newest, releases } from '../../stand/kubernetes.ts';
import { readClientLog } from '../../trial/clientlog.ts';
import type { History } from '../../trial/history.ts';
import { figuresOf, judged } from '../../trial/judgement.ts';
import { faultLines } from '../../trial/report.ts';
import { startClients } from './clients.ts';
import { heldBy, leaderOf, makeTable, otherThan, systemOf, volumesOf } from './database.ts';
import { newNamespace } from './namespaces.ts';
import { observe } from './observer.ts';
import { type Step, steps, when } from './runbooksteps.ts';

const namespace = 'shop';
const name = 'runbook';

/** @param today as 2026-11-30 */
export async function writeRunbook(today: string): Promise<void> {
  const kubeconfig = await ownKubeconfig();
  const lines: string[] = [];
  const take = async (all: readonly Step[]): Promise<void> => {
    for (const step of all) lines.push(...(await taken(step, kubeconfig)));
  };
  await take(steps.before);
  const history = await underLoad(() => take(steps.underLoad));
  lines.push(...conclusion(history));
  await take(steps.after);
  const folder = join(checkout, 'docs', 'runbooks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'replicated-database.md'), `${head(today)}\n${lines.join('\n')}`);
  assert.deepEqual(faultLines(judged(history)), []);
}

/** Clients are at work while something is done. */
async function underLoad(act: () => Promise<void>): Promise<History> {
  const leader = await leaderOf(namespace);
  await makeTable(namespace, leader);
  const [system, volumes] = await Promise.all([systemOf(namespace, leader), volumesOf(namespace)]);
  const observer = await observe(namespace);
  const clients = await startClients(namespace, name);
  const begun = Date.now();
  await act();
  const settled = Date.now();
  await delay(3_000);
  const ended = Date.now();
  const { log } = await clients.stop();
  const restarts = await observer.stop();
  const held = await heldBy(namespace, name, volumes);
  // From the fence on, clients may be led to either.
  const moves = [{ from: leader, to: otherThan(leader), begun: fencedAt, ended: settled }];
  const told = { name, seed: 0, begun, ended, settled, leader, system, moves, restarts, held, expected: undefined };
  return { ...told, ...readClientLog(log) };
}

/** When the leader was fenced. */
let fencedAt = 0;

function head(today: string): string {
  return `# A replicated database

${when}

This runbook is longer than the others: it goes through all of these cases with one Postgres. All of this was run on ${today}, on two real nodes of Kubernetes ${releases[newest]}, and is shown as it was said; \`npm run trial -- --runbook\` runs it again and writes this page. What else was tried with this database is in [docs/reliability.md](../reliability.md). The commands act on your current namespace. For another one, add \`-n NAMESPACE\` to each.
`;
}

/** A kubeconfig of its own, whose namespace is that of the runbook. On this stand volumes of type local come first. */
async function ownKubeconfig(): Promise<string> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubectl-sts-runbook-')), 'config');
  copyFileSync(sharedStand().kubeconfig, kubeconfig);
  await newNamespace(namespace);
  await kubectl(['config', 'set-context', '--current', `--namespace=${namespace}`], { kubeconfig });
  for (const [storageClass, isDefault] of [
    ['standard', false],
    ['local', true],
  ] as const) {
    const annotation = `storageclass.kubernetes.io/is-default-class=${isDefault}`;
    await kubectl(['annotate', 'storageclass', storageClass, annotation, '--overwrite']);
  }
  return kubeconfig;
}

/** @returns what is written of it */
async function taken(step: Step, kubeconfig: string): Promise<string[]> {
  if ('text' in step) return [step.text, ''];
  if ('act' in step) {
    await step.act(namespace);
    return [];
  }
  if (step.run.includes('fence.sh')) fencedAt = Date.now();
  const env = personEnv(kubeconfig);
  const PATH = `${env['PATH']}:/usr/bin:/bin`;
  // On a machine of another name: nobody needs to know this one's.
  const shell = ['--uts', 'sh', '-c', 'echo laptop >/proc/sys/kernel/hostname; exec sh -c "$0" 2>&1', step.run];
  const { stdout, code } = await run('unshare', shell, { env: { ...env, PATH }, cwd: checkout });
  assert.equal(code, step.code ?? 0, `${step.run}\n${stdout}`);
  const ending = code === 0 ? [] : [`(exit code ${code})`];
  return ['```console', `$ ${step.run}`, ...stdout.trimEnd().split('\n').filter(Boolean), ...ending, '```', ''];
}

function conclusion(history: History): string[] {
  const { acknowledged, open, openThere, reads, restarts, pause } = figuresOf(history);
  const lost = faultLines(judged(history));
  return [
    '## What became of the rows',
    '',
    `The clients were told of ${acknowledged} commits, and did not learn what became of ${open} more, of which ${openThere} are there. ${reads} reads were answered. ${lost.length === 0 ? 'Every row whose commit was reported is there, on both servers, and no write and no read went to the wrong one.' : `The checker found: ${lost.join('; ')}.`} The longest time without a commit was ${(pause.longest / 1_000).toFixed(0)} s. The pods were restarted in this order: ${restarts.join(', ')}.`,
    '',
  ];
}
