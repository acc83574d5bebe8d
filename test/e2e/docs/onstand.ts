/** Gives a page what its commands need: a namespace, a folder, a kubeconfig. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '../../docs/markdown.ts';
import { type Played, play } from '../../docs/play.ts';
import { type Printed, rewritten } from '../../docs/rewrite.ts';
import { startShell } from '../../docs/shell.ts';
import { checkout } from '../../runner/files.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { eventually } from '../eventually.ts';
import { kubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import { personEnv, sandbox } from '../sandbox.ts';

/** Runs a page in its namespace, which is deleted afterwards. */
export async function playOnStand(page: Page): Promise<Played> {
  const { namespace = '' } = page;
  await makeNamespace(namespace);
  const shell = startShell(...homeOf(namespace));
  try {
    return await play(shell, page);
  } finally {
    await shell.end();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }
}

/** A folder with the files that pages name, and the environment of a person whose kubeconfig names the namespace. */
function homeOf(namespace: string): [cwd: string, env: Record<string, string>] {
  const home = join(sandbox(), `docs-${namespace}`);
  const cwd = join(home, 'kubectl-sts');
  mkdirSync(cwd, { recursive: true });
  for (const folder of ['docs', 'examples', 'test/docs/manifests']) {
    cpSync(join(checkout, folder), join(cwd, folder), { recursive: true });
  }
  const config = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as { contexts: { context: object }[] };
  for (const each of config.contexts) each.context = { ...each.context, namespace };
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  const env = personEnv(kubeconfig);
  // Readers have the tools of a shell, and jq.
  return [cwd, { ...env, HOME: home, PATH: `${env['PATH']}:${process.env['PATH']}` }];
}

/** Of this name, whatever a run on the same stand has left. */
async function makeNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--ignore-not-found']);
  await kubectl(['create', 'namespace', name]);
  // Without it the API server refuses pods.
  await eventually('a ServiceAccount for pods', () => looked(`${paths.serviceAccounts(name)}/default`));
}

/** Writes what was printed into the page of the checkout. */
export function write({ file }: Page, printed: readonly Printed[]): void {
  const path = join(checkout, file);
  writeFileSync(path, rewritten(readFileSync(path, 'utf8'), printed));
}
