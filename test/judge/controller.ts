/**
 * The StatefulSet controller itself as the judge: what one sync of it does in a given state. Its executable is built of
 * Kubernetes' own code; `test/stand/modules/controller` plays the API server around it.
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

/** What the controller finds in one namespace. Objects are as the API server stores them. */
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

/** What became of a state: one sync, or the controller's panic with its stack. */
export type Answer = Sync | { panic: string };

export interface Sync {
  /** In the order in which the API server got them. That of a Parallel set is different each time. */
  acts: Act[];
  /** Why the controller will try again. */
  error?: string;
  /** The controller's lines up to V(4), with the pod that they name. */
  log: { message: string; pod?: string }[];
  /** The status that it writes; null if the set has it already. */
  status: NonNullable<StatefulSet['status']> | null;
}

/** What the controller asks the API server for. */
export type Act =
  | { act: 'adopt' | 'release' | 'updatePod' | 'createClaim'; name: string; refused?: never }
  /** `volumes`: the name of each volume that is a claim, and the claim's. */
  | { act: 'createPod'; name: string; revision: string; volumes: Readonly<Record<string, string>>; refused?: never }
  /** `ended`: the pod has failed or succeeded. */
  | { act: 'deletePod'; name: string; why: 'update' | 'scale-down' | 'recreate' | 'ended'; refused?: never }
  /** `owners`: those that the claim gets, by kind, name and UID. */
  | { act: 'updateClaim'; name: string; owners: Owner[]; refused?: never }
  | Refused;

/** What the API server does not do. */
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
 * Asks one controller about many states; builds it if need be.
 *
 * @returns an answer for each state, in their order
 * @throws when the program ends early, with what it said: a panic while it handles the pods of a Parallel set ends it
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
  // A program that ends before it has read everything is told of below.
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
