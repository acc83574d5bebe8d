/**
 * `npm run bench`: the plugin as it ships against the stand's kubectl, in one run, in turn.
 *
 *   npm run bench                  the start, and what the commands do with sets of 3 and 1,000 pods
 *   npm run bench -- --large       also of 5,000 pods, to see whether it grows in proportion
 *   npm run bench -- --rolls       of a set of 3 pods the rolls alone, and writes nothing
 *   npm run bench -- --status      of 1,000 sets the status alone, and writes nothing
 *
 * Builds the executable, brings up a stand of its own, prints a table and writes docs/benchmarks.md. The exit code is 1
 * when an aim was missed.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { buildExecutable } from '../../packaging/executable.ts';
import { root } from '../../packaging/places.ts';
import { reportTo } from '../../packaging/progress.ts';
import { newest, releases } from '../stand/kubernetes.ts';
import { down, type Stand, up } from '../stand/stand.ts';
import { benchmarksDocument, gapWords } from './document.ts';
import { type Aim, type Figure, met, summary, terminalTable } from './figures.ts';
import { gapsBetween } from './gaps.ts';
import { alternating, type Command, type Measure, measuring } from './measure.ts';
import { kubectlOf, makeManySets, makeSet, outsideName, setName } from './sets.ts';
import { type Cluster, trafficOf } from './traffic.ts';

const { values } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    rolls: { type: 'boolean', default: false },
    status: { type: 'boolean', default: false },
  },
});
const report = reportTo(process.stderr);
const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-bench-'));
const standName = `bench-${process.pid}`;

try {
  const plugin = await buildExecutable(report);
  const stand = await up({ name: standName, owner: process.pid }, report);
  const gaps: number[] = [];
  const figures = await measureAll(plugin, stand, await measuring(folder), gaps);
  process.stdout.write(`${terminalTable(figures)}\n`);
  const circumstances = {
    date: new Date(),
    machine: machine(),
    plugin: 'kubectl-sts',
    kubernetes: releases[newest],
    gaps,
  };
  if (values.rolls) process.stdout.write(`from readiness to the next eviction: ${gapWords(gaps)}\n`);
  else if (!values.status) writeFileSync(`${root}docs/benchmarks.md`, benchmarksDocument(figures, circumstances));
  if (!figures.every(met)) process.exitCode = 1;
} finally {
  await down(standName, report);
  rmSync(folder, { recursive: true, force: true });
}

/** @param gaps is filled with the milliseconds between a new pod's readiness and the next eviction of a roll */
async function measureAll(plugin: string, stand: Stand, measure: Measure, gaps: number[]): Promise<Figure[]> {
  const { kubeconfig, server, auditLog } = stand;
  if (auditLog === undefined) throw new Error('the stand has no audit log');
  const cluster: Cluster = { kubeconfig, server, auditLog };
  const env = { HOME: folder, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'cache'), PATH: '/nonexistent' };
  const kubectl = kubectlOf({ kubectl: stand.executables.kubectl, kubeconfig }, env);
  const command = (program: string, ...args: string[]) => ({ program, args, env });

  async function start(): Promise<Figure> {
    const rounds = 20;
    report({ kind: 'begin', text: 'measuring the start …' });
    const runs = await alternating(measure, rounds, {
      plugin: command(plugin, 'version'),
      kubectl: command(stand.executables.kubectl, 'version', '--client'),
    });
    return {
      what: 'start',
      rounds,
      plugin: { runs: runs.plugin },
      kubectl: { runs: runs.kubectl },
      aim: { ratio: 0.7 },
    };
  }

  async function tree(namespace: string, pods: number, rounds: number, aim?: Aim): Promise<Figure> {
    await makeSet(kubectl, namespace, pods, report);
    const what = `tree of ${pods.toLocaleString('en')} pods`;
    return {
      ...(await sides(what, namespace, rounds, ['tree', setName], ['get', 'sts,pod,pvc,pv'])),
      pods,
      ...(aim && { aim }),
    };
  }

  /** Of all namespaces, as somebody looks at a cluster. */
  async function status(namespace: string, sets: number, rounds: number, aim: Aim): Promise<Figure> {
    await makeManySets(kubectl, namespace, sets, report);
    const what = `status of ${sets.toLocaleString('en')} sets`;
    return { ...(await sides(what, namespace, rounds, ['status', '-A'], ['get', 'sts,pod,pvc', '-A'])), aim };
  }

  async function names(namespace: string, pods: number, rounds: number, aim: Aim): Promise<Figure> {
    const what = `dns of ${pods.toLocaleString('en')} pods`;
    return { ...(await sides(what, namespace, rounds, ['dns', setName], ['get', 'sts,pod,svc,endpointslices'])), aim };
  }

  /** Nothing is stored, so that each run meets the same Service. */
  async function pin(namespace: string, rounds: number): Promise<Figure> {
    const selector = { [podNameLabel]: `${setName}-1` };
    const patch = ['patch', 'service', outsideName, '--type=merge', '--patch', JSON.stringify({ spec: { selector } })];
    const args = ['pin', outsideName, '1', '--dry-run=server'];
    return sides('pin, in a set of 3 pods', namespace, rounds, args, [...patch, '--dry-run=server']);
  }

  /** Pods that are ready at once and gone at once: all of the time is the tools' own, and the controller's. */
  async function roll(namespace: string, rounds: number): Promise<Figure> {
    const { size } = statSync(cluster.auditLog);
    const restart = shell(`rollout restart statefulset/${setName}`, `rollout status statefulset/${setName}`);
    const figure = await sides('roll of 3 pods', namespace, rounds, ['roll', setName, '--stable', '0s'], restart);
    gaps.push(...(await gapsBetween(cluster.auditLog, size, namespace)));
    return figure;
  }

  /** Against what runbooks do by hand. */
  async function rollSome(namespace: string, rounds: number, aim: Aim): Promise<Figure> {
    const byHand = [4, 3, 2, 1, 0].flatMap((ordinal) => {
      const pod = `pod/${setName}-${ordinal}`;
      return [`delete ${pod}`, `wait ${pod} --for=create`, `wait ${pod} --for=condition=Ready`];
    });
    const args = ['roll', setName, '--ordinals', '0-4', '--stable', '0s'];
    return { ...(await sides('roll of 5 of 1,000 pods', namespace, rounds, args, shell(...byHand))), aim };
  }

  /** kubectl's commands one after the other. */
  function shell(...words: string[]): (namespace: string) => Command {
    const { kubectl: program } = stand.executables;
    return (namespace) =>
      command('/bin/sh', '-ec', words.map((each) => `'${program}' ${each} -n ${namespace} >&1`).join('; '));
  }

  async function sides(
    what: string,
    namespace: string,
    rounds: number,
    args: readonly string[],
    kubectlSide: readonly string[] | ((namespace: string) => Command),
  ): Promise<Figure> {
    report({ kind: 'begin', text: `measuring the ${what} …` });
    const commands = {
      plugin: command(plugin, ...args, ...inNamespace(args, namespace)),
      kubectl:
        typeof kubectlSide === 'function'
          ? kubectlSide(namespace)
          : command(stand.executables.kubectl, ...kubectlSide, ...inNamespace(kubectlSide, namespace)),
    };
    const runs = await alternating(measure, rounds, commands);
    const side = async (name: 'plugin' | 'kubectl') => ({
      runs: runs[name],
      traffic: await trafficOf(commands[name], name === 'plugin' ? 'kubectl-sts' : 'kubectl', cluster, folder),
    });
    return { what, rounds, plugin: await side('plugin'), kubectl: await side('kubectl') };
  }

  function inNamespace(args: readonly string[], namespace: string): string[] {
    return args.includes('-A') ? [] : ['-n', namespace];
  }

  async function rollsAlone(): Promise<Figure> {
    await makeSet(kubectl, 'bench-small', 3, report);
    return roll('bench-small', 10);
  }

  const figures: Figure[] = [];
  const statusAlone = () => status('bench-many', 1000, 10, { ratio: 1 });
  const all = [
    start,
    () => tree('bench-small', 3, 20, { ratio: 0.7 }),
    () => pin('bench-small', 20),
    () => roll('bench-small', 10),
    () => tree('bench-large', 1000, 10, { ratio: 0.45, bytes: 150e6 }),
    () => names('bench-large', 1000, 5, { seconds: 3 }),
    () => rollSome('bench-large', 5, { bytes: 150e6 }),
    statusAlone,
    ...(values.large ? [() => tree('bench-large', 5000, 5)] : []),
  ];
  for (const measured of values.rolls ? [rollsAlone] : values.status ? [statusAlone] : all) {
    const figure = await measured();
    report({ kind: 'done', text: summary(figure) });
    figures.push(figure);
  }
  return figures;
}

function machine(): string {
  const [{ model } = { model: 'unknown processor' }] = cpus();
  return `${process.platform}/${process.arch}, ${cpus().length} × ${model.trim()}`;
}
