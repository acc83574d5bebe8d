/**
 * `npm run bench`: the plugin as it ships, against what each aim names, in one run and by turns.
 *
 *   npm run bench                      everything but 5,000 pods, in a quarter of an hour, and writes docs/benchmarks.md
 *   npm run bench -- huge              5,000 pods, which takes as long
 *   npm run bench -- start small       these parts alone, and writes nothing; the others are crowd, many and large
 *
 * Builds the executable, brings up stands of its own, and prints a table. The exit code is 1 when an aim was missed.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExecutable } from '../../packaging/executable.ts';
import { root } from '../../packaging/places.ts';
import { reportTo } from '../../packaging/progress.ts';
import { newest, releases } from '../stand/kubernetes.ts';
import { benchmarksDocument } from './document.ts';
import { type Figure, met, summary, terminalTable } from './figures.ts';
import { measuring } from './measure.ts';
import { type Bench, onStand, type Place } from './place.ts';
import { fiveThousandPods, thousandPods } from './works/large.ts';
import { thousandSets } from './works/many.ts';
import { makeSmall, pin, roll, trees } from './works/small.ts';
import { start } from './works/start.ts';

const parts = ['start', 'small', 'crowd', 'many', 'large', 'huge'] as const;
type Part = (typeof parts)[number];

const { positionals } = parseArgs({ allowPositionals: true });
const usual = parts.filter((part) => part !== 'huge');
const chosen = positionals.length === 0 ? usual : parts.filter((part) => positionals.includes(part));
const unknown = positionals.find((word) => !parts.includes(word as Part));
if (unknown === undefined) process.exitCode = await run();
else {
  process.stderr.write(`error: no part ${unknown}: there are ${parts.join(', ')}\n`);
  process.exitCode = 2;
}

/** @returns the exit code */
async function run(): Promise<number> {
  const report = reportTo(process.stderr);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-bench-'));
  const date = new Date();
  try {
    const plugin = join(folder, 'kubectl-sts');
    copyFileSync(await buildExecutable(report), plugin);
    const measure = await measuring(folder);
    const figures = await measureAll({ measure, report, folder, plugin, kubectl: join(folder, 'kubectl') });
    process.stdout.write(`${terminalTable(figures)}\n`);
    if (usual.every((part) => chosen.includes(part))) {
      const circumstances = { date, machine: machine(), kubernetes: releases[newest] };
      writeFileSync(`${root}docs/benchmarks.md`, benchmarksDocument(figures, circumstances));
    }
    return figures.every(met) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  const measured = async (part: Part, work: () => Promise<Figure[]>) => {
    if (!chosen.includes(part)) return;
    const some = await work();
    for (const one of some) bench.report({ kind: 'done', text: summary(one) });
    figures.push(...some);
  };
  const small = ['start', 'crowd', 'small', 'many'].some((part) => chosen.includes(part as Part));
  if (small)
    await onStand(bench, 'near', async (near: Place) => {
      await makeSmall(bench, near);
      await measured('start', () => start(bench, near));
      await measured('crowd', () => onStand(bench, 'crowd', (crowded) => trees(bench, near, crowded)));
      await measured('small', async () => [...(await pin(bench, near)), ...(await roll(bench, near))]);
      await measured('many', () => thousandSets(bench, near));
    });
  // kubectl lists the volumes of the whole cluster: here there are no others.
  await measured('large', () => onStand(bench, 'large', (place) => thousandPods(bench, place)));
  await measured('huge', () => onStand(bench, 'huge', (place) => fiveThousandPods(bench, place)));
  return figures;
}

function machine(): string {
  const [{ model } = { model: 'unknown processor' }] = cpus();
  return `${process.platform}/${process.arch}, ${cpus().length} × ${model.trim()}`;
}
