import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { duration, type Report } from '../../packaging/progress.ts';
import { cacheFolder } from './folders.ts';
import { goEnvironment, type Toolchain, toolchain } from './go.ts';
import { alone } from './lock.ts';
import { dependenciesFolder, type ExecutableName, type ModuleName, moduleDefinition, moduleFolder } from './modules.ts';

/** Paths of built executables, by name. */
export type Executables<M extends ModuleName = ModuleName> = Readonly<Record<ExecutableName<M>, string>>;

/**
 * Builds what is not in the cache yet and returns the paths of all executables of these modules.
 * Throws with the compiler's output when a build fails.
 */
export async function build<M extends ModuleName>(modules: readonly M[], report: Report): Promise<Executables<M>> {
  const go = await toolchain();
  const paths: Record<string, string> = {};
  for (const name of modules) {
    const folder = join(cacheFolder(), `${name}-${await keyOf(name, go)}`);
    if (!existsSync(folder)) await buildOnce(name, folder, go, report);
    for (const executable of Object.keys(moduleDefinition(name).executables))
      paths[executable] = join(folder, executable);
  }
  return paths as Executables<M>;
}

/** Those of the modules that are not in the cache yet: to build them takes minutes. */
export async function unbuilt(modules: readonly ModuleName[]): Promise<ModuleName[]> {
  const go = await toolchain();
  const isBuilt = await Promise.all(
    modules.map(async (name) => existsSync(join(cacheFolder(), `${name}-${await keyOf(name, go)}`))),
  );
  return modules.filter((_, nth) => !isBuilt[nth]);
}

/** A second build of the same module waits for the first and finds its result. */
async function buildOnce(name: ModuleName, folder: string, go: Toolchain, report: Report): Promise<void> {
  const lock = join(cacheFolder(), 'locks', `${name}.lock`);
  const waiting = () => report({ kind: 'begin', text: `${name}: waiting for another build` });
  await alone(lock, waiting, async () => {
    if (existsSync(folder)) return report({ kind: 'done', text: `${name}: built by another process` });
    await removeBrokenBuilds(name);
    const aside = join(cacheFolder(), `.building-${name}-${randomUUID()}`);
    await mkdir(aside, { recursive: true });
    try {
      await compile(name, aside, go, report);
      // Only here does the build begin to count: a build that was killed before is never looked at.
      await rename(aside, folder);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  });
}

/** Whoever holds the lock is the only builder, so what lies aside was left by a build that was killed. */
async function removeBrokenBuilds(name: ModuleName): Promise<void> {
  const broken = (await readdir(cacheFolder())).filter((entry) => entry.startsWith(`.building-${name}-`));
  await Promise.all(broken.map((entry) => rm(join(cacheFolder(), entry), { recursive: true, force: true })));
}

/** What decides how the executables come out: the pinned sources, the flags and the compiler. */
async function keyOf(name: ModuleName, go: Toolchain): Promise<string> {
  const { executables, target } = moduleDefinition(name);
  const hash = createHash('sha256');
  for (const folder of new Set([moduleFolder(name), dependenciesFolder(name)])) {
    const sources = (await readdir(folder)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file)).sort();
    for (const file of sources) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  }
  hash.update(JSON.stringify([{ ...go, ...target }, buildFlags(name), Object.entries(executables)]));
  return hash.digest('hex').slice(0, 16);
}

function buildFlags(name: ModuleName): string[] {
  const { ldflags, tags = [] } = moduleDefinition(name);
  const dependencies = relative(moduleFolder(name), dependenciesFolder(name));
  return [
    '-trimpath',
    ...(dependencies === '' ? [] : ['-modfile', join(dependencies, 'go.mod')]),
    ...(tags.length > 0 ? ['-tags', tags.join(',')] : []),
    '-ldflags',
    ldflags.join(' '),
  ];
}

async function compile(name: ModuleName, into: string, go: Toolchain, report: Report): Promise<void> {
  const started = Date.now();
  const { executables } = moduleDefinition(name);
  const names = Object.keys(executables).join(', ');
  const passed = () => duration(Date.now() - started);
  report({ kind: 'begin', text: `${name}: building ${names}` });

  const packages = Object.values(executables);
  const fetched = (count: number) =>
    report({ kind: 'progress', text: `${name}: fetching sources, ${count} modules, ${passed()}` });
  const total = await countStale(name, packages, fetched);

  let done = 0;
  const tell = () => {
    const how = done < total ? `${done} of ${total} packages compiled` : 'linking';
    report({ kind: 'progress', text: `${name}: building, ${how}, ${passed()}` });
  };
  const onPackage = () => {
    done += 1;
    tell();
  };
  // Each executable by its own name: a module's own main would otherwise be called after its folder.
  const outputs = packages.length === 1 ? join(into, Object.keys(executables)[0] ?? '') : `${into}/`;
  const ticks = setInterval(tell, 1000);
  try {
    await goBuild(name, ['build', '-v', ...buildFlags(name), '-o', outputs, ...packages], onPackage);
  } finally {
    clearInterval(ticks);
  }

  const text = `${name}: built ${names} with ${go.version} in ${passed()} (${done} packages compiled)`;
  report({ kind: 'done', text });
}

/** How many packages `go build` will have to compile; the others are in Go's own build cache. */
async function countStale(
  name: ModuleName,
  packages: readonly string[],
  fetched: (count: number) => void,
): Promise<number> {
  const format = '{{if .Stale}}{{.ImportPath}}{{end}}';
  const list = ['list', '-deps', ...buildFlags(name), '-f', format, ...packages];
  const go = spawn('go', list, {
    cwd: moduleFolder(name),
    env: goEnvironment(moduleDefinition(name).target),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stale = 0;
  let downloads = 0;
  const said: string[] = [];
  createInterface(go.stdout).on('line', (line) => (stale += line ? 1 : 0));
  createInterface(go.stderr).on('line', (line) => {
    if (line.startsWith('go: downloading ')) fetched(++downloads);
    else said.push(line);
  });
  await succeed(go, `cannot find the sources of ${name}`, said);
  return stale;
}

async function goBuild(name: ModuleName, parameters: readonly string[], onPackage: () => void): Promise<void> {
  const go = spawn('go', parameters, {
    cwd: moduleFolder(name),
    env: goEnvironment(moduleDefinition(name).target),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  createInterface(go.stderr).on('line', (line) => {
    // -v prints each package's import path alone on a line; whatever has more to say is the compiler.
    if (/^[\w.~/-]+$/.test(line)) onPackage();
    else if (!line.startsWith('go: downloading ')) said.push(line);
  });
  await succeed(go, `building ${name} failed`, said);
}

/** Waits for the end of a command; throws with everything it said when it failed. */
async function succeed(child: ChildProcess, failure: string, said: readonly string[]): Promise<void> {
  const status = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code === 0 ? 'done' : `exit ${code ?? signal}`));
  });
  if (status !== 'done') throw new Error([`${failure} (${status}):`, ...said].join('\n'));
}
