/** `roll --status`: shows the rolls that Leases tell of. */
import { jsonText } from '#src/drawing/json.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { notGiven, type Part } from '#src/objects/snapshot.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Lease, Pod, StatefulSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { holderIn, readLease, recordIn } from '../live/lease.ts';
import { leaseName, runState } from '../model/leaserules.ts';
import { readRoll } from '../model/record.ts';
import { mismatchOf } from '../model/resumption.ts';
import { noRollsWords, type RollStatus, statusDocument, statusTable } from '../view/list.ts';
import { type RunContext, say } from './context.ts';

/**
 * @param names of sets; those of all rolls where it is empty
 * @param namespace undefined for all namespaces
 */
export async function showRolls(
  context: RunContext,
  names: readonly string[],
  namespace: string | undefined,
): Promise<ExitCode> {
  const { client, console, format } = context;
  const leases = names.length === 0 ? await allLeases(client, namespace) : await namedLeases(client, names);
  if (leases.length === 0) {
    if (format === 'json') console.out(jsonText(statusDocument([])));
    say(context, noRollsWords(namespace));
    return 0;
  }
  const now = client.serverTime();
  const around = await readAround(client, leases);
  const rolls = leases.map((lease): RollStatus => {
    const set = lease.metadata.name.slice(leaseName('').length);
    const own = lease.metadata.namespace ?? client.namespace;
    const { pods, sets } = around.get(own) ?? unread;
    const record = readRoll(recordIn(lease));
    const holder = holderIn(lease);
    const renewed = timeOf(lease.spec?.renewTime);
    return {
      ...{ set, namespace: own, lease, holder, record, lost: lostIn(record, set, sets), uids: uidsOf(pods) },
      state: runState({ holder, renewed, seconds: lease.spec?.leaseDurationSeconds }, now),
    };
  });
  const style = { ...console, allNamespaces: namespace === undefined };
  console.out(format === 'json' ? jsonText(statusDocument(rolls)) : await statusTable(rolls, style));
  return 0;
}

/** What the rolls of one namespace are compared with. */
interface Around {
  pods: Part<Pod>;
  sets: Part<StatefulSet>;
}

const unread: Around = { pods: notGiven, sets: notGiven };

/** Only of the namespaces that have rolls: a cluster has many others. */
async function readAround(client: Client, leases: readonly Lease[]): Promise<ReadonlyMap<string, Around>> {
  const namespaces = new Set(leases.map(({ metadata }) => metadata.namespace ?? client.namespace));
  const read = async (namespace: string): Promise<[string, Around]> => {
    const [pods, sets] = await Promise.all([
      readAll<Pod>(client, resources.pods, namespace),
      readAll<StatefulSet>(client, resources.statefulSets, namespace),
    ]);
    return [namespace, { pods, sets }];
  };
  return new Map(await Promise.all([...namespaces].map(read)));
}

function uidsOf({ items, others }: Part<Pod>): RollStatus['uids'] {
  return others === 'missing' ? new Map(items.map(({ metadata }) => [metadata.name, metadata.uid])) : undefined;
}

function lostIn(record: RollStatus['record'], name: string, sets: Part<StatefulSet>): RollStatus['lost'] {
  if ('unreadable' in record) return { kind: 'unreadable', why: record.unreadable };
  const set = sets.items.find(({ metadata }) => metadata.name === name);
  if (set) return mismatchOf(record, set);
  return sets.others === 'missing' ? { kind: 'set gone' } : undefined;
}

async function allLeases(client: Client, namespace: string | undefined): Promise<Lease[]> {
  const leases = await client.list<Lease>(resources.leases, namespace, {
    labels: 'app.kubernetes.io/managed-by=kubectl-sts',
  });
  if (leases instanceof StatusError) throw leases;
  return leases.filter(({ metadata }) => metadata.name.startsWith(leaseName('')));
}

async function namedLeases(client: Client, names: readonly string[]): Promise<Lease[]> {
  const { namespace } = client;
  const found = await Promise.all(names.map((name) => readLease(client, { metadata: { namespace, name } })));
  return found.filter((lease) => lease !== undefined);
}
