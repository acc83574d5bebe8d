/** What the examples of the help act on: the objects in the namespace of each scene, and the shell of a person. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SceneName } from '../../docs/helpexamples.ts';
import { checkout } from '../../runner/files.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { published, service } from '../dns/sets.ts';
import { apply, kubectl } from '../kubectl.ts';
import { entrance } from '../pin/services.ts';
import { rolling } from '../roll/rolls.ts';
import { roomsFor } from '../roll/rooms.ts';
import { budget, counted, held, rollSet, settled } from '../roll/sets.ts';
import { personEnv, sandbox } from '../sandbox.ts';

interface Scene {
  /** Makes what its examples act on. */
  prepare(namespace: string): Promise<void>;
  /** What their words alone do not show, when all of them have ended. */
  judge?(): void;
}

/** What an example calls a program that not each machine has, and what stands in for it. */
const standIns: Readonly<Record<string, string>> = {
  // What it is given is looked at.
  dot: '[ "$1" = -Tsvg ] && cat',
  // Leaves a trace in the folder of the pod that it is asked in.
  pg_isready: '[ "$1" = -q ] && touch asked',
};

let tools: string | undefined;

/** The folder of the stand-ins. */
function toolsFolder(): string {
  if (tools !== undefined) return tools;
  const folder = join(sandbox(), 'tools');
  mkdirSync(folder);
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  tools = folder;
  return folder;
}

export interface Shell {
  cwd: string;
  env: Record<string, string>;
}

/** Where a person types: a folder with manifests, a kubeconfig with the namespace, and a second context `staging`. */
export function shellIn(namespace: string, staging: string): Shell {
  const home = join(sandbox(), `home-${namespace}`);
  const krew = join(home, '.krew', 'bin');
  for (const folder of [krew, join(home, 'bin')]) mkdirSync(folder, { recursive: true });
  cpSync(join(checkout, 'examples', 'products-db'), join(home, 'manifests'), { recursive: true });
  const config = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as { contexts: Context[] };
  const contexts = config.contexts.flatMap(({ name, context }) => [
    { name, context: { ...context, namespace } },
    { name: 'staging', context: { ...context, namespace: staging } },
  ]);
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify({ ...config, contexts }), { mode: 0o600 });
  const env = personEnv(kubeconfig);
  const path = [krew, join(home, 'bin'), toolsFolder(), env['PATH'], process.env['PATH']].join(':');
  return { cwd: home, env: { ...env, HOME: home, PATH: path } };
}

interface Context {
  name: string;
  context: object;
}

const pods = ['web-0', 'web-1', 'web-2'];

async function web(namespace: string): Promise<void> {
  await apply(namespace, [
    service('web'),
    rollSet('web', { claims: ['data'], labels: { tier: 'db' } }),
    ...['web-lb', 'read', 'report'].map((name) => entrance(name, 'web')),
    rollSet('api', { replicas: 1 }),
  ]);
  await settled(namespace, 'web', 'api');
  await Promise.all(['web', 'web-lb', 'read', 'report'].map((name) => published(namespace, name, pods)));
}

/** The folders in which the checks of a roll run, by pod. */
let rooms: Readonly<Record<string, string>> = {};

export const scenes: Readonly<Record<SceneName, Scene>> = {
  looks: { prepare: web },
  pins: { prepare: web },
  checked: {
    async prepare(namespace) {
      await apply(namespace, [service('web'), rollSet('web', { start: 1, replicas: 2 })]);
      const { PATH = '' } = process.env;
      rooms = await roomsFor(namespace, ['web-1', 'web-2'], { PATH: `${toolsFolder()}:${PATH}` });
      await settled(namespace, 'web');
      await published(namespace, 'web', ['web-1', 'web-2']);
    },
    judge() {
      for (const [pod, room] of Object.entries(rooms))
        assert.ok(existsSync(join(room, 'asked')), `${pod} was not asked`);
    },
  },
  outdated: {
    async prepare(namespace) {
      await apply(namespace, [rollSet('web', { replicas: 1, onDelete: true })]);
      await settled(namespace, 'web');
      await apply(namespace, [rollSet('web', { replicas: 1, onDelete: true, labels: { version: '2' } })]);
      await settled(namespace, 'web');
    },
  },
  stopped: {
    async prepare(namespace) {
      const labels = { tier: 'db' };
      await apply(namespace, [
        rollSet('web', { replicas: 2, labels }),
        // Without it the budget would never let a pod go, and the roll would not begin.
        rollSet('sick', { replicas: 1, labels, annotations: held }),
        budget('keeps-web', labels, { minAvailable: 2 }),
      ]);
      await settled(namespace, 'web');
      await counted(namespace, 'keeps-web');
      const going = rolling(namespace, ['web']);
      await going.line(/web-1 {2}blocked: /);
      assert.equal((await going.end('SIGINT')).code, 130, going.stderr());
      await kubectl(['delete', 'pdb', 'keeps-web', '-n', namespace]);
    },
  },
  staging: {
    async prepare(namespace) {
      await apply(namespace, [rollSet('staged', { replicas: 1 })]);
      await settled(namespace, 'staged');
    },
  },
  shell: { prepare: async () => {} },
};
