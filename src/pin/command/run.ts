/** `pin` and `unpin`: words to plans, plans to writes, and what is said of them. */

import { ofNamespace } from '#src/cli/choosesets.ts';
import { connected } from '#src/cli/connected.ts';
import { connectionOf } from '#src/cli/connection.ts';
import type { Deps } from '#src/cli/deps.ts';
import { durationFlag } from '#src/cli/durations.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Service } from '#src/objects/types.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import {
  type Look,
  lookAtServices,
  type PinMeans,
  type Pinned,
  pinService,
  type Unpinned,
  type Unwritable,
  unpinService,
} from '../live/write.ts';
import { patched, pinningOf, pinsOf, selectorOf } from '../model/pinning.ts';
import { type PinPlan, planPin } from '../model/plan.ts';
import { type PinTarget, parseService, parseServiceSelector, parseTarget } from '../model/target.ts';
import { pinList } from '../view/list.ts';
import {
  changeWords,
  driftWords,
  refusalWords,
  selectorWords,
  unpinRefusalWords,
  warningWords,
} from '../view/words.ts';
import type { PinFlags } from './pin.ts';
import type { UnpinFlags } from './unpin.ts';

type WriteFlags = Pick<PinFlags, 'dry-run' | 'field-manager' | 'output'>;

/** 0 done, 1 refused by what was looked at, 2 could not be done. */
type Code = 0 | 1 | 2;

export async function runPin(words: readonly string[], flags: PinFlags, console: Console, deps: Deps): Promise<number> {
  if (flags.list) {
    if (words.length > 0) throw new UsageError('--list shows all that is pinned: name no Service');
    return within(flags, console, deps, (client) => list(client, flags, console));
  }
  if (flags['all-namespaces']) throw new UsageError('a Service is pinned in one namespace: -A goes with --list');
  const { names, target } = wishesIn(words, flags.to);
  const wait = durationFlag('--timeout', flags.timeout);
  if (flags.filename) return pinInFiles(names, target, flags, flags.filename, console, deps);
  const interrupted = interruption(deps.host);
  const code = await within(flags, console, deps, async (client) => {
    const look = await lookAtServices(client, client.namespace);
    if (flags.wait && look.slices.others === 'forbidden') {
      const { verb, resource, message } = look.slices.refusal;
      console.err(
        `warning: whether the endpoints follow is not known: no right to ${verb} ${resource}: ${printable(message)}\n`,
      );
    }
    const wishes = { target, allowNotReady: flags['allow-not-ready'], wait: flags.wait ? wait : undefined };
    return each(names, look, flags, console, (service) =>
      pinService(meansOf(client, flags, deps, interrupted.signal), service, look, wishes).then((pinned) =>
        tellPinned(pinned, service, flags, client.namespace, console),
      ),
    );
  });
  return interrupted.signal.aborted ? interrupted.exitCode : code;
}

export async function runUnpin(
  words: readonly string[],
  flags: UnpinFlags,
  console: Console,
  deps: Deps,
): Promise<Code> {
  if (Boolean(flags.all) === words.length > 0) throw new UsageError('name the Services to unpin, or use --all');
  const named = words.map(serviceName);
  const selector = flags.selector === undefined ? undefined : parseServiceSelector(flags.selector);
  if (selector && 'error' in selector) throw new UsageError(selector.error);
  return within(flags, console, deps, async (client) => {
    const look = await lookAtServices(client, client.namespace);
    const pinned = look.snapshot.services.items.filter((service) => pinningOf(service).kind !== 'not pinned');
    const names = flags.all ? pinned.map(({ metadata }) => metadata.name) : named;
    if (names.length === 0) console.err(`no Service is pinned in ${printable(client.namespace)} namespace.\n`);
    return each(names, look, flags, console, (service) => {
      const wish = { service, force: flags.force, keepChanges: flags['keep-changes'], selector: selector?.selector };
      return unpinService(meansOf(client, flags, deps, new AbortController().signal), wish).then((unpinned) =>
        tellUnpinned(unpinned, service, flags, console),
      );
    });
  });
}

async function within(
  flags: PinFlags | UnpinFlags,
  console: Console,
  deps: Deps,
  work: (client: Client) => Promise<Code>,
): Promise<Code> {
  return connected(connectionOf(flags), deps, console, work);
}

/** `SERVICE TARGET`, or several Services and `--to`. */
function wishesIn(words: readonly string[], to: string | undefined): { names: string[]; target: PinTarget } {
  const target = to ?? words.at(-1);
  const services = to === undefined ? words.slice(0, -1) : words;
  if (services.length === 0 || target === undefined) {
    throw new UsageError('name a Service and a pod: pin SERVICE ORDINAL, or pin SERVICE… --to ORDINAL');
  }
  if (to === undefined && services.length > 1) throw new UsageError('name the pod of several Services with --to');
  const parsed = parseTarget(target);
  if ('error' in parsed) throw new UsageError(parsed.error);
  return { names: services.map(serviceName), target: parsed };
}

