/** What happens to a control plane now and then, done to a stand. Never to one that others use. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from './api.ts';
import { clusterFiles, kwokctl } from './control-plane.ts';
import { componentsOf } from './processes.ts';
import type { Stand } from './start.ts';
import { until } from './until.ts';

/** Milliseconds that an end and a start may take each. */
const patience = 30_000;

const component = 'kube-apiserver';

/** Kills the API server: asked to end, it would wait a minute for the watches of the other components. */
export async function crashApiServer({ dir, name }: Stand): Promise<void> {
  const running = async () => (await componentsOf(dir)).find((one) => one.name === component);
  const server = await running();
  if (!server) throw new Error('no API server runs');
  process.kill(server.pid, 'SIGKILL');
  const ended = async () => ((await running()) ? undefined : true);
  await until('the end of the API server', Date.now() + patience, new AbortController().signal, ended);
  // To kwokctl one that nobody has asked for its exit code still runs.
  await rm(join(clusterFiles(dir, name).pids, `${component}.pid`));
}

/** Starts the API server that has crashed, and whatever other component has, and waits until it is ready. */
export async function startAgain(stand: Stand): Promise<void> {
  // It leaves alone what runs.
  await kwokctl(stand.dir, stand.executables, ['start', 'cluster', '--name', stand.name]);
  const api = await connect(stand.server, stand);
  try {
    const ready = () => api.get('/readyz');
    await until('the API server becoming ready', Date.now() + patience, new AbortController().signal, ready);
  } finally {
    api.close();
  }
}

/** Has etcd forget all that is older than now, as the API server asks it to every five minutes. */
export async function compact({ ports }: Stand): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const url = `http://127.0.0.1:${ports.etcd}/v3/kv/${path}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} of etcd: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { header } = (await ask('range', { key: btoa('/') })) as { header: { revision: string } };
  await ask('compaction', { revision: header.revision, physical: true });
}
