import assert from 'node:assert/strict';
import type { ExpectedName, SetFinding } from '#src/dns/model/names.ts';
import { questionsOf } from '#src/dns/model/queries.ts';
import { questionKey } from '#src/objects/dns.ts';
import { fqdn, options, podName, service, serviceName, setOf } from './expected.ts';

describe('what is asked of a DNS server', () => {
  const asked = (names: ExpectedName[], shape: Partial<typeof options> = {}, findings: SetFinding[] = []) =>
    questionsOf([setOf(names, findings)], { ...options, ...shape }).map(questionKey);

  it('is the family that the Service has, and both where that is not known', () => {
    assert.deepEqual(asked([podName(['10.0.0.1'])]), [`A ${fqdn}`]);
    assert.deepEqual(asked([podName([], { families: ['IPv4', 'IPv6'] })]), [`A ${fqdn}`, `AAAA ${fqdn}`]);
    assert.deepEqual(asked([podName([], { families: [] })]), [`A ${fqdn}`, `AAAA ${fqdn}`]);
  });

  it('ends with the cluster domain, in lower case and without a dot', () => {
    assert.deepEqual(asked([podName(['10.0.0.1'])], { clusterDomain: 'Example.ORG.' }), [
      'A web-0.web.shop.svc.example.org',
    ]);
  });

  it('is each thing once', () => {
    const names = [podName(['10.0.0.1']), podName(['10.0.0.1'])];
    assert.deepEqual(asked(names, { ptr: true }), [`A ${fqdn}`, 'PTR 1.0.0.10.in-addr.arpa']);
  });

  it('is no name that a pod does not have, or that no message can carry', () => {
    const long = 'a'.repeat(64);
    assert.deepEqual(asked([podName([], { name: '' }), podName([], { name: `${long}.web.shop.svc` })]), []);
    assert.deepEqual(asked([podName([], { name: 'a..web.shop.svc' })]), []);
  });

  it('is SRV of the Service’s named ports with --srv', () => {
    const ports = [{ name: 'db', protocol: 'TCP', port: 5432, targets: [] }];
    assert.deepEqual(asked([serviceName([], { ports })], { srv: true }), [`A ${service}`, `SRV _db._tcp.${service}`]);
    assert.deepEqual(asked([serviceName([], { ports })]), [`A ${service}`]);
  });

  it('is PTR of the pods’ addresses with --ptr, and of cluster IPs, which alone are the Service’s own', () => {
    const ptr = { ptr: true };
    assert.deepEqual(asked([serviceName(['10.0.0.1'])], ptr), [`A ${service}`]);
    const findings = [{ kind: 'has a cluster IP', clusterIP: '10.96.0.1' } as const];
    assert.deepEqual(asked([serviceName(['10.96.0.1'])], ptr, findings).at(-1), 'PTR 1.0.96.10.in-addr.arpa');
  });
});