function serviceName(word: string): string {
  const parsed = parseService(word);
  if ('error' in parsed) throw new UsageError(parsed.error);
  return parsed.name;
}

/** @param signal ends a wait, and leaves the pin */
function meansOf(client: Client, flags: WriteFlags, { clock }: Deps, signal: AbortSignal): PinMeans {
  return {
    client,
    clock,
    signal,
    fieldManager: flags['field-manager'],
    dryRun: flags['dry-run'],
  };
}

/** One after the other: what became of the first may concern the next. The worst that became of one is the exit code. */
async function each(
  names: readonly string[],
  look: Look,
  { output }: WriteFlags,
  console: Console,
  work: (service: Service) => Promise<Told>,
): Promise<Code> {
  let worst: Code = 0;
  const objects: Service[] = [];
  for (const name of names) {
    const service = look.snapshot.services.items.find(({ metadata }) => metadata.name === name);
    const { code, object } = service ? await work(service) : notFound(name, console);
    if (code > worst) worst = code;
    if (object) objects.push(object);
  }
  if (objects.length > 0) printObjects(objects, names.length === 1, output, console);
  return worst;
}

interface Told {
  code: Code;
  /** What the Service is then, or would be. */
  object?: Service;
}

function notFound(name: string, console: Console): Told {
  console.err(`${printable(new StatusError(404, 'NotFound', `services ${JSON.stringify(name)} not found`).message)}\n`);
  return { code: 2 };
}

function printObjects(
  objects: readonly Service[],
  single: boolean,
  output: string | undefined,
  console: Console,
): void {
  if (output === undefined) return;
  if (output === 'name') {
    for (const { metadata } of objects) console.out(`service/${printable(metadata.name)}\n`);
    return;
  }
  const items = objects.map(({ metadata, ...rest }) => {
    const { managedFields: _, ...shown } = metadata;
    return { apiVersion: 'v1', kind: 'Service', metadata: shown, ...rest };
  });
  const document = single && items[0] ? items[0] : { apiVersion: 'v1', kind: 'List', items };
  console.out(output === 'json' ? jsonText(document) : yamlText(document));
}

function tellPinned(
  pinned: Pinned,
  { metadata: { name } }: Service,
  flags: PinFlags,
  namespace: string,
  console: Console,
): Told {
  if (pinned.kind === 'failed' || pinned.kind === 'overtaken') return tellUnwritable(pinned, name, console);
  if (pinned.kind === 'unwritten') return tellUnpinnable(pinned.plan, name, flags, console);
  const { plan, service, endpoints } = pinned;
  for (const warning of plan.warnings) console.err(`warning: ${printable(warningWords(warning))}\n`);
  const told: Told = { code: endpoints && !endpoints.reached ? 1 : 0, object: service };
  if (flags.output === undefined) {
    const moved = plan.movedFrom === undefined ? '' : `, moved from ${plan.movedFrom}`;
    const lines = [
      `service/${name} pinned to pod/${plan.pod.name}${podWords(plan)}${moved}${dryRunWords(flags)}`,
      changeWords(plan.before, plan.after),
    ];
    if (endpoints?.reached) {
      lines.push(
        `  endpoints ${endpoints.before} → 1 after ${endpoints.seconds.toFixed(1)} s; established connections stay where they are`,
      );
    }
    if (flags['dry-run'] === 'none') lines.push(`undo: kubectl sts unpin ${name} -n ${namespace}`);
    console.out(`${lines.map(printable).join('\n')}\n`);
  }
  if (endpoints && !endpoints.reached) {
    const there = [...(endpoints.has ? [plan.pod.name] : []), ...endpoints.others].join(', ') || 'nobody';
    console.err(
      `error: after ${endpoints.seconds.toFixed(1)} s the endpoints of service/${printable(name)} are ${printable(there)}; the pin stays\n`,
    );
  }
  return told;
}

function podWords({ pod: { pod } }: PinPlan & { kind: 'pin' }): string {
  if (pod === undefined) return '';
  const addresses = (pod.status?.podIPs ?? []).slice(0, 1).map(({ ip }) => ip);
  return ` (${[...addresses, isRunningAndReady(pod) ? 'ready' : 'not ready'].join(', ')})`;
}

function dryRunWords(flags: WriteFlags): string {
  switch (flags['dry-run']) {
    case 'client':
      return ' (dry run)';
    case 'server':
      return ' (server dry run)';
    default:
      return '';
  }
}

function tellUnpinnable(
  plan: Exclude<PinPlan, { kind: 'pin' }>,
  name: string,
  { output }: WriteFlags,
  console: Console,
): Told {
  if (plan.kind === 'already') {
    const by = plan.pinning.kind === 'by hand' ? ', by hand' : '';
    if (output === undefined)
      console.out(`${printable(`service/${name} is pinned to pod/${plan.pod.name} already${by}`)}\n`);
    return { code: 0, object: plan.service };
  }
  console.err(`error: ${printable(refusalWords(name, plan.reason))}\n`);
  return { code: 1 };
}

