import assert from 'node:assert/strict';
import type { ClusterDomain } from '#src/dns/model/clusterdomain.ts';
import { type Asked, nameNotes, policyHint, progressNote } from '#src/dns/view/notes.ts';
import { asked, eachSetFinding, setOf, threePods } from './judged.ts';

describe('the notes beside DNS names', () => {
  const lines = (changes: Partial<Asked>) => nameNotes([], { ...asked, ...changes }, false);
  const service = { namespace: 'shop', name: 'web' };
  const domain = 'cluster domain cluster.local, from ConfigMap kube-system/coredns';

  it('say which servers were asked, what cannot be asked, and what the names end with', () => {
    assert.deepEqual(nameNotes([threePods()], asked, false), [
      `asked coredns-0 and coredns-1 by port-forward; no NodeLocal DNSCache found; ${domain}`,
    ]);
    assert.deepEqual(lines({ via: 'exec', servers: ['web-0'] }), [`asked from web-0 by exec; ${domain}`]);
    assert.deepEqual(lines({ via: 'direct', servers: ['127.0.0.1:53'] }), [`asked 127.0.0.1:53 directly; ${domain}`]);
    assert.deepEqual(lines({ via: 'none', servers: [] }), [`asked nobody; ${domain}`]);
  });

  it('name the servers that did not answer, before the rest', () => {
    const [first, second] = lines({ unreached: [{ server: 'coredns-2', why: 'connection refused' }] });
    assert.equal(first, 'warning: could not ask coredns-2: connection refused');
    assert.match(second ?? '', /^asked/);
  });

  it('warn that the cluster domain is not determined, and say so in the last line too', () => {
    const clusterDomain: ClusterDomain = {
      state: 'undetermined',
      why: { kind: 'nothing resolves', domains: ['a.example', 'b.example'], services: [service] },
      failed: [],
    };
    assert.deepEqual(lines({ clusterDomain }), [
      'warning: the cluster domain is not determined, and left out of the names: no server gives an address for Service shop/web in a.example and b.example: give --cluster-domain',
      'asked coredns-0 and coredns-1 by port-forward; no NodeLocal DNSCache found; cluster domain not determined',
    ]);
  });

  it('name the pod from which nobody could be asked, and say what to try next', () => {
    const [first] = lines({ via: 'exec', servers: ['web-0'], unreached: [{ server: 'web-0', why: 'no getent' }] });
    assert.equal(first, 'warning: could not ask web-0: no getent: ask from another pod with --from');
  });

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
