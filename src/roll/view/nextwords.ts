/** kubectl's commands that a person may run next, about the set that is told of. */
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
