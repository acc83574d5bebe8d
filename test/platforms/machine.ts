/** Executables of other platforms, as they run on this machine. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executableFile } from '../../packaging/places.ts';
import { executableName } from '../../packaging/platform.ts';
import { type Going, watched } from '../e2e/going.ts';
import type { As } from '../e2e/kubectl.ts';
import { type Ran, run } from '../e2e/ran.ts';
import { personEnv, sandbox } from '../e2e/sandbox.ts';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { linuxArm64, windowsAmd64 } from './emulators.ts';

/** What starts the executable: its words begin with a program of this machine. */
interface Start {
  words: readonly string[];
  /** Beside the environment of a person. */
  env: Record<string, string>;
}

export interface Machine {
  name: string;
  /** As `kubectl sts version` names the platform. */
  runsOn: string;
  platform: 'linux' | 'win32';
  /** The path by which the executable knows a file of this machine. */
  path(file: string): string;
  /** A program and its first words that print a file, whose path comes behind them. */
  print: readonly [program: string, ...words: string[]];
  /** Makes it ready, and says how the executable is started. */
  start(): Promise<Start>;
  /** Ends what may still run of it. */
  stop(): void;
}

const linux = { platform: 'linux', path: (file: string) => file, print: ['/bin/cat'], stop: () => {} } as const;

/** A processor of 2008, without AVX. */
export const nehalem: Machine = {
  ...linux,
  name: 'linux/amd64 on a processor without AVX',
  runsOn: 'linux/x64',
  start: async () => ({ words: ['/usr/bin/qemu-x86_64', '-cpu', 'Nehalem', sharedStand().plugin], env: {} }),
};

export const arm64: Machine = {
  ...linux,
  name: 'linux/arm64',
  runsOn: 'linux/arm64',
  start: async () => ({
    words: ['/usr/bin/qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', executableFile(linuxArm64)],
    env: {},
  }),
};

/** The variables of wine, which is a shell script, and keeps all that a Windows has on its disks in one folder. */
export function wineEnv() {
  return {
    PATH: '/usr/bin:/bin',
    WINEPREFIX: join(sandbox(), 'wine'),
    // Nothing about what it lacks, and no search for .NET and a browser.
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
  };
}

/** The folder in which the executable for Windows is installed. */
export function windowsFolder(): string {
  return join(sandbox(), 'windows');
}

export const windows: Machine = {
  name: 'windows/amd64',
  platform: 'win32',
  runsOn: 'win32/x64',
  path: (file) => `Z:${file.replaceAll('/', '\\')}`,
  print: ['C:\\windows\\system32\\cmd.exe', '/c', 'type'],
  async start() {
    const executable = join(windowsFolder(), executableName(windowsAmd64));
    for (const folder of [windowsFolder(), wineEnv().WINEPREFIX]) mkdirSync(folder);
    copyFileSync(executableFile(windowsAmd64), executable);
    // While one program of Windows runs, the others need not start the services of Windows, which would hold their output
    // open. It ends with its standard input.
    const shell = spawn('/usr/bin/wine', ['cmd.exe'], { env: wineEnv(), stdio: ['pipe', 'pipe', 'ignore'] });
    await once(shell.stdout, 'data');
    await makeMissingLibrary(join(wineEnv().WINEPREFIX, 'drive_c', 'windows', 'system32'));
    return { words: ['/usr/bin/wine', executable], env: wineEnv() };
  },
  stop: () => void spawnSync('/usr/bin/wineserver', ['-k'], { env: wineEnv() }),
};

/** wine 8 lacks bcryptprimitives.dll, from which bun and Go take the one function that gives random bytes. */
function makeMissingLibrary(folder: string): Promise<void> {
  return compiled(
    join(folder, 'bcryptprimitives.dll'),
    ['-shared', '-ladvapi32'],
    '#include <windows.h>\n' +
      'BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);\n' +
      '__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)\n' +
      '{ return SystemFunction036(buffer, (ULONG)length); }\n',
  );
}

/** Makes a file of Windows from a program in C. */
export async function compiled(file: string, options: readonly string[], program: string): Promise<void> {
  const source = `${file}.c`;
  writeFileSync(source, program);
  await promisify(execFile)('/usr/bin/x86_64-w64-mingw32-gcc-win32', ['-o', file, source, ...options]);
}

/** As whom, and where. */
interface There extends As {
  /** Put over the environment of a person. */
  env?: Record<string, string>;
  /** The checkout unless given. */
  cwd?: string;
  /** Another executable of that platform. */
  executable?: string;
}

/** What a program of this machine starts it with. */
interface Call {
  program: string;
  words: readonly string[];
  options: { env: Record<string, string>; cwd: string };
}

export interface Plugin {
  /** Runs it to its end. */
  sts(args: readonly string[], there?: There): Promise<Ran>;
  /** Starts it. It is killed after the tests. */
  going(args: readonly string[], there?: There): Going;
  /** How it is started, for those who start it in another way. */
  call(args: readonly string[], there?: There): Call;
}

/** The plugin on a machine, for the tests of the `describe` that it is called in. */
export function pluginOn(machine: Machine): Plugin {
  let started: Start = { words: [], env: {} };
  const running: Going[] = [];
  before(async function () {
    this.timeout(120_000); // wine makes its folder at its first start
    started = await machine.start();
    await sts(['version']);
  });
  after(async () => {
    await Promise.all(running.map((one) => one.end('SIGKILL')));
    machine.stop();
  });

  function sts(args: readonly string[], there: There = {}): Promise<Ran> {
    const { program, words, options } = call(args, there);
    const { stdin } = there;
    return run(program, words, { ...options, ...(stdin !== undefined && { stdin }) });
  }

  function call(args: readonly string[], { kubeconfig, env = {}, cwd = checkout, executable }: There = {}): Call {
    const own = executable === undefined ? started.words : [...started.words.slice(0, -1), executable];
    const [program = '', ...words] = [...own, ...args];
    const { KUBECONFIG = '', ...person } = personEnv(kubeconfig);
    const all = { ...person, KUBECONFIG: machine.path(KUBECONFIG), ...started.env, ...env };
    return { program, words, options: { env: all, cwd } };
  }

  return {
    sts,
    call,
    going(args, there) {
      const { program, words, options } = call(args, there);
      const one = watched(spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
      running.push(one);
      return one;
    },
  };
}
