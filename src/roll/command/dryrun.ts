/** `roll --dry-run`: says what a roll would do, and for `server` has the API server admit each eviction. */
import { wrapped } from '#src/drawing/columns.ts';
import type { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatExactTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Admission } from '../model/admission.ts';
import { beginObject } from '../view/log.ts';
import { planTable } from '../view/plantable.ts';
import { dryRunTitle } from '../view/words.ts';
import type { RunContext } from './context.ts';
import type { BeginOptions } from './options.ts';
import type { Prepared } from './prepare.ts';

/** @returns 1 where the API server does not admit an eviction */
export async function tellDryRun(
  context: RunContext,
  options: BeginOptions,
  { set, plan }: Prepared,
): Promise<ExitCode> {
  const { format, console, deps } = context;
  const isServer = options.dryRun === 'server';
  const admissions = isServer ? await admissionsOf(context, options, { set, plan }) : new Map<string, Admission>();
  const code: ExitCode = [...admissions.values()].some(({ kind }) => kind !== 'admitted') ? 1 : 0;
  if (format === 'json') {
    const subject = { id: '', set, handling: options.handling };
    console.out(beginObject(subject, plan, formatExactTime(deps.clock.now()), admissions));
    return code;
  }
  const ordinals = plan.pods.map(({ ordinal }) => ordinal);
  const title = dryRunTitle(set.metadata.name, ordinals, options.settings.maxUnavailable, isServer);
  const { width, colour } = console;
  console.out(`${wrapped(printable(title), width).join('\n')}\n`);
  if (plan.pods.length + plan.left.length > 0) console.out(await planTable(set, plan, admissions, { width, colour }));
  return code;
}

/** Asks for one eviction after the other, as the roll would. */
async function admissionsOf(
  { client }: RunContext,
  { handling }: BeginOptions,
  { set, plan }: Pick<Prepared, 'set' | 'plan'>,
): Promise<Map<string, Admission>> {
  const namespace = set.metadata.namespace ?? '';
  const admissions = new Map<string, Admission>();
  for (const { name, uid } of plan.pods) {
    const refusal = handling.evicts
      ? await client.evict({ namespace, name }, uid, { dryRun: true })
      : await client.remove(resources.pods, namespace, name, uid, { dryRun: true });
    admissions.set(name, admissionIn(refusal));
  }
  return admissions;
}

function admissionIn(refusal: StatusError | undefined): Admission {
  if (refusal === undefined) return { kind: 'admitted' };
  const why = refusal.causes.join(' ') || refusal.detail;
  return refusal.code === 429 ? { kind: 'would wait', why } : { kind: 'refused', why };
}
