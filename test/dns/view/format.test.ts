import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JudgedName, JudgedSet } from '#src/dns/model/verdicts.ts';
import { type NameFormatOptions, renderNames } from '#src/dns/view/format.ts';
import { nameNotes } from '#src/dns/view/notes.ts';
import { paint } from '#src/terminal/paint.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import { acting, nasty } from '../../tree/view/arbitrary.ts';
import {
  addresses,
  asked,
  eachUnpublished,
  eachVerdict,
  heard,
  plain,
  podName,
  serviceName,
  setOf,
  threePods,
} from './judged.ts';

function written(sets: readonly JudgedSet[], options: Partial<NameFormatOptions> = {}): Promise<string> {
  return renderNames(sets, asked, { ...plain, ...options });
}

function text(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** What VERDICT says of one name. */
async function verdictOf(name: JudgedName): Promise<string | undefined> {
  return (await written([setOf([name])], { header: false })).trimEnd().split('  ').at(-1);
}

describe('the table of DNS names', () => {
  it('has a row for each pod, and for the Service at last', async () => {
    assert.equal(
      await written([threePods()]),
      text(
        'POD      NAME                              EXPECTED     ANSWER       TTL  VERDICT',
        'web-0    web-0.web.shop.svc.cluster.local  10.0.1.1     10.0.1.1     5    ok',
        'web-1    web-1.web.shop.svc.cluster.local  10.0.2.1     10.0.2.9     5    wrong address: coredns-1 still gives 10.0.2.9, coredns-0 is right',
        'web-2    web-2.web.shop.svc.cluster.local  -            NXDOMAIN     -    not published: the pod is not ready',
        'Service  web.shop.svc.cluster.local        2 addresses  2 addresses  5    ok',
      ),
    );
  });

  it('says under wide what each server said', async () => {
    assert.equal(
      (await written([threePods()], { format: 'wide', header: false })).split('\n')[3]?.replace(/ +/g, ' '),
      'Service web.shop.svc.cluster.local 10.0.1.1,10.0.2.1 10.0.1.1,10.0.2.1 5 ok coredns-0=10.0.1.1,10.0.2.1 coredns-1=10.0.1.1,10.0.2.1',
    );
    assert.match(
      (await written([threePods()], { format: 'wide' })).split('\n')[3] ?? '',
      / coredns-0=NXDOMAIN coredns-1=NXDOMAIN$/,
    );
  });

  it('is one for several sets, with the namespace where there may be several', async () => {
    const other = setOf([podName(0, { expected: ['10.0.3.1'] })], {
      set: statefulSet('web', { metadata: { namespace: 'b' } }),
    });
    assert.equal(
      await written([setOf([podName(0, { expected: ['10.0.1.1'] })]), other], { allNamespaces: true }),
      text(
        'NAMESPACE  POD    NAME                              EXPECTED  ANSWER    TTL  VERDICT',
        'shop       web-0  web-0.web.shop.svc.cluster.local  10.0.1.1  10.0.1.1  5    ok',
        'b          web-0  web-0.web.shop.svc.cluster.local  10.0.3.1  10.0.3.1  5    ok',
      ),
    );
  });

  it('says of a pod without a name that it has none, and of an ExternalName what it stands for', async () => {
    const pod = podName(0, {
      heard: [],
      verdicts: [{ kind: 'not published' }],
      unpublished: { kind: 'no serviceName' },
    });
    const service = serviceName({ unpublished: { kind: 'ExternalName', target: 'db.example.com' } });
    const sets = [setOf([{ ...pod, fqdn: '' }, service])];
    assert.equal(
      await written(sets, { header: false }),
      text(
        'web-0    -                           -               -         -  not published: the set names no Service',
        'Service  web.shop.svc.cluster.local  db.example.com  NXDOMAIN  -  ok',
      ),
    );
    assert.equal(await written(sets, { format: 'name' }), text('web.shop.svc.cluster.local'));
    assert.equal(
      (await written(sets, { format: 'hosts' })).split('\n')[0],
      '# web-0: not published: the set names no Service',
    );
  });

  it('of no names is nothing', async () => {
    assert.equal(await written([]), '');
    assert.equal(await written([setOf([])]), '');
  });

  const at: Record<number, string> = {
    60: text(
      'POD      EXPECTED     ANSWER       VERDICT',
      'web-0    10.0.1.1     10.0.1.1     ok',
      'web-1    10.0.2.1     10.0.2.9     wrong address',
      '  coredns-1 still gives 10.0.2.9, coredns-0 is right',
      'web-2    -            NXDOMAIN     not published',
      '  the pod is not ready',
      'Service  2 addresses  2 addresses  ok',
    ),
    80: text(
      'POD      NAME                       EXPECTED     ANSWER       TTL  VERDICT',
      'web-0    web-0.web.shop.s…er.local  10.0.1.1     10.0.1.1     5    ok',
      'web-1    web-1.web.shop.s…er.local  10.0.2.1     10.0.2.9     5    wrong address',
      '  coredns-1 still gives 10.0.2.9, coredns-0 is right',
      'web-2    web-2.web.shop.s…er.local  -            NXDOMAIN     -    not published',
      '  the pod is not ready',
      'Service  web.shop.svc.clu…er.local  2 addresses  2 addresses  5    ok',
    ),
    120: text(
      'POD      NAME                              EXPECTED     ANSWER       TTL  VERDICT',
      'web-0    web-0.web.shop.svc.cluster.local  10.0.1.1     10.0.1.1     5    ok',
      'web-1    web-1.web.shop.svc.cluster.local  10.0.2.1     10.0.2.9     5    wrong address',
      '  coredns-1 still gives 10.0.2.9, coredns-0 is right',
      'web-2    web-2.web.shop.svc.cluster.local  -            NXDOMAIN     -    not published: the pod is not ready',
      'Service  web.shop.svc.cluster.local        2 addresses  2 addresses  5    ok',
    ),
  };
  for (const [width, expected] of Object.entries(at)) {
    it(`fits ${width} columns, with the reason of a verdict below its row where there is no room behind it`, async () => {
      assert.equal(await written([threePods()], { width: Number(width) }), expected);
    });
  }

  it('says below its row what to look at next', async () => {
    const name = podName(0, { verdicts: [{ kind: 'not published' }], unpublished: { kind: 'not selected' } });
    assert.equal(
      await written([setOf([name])], { width: 120, header: false }),
      text(
        'web-0  web-0.web.shop.svc.cluster.local  -  NXDOMAIN  -  not published',
        "  the Service's selector misses the pod; see kubectl get pod web-0 --show-labels",
      ),
    );
  });

  it('gives a long name of a pod a line of its own before it gives up the answer', async () => {
    const pod = 'products-db-of-the-eu-production-shop-0';
    const name = podName(0, { expected: ['fd00:10:244:1234:5678:9abc:def0:1234'] });
    const set = setOf([{ ...name, subject: { kind: 'pod', ordinal: 0, pod } }]);
    assert.equal(
      await written([set], { width: 74 }),
      text(
        'POD                          ANSWER                                VERDICT',
        pod,
        '                             fd00:10:244:1234:5678:9abc:def0:1234  ok',
      ),
    );
  });

  it('keeps the expected addresses longer than anything else where nobody was asked', async () => {
    const name = podName(0, { expected: ['10.0.1.1'], heard: [], verdicts: [{ kind: 'not asked' }] });
    assert.equal(
      await written([setOf([name])], { width: 45 }),
      text('POD    EXPECTED  VERDICT', 'web-0  10.0.1.1  not asked'),
    );
  });

  it('says under wide below the row what each server said, where there is no room behind it', async () => {
    assert.equal(
      await written([setOf([podName(0, { expected: ['10.0.1.1'] })])], { format: 'wide', width: 80 }),
      text(
        'POD    NAME                              EXPECTED  ANSWER    TTL  VERDICT',
        'web-0  web-0.web.shop.svc.cluster.local  10.0.1.1  10.0.1.1  5    ok',
        '  servers: coredns-0=10.0.1.1 coredns-1=10.0.1.1',
      ),
    );
  });

  it('colours the verdict alone, and only where there is colour', async () => {
    const shown = await written([threePods()], { colour: true });
    const coloured = (await written([threePods()]))
      .replace(/ok$/gm, paint('ok', 'green'))
      .replace(/wrong address.*/, (words) => paint(words, 'red'))
      .replace(/not published.*/, (words) => paint(words, 'yellow'));
    assert.equal(shown, coloured);
  });

  it('keeps columns in their places over many rows', async () => {
    const names = Array.from({ length: 1000 }, (_, ordinal) => podName(ordinal, { expected: ['10.0.1.1'] }));
    const lines = (await written([setOf(names)])).trimEnd().split('\n');
    assert.equal(lines.length, 1001);
    assert.deepEqual([...new Set(lines.map((line) => line.search(/EXPECTED|10\.0/)))], [lines[0]?.indexOf('EXPECTED')]);
  });

  it('never lets a character through that acts on a terminal, and never is wider than it', async () => {
    const names = fc.constantFrom(...nasty);
    await fc.assert(
      fc.asyncProperty(names, names, fc.integer({ min: 30, max: 160 }), async (odd, other, width) => {
        const name = podName(0, {
          expected: [odd],
          heard: [
            { ...heard(other, odd), why: odd },
            heard(odd, 'NXDOMAIN'),
            { ...heard('a', 'NXDOMAIN'), outcome: other },
          ],
          verdicts: [{ kind: 'no answer', why: other, timedOut: false, servers: [odd] }],
          unpublished: { kind: 'other hostname', hostname: odd, subdomain: other },
        });
        const set = setOf([{ ...name, fqdn: `${odd}.x`, subject: { kind: 'pod', ordinal: 0, pod: odd } }], {
          set: statefulSet(other, { metadata: { namespace: odd } }),
          serviceName: odd,
          findings: [{ kind: 'ExternalName', target: other }],
        });
        for (const format of ['table', 'wide', 'name', 'hosts'] as const) {
          const shown = await written([set], { format, allNamespaces: true });
          assert.doesNotMatch(shown, acting);
          assert.equal(shown.trimEnd().split('\n').length, format === 'table' || format === 'wide' ? 2 : 1);
        }
        assert.ok(
          nameNotes([set], { ...asked, servers: [odd] }, true).every((line) => !/\n/.test(line) && !acting.test(line)),
        );
        for (const line of (await written([set], { width })).split('\n')) assert.ok([...line].length <= width, line);
      }),
    );
  });
});

describe('the verdict on a DNS name', () => {
  for (const [kind, [verdict, words]] of Object.entries(eachVerdict)) {
    it(`says "${kind}" in a sentence`, async () => {
      assert.equal(await verdictOf(podName(0, { verdicts: [verdict] })), words);
    });
  }

  for (const [kind, [unpublished, words]] of Object.entries(eachUnpublished)) {
    it(`says why a name is not published: ${kind}`, async () => {
      assert.equal(await verdictOf(podName(0, { verdicts: [{ kind: 'not published' }], unpublished })), words);
    });
  }

  it('says who is right when another server is not', async () => {
    const missing = podName(0, { expected: ['10.0.1.1'], heard: [heard('a', '10.0.1.1'), heard('b', 'NOERROR')] });
    missing.verdicts = [{ kind: 'missing', servers: ['b'] }];
    assert.equal(await verdictOf(missing), 'missing: b says NODATA, a is right');
    missing.verdicts = [{ kind: 'refused', rcode: 'SERVFAIL', servers: ['b'] }];
    assert.equal(await verdictOf(missing), "SERVFAIL: from b, a is right; see the DNS servers' logs");
  });

  it('tells of many SRV records those that differ', async () => {
    const [a, b, c, d, e] = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'] as const;
    const name = podName(0, {
      verdicts: [{ kind: 'srv wrong', port: 'db', expected: [a, b, c, d], got: [a, b, c, e], servers: ['b'] }],
    });
    assert.equal(await verdictOf(name), 'SRV wrong: port db: b lacks d:1 and b gives e:1 too');
  });

  it('says all that is wrong, the worst first, and what the objects say against each other', async () => {
    const name = podName(0, {
      expected: ['10.0.1.1'],
      verdicts: [eachVerdict['family missing'][0], eachVerdict['ptr wrong'][0]],
      findings: [
        { kind: 'slice differs from pod', slice: ['10.0.1.1'], pod: ['10.0.1.7'] },
        { kind: 'not ready, published all the same' },
      ],
    });
    assert.equal(
      await verdictOf(name),
      `${eachVerdict['family missing'][1]}; ${eachVerdict['ptr wrong'][1]}; the EndpointSlice has 10.0.1.1, the pod 10.0.1.7; not ready, published all the same`,
    );
  });

  it('leaves a trace of SRV and PTR records that are right', async () => {
    const told = async (...records: JudgedName['records']) => verdictOf(podName(0, { records }));
    const srv = (port: string) => ({ about: { type: 'SRV' as const, port }, outcome: 'right' as const, answers: [] });
    const ptr = (address: string) => ({
      about: { type: 'PTR' as const, address },
      outcome: 'right' as const,
      answers: [],
    });
    assert.equal(await told(srv('db'), srv('http')), 'ok; SRV right: db and http');
    assert.equal(await told({ ...srv('db'), outcome: 'wrong' }), 'ok');
    assert.equal(await told(ptr('10.0.0.1'), ptr('fd00::1')), 'ok; PTR right');
    assert.equal(await told(ptr('10.0.0.1'), { ...ptr('fd00::1'), outcome: 'unknown' }), 'ok; PTR right: 10.0.0.1');
  });

  it('says why a name resolves that is not published, and which servers give it where not all do', async () => {
    const unpublished = { kind: 'other hostname', hostname: 'web-0', subdomain: 'old' } as const;
    const verdict = { kind: 'resolves unpublished' as const, givenBy: ['coredns-0'] };
    assert.equal(
      await verdictOf(podName(0, { unpublished, verdicts: [verdict] })),
      "works, though not published: the pod's subdomain is old, not web; only a pod made anew is published",
    );
    assert.equal(
      await verdictOf(podName(0, { unpublished, verdicts: [{ kind: 'not published' }, verdict] })),
      "not published: the pod's subdomain is old, not web; coredns-0 gives the pod's address all the same; only a pod made anew gets the right one",
    );
  });

  it('says of a name that nobody was asked for what is known of it', async () => {
    const shape = { heard: [], verdicts: [{ kind: 'not asked' }] as [{ kind: 'not asked' }] };
    assert.equal(
      await written(
        [
          setOf([
            podName(0, { ...shape, expected: ['10.0.1.1'] }),
            podName(1, { ...shape, unpublished: { kind: 'terminating' } }),
          ]),
        ],
        {
          header: false,
        },
      ),
      text(
        'web-0  web-0.web.shop.svc.cluster.local  10.0.1.1  -  -  not asked',
        'web-1  web-1.web.shop.svc.cluster.local  -         -  -  not asked; not published: the pod is terminating',
      ),
    );
  });
});

describe('DNS names for other programs', () => {
  it('are bare names, with a port behind each when there is one', async () => {
    const names = ['web-0.web.shop.svc', 'web-1.web.shop.svc', 'web-2.web.shop.svc', 'web.shop.svc'];
    assert.equal(
      await written([threePods()], { format: 'name' }),
      text(...names.map((name) => `${name}.cluster.local`)),
    );
    assert.equal(
      await written([threePods()], { format: 'name', port: 5432 }),
      text(...names.map((name) => `${name}.cluster.local:5432`)),
    );
  });

  it('are lines for /etc/hosts, and a comment for each name that does not resolve rightly', async () => {
    assert.equal(
      await written([threePods()], { format: 'hosts' }),
      text(
        '10.0.1.1 web-0.web.shop.svc.cluster.local web-0',
        '# web-1.web.shop.svc.cluster.local web-1: wrong address: coredns-1 still gives 10.0.2.9, coredns-0 is right',
        '# web-2.web.shop.svc.cluster.local web-2: not published: the pod is not ready',
        '10.0.1.1 web.shop.svc.cluster.local',
        '10.0.2.1 web.shop.svc.cluster.local',
      ),
    );
  });

  it('are lines for /etc/hosts too when nobody was to be asked', async () => {
    const name = podName(0, { heard: [], verdicts: [{ kind: 'not asked' }] });
    assert.equal(
      await written(
        [
          setOf([
            { ...name, addresses: addresses('10.0.1.1', 'fd00::1') },
            { ...name, unpublished: { kind: 'not ready' } },
          ]),
        ],
        {
          format: 'hosts',
        },
      ),
      text(
        '10.0.1.1 web-0.web.shop.svc.cluster.local web-0',
        'fd00::1 web-0.web.shop.svc.cluster.local web-0',
        '# web-0.web.shop.svc.cluster.local web-0: not asked; not published: the pod is not ready',
      ),
    );
  });

  it('let nobody slip an alias into /etc/hosts', async () => {
    const name = {
      ...podName(0, { expected: ['10.0.1.1'] }),
      subject: { kind: 'pod' as const, ordinal: 0, pod: 'web-0 bank.example' },
    };
    assert.match(await written([setOf([name])], { format: 'hosts' }), /^# .*: not a host name\n$/);
    const service = { ...serviceName({ expected: ['10.0.1.1'] }), fqdn: 'web\n6.6.6.6 bank.example' };
    assert.match(await written([setOf([service])], { format: 'hosts' }), /^# .*: not a host name\n$/);
  });
});
