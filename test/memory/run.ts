/** Runs a whole command in this process, from its words to its exit code, against a cluster in memory. */
import { type Deps, processDeps } from '#src/cli/deps.ts';
import { main } from '#src/main.ts';
import { kubeconfigFor, type TemporaryFiles, temporaryFiles } from '../kube/kubeconfig-file.ts';
import type { MemoryCluster } from './cluster.ts';
import { type HostShape, type MemoryHost, memoryHost } from './host.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Running extends MemoryHost {
  /** How it ended. */
  ended: Promise<Ran>;
}

export interface Runner {
  /** Runs a command to its end. The words are split at spaces, unless they are given one by one. */
  run(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Promise<Ran>;
  /** Starts a command that a test then types to or interrupts. */
  start(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Running;
  /** Writes files for a command to read. */
  files: TemporaryFiles;
  close(): void;
}

/** @param cluster the one that the kubeconfig leads to; undefined if no command of the test asks a cluster */
export function runnerOn(cluster: Pick<MemoryCluster, 'url'> | undefined): Runner {
  const files = temporaryFiles();
  const kubeconfig = files.write('config', kubeconfigFor(cluster?.url ?? 'https://127.0.0.1:1'));

  function start(words: string | readonly string[], shape: HostShape = {}, own: Partial<Deps> = {}): Running {
    const argv = typeof words === 'string' ? words.split(' ').filter(Boolean) : words;
    const memory = memoryHost({ ...shape, env: { KUBECONFIG: kubeconfig, ...shape.env } });
    const deps: Deps = {
      ...processDeps(process, '1.2.3'),
      host: memory.host,
      userName: () => 'ann',
      hostname: () => 'desk',
      collectGarbage() {},
      ...own,
    };
    const ended = main(argv, deps).then((code) => ({ code, stdout: memory.stdout(), stderr: memory.stderr() }));
    return { ...memory, ended };
  }

  return {
    start,
    run: (words, shape, own) => start(words, shape, own).ended,
    files,
    close: () => files.remove(),
  };
}
