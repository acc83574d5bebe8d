/** The replicated database of examples/replicated-db on real nodes, and what its operator does with it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { eventually } from '../../e2e/eventually.ts';
import { apply, getJson, kubectl, sts } from '../../e2e/kubectl.ts';
import { checkout } from '../../runner/files.ts';
import type { Held, Move } from '../../trial/history.ts';
import { inPod, patience, ready, tryInPod } from '../pods.ts';

export const setName = 'products-db';

/** A command that asks a server whether it leads: 0 yes, 1 no, anything else is no answer. */
export const leaderCheck = 'sh /scripts/leads.sh';
/** Whether a server may be restarted, as far as replication goes. */
export const mayGoCheck = 'sh /scripts/may-go.sh';
/** Whether a server is back: it serves, and replication streams again. */
export const backCheck = `pg_isready -U postgres -q && ${mayGoCheck}`;

export const pods = ['products-db-0', 'products-db-1'] as const;
export type PodName = (typeof pods)[number];
const services = { write: 'products-db-write', read: 'products-db-read' } as const;

/** Asynchronous is what people get who set nothing: a commit is reported before the follower has it. */
export type Replication = 'synchronous' | 'asynchronous';

export interface Manifest {
  kind: string;
  spec?: {
    template?: { spec: { affinity?: object; containers: { env: object[] }[]; volumes: object[] } };
    volumeClaimTemplates?: { spec: { storageClassName?: string } }[];
  };
}

export function otherThan(pod: PodName): PodName {
  return pod === pods[0] ? pods[1] : pods[0];
}

/** Makes the database, its table of rows, and the pins of both Services. */
export async function makeDatabase(namespace: string, replication: Replication): Promise<void> {
  await apply(namespace, manifestsOf(replication));
  await ready(namespace, setName);
  await eventually('the follower', async () => assert.equal(await mayGo(namespace, pods[0]), true), patience);
  await makeTable(namespace, pods[0]);
  await pinAll(namespace, pods[0]);
}

export async function makeTable(namespace: string, pod: PodName): Promise<void> {
  const table = 'create table written (run text, writer text, number int, primary key (run, writer, number))';
  await query(namespace, pod, table);
}

/** Each volume is a file system of its own on one node, as a disk is. */
export function manifestsOf(replication: Replication): Manifest[] {
  const files = globSync(join('examples', 'replicated-db', '*.yaml'), { cwd: checkout }).sort();
  const all = files.flatMap((file) => loadAll(readFileSync(join(checkout, file), 'utf8')) as Manifest[]);
  for (const { spec } of all) {
    for (const claim of spec?.volumeClaimTemplates ?? []) claim.spec.storageClassName = 'local';
    if (replication === 'asynchronous') {
      for (const { env } of spec?.template?.spec.containers ?? []) {
        env.push({ name: 'SYNCHRONOUS_COMMIT', value: 'local' });
      }
    }
  }
  return all;
}

export async function query(namespace: string, pod: PodName, sql: string): Promise<string> {
  return (await inPod(namespace, pod, ['psql', '-U', 'postgres', '-XAtqc', sql])).trim();
}

/** Whether the leader's follower has caught up, or the follower streams, by the script of the example. */
export async function mayGo(namespace: string, pod: PodName): Promise<boolean> {
  return (await tryInPod(namespace, pod, ['sh', '-c', mayGoCheck])).code === 0;
}

async function follows(namespace: string, pod: PodName): Promise<boolean> {
  return (await query(namespace, pod, 'select pg_is_in_recovery()')) === 't';
}

/** The one server that leads. Fails where there is not exactly one. */
export async function leaderOf(namespace: string): Promise<PodName> {
  const following = await Promise.all(pods.map((pod) => follows(namespace, pod)));
  const [leader, ...others] = pods.filter((_, nth) => !following[nth]);
  assert.ok(leader !== undefined && others.length === 0, `not one leader: ${following.join()}`);
  return leader;
}

/** Clients write to the leader, and read from the other one. */
export async function pinAll(namespace: string, leader: PodName): Promise<void> {
  await pinToLeader(namespace, leader);
  await pinReaders(namespace, otherThan(leader));
}

async function pinToLeader(namespace: string, leader: PodName): Promise<void> {
  await pinned(namespace, services.write, ['--leader-check', leaderCheck], leader);
}

async function pinReaders(namespace: string, follower: PodName): Promise<void> {
  await pinned(namespace, services.read, [follower], follower);
}

/**
 * Pins a Service to a ready pod, and waits until each node leads there: the command waits for the endpoints, and kube-proxy
 * follows within a second or so, later where another Service has just been changed.
 */
