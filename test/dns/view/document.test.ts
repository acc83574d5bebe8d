import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { load } from 'js-yaml';
import type { JudgedName, JudgedSet } from '#src/dns/model/verdicts.ts';
import { namesDocument } from '#src/dns/view/document.ts';
import { type NameFormatOptions, renderNames } from '#src/dns/view/format.ts';
import { jsonText } from '#src/drawing/json.ts';
import { checkout } from '../../runner/files.ts';
import { acting, nasty } from '../../tree/view/arbitrary.ts';
import {
  asked,
  eachSetFinding,
  eachUnpublished,
  eachVerdict,
  plain,
  podName,
  serviceName,
  setOf,
  threePods,
} from './judged.ts';

const schema = JSON.parse(readFileSync(join(checkout, 'docs', 'output.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

// biome-ignore lint/suspicious/noExplicitAny: what a program sees that knows no types
function described(sets: readonly JudgedSet[], single = true, told = asked): any {
  const document = namesDocument(sets, told, single);
  // What a program reads, not what we hold.
  const read: unknown = JSON.parse(jsonText(document));
  assert.ok(validate(read), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.deepEqual(document, read, 'no field is undefined');
  return read;
}

describe('the document of DNS names', () => {
  it('tells of each name what is expected, what was answered and what to make of it', () => {
    const { names, ...set } = described([threePods()]);
    assert.deepEqual(set, {
      apiVersion: 'kubectl-sts/v1',
      kind: 'StatefulSetNames',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: 'uid-StatefulSet-web',
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      serviceName: 'web',
      clusterDomain: { name: 'cluster.local', from: 'ConfigMap kube-system/coredns' },
      asked: {
        via: 'portForward',
        servers: ['coredns-0', 'coredns-1'],
        unreached: [],
        nodeLocalCache: { state: 'missing' },
      },
      outcome: 'wrong',
      findings: [],
    });
    assert.deepEqual(names[1], {
      name: 'web-1.web.shop.svc.cluster.local',
      pod: 'web-1',
      ordinal: 1,
      expected: ['10.0.2.1'],
      families: ['IPv4'],
      findings: [],
      answers: [
        { server: 'coredns-0', outcome: 'NOERROR', addresses: ['10.0.2.1'], ttl: 5 },
        { server: 'coredns-1', outcome: 'NOERROR', addresses: ['10.0.2.9'], ttl: 5 },
      ],
      verdicts: [
        { kind: 'wrongAddress', got: ['10.0.2.9'], servers: ['coredns-1'] },
        { kind: 'serversDisagree', right: ['coredns-0'], wrong: ['coredns-1'] },
      ],
    });
    assert.deepEqual(names[2].unpublished, { kind: 'notReady' });
    assert.equal(names[3].service, 'web');
  });

  it('stands alone when one set was asked for by name, else in a list of such documents', () => {
    const single = described([threePods()]);
    assert.deepEqual(described([threePods()], false), {
      apiVersion: 'kubectl-sts/v1',
      kind: 'StatefulSetNamesList',
      items: [single],
    });
    assert.deepEqual(described([]).items, []);
  });

  it('tells every verdict, reason and finding as docs/output.schema.json has it', () => {
    for (const [verdict] of Object.values(eachVerdict)) described([setOf([podName(0, { verdicts: [verdict] })])]);
    for (const [unpublished] of Object.values(eachUnpublished)) described([setOf([podName(0, { unpublished })])]);
    for (const [finding] of Object.values(eachSetFinding)) described([setOf([], { findings: [finding] })]);
    const ports = [{ name: 'db', protocol: 'TCP', port: 5432, targets: [] }];
    const [port] = described([setOf([{ ...serviceName(), ports }])]).names[0].ports;
    assert.deepEqual(port, { name: 'db', protocol: 'TCP', port: 5432 });
    const findings: JudgedName['findings'] = [
      { kind: 'slice differs from pod', slice: ['10.0.0.1'], pod: [] },
      { kind: 'not ready, published all the same' },
      { kind: 'label too long', length: 64 },
      { kind: 'name too long', length: 254 },
    ];
    assert.deepEqual(described([setOf([podName(0, { findings })])]).names[0].findings, [
      { kind: 'sliceDiffersFromPod', slice: ['10.0.0.1'], pod: [] },
      { kind: 'publishedNotReady' },
      { kind: 'labelTooLong', length: 64 },
      { kind: 'nameTooLong', length: 254 },
    ]);
  });

  it('says what was not read, whom nobody could ask, and no outcome when nobody was asked', () => {
    const unknown = setOf([podName(0, { unpublished: { kind: 'slices unknown', why: 'not given' } })]);
    assert.deepEqual(described([unknown]).names[0].unpublished, { kind: 'slicesUnknown', why: 'notGiven' });
    const nobody = {
      ...asked,
      via: 'none' as const,
      nodeCache: undefined,
      servers: [],
      unreached: [{ server: 'coredns-2', why: 'refused' }],
    };
    const document = described([setOf([podName(-1)], { serviceName: undefined })], true, nobody);
    assert.equal(document.outcome, undefined);
    assert.deepEqual(document.asked, {
      via: 'none',
      servers: [],
      unreached: [{ server: 'coredns-2', why: 'refused' }],
    });
    assert.equal('ordinal' in document.names[0], false);
  });

  it('tells the cluster domain and in which others the same names resolve, or why it is not determined', () => {
    const service = { namespace: 'shop', name: 'web' };
    const source = { kind: 'answer', server: 'coredns-0', service, also: ['b.example'] } as const;
    const known = { state: 'known', domain: 'a.example', source } as const;
    assert.deepEqual(described([threePods()], true, { ...asked, clusterDomain: known }).clusterDomain, {
      name: 'a.example',
      from: 'the answer of coredns-0 for Service shop/web (which resolves in b.example too)',
      others: ['b.example'],
    });
    const unknown = { state: 'undetermined', why: { kind: 'no telltale' }, failed: [] } as const;
    assert.deepEqual(described([threePods()], true, { ...asked, clusterDomain: unknown }).clusterDomain, {
      undetermined: 'no Service of the namespace has an address that servers could be asked for',
    });
  });

  it('tells SRV and PTR records with their answers', () => {
    const answers = [{ server: 'coredns-0', outcome: 'NOERROR', values: ['web-0.web:5433'] }];
    const records: JudgedName['records'] = [
      { about: { type: 'SRV', port: 'db' }, outcome: 'right', answers },
      { about: { type: 'PTR', address: '10.0.0.1' }, outcome: 'unknown', answers: [] },
    ];
    assert.deepEqual(described([setOf([podName(0, { records })])]).names[0].records, [
      { type: 'SRV', port: 'db', outcome: 'right', answers },
      { type: 'PTR', address: '10.0.0.1', outcome: 'unknown', answers: [] },
    ]);
  });

  it('says as YAML what it says as JSON, and nothing in it acts on a terminal', async () => {
    const options: NameFormatOptions = { ...plain, format: 'json' };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...nasty), async (odd) => {
        const sets = [
          setOf(
            [
              podName(0, {
                expected: [odd],
                verdicts: [{ kind: 'no answer', why: odd, timedOut: false, servers: [odd] }],
              }),
            ],
            { serviceName: odd },
          ),
        ];
        const json = await renderNames(sets, asked, options);
        const yaml = await renderNames(sets, asked, { ...options, format: 'yaml' });
        assert.ok(!acting.test(json) && !acting.test(yaml));
        assert.deepEqual(load(yaml), JSON.parse(json));
      }),
    );
  });
});
