import assert from 'node:assert/strict';
import * as packet from 'dns-packet';
import fc from 'fast-check';
import type { Question } from '#src/objects/dns.ts';
import { askable, queryFor, readMessage } from '#src/resolver/message.ts';
import { runs } from '../properties.ts';
import { answerTo } from './answers.ts';

const question: Question = { name: 'web-0.web.shop.svc.cluster.local', type: 'A' };
const query = queryFor(question, 0x1234);
const good = answerTo(query.bytes);

/** An answer whose records are these bytes. */
function answerOf(count: number, records: Buffer, asked = query): Buffer {
  const head = Buffer.from(asked.bytes);
  head.writeUInt16BE(0x8400, 2);
  head.writeUInt16BE(count, 6);
  return Buffer.concat([head, records]);
}

/** A record whose name is the question's. */
function record(
  type: number,
  data: Buffer,
  { length = data.length, ttl = 5, internet = 1, name = Buffer.from([0xc0, 12]) } = {},
) {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(internet, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(length, 8);
  return Buffer.concat([name, fixed, data]);
}

function records(message: Buffer, asked = query): unknown {
  const reading = readMessage(message, asked);
  return reading.kind === 'answer' ? reading.records : reading;
}

function unusable(message: Buffer, why: RegExp, asked = query): void {
  const reading = readMessage(message, asked);
  assert.equal(reading.kind, 'unusable');
  assert.match(reading.kind === 'unusable' ? reading.why : '', why);
}

function changed(message: Buffer, at: number, byte: number): Buffer {
  const other = Buffer.from(message);
  other[at] = byte;
  return other;
}

const here = { type: 'A', name: question.name, ttl: 5, address: '10.0.0.1' };

describe('a DNS message', () => {
  it('gives its records, with names in lower case', () => {
    const answers = [{ name: question.name.toUpperCase(), type: 'A', ttl: 5, data: '10.0.0.1' } as const];
    assert.deepEqual(records(answerTo(query.bytes, { answers })), [here]);
  });

  it('answers a question that is written in another case', () => {
    const questions = [{ name: question.name.toUpperCase(), type: 'A' } as const];
    assert.deepEqual(records(answerTo(query.bytes, { questions })), [here]);
  });

  it('gives SRV and PTR records', () => {
    const srv = queryFor({ name: '_sql._tcp.web.shop.svc.cluster.local', type: 'SRV' }, 1);
    const data = { target: 'Web-0.web.shop.svc.cluster.local', port: 5432, priority: 0, weight: 50 };
    const answer = answerTo(srv.bytes, {
      answers: [{ name: srv.question.name, type: 'SRV', ttl: 5, data }],
      additionals: [{ name: data.target, type: 'A', ttl: 5, data: '10.0.0.1' }],
    });
    assert.deepEqual(records(answer, srv), [
      { type: 'SRV', name: srv.question.name, ttl: 5, target: question.name, port: 5432 },
    ]);
    const ptr = queryFor({ name: '1.0.0.10.in-addr.arpa', type: 'PTR' }, 1);
    const named = answerTo(ptr.bytes, {
      answers: [{ name: ptr.question.name, type: 'PTR', ttl: 5, data: question.name }],
    });
    assert.deepEqual(records(named, ptr), [{ type: 'PTR', name: ptr.question.name, ttl: 5, target: question.name }]);
  });

  it('gives addresses of IPv6 in their canonical form', () => {
    const asked = queryFor({ ...question, type: 'AAAA' }, 1);
    for (const [hex, address] of [
      ['fd00000000000001000000000000000a', 'fd00:0:0:1::a'],
      ['20010db800010000000100000000000f', '2001:db8:1:0:1::f'],
      ['00000000000000000000000000000001', '::1'],
      ['fd000001000200030004000500060007', 'fd00:1:2:3:4:5:6:7'],
    ] as const) {
      const message = answerOf(1, record(28, Buffer.from(hex, 'hex')), asked);
      assert.deepEqual(records(message, asked), [{ type: 'AAAA', name: question.name, ttl: 5, address }]);
    }
  });

  it('says NXDOMAIN, NODATA and what else a server says', () => {
    const soa = { mname: 'ns.dns.cluster.local', rname: 'hostmaster.cluster.local' };
    const authorities = [{ name: 'cluster.local', type: 'SOA', ttl: 5, data: soa } as const];
    for (const [code, rcode] of [
      [0, 'NOERROR'],
      [2, 'SERVFAIL'],
      [3, 'NXDOMAIN'],
      [5, 'REFUSED'],
      [9, 'NOTAUTH'],
      [11, 'RCODE11'],
      [15, 'RCODE15'],
    ] as const) {
      const message = answerTo(query.bytes, { flags: code, answers: [], authorities });
      assert.deepEqual(readMessage(message, query), { kind: 'answer', rcode, records: [] });
    }
  });

  it('that is a refusal may leave the question out, and that no other may', () => {
    const bare = (flags: number) => answerTo(query.bytes, { flags, questions: [], answers: [] });
    assert.deepEqual(readMessage(bare(5), query), { kind: 'answer', rcode: 'REFUSED', records: [] });
    unusable(bare(0), /another question/);
    unusable(bare(3), /another question/);
  });

  it('gives the records at the end of a chain of CNAMEs, whatever their order', () => {
    const answers = [
      { name: 'b.example', type: 'A', ttl: 3, data: '10.0.0.2' },
      { name: 'stray.example', type: 'A', ttl: 3, data: '10.6.6.6' },
      { name: 'a.example', type: 'CNAME', ttl: 4, data: 'B.example' },
      { name: 'stray.example', type: 'CNAME', ttl: 4, data: 'b.example' },
      { name: question.name, type: 'CNAME', ttl: 5, data: 'a.example' },
    ] as const;
    assert.deepEqual(records(answerTo(query.bytes, { answers: [...answers] })), [
      { type: 'CNAME', name: question.name, ttl: 5, target: 'a.example' },
      { type: 'CNAME', name: 'a.example', ttl: 4, target: 'b.example' },
      { type: 'A', name: 'b.example', ttl: 3, address: '10.0.0.2' },
    ]);
  });

  it('may have CNAMEs that lead in a circle', () => {
    const answers = [
      { name: question.name, type: 'CNAME', ttl: 5, data: 'a.example' },
      { name: 'a.example', type: 'CNAME', ttl: 5, data: question.name },
    ] as const;
    const reading = readMessage(answerTo(query.bytes, { answers: [...answers] }), query);
    assert.equal(reading.kind === 'answer' && reading.records.length, 2);
  });

  it('gives no record of another name, type or class', () => {
    const strange = Buffer.concat([
      record(1, Buffer.from([10, 6, 6, 6]), { name: Buffer.from([0]) }),
      record(28, Buffer.alloc(16)),
      record(1, Buffer.from([10, 6, 6, 6]), { internet: 3 }),
      record(46, Buffer.from([1, 2, 3])),
      record(41, Buffer.from([0xff, 0xff, 0xff, 0xff, 0])),
      record(47, Buffer.from([0, 0, 255])),
      record(0xff77, Buffer.alloc(0)),
    ]);
    assert.deepEqual(records(answerOf(8, Buffer.concat([strange, record(1, Buffer.from([10, 0, 0, 1]))]))), [here]);
  });

  it('that is no answer, or one to another question, is none', () => {
    unusable(changed(good, 2, 0x04), /no answer/);
    unusable(changed(good, 2, 0xa4), /no query/);
    unusable(
      answerTo(query.bytes, { questions: [{ name: 'web-1.web.shop.svc.cluster.local', type: 'A' }] }),
      /another/,
    );
    unusable(answerTo(query.bytes, { questions: [{ name: question.name, type: 'AAAA' }] }), /another/);
    unusable(answerTo(query.bytes, { questions: [{ name: question.name, type: 'A', class: 'CH' }] }), /another/);
    unusable(
      answerTo(query.bytes, {
        questions: [
          { name: question.name, type: 'A' },
          { name: 'b', type: 'A' },
        ],
      }),
      /another/,
    );
    unusable(good.subarray(0, 20), /another/);
  });

  it('that is cut short is told from one that is whole', () => {
    assert.deepEqual(readMessage(answerTo(query.bytes, { flags: packet.TRUNCATED_RESPONSE }), query), {
      kind: 'truncated',
    });
  });

  it('with bytes before or after its records is none', () => {
    unusable(Buffer.concat([good, Buffer.from([0])]), /after its end/);
    for (let length = query.bytes.length; length < good.length; length++) unusable(good.subarray(0, length), /cut off/);
  });

  it('whose records have other lengths than they say is none', () => {
    const four = Buffer.from([10, 0, 0, 1]);
    unusable(answerOf(1, record(1, Buffer.from([10, 0, 0]))), /another length/);
    unusable(answerOf(1, record(1, Buffer.from([10, 0, 0, 1, 2]))), /another length/);
    unusable(answerOf(1, record(1, four, { length: 0xffff })), /cut off/);
    unusable(answerOf(1, record(5, Buffer.from([0xc0, 12, 0]))), /another length/);
    unusable(answerOf(1, record(5, Buffer.from([3, 0x61]))), /cut off/);
    const srv = queryFor({ ...question, type: 'SRV' }, 1);
    unusable(answerOf(1, record(33, Buffer.from([0, 0, 0, 0])), srv), /cut off|another length/, srv);
  });

  it('whose names do not end is none, and takes no time', () => {
    const at = query.bytes.length;
    unusable(answerOf(1, record(1, Buffer.alloc(4), { name: Buffer.from([0xc0, at]) })), /does not end/);
    // Half a message of pointers, each to the one before it, and then records whose names begin at the last of them.
    const chain = Buffer.alloc(16_000);
    for (let offset = 0; offset < chain.length; offset += 2) chain.writeUInt16BE(0xc000 + at + 12 + offset - 2, offset);
    chain.writeUInt16BE(0xc00c, 0);
    const named = record(1, Buffer.from([10, 0, 0, 1]), { name: Buffer.from([0xff, 0xfe]) });
    named.writeUInt16BE(0xc000 + at + 12 + chain.length - 2, 0);
    const message = answerOf(3_001, Buffer.concat([record(16, chain), ...Array.from({ length: 3_000 }, () => named)]));
    assert.ok(message.length <= 0xffff);
    const began = process.hrtime.bigint();
    unusable(message, /does not end/);
    assert.ok(process.hrtime.bigint() - began < 100_000_000n);
  });

  it('takes a time to live with its first bit set for none', () => {
    const message = answerOf(1, record(1, Buffer.from([10, 0, 0, 1]), { ttl: 0xffff_fff0 }));
    assert.deepEqual(records(message), [{ ...here, ttl: 0 }]);
  });

  it('of any bytes is read without a throw', () => {
    const anyBytes = fc.uint8Array({ maxLength: 400 }).map((bytes) => answerOf(bytes[0] ?? 0, Buffer.from(bytes)));
    const bent = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => changes.reduce((message, [at, byte]) => changed(message, at, byte), good));
    fc.assert(
      fc.property(fc.oneof(anyBytes, bent), (message) => {
        const reading = readMessage(message, query);
        if (reading.kind !== 'answer') return;
        const asked = message.toString('latin1', 12, query.bytes.length).toLowerCase();
        if (message.length > 12) assert.equal(asked, query.bytes.toString('latin1', 12).toLowerCase());
        for (const one of reading.records) {
          assert.ok(Number.isInteger(one.ttl) && Number(one.ttl) >= 0);
          if ('address' in one) assert.match(one.address, /^\d+\.\d+\.\d+\.\d+$/);
        }
      }),
      { numRuns: runs(20_000) },
    );
  });

  it('is not made of a name that DNS cannot carry', () => {
    const bad = [
      '',
      '.',
      'a..b',
      'a.',
      `${'x'.repeat(64)}.local`,
      `${'é'.repeat(32)}.local`,
      'x.'.repeat(127),
      'a\n.b',
    ];
    const { asked, replies } = askable([question, question, ...bad.map((name) => ({ name, type: 'A' }) as const)]);
    assert.deepEqual(asked, [question]);
    assert.deepEqual(
      [...replies.keys()],
      bad.map((name) => `A ${name}`),
    );
  });

  it('asks for exactly the name it is given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 70, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
        (labels) => {
          const name = labels.join('.');
          const { asked } = askable([{ name, type: 'A' }]);
          for (const one of asked) {
            const { questions } = packet.decode(queryFor(one, 1).bytes);
            assert.deepEqual(
              questions?.map((sent) => sent.name),
              [name],
            );
          }
        },
      ),
    );
  });
});
