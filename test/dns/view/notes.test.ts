import assert from 'node:assert/strict';
import type { DomainSource } from '#src/dns/model/clusterdomain.ts';
import { type Asked, nameNotes, policyHint, progressNote, sourceWords } from '#src/dns/view/notes.ts';
import { asked, eachSetFinding, setOf, threePods } from './judged.ts';

describe('the notes beside DNS names', () => {
  const lines = (changes: Partial<Asked>) => nameNotes([], { ...asked, ...changes }, false);
  const domain = 'cluster domain cluster.local, from ConfigMap kube-system/coredns';

  it('say which servers were asked, what cannot be asked, and what the names end with', () => {
    assert.deepEqual(nameNotes([threePods()], asked, false), [
      'not asked, and may lag: NodeLocal DNSCache and caches of clients',
      `asked coredns-0 and coredns-1 by port-forward; ${domain}`,
    ]);
    assert.deepEqual(lines({ via: 'exec', servers: ['web-0'] }), [`asked from web-0 by exec; ${domain}`]);
    assert.deepEqual(lines({ via: 'direct', servers: ['127.0.0.1:53'] }), [`asked 127.0.0.1:53 directly; ${domain}`]);
    assert.deepEqual(lines({ via: 'none', servers: [] }), [`asked nobody; ${domain}`]);
  });

  it('name the servers that did not answer, before the rest', () => {
    const [first, second] = lines({ unreached: [{ server: 'coredns-2', why: 'connection refused' }] });
    assert.equal(first, 'warning: could not ask coredns-2: connection refused');
    assert.match(second ?? '', /^not asked/);
  });

  it('name the pod from which nobody could be asked, and say what to try next', () => {
    const [first] = lines({ via: 'exec', servers: ['web-0'], unreached: [{ server: 'web-0', why: 'no getent' }] });
    assert.equal(first, 'warning: could not ask web-0: no getent: ask from another pod with --from');
  });

  const sources: { [Kind in DomainSource['kind']]: [source: Extract<DomainSource, { kind: Kind }>, words: string] } = {
    flag: [{ kind: 'flag' }, '--cluster-domain'],
    default: [{ kind: 'default' }, 'the default'],
    'config map': [{ kind: 'config map', namespace: 'a', name: 'b' }, 'ConfigMap a/b'],
    'reverse name': [
      { kind: 'reverse name', server: 'coredns-0', address: '10.96.0.10' },
      'the name that coredns-0 gives for 10.96.0.10',
    ],
    'resolv.conf': [{ kind: 'resolv.conf', pod: 'web-0' }, '/etc/resolv.conf of pod/web-0'],
  };
  for (const [kind, [source, words]] of Object.entries(sources)) {
    it(`say where the cluster domain was learnt: ${kind}`, () => assert.equal(sourceWords(source), words));
  }

  for (const [kind, [finding, words]] of Object.entries(eachSetFinding)) {
    it(`warn of a set: ${kind}`, () => {
      const set = setOf([], { findings: [finding] });
      assert.equal(nameNotes([set], asked, false)[0], `warning: web: ${words}`);
      assert.equal(nameNotes([set], asked, true)[0], `warning: shop/web: ${words}`);
    });
  }

  it('say how far a wait is, and what holds it up', () => {
    assert.equal(progressNote([threePods()]), 'waiting: 2 of 4 names are right');
    assert.equal(
      policyHint({ namespace: 'kube-system', policies: ['a', 'b\u001b'] }),
      'hint: the DNS pods are selected by NetworkPolicy a, b\\u001b in namespace kube-system: check that it lets traffic in',
    );
  });
});
