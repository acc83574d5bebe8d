/** Runs a command in a pod. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { PodAnswer } from '#src/statefulset/leadership.ts';

export interface PodCommand {
  /** For `sh -c`. */
  command: string;
  container: string;
  /** Milliseconds that it may take. A command that hangs is left then. */
  limit: number;
}

/** Runs a command in a pod once. @param signal breaks it off */
export async function runInPod(
  client: Client,
  clock: Clock,
  pod: { namespace: string; name: string },
  { command, container, limit: milliseconds }: PodCommand,
  signal: AbortSignal,
): Promise<PodAnswer> {
  const limit = timeLimit(clock, milliseconds, signal);
  try {
    const { exitCode, stdout, stderr } = await client.execute(pod, container, ['sh', '-c', command], limit.signal);
    return { kind: 'exit code', exitCode, said: lastLine(stderr) || lastLine(stdout) };
  } catch (error) {
    // Of a try that was broken off, the error says only that.
    if (limit.signal.aborted) return { kind: 'did not end' };
    if (error instanceof StatusError || error instanceof ConnectionError) {
      return { kind: 'not run', message: error.message };
    }
    throw error;
  } finally {
    limit.lift();
  }
}

/** A signal that is aborted with `signal`, or after so many milliseconds unless the limit is lifted before. */
function timeLimit(clock: Clock, milliseconds: number, signal: AbortSignal): { signal: AbortSignal; lift(): void } {
  const limit = new AbortController();
  const lifted = new AbortController();
  clock.sleep(milliseconds, lifted.signal).then(
    () => {
      if (!lifted.signal.aborted) limit.abort();
    },
    // Without a timer nothing would end a command that hangs.
    () => limit.abort(),
  );
  return { signal: AbortSignal.any([signal, limit.signal]), lift: () => lifted.abort() };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
