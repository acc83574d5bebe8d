/** Runs the commands of a page, in its order, in one shell, and compares what they print with the page. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { difference } from '../../docs/compare.ts';
import type { Block, Page, Preparation } from '../../docs/markdown.ts';
import { mustRun } from '../../docs/pages.ts';
import { type Printed, rewritten } from '../../docs/rewrite.ts';
import { commandsOf } from '../../docs/session.ts';
import { type Shell, startShell } from '../../docs/shell.ts';
import { checkout } from '../../runner/files.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { eventually } from '../eventually.ts';
import { kubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import { personEnv, sandbox } from '../sandbox.ts';

/** What became of a page. Each fault is told as `docs/pin.md:12: …`. */
export interface Played {
  /** What has failed. */
  broken: string[];
  /** Where something else was printed than the page says, with the lines of both. */
  differing: string[];
  /** What was printed there. */
  printed: Printed[];
}

export async function play(page: Page): Promise<Played> {
  const { namespace = '' } = page;
  const played: Played = { broken: [], differing: [], printed: [] };
  await makeNamespace(namespace);
  const shell = startShell(...homeOf(namespace));
  try {
    for (const part of page.parts) {
      if (part.kind === 'preparation' || (part.language === 'sh' && mustRun(page, part))) {
        const fault = await failureOf(shell, part);
        if (fault === undefined) continue;
        played.broken.push(`${page.file}:${part.line}: ${fault}`);
        // What comes after would only fail in its turn.
        break;
      }
      if (mustRun(page, part)) await session(shell, page, part, played);
    }
  } finally {
    await shell.end();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }
  return played;
}

async function session(shell: Shell, page: Page, block: Block, played: Played): Promise<void> {
  for (const command of commandsOf(block)) {
    const { output, code } = await shell.run(command.text);
    const printed = output.trimEnd();
    const at = `${page.file}:${command.line}: $ ${command.text}`;
    if (code !== 0 && !command.mayFail) {
      played.broken.push(`${at}\nexit code ${code}, and no \`$ echo $?\` after it:\n${printed}`);
    }
    const lines = printed === '' ? [] : printed.split('\n');
    const differs = difference(command.output, lines);
    if (differs === undefined) continue;
    played.differing.push([at, ...differs].join('\n'));
    played.printed.push({ block, command, lines });
  }
}

/** @returns what has failed of a script whose commands must all succeed */
async function failureOf(shell: Shell, part: Block | Preparation): Promise<string | undefined> {
  const script = part.kind === 'block' ? part.lines.join('\n') : part.script;
  const { output, code } = await shell.mustSucceed(script);
  return code === 0 ? undefined : `exit code ${code} of:\n${script}\n${output}`;
}

/** A folder with the examples and the docs in it, and the environment of a person whose kubeconfig names the namespace. */
function homeOf(namespace: string): [cwd: string, env: Record<string, string>] {
  const home = join(sandbox(), `docs-${namespace}`);
  const cwd = join(home, 'kubectl-sts');
  mkdirSync(cwd, { recursive: true });
  for (const folder of ['docs', 'examples']) cpSync(join(checkout, folder), join(cwd, folder), { recursive: true });
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
