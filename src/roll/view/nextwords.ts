/** The commands that a person may run next, about the set that is told of. */
import { printable } from '#src/terminal/escape.ts';
import { shellQuoted } from '#src/terminal/shell.ts';

/** The set that is told of. */
export interface Subject {
  name: string;
  namespace?: string;
}

/** `kubectl delete pod web-2 -n shop` */
export function deleteCommand(set: Subject, pod: string): string {
  return kubectl(set, 'delete', 'pod', pod);
}

export function describeCommand(set: Subject, pod: string): string {
  return kubectl(set, 'describe', 'pod', pod);
}

export function undoCommand(set: Subject): string {
  return kubectl(set, 'rollout', 'undo', `statefulset/${set.name}`);
}

function kubectl({ namespace }: Subject, ...words: string[]): string {
  return ['kubectl', ...[...words, ...(namespace ? ['-n', namespace] : [])].map(shellQuoted)].join(' ');
}

/** The commands that go on; undefined where none does. */
export interface NextCommands {
  resume: string | undefined;
  /** In its place once somebody has changed the set, where the diagnosis suggests a change of it. */
  anew: string | undefined;
}

/** Escaped. */
export function nextLines({ resume, anew }: NextCommands): string[] {
  return [
    ...(resume === undefined ? [] : [`go on: ${resume}`]),
    ...(anew === undefined ? [] : [`after a change of the set: ${anew}`]),
  ].map(printable);
}
