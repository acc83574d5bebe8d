/** `roll --abort`: removes the Lease of a roll. A run that holds it notices before its next eviction, and stops. */
import type { ExitCode } from '#src/objects/failure.ts';
import { printable } from '#src/terminal/escape.ts';
import { forgetLease, otherRollIn, readLease } from '../live/lease.ts';
import { forgottenWords, nothingToForgetWords } from '../view/list.ts';
import { type RunContext, say } from './context.ts';

/** @param names of sets */
export async function abortRolls(context: RunContext, names: readonly string[]): Promise<ExitCode> {
  const { client, console } = context;
  const { namespace } = client;
  let code: ExitCode = 0;
  for (const name of names) {
    const lease = await readLease(client, { metadata: { namespace, name } });
    if (lease === undefined) {
      say(context, nothingToForgetWords(name));
      continue;
    }
    const refusal = await forgetLease(client, lease);
    if (refusal) {
      say(context, refusal.message);
      code = 2;
      continue;
    }
    console.out(`${printable(forgottenWords(name, otherRollIn(lease)))}\n`);
  }
  return code;
}
