import assert from 'node:assert/strict';
import type { DomainSource, WhyUndetermined } from '#src/dns/model/clusterdomain.ts';
import { sourceWords, whyUndetermined } from '#src/dns/view/domainwords.ts';

const configMap = { namespace: 'kube-system', name: 'coredns' };
const service = { namespace: 'shop', name: 'web' };

describe('of the cluster domain', () => {
  const sources: { [Kind in DomainSource['kind']]: [source: Extract<DomainSource, { kind: Kind }>, words: string] } = {
    flag: [{ kind: 'flag' }, '--cluster-domain'],
    default: [{ kind: 'default' }, 'the default'],
    'config map': [{ kind: 'config map', namespace: 'a', name: 'b' }, 'ConfigMap a/b'],
    answer: [
      { kind: 'answer', server: 'coredns-0', service, also: [] },
      'the answer of coredns-0 for Service shop/web',
    ],
    'resolv.conf': [{ kind: 'resolv.conf', pod: 'web-0' }, '/etc/resolv.conf of pod/web-0'],
  };
  for (const [kind, [source, words]] of Object.entries(sources)) {
    it(`is said where it was learnt: ${kind}`, () => assert.equal(sourceWords(source), words));
  }

  it('is said in which others the same answer came', () => {
    assert.equal(
      sourceWords({ ...sources.answer[0], also: ['b.example'] }),
      'the answer of coredns-0 for Service shop/web (which resolves in b.example too)',
    );
  });

  const reasons: [why: WhyUndetermined, words: string][] = [
    [
      { kind: 'corefile', corefile: { state: 'forbidden', configMap } },
      'ConfigMap kube-system/coredns may not be read',
    ],
    [{ kind: 'corefile', corefile: { state: 'missing', configMap } }, 'ConfigMap kube-system/coredns is missing'],
    [
      { kind: 'corefile', corefile: { state: 'read', configMap, zones: { own: [], others: ['b.example'] } } },
      'ConfigMap kube-system/coredns names no zone of this cluster',
    ],
    [
      { kind: 'corefile', corefile: { state: 'read', configMap, zones: { own: ['a.example', 'b'], others: [] } } },
      'ConfigMap kube-system/coredns names several zones (a.example and b)',
    ],
    [{ kind: 'no telltale' }, 'no Service of the namespace has an address that servers could be asked for'],
    [{ kind: 'no answer' }, 'no server answered'],
    [
      { kind: 'nothing resolves', domains: ['a.example'], services: [service] },
      'no server gives an address for Service shop/web in a.example',
    ],
  ];
  for (const [why, words] of reasons) {
    it(`is said why it is not determined: ${words}`, () => assert.equal(whyUndetermined(why), words));
  }
});
