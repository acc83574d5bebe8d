import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Ran, run } from './ran.ts';
import { personEnv, sandbox } from './sandbox.ts';

export interface As {
  /** The administrator's unless given. */
  kubeconfig?: string;
  stdin?: string;
}

/** Runs the stand's kubectl, however it ends. */
export function tryKubectl(args: readonly string[], as: As = {}): Promise<Ran> {
  return runInSandbox('kubectl', args, as);
}

/** Runs the stand's kubectl, which must succeed, and returns what it prints. */
export async function kubectl(args: readonly string[], as: As = {}): Promise<string> {
  const { stdout, stderr, code } = await tryKubectl(args, as);
  assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Runs the plugin, however it ends. */
export function sts(args: readonly string[], as: As = {}): Promise<Ran> {
  return runInSandbox('kubectl-sts', args, as);
}

/** Runs the plugin as people do: kubectl replaces itself by it. That takes twice as long. */
export function kubectlSts(args: readonly string[], as: As = {}): Promise<Ran> {
  return tryKubectl(['sts', ...args], as);
}

/** What kubectl itself says of objects: the judge of what the plugin says. */
export async function getJson<T>(args: readonly string[], as: As = {}): Promise<T> {
  return JSON.parse(await kubectl(['get', ...args, '-o', 'json'], as)) as T;
}

/** Creates or changes objects. */
export async function apply(namespace: string, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(['apply', '-n', namespace, '-f', '-'], { stdin: JSON.stringify(list) });
}

function runInSandbox(program: string, args: readonly string[], { kubeconfig, stdin }: As): Promise<Ran> {
  return run(join(sandbox(), 'bin', program), args, {
    env: personEnv(kubeconfig),
    ...(stdin === undefined ? {} : { stdin }),
  });
}
