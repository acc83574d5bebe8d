/** Why no DNS server can be asked by the chosen path, in words, and what to try next. */
import { printable } from '#src/terminal/escape.ts';
import type { Unaskable } from '../model/unaskable.ts';

/** A line for standard error: what failed, why, and the next thing to try. */
export function unaskableLine(unaskable: Unaskable): string {
  return printable(`${prefixOf(unaskable)}: ${unaskableWords(unaskable)}${nextWords(unaskable)}`);
}

/** A refusal of the API server begins as kubectl begins it. */
function prefixOf({ kind }: Unaskable): string {
  if (kind === 'search forbidden') return 'Error from server (Forbidden)';
  return kind === 'service not found' ? 'Error from server (NotFound)' : 'error';
}

/** Why, without a word about the flags of `dns`: `roll` says it too. */
export function unaskableWords(unaskable: Unaskable): string {
  switch (unaskable.kind) {
    case 'stream forbidden':
      return `no right to ${unaskable.rights.join(' and ')} in namespace ${unaskable.namespace}`;
    case 'search forbidden':
    case 'service not found':
      return unaskable.detail;
    case 'no DNS service':
      return `namespace ${unaskable.namespace} has no Service with the label ${unaskable.label}`;
    case 'no ready server':
      return `no ready pod behind Service ${unaskable.namespace}/${unaskable.service} serves DNS over TCP`;
    case 'unknown host':
      return `the DNS server ${unaskable.host} cannot be found from this machine: ${unaskable.why}`;
    case 'no ready pod':
      return 'no pod of the set is ready to ask from';
    case 'pod not found':
      return `pods ${JSON.stringify(unaskable.pod)} not found`;
    case 'pods forbidden':
      return 'the pods may not be listed, so there is none to ask from';
  }
}

function nextWords(unaskable: Unaskable): string {
  switch (unaskable.kind) {
    case 'stream forbidden': {
      const other = unaskable.stream === 'exec' ? 'port-forward' : 'exec';
      return `, so nothing was asked: ask by another path with --via ${other}, or list the names alone with --via none`;
    }
    case 'search forbidden':
      return ' (while looking for the DNS servers; ask by another path with --via exec, or list the names alone with --via none)';
    case 'service not found':
      return ' (the Service that --dns-service names)';
    case 'no DNS service':
    case 'no ready server':
      return ': name the DNS Service with --dns-service NAMESPACE/NAME, or ask by another path with --via';
    case 'unknown host':
      return ': give --dns-server an address, or a name that resolves here';
    case 'no ready pod':
      return ': name one with --from, or ask by another path with --via';
    case 'pod not found':
      return ': name a pod in a namespace of the sets with --from';
    case 'pods forbidden':
      return ': ask by another path with --via';
  }
}
