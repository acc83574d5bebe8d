/** What befalls a machine's programs, and how they come back. For whoever is in the namespaces of a real stand. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { until } from '../until.ts';
import { launch, socketOf } from './machine.ts';
import type { Machine } from './network.ts';

type Program = 'containerd' | 'kubelet';

/** Puts right what was done. A second call does nothing. */
export type Restore = () => Promise<void>;

interface Process {
  pid: number;
  command: string[];
}

/** All processes of these namespaces, with their command lines. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => ({ pid: Number(pid), command: textOf(`/proc/${pid}/cmdline`).split('\0').slice(0, -1) }));
}

/** Empty for a process that has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function running({ name }: Machine, program: Program): Process {
  const mark = { containerd: `/${name}/containerd.toml`, kubelet: `--hostname-override=${name}` }[program];
  const isIt = ({ command }: Process) =>
    basename(command[0] ?? '') === program && command.some((word) => word.endsWith(mark));
  const [found, ...others] = processes().filter(isIt);
  if (found === undefined || others.length > 0) throw new Error(`not one ${program} of ${name}`);
  return found;
}

/** Stops a program as a debugger would: it is there, and does nothing. */
export function stopped(machine: Machine, program: Program): Restore {
  const { pid } = running(machine, program);
  process.kill(pid, 'SIGSTOP');
  return once(async () => void process.kill(pid, 'SIGCONT'));
}

/** Stops the API server so: whoever connects gets no answer. */
export function stoppedApiServer(): Restore {
  const [found, ...others] = processes().filter(({ command }) => basename(command[0] ?? '') === 'kube-apiserver');
  if (found === undefined || others.length > 0) throw new Error('not one API server');
  process.kill(found.pid, 'SIGSTOP');
  return once(async () => void process.kill(found.pid, 'SIGCONT'));
}

/** Kills a program. The containers that it has started run on. */
export async function killed(machine: Machine, program: Program): Promise<Restore> {
  const { pid, command } = running(machine, program);
  const log = readlinkSync(`/proc/${pid}/fd/1`);
  await end([pid]);
  return once(async () => void (await launch(machine, command, log)));
}

/** Switches a machine off: nothing runs there any more. */
export async function switchedOff(machine: Machine): Promise<Restore> {
  const containerd = await killed(machine, 'containerd');
  const kubelet = await killed(machine, 'kubelet');
  await end(
    processes()
      .filter((each) => isOfPods(machine, each))
      .map(({ pid }) => pid),
  );
  return once(async () => {
    await containerd();
    // A kubelet that finds no container runtime when it starts ends at once. The socket of the one before is still there.
    await until('containerd', Date.now() + 60_000, new AbortController().signal, () => listens(socketOf(machine)));
    await kubelet();
  });
}

function listens(path: string): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}

/** A process of a pod, or the shim that holds it. */
function isOfPods({ name }: Machine, { pid, command }: Process): boolean {
  const isShim =
    basename(command[0] ?? '').startsWith('containerd-shim') && command.some((word) => word.includes(`/${name}/`));
  return isShim || textOf(`/proc/${pid}/cgroup`).includes(`.${name}/`);
}

/** Whether a process of the pod runs on any machine. Kubelets name control groups after the UIDs of pods. */
export function runsSomewhere(uid: string): boolean {
  return processes().some(({ pid }) => textOf(`/proc/${pid}/cgroup`).includes(uid));
}

async function end(pids: readonly number[]): Promise<void> {
  const isGone = (pid: number) => ['', 'Z'].includes(/\) (\S)/.exec(textOf(`/proc/${pid}/stat`))?.[1] ?? '');
  for (const pid of pids) if (!isGone(pid)) process.kill(pid, 'SIGKILL');
  const { signal } = new AbortController();
  await until('the end of what was killed', Date.now() + 10_000, signal, async () => pids.every(isGone) || undefined);
}

function once(act: () => Promise<void>): Restore {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
