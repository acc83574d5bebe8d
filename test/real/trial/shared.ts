/**
 * The mistake that people make: both servers on one claim instead of a claim for each. Each finds a database on the volume,
 * and its lock file names process 1, which it is itself in its container: so both serve it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { apply, kubectl } from '../../e2e/kubectl.ts';
import { readClientLog } from '../../trial/clientlog.ts';
import type { Held } from '../../trial/history.ts';
import { inPod, ready, tryInPod } from '../pods.ts';
import { startClients } from './clients.ts';
import { type Manifest, makeTable, manifestsOf, pods, setName, systemOf } from './database.ts';
import { observe } from './observer.ts';
import type { Played } from './play.ts';

/** How long clients are at work, in milliseconds. */
const atWork = 10_000;

/** The set of the example with one claim for all, on one node, and without replication. */
function manifests(): Manifest[] {
  const all = manifestsOf('asynchronous');
  for (const { spec } of all) {
    const template = spec?.template?.spec;
    if (template === undefined) continue;
    delete template.affinity;
    delete spec?.volumeClaimTemplates;
    template.volumes.push({ name: 'data', persistentVolumeClaim: { claimName: setName } });
  }
  const resources = { requests: { storage: '50Mi' } };
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'local', resources };
  return [{ kind: 'PersistentVolumeClaim', apiVersion: 'v1', metadata: { name: setName }, spec } as Manifest, ...all];
}

/** Makes both servers, and a table that both of them see. */
export async function makeShared(namespace: string): Promise<void> {
  const [first, second] = pods;
  await apply(namespace, manifests());
  await ready(namespace, setName);
  await makeTable(namespace, first);
  // It has begun before that.
  await kubectl(['delete', 'pod', second, '-n', namespace]);
  await ready(namespace, setName);
}

/** Lets clients write through the Services as they are, restarts both servers, and looks at what is left. */
export async function playShared(namespace: string, name: string, seed: number): Promise<Played> {
  const [leader] = pods;
  await makeShared(namespace);
  const system = await systemOf(namespace, leader);
  const observer = await observe(namespace);
  const run = `${name}-${seed}`;
  const begun = Date.now();
  const clients = await startClients(namespace, run);
  await delay(atWork);
  const settled = Date.now() - 3_000;
  const ended = Date.now();
  const said = await clients.stop();
  await kubectl(['delete', 'pod', ...pods, '-n', namespace]);
  await tryReady(namespace);
  const held = await Promise.all(pods.map((server) => heldOn(namespace, server, run)));
  const restarts = await observer.stop();
  const told = { name, seed, begun, ended, settled, leader, system, moves: [], expected: undefined, restarts, held };
  for (const { server, said } of held) if (said !== '') console.log(`${server}: ${said}`);
  return { history: { ...told, ...readClientLog(said.log) }, rolls: [], ...said };
}

/** They may never be ready again. */
async function tryReady(namespace: string): Promise<void> {
  await kubectl(['rollout', 'status', `statefulset/${setName}`, '-n', namespace, '--timeout=60s']).catch(() => {});
}

/** What a server that may be broken holds: nothing where it does not answer. */
async function heldOn(namespace: string, server: string, run: string): Promise<Held & { said: string }> {
  const ask = (sql: string) => tryInPod(namespace, server, ['psql', '-U', 'postgres', '-XAtqc', sql]);
  const rows = await ask(`select writer || '/' || number from written where run = '${run}'`);
  const role = await ask('select pg_is_in_recovery()');
  const [size = ''] = (await inPod(namespace, server, ['du', '-sb', '/data'])).split('\t');
  return {
    server,
    follows: role.stdout.trim() !== 'f',
    rows: rows.stdout.split('\n').filter((row) => row !== ''),
    bytes: Number(size),
    volumes: [setName, setName],
    said: (rows.stderr + role.stderr).trim(),
  };
}
