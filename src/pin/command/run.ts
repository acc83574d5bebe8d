/** `pin`: Services of a cluster are pinned, pins are listed, or the Services of files are shown as a pin would make them. */
import { ofNamespace } from '#src/cli/choosesets.ts';
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { tellFiles } from '#src/cli/tellfiles.ts';
import type { Client } from '#src/kube/client.ts';
import { missingRights, type Right, rightWords, streamRights } from '#src/kube/rights.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Service } from '#src/objects/types.ts';
import { processConsole } from '#src/terminal/console.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { type FindLeader, leaderFinder } from '../live/leader.ts';
import { type PinReading, readForPin, readPins } from '../live/reading.ts';
import { pinService } from '../live/replace.ts';
import { pinsOf } from '../model/leading.ts';
import { type PinOutcome, plannedPin } from '../model/outcome.ts';
import { planPin } from '../model/plan.ts';
import type { PinTarget } from '../model/target.ts';
import { serviceDocument } from '../view/document.ts';
import { pinList } from '../view/list.ts';
import { noExecLine, nonePinnedLine, notInFilesLine, perPodLine, slicesUnseenLine } from '../view/outcomewords.ts';
import type { ListOptions, PinFilesOptions, PinOptions, PinServicesOptions } from './options.ts';
import { say, tellEach, tellPin } from './telling.ts';

export async function runPin(options: PinOptions, deps: Deps): Promise<ExitCode> {
  switch (options.mode) {
    case 'pin':
      return pinServices(options, deps);
    case 'files':
      return pinInFiles(options, deps);
    case 'list':
      return listPins(options, deps);
  }
}

async function pinServices(options: PinServicesOptions, deps: Deps): Promise<ExitCode> {
  const console = processConsole(deps.host, options.color);
  const { services, target, allowNotReady, timeout, write, output } = options;
  const interrupted = interruption(deps.host);
  const { signal } = interrupted;
  const code = await connected(options.connection, deps, console, async (client) => {
    const reading = await readForPin(client, client.namespace);
    const { slices } = reading;
    if (target.kind === 'leader') {
      const missing = await missingExec(client);
      if (missing.length > 0) {
        say(console.err, noExecLine(missing.map(rightWords), client.namespace));
        return 2;
      }
    }
    if (timeout !== undefined && slices.others === 'forbidden') say(console.err, slicesUnseenLine(slices.refusal));
    const goal = { allowNotReady, timeout, now: formatTime(deps.clock.now()) };
    const targetFor = targetFinder(target, { client, clock: deps.steadyClock, reading, signal });
    const tell = async (service: Service) => {
      const waiting = { clock: deps.steadyClock, signal };
      const found = await targetFor(service);
      const outcome: PinOutcome =
        found.kind === 'refused'
          ? { ...found, service }
          : await pinService(client, service, reading, { ...goal, ...found }, write, waiting);
      return tellPin(outcome, client.namespace, { output, dryRun: write.dryRun }, console);
    };
    const style = { output, single: services.length === 1 };
    return tellEach(services, reading.snapshot.services.items, style, console, tell, signal);
  });
  return signal.aborted ? interrupted.exitCode : code;
}

type FoundTarget = { kind: 'named'; target: PinTarget } | Awaited<ReturnType<FindLeader>>;

/** The pod that a Service is to be pinned to: the one that was named, or the one that leads. */
function targetFinder(
  target: PinServicesOptions['target'],
  { client, clock, reading, signal }: { client: Client; clock: Clock; reading: PinReading; signal: AbortSignal },
): (service: Service) => Promise<FoundTarget> {
  if (target.kind !== 'leader') return async () => ({ kind: 'named', target });
  const find = leaderFinder(client, clock, target, signal);
  return (service) => find({ service, snapshot: reading.snapshot });
}

/** The rights that are missing to run commands in pods. */
function missingExec(client: Client): Promise<Right[]> {
  const needed = streamRights('exec', { namespace: client.namespace, name: '' });
  return missingRights(
    client,
    needed.map(({ name: _, ...right }) => right),
  );
}

async function listPins(
  { connection, allNamespaces, allServices, header, output, color }: ListOptions,
  deps: Deps,
): Promise<ExitCode> {
  const console = processConsole(deps.host, color);
  return connected(connection, deps, console, async (client) => {
    const namespace = allNamespaces ? undefined : client.namespace;
    const snapshot = await readPins(client, namespace);
    const { pins, perPod } = pinsOf(snapshot.services.items, snapshot);
    const others = allServices ? perPod : [];
    if (output === undefined && pins.length === 0) say(console.err, nonePinnedLine(namespace));
    if (!allServices && perPod.length > 0) say(console.err, perPodLine(perPod.length));
    if (output === undefined) {
      const { colour, width } = console;
      console.out(await pinList(pins, others, { allNamespaces, header, colour, width }));
      return 0;
    }
    const services = [...pins, ...others].map(({ service }) => service);
    console.out(serviceDocument(services, output, false));
    return 0;
  });
}

async function pinInFiles(options: PinFilesOptions, deps: Deps): Promise<ExitCode> {
  const { services, target, allowNotReady, output } = options;
  const console = processConsole(deps.host, options.color);
  const { readFiles } = await import('#src/sources/files.ts');
  const read = readFiles(options.files, deps.clock.now());
  const code = tellFiles(read, console);
  const { snapshot: files } = read;
  const items = ofNamespace(files.services.items, options.connection.namespace);
  for (const name of services) {
    const count = items.filter(({ metadata }) => metadata.name === name).length;
    if (count === 1) continue;
    say(console.err, notInFilesLine(name, count));
    return 2;
  }
  const snapshot = { ...files, services: { ...files.services, items } };
  const now = formatTime(deps.clock.now());
  const style = { output, single: services.length === 1 };
  const told = await tellEach(services, items, style, console, async (service) => {
    const outcome = plannedPin(planPin({ service, target, snapshot, now, allowNotReady }));
    return tellPin(outcome, service.metadata.namespace ?? 'default', { output, dryRun: 'client' }, console);
  });
  return Math.max(told, code);
}
