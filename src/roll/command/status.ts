/** `roll --status`: shows the rolls that Leases tell of. */
import { jsonText } from '#src/drawing/json.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Lease, Pod, StatefulSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { holderIn, readLease, recordIn } from '../live/lease.ts';
import { leaseName } from '../model/leaserules.ts';
import { readRoll } from '../model/record.ts';
import { mismatchOf } from '../model/resumption.ts';
import { noRollsWords, type RollStatus, statusDocument, statusTable } from '../view/list.ts';
import { type RunContext, say } from './context.ts';

/** @param names of sets; those of all the namespace's rolls where it is empty */
export async function showRolls(context: RunContext, names: readonly string[]): Promise<ExitCode> {
  const { client, console, format } = context;
  const { namespace } = client;
  const leases = names.length === 0 ? await allLeases(client) : await namedLeases(client, names);
  if (leases.length === 0) {
    if (format === 'json') console.out(jsonText(statusDocument([])));
    say(context, noRollsWords(namespace));
    return 0;
  }
  const [pods, sets] = await Promise.all([
    readAll<Pod>(client, resources.pods, namespace),
    readAll<StatefulSet>(client, resources.statefulSets, namespace),
  ]);
  const uids =
    pods.others === 'missing' ? new Map(pods.items.map(({ metadata }) => [metadata.name, metadata.uid])) : undefined;
  const rolls = leases.map((lease): RollStatus => {
    const set = lease.metadata.name.slice(leaseName('').length);
    const record = readRoll(recordIn(lease));
    return { set, namespace, lease, holder: holderIn(lease), record, lost: lostIn(record, set, sets), uids };
  });
  console.out(format === 'json' ? jsonText(statusDocument(rolls)) : await statusTable(rolls, console));
  return 0;
}

function lostIn(record: RollStatus['record'], name: string, sets: Part<StatefulSet>): RollStatus['lost'] {
  if ('unreadable' in record) return { kind: 'unreadable', why: record.unreadable };
  const set = sets.items.find(({ metadata }) => metadata.name === name);
  if (set) return mismatchOf(record, set);
  return sets.others === 'missing' ? { kind: 'set gone' } : undefined;
}

async function allLeases(client: Client): Promise<Lease[]> {
  const leases = await client.list<Lease>(resources.leases, client.namespace, {
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
