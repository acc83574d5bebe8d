import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JudgedName, JudgedSet, Verdict } from '#src/dns/model/verdicts.ts';
import { renderNames } from '#src/dns/view/format.ts';
import { verdictWords } from '#src/dns/view/words.ts';
import { anyName, assertTold, widths } from '../../drawing/flatscreens.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { addresses, asked, eachUnpublished, eachVerdict, heard, plain } from './judged.ts';

const address = fc.constantFrom('10.0.2.1', '10.244.117.203', 'fd00:10:244::1', 'fd00:10:244:1234:5678:9abc:def0:1234');
const server = fc.constantFrom('coredns-0', 'coredns-6f6b679f8f-x2x4b', 'coredns-6f6b679f8f-9k8ls');

const verdicts: Verdict[] = Object.values(eachVerdict).map(([verdict]) => verdict);
const reasons = Object.values(eachUnpublished).map(([unpublished]) => unpublished);

const anyNames = fc.array(
  fc.record({
    verdict: fc.constantFrom(...verdicts),
    unpublished: fc.option(fc.constantFrom(...reasons), { nil: undefined }),
    expected: fc.array(address, { maxLength: 3 }),
    heard: fc.array(fc.tuple(server, fc.oneof(address, fc.constantFrom('NXDOMAIN', 'none'))), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 5 },
);

const anySet: fc.Arbitrary<JudgedSet> = fc
  .record({ name: anyName(60), serviceName: anyName(60), namespace: anyName(40), names: anyNames })
  .map(({ name, serviceName, namespace, names }) => {
    const judged = names.map(({ verdict, unpublished, expected, heard: said }, position): JudgedName => {
      const pod = `${name}-${position}`;
      const isPod = position < names.length - 1;
      const dnsName = `${isPod ? `${pod}.` : ''}${serviceName}.${namespace}.svc`;
      return {
        subject: isPod ? { kind: 'pod', ordinal: position, pod } : { kind: 'service', service: serviceName },
        name: dnsName,
        fqdn: `${dnsName}.cluster.local`,
        addresses: addresses(...expected),
        ...{ allowed: [], families: ['IPv4' as const], findings: [], ports: [], records: [] },
        unpublished,
        heard: said.map(([who, what]) => heard(who, what)),
        verdicts: [verdict],
      };
    });
    return { set: statefulSet(name, { metadata: { namespace } }), serviceName, findings: [], names: judged };
  });

describe('the screen of the names of any sets', () => {
  it('is not too wide, and cuts no name of a pod and no verdict', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(anySet, { minLength: 1, maxLength: 2 }),
        fc.constantFrom('table' as const, 'wide' as const),
        fc.boolean(),
        async (sets, format, allNamespaces) => {
          const rows = sets.flatMap((set) =>
            set.names.map((name) => {
              const { text, next } = verdictWords(name, set);
              const pod = name.subject.kind === 'pod' ? name.subject.pod : 'Service';
              const namespace = allNamespaces ? [set.set.metadata.namespace ?? ''] : [];
              return { names: [...namespace, pod], sentence: [text, next ?? []].flat().join('; ') };
            }),
          );
          for (const width of [...widths, undefined]) {
            assertTold(rows, await renderNames(sets, asked, { ...plain, format, allNamespaces, width }), width);
          }
        },
      ),
      { numRuns: runs(200) },
    ));

  it('cuts no address', () =>
    fc.assert(
      fc.asyncProperty(anySet, async (set) => {
        for (const width of widths) {
          const screen = await renderNames([set], asked, { ...plain, width });
          const cut = screen.split(/\s+/).filter((word) => word.includes('…'));
          // The middle of a DNS name may go.
          assert.deepEqual(
            cut.filter((word) => !word.endsWith('local')),
            [],
            `${width} columns:\n${screen}`,
          );
        }
      }),
      { numRuns: runs(100) },
    ));
});
