/**
 * Asks the StatefulSet controller itself what one sync does in a given state. The executable is Kubernetes' own code, with
 * an API server of one state around it: `test/stand/modules/controller`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { build } from '../stand/build.ts';
import { type Gates, type KubernetesMinor, minors, newest } from '../stand/kubernetes.ts';
import { controllerModule } from '../stand/modules.ts';

/** Which controller is asked. */
export interface Variant {
  minor: KubernetesMinor;
  /** Those that are not named have their default in that version. */
  gates: Gates;
}

/** Each version with each gate that its controller looks at, on and off. */
export const variants: readonly Variant[] = minors.flatMap((minor) =>
  [false, true].flatMap((MaxUnavailableStatefulSet): Variant[] => {
    if (minor !== newest) return [{ minor, gates: { MaxUnavailableStatefulSet } }];
    return [false, true].map((StatefulSetRecreateStrategy) => {
      return { minor, gates: { MaxUnavailableStatefulSet, StatefulSetRecreateStrategy } };
    });
  }),
);

/** Everything that the controller finds in one namespace. */
export interface State {
  /** With namespace and UID. The API server's defaults are applied to it, and to the templates. */
  set: StatefulSet;
  /**
   * The set's ControllerRevisions, the oldest first, each with another template. The last one is the update revision and
   * has the set's own template.
   */
  revisions: readonly { name: string; template: Template }[];
  /** All pods of the namespace. */
  pods: readonly Pod[];
  claims: readonly Claim[];
  /** The time of the sync, RFC 3339. */
  now: string;
}

type Template = NonNullable<StatefulSet['spec']>['template'];

/** One sync, or the controller's panic with its stack. */
export type Answer = Sync | { panic: string };

export interface Sync {
  /** In the order of the requests, which is random among the pods of a Parallel set. */
  acts: Act[];
  /** Why the controller will try again. */
  error?: string;
  /** The controller's lines up to V(4), with the pod that they name. */
  log: { message: string; pod?: string }[];
  /** The status that the controller writes; null if the set has it already, or if an error came first. */
  status: NonNullable<StatefulSet['status']> | null;
}

/** A request of the controller to the API server. */
export type Act =
  | { act: 'adopt' | 'release' | 'updatePod' | 'createClaim'; name: string; refused?: never }
  /** `volumes`: the name of each volume that is a claim, and the claim's. */
  | { act: 'createPod'; name: string; revision: string; volumes: Readonly<Record<string, string>>; refused?: never }
  /** `ended`: the pod has failed or succeeded. */
  | { act: 'deletePod'; name: string; why: 'update' | 'scale-down' | 'recreate' | 'ended'; refused?: never }
  /** `owners`: those that the claim gets, by kind, name and UID. */
  | { act: 'updateClaim'; name: string; owners: Owner[]; refused?: never }
  | Refused;

/** A request that the API server refuses. */
interface Refused {
  act: 'createPod' | 'deletePod' | 'updatePod' | 'createClaim' | 'updateClaim';
  name: string;
  refused: 'AlreadyExists' | 'Invalid' | 'NotFound' | 'Conflict';
}

interface Owner {
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
}

/**
 * Asks one controller about many states. Builds it where it is not in the cache.
 *
 * @returns an answer for each state, in their order
 * @throws with the program's output when it ends early, as it does when it panics over a pod of a Parallel set
 */
export async function askController({ minor, gates }: Variant, states: Iterable<State>): Promise<Answer[]> {
  const name = controllerModule(minor);
  const { [name]: program } = await build([name], () => {});
  const words = Object.entries(gates).map(([gate, on]) => `${gate}=${on}`);
  const child = spawn(program, ['--gates', words.join(',')], { stdio: 'pipe' });
  const answers: Answer[] = [];
  createInterface(child.stdout).on('line', (line) => answers.push(JSON.parse(line)));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // When the program ends before it has read everything, the error below says so.
  const sent = pipeline(Readable.from(lines(states)), child.stdin).catch((error: Error) => error);
  const [code, signal] = await once(child, 'close');
  const failure = await sent;
  if (code !== 0 || failure) {
    const how = `${name} ended with ${code ?? signal} after ${answers.length} answers`;
    throw new Error([how, said.slice(0, 10_000)].join('\n'), { cause: failure });
  }
  return answers;
}

function* lines(states: Iterable<State>): Iterable<string> {
  for (const state of states) yield `${JSON.stringify(state)}\n`;
}
