import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The checkout, whatever folder the tests are started from. */
export const checkout = join(import.meta.dirname, '..', '..');

/** Every test file, as a path from the checkout, but for those that need real nodes or emulators. */
export function allTestFiles(): string[] {
  return filesIn('test/**/*.test.ts').filter((file) => !needsRealNodes(file) && !needsEmulators(file));
}

/** Tests of executables of other platforms. */
export function platformTestFiles(): string[] {
  return filesIn('test/platforms/*.test.ts');
}

export function realTestFiles(): string[] {
  return filesIn('test/real/**/*.test.ts');
}

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: checkout }).sort();
}

/** Whether a file can only run on a stand with real nodes. */
function needsRealNodes(file: string): boolean {
  return file.startsWith(join('test', 'real', ''));
}

function needsEmulators(file: string): boolean {
  return isIn('platforms', file);
}

/**
 * Whether a file can only run on a stand: all of test/e2e and test/platforms, and elsewhere what says so in its name. Of test/real, all but
 * what looks at the stand itself, from outside.
 */
export function needsStand(file: string): boolean {
  if (needsRealNodes(file)) return !file.endsWith('.outside.test.ts');
  return file.startsWith(join('test', 'e2e', '')) || needsEmulators(file) || file.endsWith('.stand.test.ts');
}

/** What people do most: run on every version of Kubernetes that is supported (`npm run test:skew`). */
export const skewFiles = [
  'completion',
  'dns',
  'examples',
  'pin',
  'pin-owners',
  'rights',
  'roll',
  'roll-budgets',
  'roll-interrupted',
  'rollout',
  'rollout-scaling',
  'troubles',
  'version',
  'watch',
].map((name) => join('test', 'e2e', `${name}.test.ts`));

/** Files that run on a stand with no other file beside them, and why. */
const alone: Readonly<Record<string, string>> = {
  'test/e2e/histories.test.ts': 'must see within a second what a gate says',
  'test/e2e/dns-cache.test.ts': 'gives the whole cluster a NodeLocal DNSCache, which other files would be told of',
  'test/e2e/connect-alone.test.ts': 'the audit log cannot tell its requests from those of other files',
  'test/real/nodes.test.ts': 'cordons one node and cuts the other off',
  'test/real/outages.test.ts': 'stops programs of the nodes, and switches one off',
  'test/real/replicated.test.ts': 'stops the API server',
  // Linux has many addresses on loopback, other systems have one.
  ...(process.platform !== 'linux' && { 'test/e2e/traffic.test.ts': 'knows its requests by their source address' }),
};

/** The files that take longest, the longest first. They begin first, so that none of them runs on by itself at the end. */
const longest: readonly string[] = [
  'test/e2e/connect.test.ts',
  'test/e2e/roll-trouble.test.ts',
  'test/e2e/docs.test.ts',
  'test/e2e/roll-interrupted.test.ts',
  'test/e2e/endurance.test.ts',
  'test/e2e/roll-checks.test.ts',
  'test/e2e/roll.test.ts',
  'test/e2e/demo.test.ts',
  'test/e2e/help-examples.test.ts',
  'test/e2e/rbac.test.ts',
  'test/e2e/fate.test.ts',
];

/** Files that write to dist/, so that they run one after the other. */
const writeToDist: readonly string[] = [
  'test/e2e/connect-node.test.ts',
  'test/e2e/node.test.ts',
  'test/e2e/npm-install.test.ts',
  'test/e2e/packaging.test.ts',
  'test/e2e/krew.test.ts',
];

/** All files that are named here. */
export const namedFiles: readonly string[] = [...Object.keys(alone), ...longest, ...writeToDist, ...skewFiles];

/**
 * How files share a stand. Each file has namespaces of its own, and knows its own requests in the audit log.
 *
 * @returns groups that run side by side, in the order in which they begin; and files that run after them, one by one
 */
export function shifts(files: readonly string[]): { together: string[][]; alone: string[] } {
  const isIn = (list: readonly string[]) => (file: string) => list.includes(file);
  const [lonely, shared] = [files.filter((file) => file in alone), files.filter((file) => !(file in alone))];
  const groups = [
    ...longest.filter(isIn(shared)).map((file) => [file]),
    shared.filter(isIn(writeToDist)),
    ...shared.filter((file) => !longest.includes(file) && !writeToDist.includes(file)).map((file) => [file]),
  ];
  return { together: groups.filter((group) => group.length > 0), alone: lonely };
}

/** The files of `all` that somebody named on the command line, from where they stand; or which of them is none. */
export function chosenFiles(all: readonly string[], words: readonly string[]): string[] | { missing: string } {
  const known = new Set(all);
  const files: string[] = [];
  for (const word of words) {
    const file = relative(checkout, resolve(word));
    if (known.has(file)) files.push(file);
    else {
      const within = [...known].filter((one) => one.startsWith(join(file, '')));
      if (within.length === 0) return { missing: word };
      files.push(...within);
    }
  }
  return [...new Set(files)];
}

/** Whether a file builds what ships, or looks at the checkout as a whole: it belongs to `npm test`, not to the inner loop. */
export function looksAtWhole(file: string): boolean {
  return buildsWhatShips(file) || isIn('house', file);
}

function buildsWhatShips(file: string): boolean {
  return isIn('packaging', file);
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(join('test', folder, ''));
}

/**
 * Files that need no stand, as jobs in the order in which they begin: each file for itself, but for those that write to
 * dist/. What takes longest begins first, so that it does not run on by itself at the end.
 */
export function jobsOf(files: readonly string[]): string[][] {
  const [building, others] = [files.filter(buildsWhatShips), files.filter((file) => !buildsWhatShips(file))];
  const [house, unit] = [others.filter(looksAtWhole), others.filter((file) => !looksAtWhole(file))];
  return [building, ...[...house, ...unit].map((file) => [file])].filter((job) => job.length > 0);
}
