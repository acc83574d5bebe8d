/** How much of src/ the tests without a cluster run through, by wings and rooms. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { floors, placeOf, wings } from '../house/rooms.ts';
import { tool } from '../house/tool.ts';
import { checkout } from './files.ts';

/** Percent of lines in every wing. */
const leastLines = 85;
/**
 * Percent of branches in these rooms, and of lines too: V8 knows only the branches of functions that ran, so that code
 * which never runs would count for nothing.
 */
const leastInRoom: Readonly<Record<string, number>> = { command: 80, model: 80, live: 75 };

interface Share {
  total: number;
  covered: number;
}

/** As c8 writes it in coverage-summary.json. */
type Summary = Readonly<Record<string, { lines: Share; branches: Share }>>;

interface Row {
  place: string;
  lines: Share;
  branches: Share;
  /** What the row falls short of. */
  wrong: string[];
}

/** A folder for what Node writes of its own coverage, which every process of the tests is told by its environment. */
export function coverageFolder(): { folder: string; env: NodeJS.ProcessEnv; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-coverage-'));
  return {
    folder,
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Prints the table. @returns those of its rows that fall short of what they must have */
export async function reportCoverage(folder: string, print: (line: string) => void): Promise<string[]> {
  const summary = join(folder, 'summary');
  const { code, said } = await tool('c8/bin/c8.js', [
    ...['report', '--temp-directory', folder, '--reports-dir', summary, '--reporter', 'json-summary'],
    ...['--all', '--src', 'src', '--include', 'src/**/*.ts'],
  ]);
  if (code !== 0) throw new Error(`c8: ${said}`);
  const rows = rowsOf(JSON.parse(readFileSync(join(summary, 'coverage-summary.json'), 'utf8')) as Summary);
  print('Coverage by the tests without a cluster, in percent:');
  for (const row of rows) print(`  ${lineOf(row)}`);
  return rows.filter(({ wrong }) => wrong.length > 0).map((row) => `coverage: ${lineOf(row)}`);
}

function lineOf({ place, lines, branches, wrong }: Row): string {
  return [place.padEnd(18), `lines ${percent(lines)}`, `branches ${percent(branches)}`, ...wrong].join('  ');
}

/** A row for each floor, each wing, and each room of a wing. */
function rowsOf(summary: Summary): Row[] {
  const files = Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, shares]) => ({ ...placeOf(relative(checkout, file)), ...shares }));
  const isWing = new Set(wings());
  const units = [...Object.keys(floors), ...isWing].sort();
  return units.flatMap((unit) => {
    const own = files.filter((file) => file.unit === unit);
    if (!isWing.has(unit)) return [rowOf(`${unit}/`, own, 0, 0)];
    const rooms = [...new Set(own.map(({ room = '' }) => room))].sort();
    return [
      rowOf(`${unit}/`, own, leastLines, 0),
      ...rooms.map((room) =>
        rowOf(
          `${unit}/${room}/`,
          own.filter((file) => file.room === room),
          leastInRoom[room] ?? 0,
          leastInRoom[room] ?? 0,
        ),
      ),
    ];
  });
}

function rowOf(
  place: string,
  files: readonly { lines: Share; branches: Share }[],
  lines: number,
  branches: number,
): Row {
  const all = { lines: sum(files.map((file) => file.lines)), branches: sum(files.map((file) => file.branches)) };
  const wrong = [
    ...(share(all.lines) < lines ? [`must be ${lines} of lines`] : []),
    ...(share(all.branches) < branches ? [`must be ${branches} of branches`] : []),
  ];
  return { place, ...all, wrong };
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce((a, b) => ({ total: a.total + b.total, covered: a.covered + b.covered }), {
    total: 0,
    covered: 0,
  });
}

function share({ total, covered }: Share): number {
  return total === 0 ? 100 : (100 * covered) / total;
}

function percent(all: Share): string {
  return share(all).toFixed(1).padStart(5);
}
