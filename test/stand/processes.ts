import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What a stand is made of: nothing with another name is ever ended. */
const components = new Set([
  'kwokctl',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok-controller',
  'kwok',
  'coredns',
  'containerd',
  'kubelet',
  'kube-proxy',
]);

export type Component = { readonly pid: number; readonly name: string };

/**
 * The running processes of the stand in this folder: those with a component's name whose command line names
 * a file in that folder. This asks the system and trusts no list of pids, which could be old.
 */
export async function componentsOf(folder: string): Promise<Component[]> {
  const found: Component[] = [];
  for (const { pid, command } of await runningCommands()) {
    const name = basename(command[0] ?? '');
    if (components.has(name) && command.some((word) => word.includes(folder + sep))) found.push({ pid, name });
  }
  return found;
}

/** Ends all processes of the stand in this folder. Nothing of theirs is kept, so they get no time to save. */
export async function endComponents(folder: string, deadline = Date.now() + 10_000): Promise<void> {
  for (;;) {
    const running = await componentsOf(folder);
    if (running.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`these processes do not end: ${running.map(({ pid, name }) => `${name} (${pid})`).join(', ')}`);
    }
    // kwokctl first: it starts the others.
    for (const { pid } of running.toSorted((a, b) => Number(b.name === 'kwokctl') - Number(a.name === 'kwokctl'))) {
      end(pid);
    }
    await delay(20);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A process as it is named beyond its end: the kernel gives the same pid to another one later. */
export type ProcessIdentity = { readonly pid: number; readonly started: string };

export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

export async function lives(identity: ProcessIdentity): Promise<boolean> {
  return (await startOf(identity.pid)) === identity.started;
}

/** When a process was started, in whatever form the system tells it; undefined when it has ended. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The name in parentheses may hold anything; the start time is the 20th field after it (proc(5)).
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields?.[0] === 'Z' ? undefined : fields?.[19];
  }
  const told = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', `${pid}`]).catch(() => undefined);
  return told?.stdout.trim() || undefined;
}

async function runningCommands(): Promise<{ pid: number; command: string[] }[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], {
      maxBuffer: 2 ** 26,
    });
    return stdout.split('\n').map((line) => {
      const [pid, ...command] = line.trim().split(/\s+/);
      return { pid: Number(pid), command };
    });
  }
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  return Promise.all(
    pids.map(async (pid) => {
      // A process that has ended meanwhile has no command line.
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), command: line.split('\0') };
    }),
  );
}
