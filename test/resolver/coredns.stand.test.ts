import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { systemClock } from '#src/cli/clock.ts';
import { type Client, openClient } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { askOverStream } from '#src/resolver/ask.ts';
import { clientDeps } from '../kube/deps.ts';
import { optionsWith } from '../kube/options.ts';
import { sharedStand } from '../runner/stand-variables.ts';

describe('the CoreDNS of a stand, through a port-forward', () => {
  let client: Client;
  let open: (signal: AbortSignal) => Promise<Duplex>;

  before(async () => {
    client = await openClient(optionsWith({ kubeconfig: sharedStand().kubeconfig }), clientDeps());
    const pods = await client.list(resources.pods, 'kube-system');
    assert.ok(Array.isArray(pods));
    const pod = pods.find(({ metadata }) => metadata.name.startsWith('coredns-'));
    assert.ok(pod);
    const { name } = pod.metadata;
    open = (signal) => client.forwardPort({ namespace: 'kube-system', name }, 53, signal);
  });

  after(() => client.close());

  function ask(questions: readonly Question[]): Promise<Map<string, Reply>> {
    const { signal } = new AbortController();
    return askOverStream(open, questions, { clock: systemClock, patience: 5_000, random: Math.random, signal });
  }

  // 10.96.0.10 is what the stand gives its kube-dns, as kubeadm does.
  it('gives addresses, ports, reverse names, NODATA and NXDOMAIN', async () => {
    const service = 'kube-dns.kube-system.svc.cluster.local';
    const questions: Question[] = [
      { name: service, type: 'A' },
      { name: service, type: 'AAAA' },
      { name: `_dns-tcp._tcp.${service}`, type: 'SRV' },
      { name: '10.0.96.10.in-addr.arpa', type: 'PTR' },
      { name: `nobody.${service}`, type: 'A' },
    ];
    const replies = await ask(questions);
    const ttl = 5;
    const expected: Reply[] = [
      { kind: 'answer', rcode: 'NOERROR', records: [{ type: 'A', name: service, ttl, address: '10.96.0.10' }] },
      { kind: 'answer', rcode: 'NOERROR', records: [] },
      {
        kind: 'answer',
        rcode: 'NOERROR',
        records: [{ type: 'SRV', name: `_dns-tcp._tcp.${service}`, ttl, target: service, port: 53 }],
      },
      {
        kind: 'answer',
        rcode: 'NOERROR',
        records: [{ type: 'PTR', name: '10.0.96.10.in-addr.arpa', ttl, target: service }],
      },
      { kind: 'answer', rcode: 'NXDOMAIN', records: [] },
    ];
    assert.deepEqual(
      questions.map((question) => replies.get(questionKey(question))),
      expected,
    );
  });

  it('answers both families of 1,000 names within 3 seconds', async () => {
    const questions = Array.from({ length: 1_000 }, (_, nth) => `web-${nth}.web.shop.svc.cluster.local`).flatMap(
      (name): Question[] => [
        { name, type: 'A' },
        { name, type: 'AAAA' },
      ],
    );
    const began = performance.now();
    const replies = await ask(questions);
    assert.ok(performance.now() - began < 3_000);
    assert.equal(replies.size, 2_000);
    for (const reply of replies.values()) assert.deepEqual(reply, { kind: 'answer', rcode: 'NXDOMAIN', records: [] });
  });
});
