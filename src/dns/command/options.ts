/** What the words and flags of `dns` ask for, checked before anything is read. */
import { chooseSets } from '#src/cli/choosesets.ts';
import { connectionOf } from '#src/cli/connection.ts';
import { durationFlag } from '#src/cli/durations.ts';
import { fileSource } from '#src/cli/filesource.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import { parseOrdinalList } from '#src/statefulset/ordinals.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { ColourChoice } from '#src/terminal/console.ts';
import type { DirectServer } from '../live/resolve.ts';
import { parseServiceName, type ServiceName } from '../model/namedservice.ts';
import type { NameFormat } from '../view/format.ts';
import type { DnsFlags } from './dns.ts';

export interface DnsOptions {
  connection: ConnectionOptions;
  selection: Selection;
  allNamespaces: boolean;
  /** The pods whose names are wanted; empty for all pods and the Service. */
  ordinals: readonly number[];
  /** Where the objects come from. Files name no servers, so nobody is asked about the names in them. */
  source: { kind: 'files'; files: FileSource } | { kind: 'cluster'; path: AskPath; until: Until };
  /** Undefined when the person gave none. */
  clusterDomain: string | undefined;
  /** Whether to ask for SRV records, and for PTR records. */
  srv: boolean;
  ptr: boolean;
  format: NameFormat;
  header: boolean;
  /** The port behind each name of `-o name`. */
  port: number | undefined;
  color: ColourChoice | undefined;
}

/** How the DNS servers are asked. */
export type AskPath =
  /** `service` is undefined for the usual DNS Service; at most `servers` of its pods are asked. */
  | { kind: 'port-forward'; service: ServiceName | undefined; servers: number }
  /** `from` is the pod to ask from; undefined for any pod of the sets. */
  | { kind: 'exec'; from: string | undefined }
  | { kind: 'direct'; server: DirectServer }
  | { kind: 'none' };

/** When the command ends: after one look, when all names are right or after `timeout` milliseconds, or on Ctrl-C. */
export type Until = { kind: 'once' } | { kind: 'right'; timeout: number } | { kind: 'interrupted' };

/** @throws {UsageError} when they contradict each other */
export function dnsOptions(words: readonly string[], flags: DnsFlags): DnsOptions {
  const selection = chooseSets(words, flags);
  const ordinals = ordinalsIn(flags.pod ?? []);
  refuseContradictions(flags);
  const timeout = durationFlag('--timeout', flags.timeout);
  const path = pathOf(flags);
  const format = flags.output ?? 'table';
  const files = fileSource(flags);
  if (flags.watch && format !== 'table' && format !== 'wide') {
    throw new UsageError(`-w goes with -o wide, not with -o ${format}`);
  }
  return {
    connection: connectionOf(flags),
    selection,
    allNamespaces: flags['all-namespaces'],
    ordinals,
    source: files ? { kind: 'files', files } : { kind: 'cluster', path, until: untilOf(flags, timeout) },
    clusterDomain: flags['cluster-domain'],
    srv: flags.srv,
    ptr: flags.ptr,
    format,
    header: !flags['no-headers'],
    port: flags.port,
    color: flags.color,
  };
}

function refuseContradictions(flags: DnsFlags): void {
  if (flags.wait && flags.watch)
    throw new UsageError('--wait ends when all names are right, and -w goes on: use one of them');
  if (flags.filename && (flags.wait || flags.watch))
    throw new UsageError('files do not change: -f goes neither with --wait nor with -w');
  if (flags.via === 'direct' && !flags['dns-server']) throw new UsageError('--via direct asks --dns-server HOST:PORT');
  if (flags.via !== 'direct' && flags['dns-server']) throw new UsageError('--dns-server goes with --via direct');
  if (flags.via !== 'exec' && flags.from) throw new UsageError('--from goes with --via exec');
  if (flags.via !== 'port-forward' && flags['dns-service'] !== undefined)
    throw new UsageError('--dns-service goes with --via port-forward');
  if (flags.via === 'none' && (flags.wait || flags.watch))
    throw new UsageError('--via none asks nobody, so there is nothing to wait for');
  if (flags.port !== undefined && flags.output !== 'name') throw new UsageError('--port goes with -o name');
}

function ordinalsIn(texts: readonly string[]): number[] {
  return texts.flatMap((text) => {
    const parsed = parseOrdinalList(text);
    if ('error' in parsed) throw new UsageError(`--pod: ${parsed.error}`);
    return parsed.ordinals;
  });
}

function pathOf(flags: DnsFlags): AskPath {
  switch (flags.via) {
    case 'port-forward':
      return { kind: 'port-forward', service: serviceIn(flags['dns-service']), servers: flags.servers };
    case 'exec':
      return { kind: 'exec', from: flags.from || undefined };
    case 'direct':
      return { kind: 'direct', server: serverIn(flags['dns-server'] ?? '') };
    case 'none':
      return { kind: 'none' };
  }
}

function serviceIn(text: string | undefined): ServiceName | undefined {
  if (text === undefined) return undefined;
  const parsed = parseServiceName(text);
  if ('error' in parsed) throw new UsageError(`--dns-service: ${parsed.error}`);
  return parsed;
}

/** `HOST`, `HOST:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`. */
function serverIn(typed: string): DirectServer {
  const [, bracketed, plain = '', port = '53'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(typed) ?? [];
  const host = bracketed ?? plain;
  if (host === '' || Number(port) > 65_535) {
    throw new UsageError(`--dns-server takes HOST:PORT, not ${JSON.stringify(typed)}`);
  }
  return { typed, host, port: Number(port) };
}

function untilOf({ wait, watch }: DnsFlags, timeout: number): Until {
  if (watch) return { kind: 'interrupted' };
  return wait ? { kind: 'right', timeout } : { kind: 'once' };
}
