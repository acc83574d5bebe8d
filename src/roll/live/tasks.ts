/** The evictions and questions of a roll that are under way, and their answers. */
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import type { Action, Answer } from '../model/actions.ts';
import { type CheckKind, isToGo, type RollState } from '../model/state.ts';
import type { Evictor } from './evictor.ts';
import type { LeaderAnswer } from './leader.ts';

/** What a roll asks about a pod. `signal` ends a question whose answer is no longer wanted. */
export interface RollQuestions {
  /** Asks the person whether the pod may go. */
  confirm(pod: string, signal: AbortSignal): Promise<boolean>;
  /** @returns what is wrong, or undefined where all is well */
  preCheck(pod: string, signal: AbortSignal): Promise<string | undefined>;
  check(pod: string, signal: AbortSignal): Promise<string | undefined>;
  /** @param tell is called with what is wrong so far */
  dns(pod: string, signal: AbortSignal, tell: (wrong: string) => void): Promise<string | undefined>;
  /**
   * Asks all pods of the set which of them leads.
   *
   * @param tell is called with why it is not known, before they are asked again
   */
  leader(signal: AbortSignal, tell: (unknown: UnknownLeader) => void): Promise<LeaderAnswer>;
}

export interface TasksOptions {
  questions: RollQuestions;
  evictor: Evictor;
  answered(answer: Answer): void;
  /** Something failed that nobody foresaw. */
  failed(error: unknown): void;
}

/** An action that takes its time. */
type Task = Exclude<Action, { kind: 'read' | 'wake' }> & { control: AbortController };

export interface Tasks {
  /** Begins a task, unless the same one is under way. */
  launch(action: Exclude<Action, { kind: 'read' | 'wake' }>): void;
  /** Ends the questions whose answer is no longer wanted. An eviction that is under way cannot be called back. */
  endUnwanted(state: RollState): void;
  isEvicting(): boolean;
  /** What the DNS servers last had wrong about a pod's name. */
  wrongSoFar(pod: string): string | undefined;
  abort(): void;
}

export function tasksOf({ questions, evictor, answered, failed }: TasksOptions): Tasks {
  let tasks: readonly Task[] = [];
  const wrong = new Map<string, string>();

  async function whoLeads(pod: string, signal: AbortSignal): Promise<Answer> {
    const found = await questions.leader(signal, (unknown) => {
      if (!signal.aborted) answered({ kind: 'not led', pod, unknown });
    });
    return found.kind === 'found' ? { ...found, kind: 'led', pod } : { ...found, kind: 'never led', pod };
  }

  async function perform({ kind, pod, uid, control: { signal } }: Task): Promise<Answer> {
    switch (kind) {
      case 'evict':
        return evictor.evict(pod, uid);
      case 'confirm':
        return { kind: (await questions.confirm(pod, signal)) ? 'confirmed' : 'declined', pod };
      case 'pre-check':
        return checked(kind, pod, uid, await questions.preCheck(pod, signal));
      case 'check':
        return checked(kind, pod, uid, await questions.check(pod, signal));
      case 'dns':
        return checked(kind, pod, uid, await questions.dns(pod, signal, (why) => wrong.set(pod, why)));
      case 'leader':
        return whoLeads(pod, signal);
    }
  }

  return {
    launch(action) {
      const isSame = ({ kind, pod, uid }: Task) => kind === action.kind && pod === action.pod && uid === action.uid;
      if (tasks.some(isSame)) return;
      const task: Task = { ...action, control: new AbortController() };
      tasks = [...tasks, task];
      perform(task).then(
        (answer) => {
          tasks = tasks.filter((other) => other !== task);
          if (!task.control.signal.aborted) answered(answer);
        },
        (error: unknown) => {
          if (!task.control.signal.aborted) failed(error);
        },
      );
    },
    endUnwanted(state) {
      const unwanted = tasks.filter((task) => task.kind !== 'evict' && !isWanted(task, state));
      for (const { control } of unwanted) control.abort();
      tasks = tasks.filter((task) => !unwanted.includes(task));
    },
    isEvicting: () => tasks.some(({ kind }) => kind === 'evict'),
    wrongSoFar: (pod) => wrong.get(pod),
    abort() {
      for (const { control } of tasks) control.abort();
    },
  };
}

function checked(which: CheckKind, pod: string, uid: string, wrong: string | undefined): Answer {
  return { kind: wrong === undefined ? 'passed' : 'failed', which, pod, uid, message: wrong ?? '' };
}

/** Whether the pod is still in the phase that the question belongs to. */
function isWanted({ kind, pod, uid }: Task, { end, steps }: RollState): boolean {
  const asked = steps.find((step) => step.pod === pod);
  const phase = asked?.phase;
  if (kind === 'leader') return !end && asked !== undefined && isToGo(asked);
  return !end && phase?.kind === kind && (!('uid' in phase) || phase.uid === uid);
}
