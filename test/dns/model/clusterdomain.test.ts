import assert from 'node:assert/strict';
import { domainGiven, domainInName, domainInSearchList, usualDomain } from '#src/dns/model/clusterdomain.ts';

describe('the cluster domain', () => {
  it('stands at the end of a Service’s name', () => {
    const service = { namespace: 'kube-system', name: 'kube-dns' };
    assert.equal(domainInName('kube-dns.kube-system.svc.cluster.local', service), 'cluster.local');
    assert.equal(domainInName('kube-dns.kube-system.svc.', service), undefined);
    assert.equal(domainInName('node-1.example', service), undefined);
  });

  it('stands in the search list of a pod', () => {
    const of = (line: string) => domainInSearchList(`nameserver 10.96.0.10\n${line}\noptions ndots:5\n`);
    assert.equal(of('search shop.svc.corp.internal svc.corp.internal corp.internal example.com'), 'corp.internal');
    assert.equal(of('search svc.corp.internal. corp.internal'), 'corp.internal');
    assert.equal(of('search example.com'), undefined);
    assert.equal(of(''), undefined);
  });

  it('is the usual one unless it is given', () => {
    assert.deepEqual(domainGiven(undefined), usualDomain);
    assert.deepEqual(domainGiven('corp.internal'), { domain: 'corp.internal', source: { kind: 'flag' } });
  });
});
