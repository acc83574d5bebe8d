/** Where commands are measured: a stand, near or over a far road, and the executables in one fresh folder. */
import { copyFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../packaging/progress.ts';
import { down, type Stand, up } from '../stand/stand.ts';
import type { Aim, Side } from './aims.ts';
import type { Figure } from './figures.ts';
import { alternating, type Command, type Measure } from './measure.ts';
import { openRoad } from './road.ts';
import { type Kubectl, kubectlOf } from './sets.ts';
import { type Cluster, trafficOf } from './traffic.ts';

/** All that a measurement uses. */
export interface Bench {
  measure: Measure;
  report: Report;
  /** For files of the run. */
  folder: string;
  /** Copies in that folder, so that none lies on another disk than the others. */
  plugin: string;
  kubectl: string;
}

export interface Place {
  cluster: Cluster;
  /** For making sets, without being measured. */
  run: Kubectl;
  plugin(...args: string[]): Asked;
  kubectl(...args: string[]): Asked;
  /** kubectl's commands one after the other. */
  kubectls(...words: string[]): Asked;
}

/** A command in its place. */
export interface Asked extends Command {
  words: string;
  agent: 'kubectl' | 'kubectl-sts';
  cluster: Cluster;
}

/** Runs `work` on a stand of its own. */
export async function onStand<T>(bench: Bench, name: string, work: (place: Place) => Promise<T>): Promise<T> {
  const own = `bench-${name}-${process.pid}`;
  try {
    const stand = await up({ name: own, owner: process.pid }, bench.report);
    copyFileSync(stand.executables.kubectl, bench.kubectl);
    return await work(await placeOf(bench, stand));
  } finally {
    await down(own, bench.report);
  }
}

async function placeOf(bench: Bench, { name, kubeconfig, server, auditLog }: Stand): Promise<Place> {
  if (auditLog === undefined) throw new Error('the stand has no audit log');
  return place(bench, name, { kubeconfig, server, auditLog });
}

/** The same cluster, reached over a far road. */
export async function farAway<T>(bench: Bench, near: Place, work: (place: Place) => Promise<T>): Promise<T> {
  const { cluster } = near;
  const road = await openRoad(new URL(cluster.server));
  try {
    const kubeconfig = join(bench.folder, `far-${new URL(road.url).port}.kubeconfig`);
    const text = await readFile(cluster.kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replaceAll(cluster.server, road.url), { mode: 0o600 });
    return await work(place(bench, `far-${new URL(road.url).port}`, { ...cluster, kubeconfig, server: road.url }));
  } finally {
    road.close();
  }
}

/** @param name of kubectl's cache of the API: each place has its own */
function place(bench: Bench, name: string, cluster: Cluster): Place {
  const env = {
    HOME: bench.folder,
    KUBECONFIG: cluster.kubeconfig,
    KUBECACHEDIR: join(bench.folder, `cache-${name}`),
    PATH: '/nonexistent',
  };
  const asked = (agent: Asked['agent'], program: string, args: string[], words: string): Asked => {
    return { program, args, env, words, agent, cluster };
  };
  return {
    cluster,
    run: kubectlOf({ kubectl: bench.kubectl, kubeconfig: cluster.kubeconfig }, env),
    plugin: (...args) => asked('kubectl-sts', bench.plugin, args, `kubectl-sts ${args.join(' ')}`),
    kubectl: (...args) => asked('kubectl', bench.kubectl, args, `kubectl ${args.join(' ')}`),
    kubectls(...words) {
      const script = words.map((each) => `'${bench.kubectl}' ${each} >&1`).join('; ');
      return asked('kubectl', '/bin/sh', ['-ec', script], words.map((each) => `kubectl ${each}`).join('; '));
    },
  };
}

/**
 * Runs the commands in turn.
 *
 * @param counted which of them are run once more, to count their requests and bytes
 */
export async function sides<Name extends string>(
  bench: Bench,
  rounds: number,
  commands: Record<Name, Asked>,
  counted: readonly NoInfer<Name>[] = [],
): Promise<Record<Name, Side>> {
  const names = Object.keys(commands) as Name[];
  bench.report({ kind: 'begin', text: `measuring ${names.join(', ')} …` });
  const runs = await alternating(bench.measure, rounds, commands);
  const all = {} as Record<Name, Side>;
  for (const name of names) {
    const { words, agent, cluster } = commands[name];
    all[name] = { words, runs: runs[name] };
    if (counted.includes(name)) all[name].traffic = await trafficOf(commands[name], agent, cluster, bench.folder);
  }
  return all;
}

export function figure(what: string, plugin: Side, other: Side, ...aims: Aim[]): Figure {
  return { what, plugin, other, aims };
}