async function pinned(namespace: string, service: string, words: readonly string[], pod: PodName): Promise<void> {
  const { code, stdout, stderr } = await sts(['pin', service, ...words, '-n', namespace]);
  assert.equal(code, 0, stdout + stderr);
  const ask = `PGPASSWORD=$POSTGRES_PASSWORD psql -h ${service} -U postgres -XAtc "select current_setting('cluster_name')"`;
  // They are on different nodes.
  for (const from of pods) {
    await eventually(`${service} leads to ${pod} from ${from}`, async () => {
      const { stdout: who } = await tryInPod(namespace, from, ['sh', '-c', `PGCONNECT_TIMEOUT=3 ${ask}`]);
      assert.equal(who.trim(), pod);
    });
  }
}

/** The system identifier of the database. */
export function systemOf(namespace: string, pod: PodName): Promise<string> {
  return query(namespace, pod, 'select system_identifier from pg_control_system()');
}

/** Fences the server that leads, and sees to it that it is down. */
export async function fence(namespace: string, pod: PodName): Promise<void> {
  await tryInPod(namespace, pod, ['sh', '/scripts/fence.sh']);
  // Its container has ended, and another one waits where nothing serves.
  await eventually(
    `${pod} fenced`,
    async () => {
      const check = 'test -e /data/fenced && test "$(cat /proc/1/comm)" = sh && ! pg_isready -q';
      assert.equal((await tryInPod(namespace, pod, ['sh', '-c', check])).code, 0);
    },
    patience,
  );
}

/** Moves the leadership as an operator does: fence, promote, pin anew, rebuild. */
export async function moveLeadership(namespace: string, from: PodName): Promise<Move> {
  const to = otherThan(from);
  const begun = Date.now();
  await fence(namespace, from);
  assert.equal(await query(namespace, to, 'select pg_promote()'), 't');
  await pinToLeader(namespace, to);
  await rebuild(namespace, from);
  await pinReaders(namespace, from);
  return { from, to, begun, ended: Date.now() };
}

/** The fenced server copies the other one's data, and follows it. */
export async function rebuild(namespace: string, pod: PodName): Promise<void> {
  await inPod(namespace, pod, ['sh', '/scripts/rebuild.sh']);
  await eventually(`${pod} follows`, async () => assert.equal(await mayGo(namespace, pod), true), patience);
  await kubectl(['wait', '-n', namespace, `pod/${pod}`, '--for=condition=Ready', `--timeout=${patience / 1_000}s`]);
}

/** What each server holds of the rows of a run. Waits until the follower has what the leader has. */
export async function heldBy(namespace: string, run: string, before: ReadonlyMap<string, string>): Promise<Held[]> {
  const leader = await leaderOf(namespace);
  const [end = ''] = (await query(namespace, leader, 'select pg_current_wal_lsn()')).split('\n');
  const isThere = `select pg_last_wal_replay_lsn() >= '${end}'`;
  await eventually('the follower has all', async () => {
    assert.equal(await query(namespace, otherThan(leader), isThere), 't');
  });
  const after = await volumesOf(namespace);
  return Promise.all(
    pods.map(async (server) => {
      const rows = await query(namespace, server, `select writer || '/' || number from written where run = '${run}'`);
      const [size = ''] = (await inPod(namespace, server, ['du', '-sb', '/data'])).split('\t');
      return {
        server,
        follows: await follows(namespace, server),
        rows: rows.split('\n').filter((row) => row !== ''),
        bytes: Number(size),
        volumes: [before.get(server) ?? '', after.get(server) ?? ''] as const,
      };
    }),
  );
}

/** The volume of each pod, by the pod's name. */
export async function volumesOf(namespace: string): Promise<Map<string, string>> {
  type Claim = { spec: { volumeName: string } };
  const named = pods.map(async (pod): Promise<[string, string]> => {
    return [pod, (await getJson<Claim>([`pvc/data-${pod}`, '-n', namespace])).spec.volumeName];
  });
  return new Map(await Promise.all(named));
}

/** Fills the volume of the follower until replication stands still. */
export async function fill(namespace: string, leader: PodName): Promise<void> {
  // It ends with an error: the volume is full.
  await tryInPod(namespace, otherThan(leader), ['dd', 'if=/dev/zero', 'of=/data/fill', 'bs=16k']);
  await eventually(
    'replication that stands still',
    async () => {
      // The follower has room left in the files that it keeps for later: a few are used up.
      await query(namespace, leader, 'select pg_switch_wal()');
      assert.equal(await mayGo(namespace, leader), false);
    },
    patience,
  );
}
