/** How a program is started on this system. */
import type { SpawnOptions } from 'node:child_process';
import { batchCall, isBatchFile } from './batchfile.ts';
import { type Environment, environmentOf } from './environment.ts';
import { lookPath } from './lookpath.ts';

/** What `spawn` of node:child_process takes. */
export interface Call {
  file: string;
  args: readonly string[];
  options: Pick<SpawnOptions, 'argv0' | 'windowsVerbatimArguments'> & { env: Record<string, string> };
}

/**
 * @param file as `programFile` finds it
 * @param name by which the program was called
 * @param variables the program's own; of two with one name the last one counts
 */
export function callOf(
  file: string,
  name: string,
  args: readonly string[],
  variables: readonly (readonly [name: string, value: string | undefined])[],
  platform: NodeJS.Platform = process.platform,
): Call | { fault: string } {
  const env = environmentOf(variables, platform);
  if (platform !== 'win32' || !isBatchFile(file)) return { file, args, options: { argv0: name, env } };
  const systemRoot = Object.entries(env).find(([variable]) => variable.toLowerCase() === 'systemroot')?.[1];
  const call = batchCall(file, args, systemRoot);
  if (typeof call === 'string') return { fault: call };
  return { ...call, options: { argv0: 'cmd.exe', env, windowsVerbatimArguments: true } };
}

/** The call of kubectl as the person's shell would find it, though never in the current folder. */
export function kubectlCall(args: readonly string[], env: Environment): Call | { fault: string } {
  const lookup = lookPath('kubectl', env);
  return 'fault' in lookup ? lookup : callOf(lookup.found, 'kubectl', args, Object.entries(env));
}
