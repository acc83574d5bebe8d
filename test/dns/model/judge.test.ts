import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge } from '#src/dns/model/judge.ts';
import type { ExpectedName, SetFinding } from '#src/dns/model/names.ts';
import { questionsOf } from '#src/dns/model/queries.ts';
import { furtherQuestions } from '#src/dns/model/recordchecks.ts';
import { type JudgedName, outcomeOf, type Verdict } from '#src/dns/model/verdicts.ts';
import { type DnsRecord, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import { fqdn, options, parsed, podName, service, serviceName, setOf } from './expected.ts';

/** An answer with these addresses; the name that they are of is filled in by `server`. */
function gives(...addresses: string[]): Reply {
  const records = parsed(...addresses).map(({ family, address }) => ({
    type: family === 'IPv4' ? ('A' as const) : ('AAAA' as const),
    name: fqdn,
    ttl: 5,
    address,
  }));
  return { kind: 'answer', rcode: 'NOERROR', records };
}

function says(rcode: string, records: DnsRecord[] = []): Reply {
  return { kind: 'answer', rcode, records };
}

const silent: Reply = { kind: 'none', timedOut: true, why: 'timed out' };

/** By question: `A`, `AAAA`, or type and name. */
function server(name: string, replies: Record<string, Reply>): ServerReplies {
  const entries = Object.entries(replies).map(([key, reply]): [string, Reply] => [
    key.includes(' ') ? key : `${key} ${fqdn}`,
    reply,
  ]);
  return { server: name, replies: new Map(entries) };
}

function judged(
  name: ExpectedName,
  replies: ServerReplies[],
  {
    findings = [],
    earlier = [],
    ...asked
  }: Partial<typeof options> & { findings?: SetFinding[]; earlier?: string[] } = {},
): JudgedName {
  const seen = new Map([[name.name, earlier]]);
  const [set] = judge([setOf([name], findings)], replies, { ...options, ...asked }, seen);
  assert.ok(set?.names[0]);
  return set.names[0];
}

function verdicts(...args: Parameters<typeof judged>): Verdict[] {
  return judged(...args).verdicts;
}

function outcome(...args: Parameters<typeof judged>): string {
  return outcomeOf([{ ...setOf([]), names: [judged(...args)] }]);
}

describe('the verdict on a name', () => {
  const name = podName(['10.0.0.1']);

  it('is ok where every server gives the addresses expected', () => {
    const servers = [server('a', { A: gives('10.0.0.1') }), server('b', { A: gives('10.0.0.1') })];
    assert.deepEqual(verdicts(name, servers), [{ kind: 'ok' }]);
    const heard = { outcome: 'NOERROR', addresses: parsed('10.0.0.1'), ttl: 5, why: undefined };
    assert.deepEqual(judged(name, servers).heard, [
      { server: 'a', ...heard },
      { server: 'b', ...heard },
    ]);
  });

  it('is ok whatever the order, the form and the case in which addresses and names are given', () => {
    const both = podName(['fd00::1', 'fd00::2'], { families: ['IPv6'] });
    const records = ['FD00:0::2', 'fd00::0:1'].map((address) => ({
      type: 'AAAA' as const,
      name: `${fqdn.toUpperCase()}.`,
      ttl: 5,
      address,
    }));
    assert.deepEqual(verdicts(both, [server('a', { AAAA: says('NOERROR', records) })]), [{ kind: 'ok' }]);
  });

  it('is that nobody was asked', () => {
    assert.deepEqual(verdicts(name, []), [{ kind: 'not asked' }]);
    assert.equal(outcome(name, []), 'right');
  });

  it('is not published where the objects keep it out of DNS, and the servers agree', () => {
    for (const reply of [says('NXDOMAIN'), says('NOERROR')]) {
      assert.deepEqual(verdicts(podName([]), [server('a', { A: reply })]), [{ kind: 'not published' }]);
    }
    assert.equal(outcome(podName([]), [server('a', { A: says('NXDOMAIN') })]), 'wrong');
  });

  it('is not known where slices may not be read: no answer to it can be judged', () => {
    const unknown = podName([], { unpublished: { kind: 'slices unknown', why: 'forbidden' } });
    for (const reply of [gives('10.0.0.1'), says('NXDOMAIN')]) {
      assert.deepEqual(verdicts(unknown, [server('a', { A: reply })]), [{ kind: 'not known' }]);
      assert.equal(outcome(unknown, [server('a', { A: reply })]), 'unknown');
    }
    assert.deepEqual(verdicts(unknown, []), [{ kind: 'not asked' }]);
  });

  it('is missing where it is published and servers know nothing of it', () => {
    const servers = [server('a', { A: says('NXDOMAIN') }), server('b', { A: says('NOERROR') })];
    assert.deepEqual(verdicts(name, servers), [{ kind: 'missing', servers: ['a', 'b'] }]);
  });

  it('is a wrong address, and who is right is told', () => {
    const servers = [server('coredns-0', { A: gives('10.0.0.1') }), server('coredns-1', { A: gives('10.0.0.9') })];
    assert.deepEqual(verdicts(name, servers), [
      { kind: 'wrong address', got: ['10.0.0.9'], servers: ['coredns-1'] },
      { kind: 'servers disagree', right: ['coredns-0'], wrong: ['coredns-1'] },
    ]);
    assert.deepEqual(verdicts(name, servers.slice(1)), [
      { kind: 'wrong address', got: ['10.0.0.9'], servers: ['coredns-1'] },
    ]);
  });

  it('is told of each wrong answer once, of all servers that give it', () => {
    const wrong = (one: string, address: string) => server(one, { A: gives(address) });
    assert.deepEqual(verdicts(name, [wrong('a', '10.0.0.9'), wrong('b', '10.0.0.8'), wrong('c', '10.0.0.9')]), [
      { kind: 'wrong address', got: ['10.0.0.8'], servers: ['b'] },
      { kind: 'wrong address', got: ['10.0.0.9'], servers: ['a', 'c'] },
    ]);
  });

  it('is an extra address', () => {
    assert.deepEqual(verdicts(name, [server('a', { A: gives('10.0.0.1', '10.0.0.9') })]), [
      { kind: 'extra address', got: ['10.0.0.9'], servers: ['a'] },
    ]);
    assert.deepEqual(verdicts(podName([]), [server('a', { A: gives('10.0.0.9') })]), [
      { kind: 'extra address', got: ['10.0.0.9'], servers: ['a'] },
      { kind: 'not published' },
    ]);
  });

  it('is incomplete where some addresses lack', () => {
    const peers = podName(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    assert.deepEqual(verdicts(peers, [server('a', { A: gives('10.0.0.2', '10.0.0.1') })]), [
      { kind: 'incomplete', lacking: ['10.0.0.3'], servers: ['a'] },
    ]);
    assert.deepEqual(verdicts(peers, [server('a', { A: gives('10.0.0.1', '10.0.0.9') })]), [
      { kind: 'wrong address', got: ['10.0.0.9'], servers: ['a'] },
      { kind: 'incomplete', lacking: ['10.0.0.2', '10.0.0.3'], servers: ['a'] },
    ]);
  });

  it('is that one family is missing, of a Service that has both', () => {
    const dual = podName(['10.0.0.1', 'fd00::1'], { families: ['IPv4', 'IPv6'] });
    assert.deepEqual(verdicts(dual, [server('a', { A: gives('10.0.0.1'), AAAA: says('NOERROR') })]), [
      { kind: 'family missing', family: 'IPv6', servers: ['a'] },
    ]);
    assert.deepEqual(verdicts(dual, [server('a', { A: says('NXDOMAIN') })]), [{ kind: 'missing', servers: ['a'] }]);
  });

  it('is ok where NODATA is of a family that has no addresses', () => {
    const replies = { A: gives('10.0.0.1'), AAAA: says('NOERROR') };
    assert.deepEqual(verdicts(podName(['10.0.0.1'], { families: [] }), [server('a', replies)]), [{ kind: 'ok' }]);
  });

  it('is stale where a server still gives what was right before', () => {
    const replies = [server('a', { A: gives('10.0.0.9') })];
    const stale = { kind: 'stale', got: ['10.0.0.9'], servers: ['a'] } as const;
    assert.deepEqual(verdicts(name, replies, { earlier: ['10.0.0.9', '10.0.0.1'] }), [stale]);
    assert.deepEqual(verdicts(podName([]), replies, { earlier: ['10.0.0.9'] }), [stale, { kind: 'not published' }]);
    assert.deepEqual(verdicts(name, [server('a', { A: gives('10.0.0.1') })], { earlier: ['10.0.0.1'] }), [
      { kind: 'ok' },
    ]);
  });

  it('is stale where a server still gives what another one has no more', () => {
    const servers = [server('a', { A: gives('10.0.0.9') }), server('b', { A: says('NXDOMAIN') })];
    assert.deepEqual(verdicts(podName([]), servers), [
      { kind: 'stale', got: ['10.0.0.9'], servers: ['a'] },
      { kind: 'servers disagree', right: ['b'], wrong: ['a'] },
      { kind: 'not published' },
    ]);
  });

  it('is left open by a server that does not answer, though another one is right', () => {
    const servers = [server('a', { A: gives('10.0.0.1') }), server('b', { A: silent })];
    assert.deepEqual(verdicts(name, servers), [
      { kind: 'no answer', why: 'timed out', timedOut: true, servers: ['b'] },
    ]);
    assert.equal(outcome(name, servers), 'unknown');
    assert.deepEqual(judged(name, servers).heard[1], {
      server: 'b',
      outcome: 'none',
      addresses: [],
      ttl: undefined,
      why: 'timed out',
    });
  });

  it('is left open by a server that refuses or fails', () => {
    for (const rcode of ['REFUSED', 'SERVFAIL']) {
      const servers = [server('a', { A: says(rcode) })];
      assert.deepEqual(verdicts(name, servers), [{ kind: 'refused', rcode, servers: ['a'] }]);
      assert.equal(outcome(name, servers), 'unknown');
      assert.equal(judged(name, servers).heard[0]?.outcome, rcode);
    }
  });

  it('is left open where a family could not be asked for', () => {
    const dual = podName(['10.0.0.1', 'fd00::1'], { families: ['IPv4', 'IPv6'] });
    const servers = [server('web-0', { A: gives('10.0.0.1') })];
    assert.deepEqual(
      verdicts(dual, servers).map(({ kind }) => kind),
      ['no answer'],
    );
    assert.equal(outcome(dual, servers), 'unknown');
  });

  it('is wrong by one server, whatever others leave open', () => {
    const servers = [server('a', { A: silent }), server('b', { A: says('NXDOMAIN') })];
    assert.deepEqual(verdicts(name, servers), [
      { kind: 'missing', servers: ['b'] },
      { kind: 'no answer', why: 'timed out', timedOut: true, servers: ['a'] },
    ]);
    assert.equal(outcome(name, servers), 'wrong');
  });

  it('counts no records of other names, but follows an alias', () => {
    const other = { type: 'A', name: 'evil.example', ttl: 5, address: '10.0.0.1' } as const;
    const alias = { type: 'CNAME', name: fqdn, ttl: 1, target: 'Evil.example.' } as const;
    assert.deepEqual(verdicts(name, [server('a', { A: says('NOERROR', [other]) })])[0]?.kind, 'missing');
    const aliased = judged(name, [server('a', { A: says('NOERROR', [alias, other]) })]);
    assert.deepEqual([aliased.verdicts, aliased.heard[0]?.ttl], [[{ kind: 'ok' }], 1]);
    const loop = [alias, { ...alias, name: 'evil.example', target: fqdn }];
    assert.deepEqual(verdicts(name, [server('a', { A: says('NOERROR', loop) })])[0]?.kind, 'missing');
  });

  it('of an ExternalName’s own name is ok where it is an alias', () => {
    const external = serviceName([], { unpublished: { kind: 'ExternalName', target: 'db.example' }, families: [] });
    const alias = says('NOERROR', [{ type: 'CNAME', name: service, ttl: 5, target: 'db.example' }]);
    const replies = { [`A ${service}`]: alias, [`AAAA ${service}`]: alias };
    assert.deepEqual(verdicts(external, [server('a', replies)]), [{ kind: 'ok' }]);
    const none = { [`A ${service}`]: says('NXDOMAIN'), [`AAAA ${service}`]: says('NXDOMAIN') };
    assert.deepEqual(verdicts(external, [server('a', none)])[0], { kind: 'missing', servers: ['a'] });
  });

  it('of a pod without name is not published', () => {
    const nameless = podName([], { name: '', unpublished: { kind: 'no serviceName' } });
    assert.deepEqual(verdicts(nameless, [server('a', {})]), [{ kind: 'not published' }]);
    assert.equal(judged(nameless, []).fqdn, '');
  });
});

describe('the SRV records of a Service', () => {
  const target = (name: string | undefined, text: string) =>
    parsed(text).map((address) => ({ name, address, port: 5433 }));
  const targets = [...target('web-1.web.shop.svc', '10.0.0.2'), ...target('web-0.web.shop.svc', '10.0.0.1')];
  const name = serviceName(['10.0.0.1'], { ports: [{ name: 'db', protocol: 'TCP', port: 5432, targets }] });
  const question = `_db._tcp.${service}`;
  const srv = (target: string): DnsRecord => ({ type: 'SRV', name: question, ttl: 5, target, port: 5433 });
  const asked = (...records: DnsRecord[]) => {
    const a: DnsRecord = { type: 'A', name: service, ttl: 5, address: '10.0.0.1' };
    return [server('a', { [`A ${service}`]: says('NOERROR', [a]), [`SRV ${question}`]: says('NOERROR', records) })];
  };

  it('name each pod with the port behind the Service’s', () => {
    const replies = asked(srv('Web-0.web.shop.svc.cluster.local.'), srv('web-1.web.shop.svc.cluster.local'));
    assert.deepEqual(verdicts(name, replies, { srv: true }), [{ kind: 'ok' }]);
  });

  it('are wrong where one lacks', () => {
    const replies = asked(srv('web-0.web.shop.svc.cluster.local'));
    const got = ['web-0.web.shop.svc.cluster.local:5433'];
    assert.deepEqual(verdicts(name, replies, { srv: true }), [
      {
        kind: 'srv wrong',
        port: 'db',
        expected: [...got, 'web-1.web.shop.svc.cluster.local:5433'],
        got,
        servers: ['a'],
      },
    ]);
    assert.deepEqual(verdicts(name, replies), [{ kind: 'ok' }]);
    assert.deepEqual(judged(name, replies, { srv: true }).records, [
      {
        about: { type: 'SRV', port: 'db' },
        outcome: 'wrong',
        answers: [{ server: 'a', outcome: 'NOERROR', values: got }],
      },
    ]);
  });

  const called = (address: string, shape: Partial<ExpectedName> = {}) =>
    serviceName(['10.0.0.1'], {
      ports: [{ name: 'db', protocol: 'TCP', port: 5432, targets: target(undefined, address) }],
      ...shape,
    });
  /** The reply with an SRV record for this name, and what the name resolves to. */
  const leading = (to: string, ...addresses: string[]) => {
    const [one] = asked(srv(to));
    assert.ok(one);
    const records = addresses.map((address): DnsRecord => ({ type: 'A', name: to, ttl: 5, address }));
    return [{ ...one, replies: new Map([...one.replies, [`A ${to}`, says('NOERROR', records)]]) }];
  };

  it('may call an endpoint without hostname as they like, if the name leads to it', () => {
    for (const to of ['10-0-0-7.web.shop.svc.cluster.local', 'web-7.web.shop.svc.cluster.local', 'x.example']) {
      assert.deepEqual(verdicts(called('10.0.0.7'), leading(to, '10.0.0.7'), { srv: true }), [{ kind: 'ok' }]);
      assert.deepEqual(verdicts(called('10.0.0.7'), leading(to, '10.0.0.8'), { srv: true }), [
        { kind: 'srv wrong', port: 'db', expected: ['10.0.0.7:5433'], got: [`${to}:5433`], servers: ['a'] },
      ]);
      assert.equal(verdicts(called('10.0.0.7'), leading(to), { srv: true })[0]?.kind, 'srv wrong');
      assert.equal(
        verdicts(called('10.0.0.7'), leading(to, '10.0.0.7', '10.0.0.8'), { srv: true })[0]?.kind,
        'srv wrong',
      );
    }
  });

  it('may call a pod otherwise than by its hostname, if the name leads to it', () => {
    const ports = [{ name: 'db', protocol: 'TCP', port: 5432, targets: target('web-0.web.shop.svc', '10.0.0.1') }];
    const one = serviceName(['10.0.0.1'], { ports });
    const dashed = '10-0-0-1.web.shop.svc.cluster.local';
    assert.deepEqual(verdicts(one, leading(dashed, '10.0.0.1'), { srv: true }), [{ kind: 'ok' }]);
    assert.equal(verdicts(one, leading(dashed, '10.0.0.9'), { srv: true })[0]?.kind, 'srv wrong');
  });

  it('are asked for what they lead to, where their names do not tell it, and no longer than a right server needs', () => {
    const further = (replies: ServerReplies[]) =>
      furtherQuestions([setOf([called('10.0.0.7')])], replies, { ...options, srv: true }).map(questionKey);
    assert.deepEqual(further(leading('x.example')), ['A x.example', 'AAAA x.example']);
    assert.deepEqual(further(asked()), []);
    const many = Array.from({ length: 1_000 }, (_, at) => srv(`x${at}.example`));
    assert.ok(further(asked(...many)).length <= 2 * 11);
    const known = furtherQuestions([setOf([name])], asked(srv(fqdn)), { ...options, srv: true });
    assert.deepEqual(known, []);
  });

  it('are not judged where slices may not be read', () => {
    const unpublished = { kind: 'slices unknown', why: 'forbidden' } as const;
    const unknown = judged(called('10.0.0.7', { unpublished }), leading('x.example'), { srv: true });
    assert.deepEqual([unknown.verdicts, unknown.records[0]?.outcome], [[{ kind: 'not known' }], 'unknown']);
  });
});

describe('a name that is not published', () => {
  const unpublished = { kind: 'other hostname', hostname: 'web-0', subdomain: 'old' } as const;
  const adopted = podName([], { unpublished, allowed: parsed('10.0.0.1') });

  it('may be given all the same, if it leads to the pod', () => {
    const both = [server('a', { A: gives('10.0.0.1') }), server('b', { A: gives('10.0.0.1') })];
    assert.deepEqual(verdicts(adopted, both), [{ kind: 'resolves unpublished', givenBy: ['a', 'b'] }]);
    assert.equal(outcome(adopted, both), 'right');
  });

  it('need not be given', () => {
    const none = [server('a', { A: says('NXDOMAIN') })];
    assert.deepEqual(verdicts(adopted, none), [{ kind: 'not published' }]);
    const one = [server('a', { A: gives('10.0.0.1') }), server('b', { A: says('NXDOMAIN') })];
    assert.deepEqual(verdicts(adopted, one), [
      { kind: 'not published' },
      { kind: 'resolves unpublished', givenBy: ['a'] },
    ]);
    assert.equal(outcome(adopted, one), 'wrong');
  });

  it('misleads where it leads elsewhere', () => {
    const elsewhere = [server('a', { A: gives('10.0.0.1', '10.0.0.9') })];
    assert.deepEqual(verdicts(adopted, elsewhere)[0], { kind: 'extra address', got: ['10.0.0.9'], servers: ['a'] });
    assert.equal(
      verdicts(podName([], { unpublished }), [server('a', { A: gives('10.0.0.1') })])[0]?.kind,
      'extra address',
    );
    const half = podName(['10.0.0.2'], { allowed: parsed('10.0.0.1') });
    assert.deepEqual(verdicts(half, [server('a', { A: gives('10.0.0.1') })]), [
      { kind: 'incomplete', lacking: ['10.0.0.2'], servers: ['a'] },
    ]);
  });
});

describe('the reverse names of a pod', () => {
  const question = '1.0.0.10.in-addr.arpa';
  const asked = (...targets: string[]) => [
    server('a', {
      A: gives('10.0.0.1'),
      [`PTR ${question}`]: says(
        'NOERROR',
        targets.map((target) => ({ type: 'PTR', name: question, ttl: 5, target })),
      ),
    }),
  ];
  const name = podName(['10.0.0.1']);

  it('are a set, of which its own must be one', () => {
    const others = ['10-0-0-1.other.shop.svc.cluster.local', 'web-0.peers.shop.svc.cluster.local'];
    assert.deepEqual(verdicts(name, asked(...others, `${fqdn}.`), { ptr: true }), [{ kind: 'ok' }]);
    assert.deepEqual(verdicts(name, asked(...others), { ptr: true }), [
      { kind: 'ptr wrong', address: '10.0.0.1', got: others, servers: ['a'] },
    ]);
  });

  it('may be in another domain that the server serves, if the name leads back', () => {
    const elsewhere = 'web-0.web.shop.svc.other.example';
    const leads = (address: string) =>
      asked(elsewhere).map((one) => ({
        ...one,
        replies: new Map([
          ...one.replies,
          [`A ${elsewhere}`, says('NOERROR', [{ type: 'A', name: elsewhere, ttl: 5, address }])] as const,
        ]),
      }));
    assert.deepEqual(verdicts(name, leads('10.0.0.1'), { ptr: true }), [{ kind: 'ok' }]);
    assert.equal(verdicts(name, leads('10.0.0.9'), { ptr: true })[0]?.kind, 'ptr wrong');
    const asks = furtherQuestions([setOf([name])], asked(elsewhere, 'x.example'), { ...options, ptr: true });
    assert.deepEqual(asks.map(questionKey), [`A ${elsewhere}`, `AAAA ${elsewhere}`]);
  });
});

describe('the outcome for sets', () => {
  it('is right where there is no name to be wrong', () => {
    assert.equal(outcomeOf([]), 'right');
  });

  it('does not wait for the name of a condemned pod, but for one that was asked for and is not there', () => {
    const going = { subject: { kind: 'pod', ordinal: 3, pod: 'web-3' } } as const;
    const gone = (unpublished: ExpectedName['unpublished']) =>
      outcome(podName([], { ...going, unpublished }), [server('a', { A: says('NXDOMAIN') })]);
    assert.equal(gone({ kind: 'terminating' }), 'right');
    assert.equal(gone({ kind: 'pod missing' }), 'wrong');
  });
});

describe('verdicts, whatever servers say,', () => {
  const address = fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2');
  const expected = fc.uniqueArray(address, { maxLength: 4 });
  const record: fc.Arbitrary<DnsRecord> = fc.oneof(
    fc.record({
      type: fc.constantFrom('A' as const, 'AAAA' as const),
      name: fc.oneof(fc.constant(fqdn), fc.string()),
      ttl: fc.nat(),
      address: fc.oneof(address, fc.string()),
    }),
    fc.record({
      type: fc.constantFrom('PTR' as const, 'CNAME' as const),
      name: fc.oneof(fc.constant(fqdn), fc.string()),
      ttl: fc.nat(),
      target: fc.oneof(fc.constant(fqdn), fc.string()),
    }),
    fc.record({
      type: fc.constant('SRV' as const),
      name: fc.string(),
      ttl: fc.nat(),
      target: fc.string(),
      port: fc.nat(),
    }),
  );
  const reply: fc.Arbitrary<Reply> = fc.oneof(
    fc.record({
      kind: fc.constant('answer' as const),
      rcode: fc.constantFrom('NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', ''),
      records: fc.array(record),
    }),
    fc.record({ kind: fc.constant('none' as const), timedOut: fc.boolean(), why: fc.string() }),
  );
  const dual = (addresses: string[]) => podName(addresses, { families: ['IPv4', 'IPv6'] });

  it('are given: it never throws, and each set and name has one', () => {
    const replies = fc.array(fc.tuple(fc.string(), fc.option(reply), fc.option(reply), fc.option(reply)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(expected, replies, fc.array(address), (addresses, heard, earlier) => {
        const name = dual(addresses);
        const keys = questionsOf([setOf([name])], { ...options, ptr: true }).map(questionKey);
        const servers = heard.map(([who, ...answers]) => ({
          server: who,
          replies: new Map(keys.flatMap((key, at) => [[key, answers[at % 3]] as const].filter(hasReply))),
        }));
        const [set] = judge([setOf([name])], servers, { ...options, ptr: true }, new Map([[name.name, earlier]]));
        assert.equal(set?.names[0]?.verdicts.length === 0, false);
      }),
    );
  });

  it('are ok if and only if all give exactly what is expected', () => {
    const answers = fc.array(fc.uniqueArray(address), { minLength: 1, maxLength: 3 });
    const even = fc.tuple(expected, fc.oneof(answers, fc.constant(undefined)));
    fc.assert(
      fc.property(even, fc.nat(2), ([addresses, others], copies) => {
        fc.pre(addresses.length > 0);
        const all = others ?? Array.from({ length: copies + 1 }, () => addresses.toReversed());
        const servers = all.map((given, at) =>
          server(`coredns-${at}`, {
            A: gives(...given.filter((one) => one.includes('.'))),
            AAAA: gives(...given.filter((one) => one.includes(':'))),
          }),
        );
        const same = all.every((given) => [...given].sort().join() === [...addresses].sort().join());
        const found = verdicts(dual(addresses), servers);
        assert.equal(found.length === 1 && found[0]?.kind === 'ok', same, JSON.stringify(found));
        assert.equal(outcome(dual(addresses), servers), same ? 'right' : 'wrong');
      }),
    );
  });

  it('are the same in whatever order the questions were answered', () => {
    const answers = fc.tuple(reply, reply);
    fc.assert(
      fc.property(expected, fc.array(answers, { minLength: 1, maxLength: 3 }), (addresses, all) => {
        const forth = all.map(([a, aaaa], at) => server(`${at}`, { A: a, AAAA: aaaa }));
        const back = all.map(([a, aaaa], at) => server(`${at}`, { AAAA: aaaa, A: a }));
        assert.deepEqual(judged(dual(addresses), forth), judged(dual(addresses), back));
      }),
    );
  });
});

function hasReply(entry: readonly [string, Reply | null | undefined]): entry is readonly [string, Reply] {
  return entry[1] !== null && entry[1] !== undefined;
}
