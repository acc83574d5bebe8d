import assert from 'node:assert/strict';
import {
  type Candidate,
  candidatesOf,
  domainByAnswers,
  domainGiven,
  domainInName,
  domainInSearchList,
  onlyDomainOf,
} from '#src/dns/model/clusterdomain.ts';
import type { Telltale } from '#src/dns/model/telltales.ts';
import type { Reply, ServerReplies } from '#src/objects/dns.ts';
import { parsed } from './expected.ts';

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

  it('is the given one', () => {
    assert.deepEqual(domainGiven('corp.internal'), {
      state: 'known',
      domain: 'corp.internal',
      source: { kind: 'flag' },
    });
  });

  const telltale: Telltale = { service: { namespace: 'shop', name: 'web' }, addresses: parsed('10.0.0.1') };
  const candidates = (...domains: string[]) => domains.map((domain): Candidate => ({ domain, counts: 'any address' }));

  /** A server that gives these addresses of the Service, by domain. */
  const server = (given: Record<string, string>, name = 'coredns-0'): ServerReplies => {
    const reply = (domain: string): Reply => {
      const address = given[domain];
      const records = [{ type: 'A' as const, name: `web.shop.svc.${domain}`, ttl: 5, address: address ?? '' }];
      return address === undefined
        ? { kind: 'answer', rcode: 'NXDOMAIN', records: [] }
        : { kind: 'answer', rcode: 'NOERROR', records };
    };
    const domains = ['a.example', 'b.example', ...Object.keys(given)];
    return { server: name, replies: new Map(domains.map((domain) => [`A web.shop.svc.${domain}`, reply(domain)])) };
  };
  const found = (of: Candidate[], replies: ServerReplies[], hint?: string) => {
    const clusterDomain = domainByAnswers(of, [telltale], replies, hint);
    return clusterDomain.state === 'known' ? [clusterDomain.domain, clusterDomain.source] : clusterDomain.why.kind;
  };
  const source = { kind: 'answer', server: 'coredns-0', service: telltale.service };

  it('is the one in which a Service has its own address, rather than another cluster’s of the same name', () => {
    const both = candidates('a.example', 'b.example');
    const replies = [server({ 'a.example': '10.9.9.9', 'b.example': '10.0.0.1' })];
    assert.deepEqual(found(both, replies, 'a.example'), ['b.example', { ...source, also: [] }]);
    // DNS may lag behind.
    assert.deepEqual(found(both, [server({ 'b.example': '10.9.9.9' })]), ['b.example', { ...source, also: [] }]);
  });

  it('is of several the hinted one, else the first', () => {
    const both = candidates('a.example', 'b.example');
    const replies = [server({ 'a.example': '10.0.0.1', 'b.example': '10.0.0.1' })];
    assert.deepEqual(found(both, replies), ['a.example', { ...source, also: ['b.example'] }]);
    assert.deepEqual(found(both, replies, 'b.example'), ['b.example', { ...source, also: ['a.example'] }]);
  });

  it('is not determined by a hint alone, by nothing to ask for, or by another cluster’s Service', () => {
    assert.equal(found(candidates('a.example'), [server({})], 'a.example'), 'nothing resolves');
    assert.deepEqual(domainByAnswers(candidates('a.example'), [], [server({})], 'a.example'), {
      state: 'undetermined',
      why: { kind: 'no telltale' },
      failed: [],
    });
    const foreign: Candidate[] = [{ domain: 'b.example', counts: 'own addresses' }];
    assert.equal(found(foreign, [server({ 'b.example': '10.9.9.9' })]), 'nothing resolves');
  });

  it('is not determined where no server answers, and each one’s failure is kept', () => {
    const silent: Reply = { kind: 'none', timedOut: true, why: 'timed out' };
    const replies = [
      { server: 'coredns-0', replies: new Map([['A web.shop.svc.a.example', silent]]) },
      server({}, 'coredns-1'),
    ];
    const clusterDomain = domainByAnswers(candidates('a.example'), [telltale], replies, undefined);
    assert.deepEqual(clusterDomain.state === 'undetermined' && [clusterDomain.why.kind, clusterDomain.failed], [
      'nothing resolves',
      [{ server: 'coredns-0', reply: silent }],
    ]);
    const alone = domainByAnswers(candidates('a.example'), [telltale], replies.slice(0, 1), undefined);
    assert.equal(alone.state === 'undetermined' && alone.why.kind, 'no answer');
  });

  it('is in the configuration where that has one of its own', () => {
    const configMap = { namespace: 'kube-system', name: 'coredns' };
    const corefile = (own: string[], others: string[] = []) =>
      ({ state: 'read', configMap, zones: { own, others } }) as const;
    assert.equal(onlyDomainOf(corefile(['a.example'], ['b.example']))?.domain, 'a.example');
    for (const unclear of [
      corefile(['a.example', 'b.example']),
      corefile([]),
      { state: 'missing', configMap } as const,
    ]) {
      assert.equal(onlyDomainOf(unclear), undefined);
    }
    assert.deepEqual(candidatesOf(corefile(['a.example', 'b.example']), 'c.example'), [
      ...candidates('a.example', 'b.example'),
      { domain: 'c.example', counts: 'own addresses' },
    ]);
    const foreign = candidatesOf(corefile([], ['cluster.local']), undefined);
    assert.deepEqual(foreign, [{ domain: 'cluster.local', counts: 'own addresses' }]);
    assert.deepEqual(candidatesOf(undefined, undefined), candidates('cluster.local'));
  });
});
