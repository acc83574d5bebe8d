import assert from 'node:assert/strict';
import type { Unaskable } from '#src/dns/model/unaskable.ts';
import { unaskableLine, unaskableWords } from '#src/dns/view/unaskablewords.ts';

/** Each reason for which no server can be asked, with what is said of it. */
const each: { [Kind in Unaskable['kind']]: [Extract<Unaskable, { kind: Kind }>, why: string, line: string] } = {
  'stream forbidden': [
    { kind: 'stream forbidden', stream: 'port-forward', rights: ['get a', 'create a'], namespace: 'kube-system' },
    'no right to get a and create a in namespace kube-system',
    'error: no right to get a and create a in namespace kube-system, so nothing was asked: ask by another path with --via exec, or list the names alone with --via none',
  ],
  'search forbidden': [
    { kind: 'search forbidden', detail: 'services is forbidden: no' },
    'services is forbidden: no',
    'Error from server (Forbidden): services is forbidden: no (while looking for the DNS servers; ask by another path with --via exec, or list the names alone with --via none)',
  ],
  'service not found': [
    { kind: 'service not found', detail: 'services "a" not found' },
    'services "a" not found',
    'Error from server (NotFound): services "a" not found (the Service that --dns-service names)',
  ],
  'no DNS service': [
    { kind: 'no DNS service', namespace: 'a', label: 'b=c' },
    'namespace a has no Service with the label b=c',
    'error: namespace a has no Service with the label b=c: name the DNS Service with --dns-service NAMESPACE/NAME, or ask by another path with --via',
  ],
  'no ready server': [
    { kind: 'no ready server', namespace: 'a', service: 'b' },
    'no ready pod behind Service a/b serves DNS over TCP',
    'error: no ready pod behind Service a/b serves DNS over TCP: name the DNS Service with --dns-service NAMESPACE/NAME, or ask by another path with --via',
  ],
  'unknown host': [
    { kind: 'unknown host', host: 'a.invalid', why: 'ENOTFOUND' },
    'the DNS server a.invalid cannot be found from this machine: ENOTFOUND',
    'error: the DNS server a.invalid cannot be found from this machine: ENOTFOUND: give --dns-server an address, or a name that resolves here',
  ],
  'no ready pod': [
    { kind: 'no ready pod' },
    'no pod of the set is ready to ask from',
    'error: no pod of the set is ready to ask from: name one with --from, or ask by another path with --via',
  ],
  'pod not found': [
    { kind: 'pod not found', pod: 'a\u001b' },
    'pods "a\\u001b" not found',
    'error: pods "a\\u001b" not found: name a pod in a namespace of the sets with --from',
  ],
  'pods forbidden': [
    { kind: 'pods forbidden' },
    'the pods may not be listed, so there is none to ask from',
    'error: the pods may not be listed, so there is none to ask from: ask by another path with --via',
  ],
};

describe('that no DNS server can be asked', () => {
  for (const [kind, [unaskable, why, line]] of Object.entries(each)) {
    it(`is told with what to try next: ${kind}`, () => {
      assert.equal(unaskableWords(unaskable), why);
      assert.equal(unaskableLine(unaskable), line);
    });
  }
});