function tellUnpinned(unpinned: Unpinned, { metadata: { name } }: Service, flags: UnpinFlags, console: Console): Told {
  if (unpinned.kind === 'failed' || unpinned.kind === 'overtaken') return tellUnwritable(unpinned, name, console);
  if (unpinned.kind === 'unwritten') {
    const { plan } = unpinned;
    switch (plan.kind) {
      case 'not pinned':
        if (flags.output === undefined) console.out(`${printable(`service/${name} is not pinned`)}\n`);
        return { code: 0, object: plan.service };
      case 'drift':
        console.err(
          `error: ${printable(`service ${JSON.stringify(name)} is not unpinned: its selector was changed since (${driftWords(plan.drift)}): --force restores ${selectorWords(plan.record.selector)}, --keep-changes makes it ${selectorWords(plan.merged)}`)}\n`,
        );
        return { code: 1 };
      case 'refused':
        console.err(`error: ${printable(unpinRefusalWords(name, plan.reason))}\n`);
        return { code: 1 };
    }
  }
  const { plan, service, coOwned } = unpinned;
  if (coOwned) {
    const again = plan.kind === 'unpin' ? ': run unpin again' : '';
    console.err(
      `warning: ${printable(`the selector is back, but service/${name} still names ${flags['field-manager']} as an owner of it, so that its owner's next server-side apply may meet a conflict${again}`)}\n`,
    );
  }
  if (flags.output === undefined) {
    const lines = [`service/${name} unpinned${dryRunWords(flags)}`, changeWords(plan.before, plan.after)];
    console.out(`${lines.map(printable).join('\n')}\n`);
  }
  return { code: 0, object: service };
}

function tellUnwritable(unwritable: Unwritable, name: string, console: Console): Told {
  if (unwritable.kind === 'overtaken') {
    const { service } = unwritable;
    const pinning = pinningOf(service);
    const now = pinning.kind === 'not pinned' ? 'not pinned' : `pinned to ${pinning.pod ?? 'nobody'}`;
    console.err(
      `error: ${printable(`service ${JSON.stringify(name)} was changed by somebody else at the same time: nothing was written. It is ${now} now, and its selector ${selectorWords(selectorOf(service))}`)}\n`,
    );
    return { code: 1 };
  }
  const { error } = unwritable;
  const right = error.reason === 'Forbidden' ? ' (the right to patch services; nothing was changed)' : '';
  console.err(`${printable(error.message + right)}\n`);
  return { code: 2 };
}

async function list(client: Client, flags: PinFlags, console: Console): Promise<Code> {
  const namespace = flags['all-namespaces'] ? undefined : client.namespace;
  const { snapshot } = await lookAtServices(client, namespace);
  const pins = pinsOf(snapshot.services.items, snapshot);
  if (flags.output !== undefined) {
    printObjects(
      pins.map(({ service }) => service),
      false,
      flags.output,
      console,
    );
    return 0;
  }
  if (pins.length === 0) console.err('no Service is pinned\n');
  const style = { allNamespaces: flags['all-namespaces'], header: !flags['no-headers'], colour: console.colour };
  console.out(await pinList(pins, style));
  return 0;
}

/** For manifests in Git: what they would have to say. */
async function pinInFiles(
  names: readonly string[],
  target: PinTarget,
  flags: PinFlags,
  paths: readonly string[],
  console: Console,
  { clock }: Deps,
): Promise<Code> {
  if (flags['dry-run'] !== 'client') throw new UsageError('files are not written: -f goes with --dry-run=client');
  const { readFiles } = await import('#src/sources/files.ts');
  const files = readFiles(paths);
  const items = ofNamespace(files.services.items, flags.namespace);
  for (const name of names) {
    const count = items.filter(({ metadata }) => metadata.name === name).length;
    if (count === 0) throw new UsageError(`the files hold no Service ${JSON.stringify(name)}`);
    if (count > 1)
      throw new UsageError(`the files hold several Services ${JSON.stringify(name)}: tell them apart by -n`);
  }
  const snapshot = { ...files, services: { ...files.services, items } };
  const look: Look = { snapshot, slices: notGiven, user: undefined };
  const now = formatTime(clock.now());
  return each(names, look, flags, console, async (service) => {
    const plan = planPin({ service, target, snapshot, now, allowNotReady: flags['allow-not-ready'] });
    if (plan.kind !== 'pin') return tellUnpinnable(plan, service.metadata.name, flags, console);
    const pinned: Pinned = { kind: 'written', plan, service: patched(service, plan.patch), endpoints: undefined };
    return tellPinned(pinned, service, flags, service.metadata.namespace ?? 'default', console);
  });
}
