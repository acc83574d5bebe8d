/** `roll --status` and `roll --abort`: the rolls that Leases tell of. */

import { jsonText } from '#src/drawing/json.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Lease, Pod, StatefulSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { forgetLease, holderOf, type LeaseDeps, readLease, recordIn } from '../live/lease.ts';
import { leaseName } from '../model/leaserules.ts';
import { readRoll, whyNotResumed } from '../model/record.ts';
import { type RollStatus, statusDocument, statusTable } from '../view/list.ts';

export interface RollsAbout {
  client: Client;
  selection: Selection;
  console: Console;
  json: boolean;
  means: LeaseDeps;
}

/** Of the named sets; of all of the namespace, where none is named. */
export async function showRolls({ client, selection, console, json }: RollsAbout): Promise<number> {
  const { namespace } = client;
  const { names } = selection;
  const leases = names.length === 0 ? await allLeases(client) : await namedLeases(client, names);
  if (leases.length === 0) {
    if (json) console.out(jsonText(statusDocument([])));
    console.err(`No roll is under way in ${printable(namespace)} namespace.\n`);
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
    return { set, namespace, lease, holder: holderOf(lease), record, lost: whyLost(record, set, sets), uids };
  });
  console.out(json ? jsonText(statusDocument(rolls)) : await statusTable(rolls));
  return 0;
}

function whyLost(record: RollStatus['record'], name: string, sets: Part<StatefulSet>): string | undefined {
  if ('unreadable' in record) return `unreadable (${record.unreadable})`;
  const set = sets.items.find(({ metadata }) => metadata.name === name);
  if (set) return whyNotResumed(record, set);
  return sets.others === 'missing' ? 'the set is gone' : undefined;
}

async function allLeases(client: Client): Promise<Lease[]> {
  const leases = await client.list<Lease>(resources.leases, client.namespace, {
    labels: 'app.kubernetes.io/managed-by=kubectl-sts',
  });
  if (leases instanceof StatusError) throw leases;
  return leases.filter(({ metadata }) => metadata.name.startsWith(leaseName('')));
}

async function namedLeases(client: Client, names: readonly string[]): Promise<Lease[]> {
  const found = await Promise.all(names.map((name) => readLease(client, placeOf(client, name))));
  return found.filter((lease) => lease !== undefined);
}

function placeOf({ namespace }: Client, name: string) {
  return { metadata: { namespace, name } };
}

/** Whoever holds it notices before the next eviction, and stops. */
export async function abortRolls({ client, selection, console, means }: RollsAbout): Promise<number> {
  const names = selection.names;
  let code = 0;
  for (const name of names) {
    const lease = await readLease(client, placeOf(client, name));
    if (lease === undefined) {
      console.err(`${printable(`there is no roll of statefulset/${name} to forget`)}\n`);
      continue;
    }
    const refusal = await forgetLease(means, lease);
    if (refusal) {
      console.err(`${printable(refusal.message)}\n`);
      code = 2;
      continue;
    }
    const record = readRoll(recordIn(lease));
    const roll = 'unreadable' in record ? 'the roll' : `roll ${record.id}`;
    const holder = holderOf(lease);
    const stops = holder === undefined ? '' : `; ${holder} stops before the next pod, if it still goes on`;
    console.out(`${printable(`${roll} of statefulset/${name} is forgotten${stops}`)}\n`);
  }
  return code;
}
