import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { treeDocument } from '#src/tree/view/document.ts';
import { checkout } from '../../runner/files.ts';
import { acting, anySnapshot } from './arbitrary.ts';
import * as scenario from './scenarios.ts';
import { scenarios, told } from './scenarios.ts';

const schema = JSON.parse(readFileSync(join(checkout, 'docs', 'output.schema.json'), 'utf8')) as Schema;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

interface Schema {
  $defs: Record<string, object>;
}

function assertDescribed(document: object): void {
  // What a program reads, not what we hold.
  const read: unknown = JSON.parse(jsonText(document));
  assert.ok(validate(read), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.deepEqual(document, read, 'no field is undefined');
}

// biome-ignore lint/suspicious/noExplicitAny: what a program sees that knows no types
function one(snapshot: Parameters<typeof told>[0]): any {
  return JSON.parse(jsonText(treeDocument(told(snapshot), true)));
}

describe('the document of a StatefulSet', () => {
  for (const [title, snapshot] of Object.entries(scenarios)) {
    it(`${title} is as docs/output.schema.json has it`, () => {
      assertDescribed(treeDocument(told(snapshot), true));
      assertDescribed(treeDocument(told(snapshot), false));
    });
  }

  it('stands alone when one was asked for by name, else in a list of such documents', () => {
    const topologies = told(scenario.well());
    const single = treeDocument(topologies, true) as { kind: string; summary: object };
    assert.equal(single.kind, 'StatefulSetTree');
    assert.deepEqual(treeDocument(topologies, false), {
      apiVersion: 'kubectl-sts/v1',
      kind: 'StatefulSetTreeList',
      items: [single],
      summary: single.summary,
    });
    const none = { count: 0, bytes: 0, size: '0' };
    assert.deepEqual(treeDocument([], true), {
      apiVersion: 'kubectl-sts/v1',
      kind: 'StatefulSetTreeList',
      items: [],
      summary: { ready: 0, wanted: 0, claims: none, leftOver: none },
    });
  });

  it('tells of each pod what it sits on', () => {
    const { pods, summary } = one(scenario.well());
    assert.deepEqual(
      pods.map((pod: { name: string; ordinal: number; status: string; ready: boolean; revisionStanding: string }) => [
        pod.name,
        pod.ordinal,
        pod.status,
        pod.ready,
        pod.revisionStanding,
      ]),
      [
        ['web-0', 0, 'Running', true, 'update'],
        ['web-1', 1, 'Running', true, 'update'],
      ],
    );
    const [claim] = pods[1].claims;
    assert.deepEqual(
      [claim.name, claim.origin, claim.mountedBy, claim.bytes, claim.volume.handle, claim.storageClass.provisioner],
      ['data-web-1', 'claimTemplate', ['web-1'], 50 * 2 ** 20, 'vol-data-web-1', 'ebs.csi.aws.com'],
    );
    assert.deepEqual(summary, {
      ready: 2,
      wanted: 2,
      claims: { count: 2, bytes: 100 * 2 ** 20, size: '100Mi' },
      leftOver: { count: 0, bytes: 0, size: '0' },
    });
  });

  it('tells what was left over, how much it is and what becomes of it', () => {
    const { leftOver, summary } = one(scenario.scaledDown());
    assert.deepEqual(
      leftOver.map(({ name, ordinal, fate }: Record<string, unknown>) => [name, ordinal, fate]),
      [
        ['data-web-1', 1, 'stays'],
        ['data-web-2', 2, 'goesWithSet'],
      ],
    );
    assert.deepEqual(summary.leftOver, { count: 2, bytes: 100 * 2 ** 20, size: '100Mi' });
    assert.equal(summary.claims.count, 3);
  });

  it('tells that a set is stuck, on which pod, and why those behind it are missing', () => {
    const { rollout, pods, governingService } = one(scenario.stuck());
    const blocker = { pod: 'web-0', status: 'CrashLoopBackOff', trouble: true };
    const since = '2026-01-01T00:00:00Z';
    assert.deepEqual(rollout, {
      state: 'stuck',
      cause: 'brokenInOlderRevision',
      pods: 1,
      wanted: 3,
      blocker,
      next: [],
      waitsFor: [{ pod: 'web-0', why: 'notReady', since }],
      stuck: {
        ground: 'likely',
        pod: 'web-0',
        cause: 'brokenInOlderRevision',
        since,
        comesBackIn: 'web-2',
        evidence: [{ kind: 'container', container: 'db', reason: 'CrashLoopBackOff', exitCode: 1, restarts: 3 }],
      },
    });
    assert.deepEqual(
      pods.slice(1).map(({ name, state, why }: Record<string, unknown>) => ({ name, state, why })),
      ['web-1', 'web-2'].map((name) => ({ name, state: 'missing', why: { kind: 'waitsFor', blocker } })),
    );
    assert.deepEqual(governingService, { name: 'web', state: 'missing' });
  });

  it('tells what is wrong with claims', () => {
    const { pods } = one(scenario.troubledStorage());
    const findings = Object.fromEntries(
      pods.flatMap(({ claims }: { claims: { name: string; findings: unknown }[] }) =>
        claims.map((claim) => [claim.name, claim.findings]),
      ),
    );
    assert.deepEqual(findings, {
      'data-web-5': [{ kind: 'beingDeleted' }],
      'data-web-6': [],
      'data-web-7': [
        { kind: 'block' },
        { kind: 'attributesClass', wanted: 'fast' },
        { kind: 'resizing', from: '50Mi', to: '1Gi', waitsForNode: true },
        { kind: 'volumeOfAnotherClaim', owner: 'other/thief', former: false },
      ],
      'data-web-8': [{ kind: 'resizeFailed', from: '50Mi', to: '2Gi' }],
      'data-web-9': [{ kind: 'lost' }],
      'data-web-10': [{ kind: 'pending', why: { kind: 'waitsForPodToBeScheduled' } }],
      'data-web-11': [{ kind: 'pending', why: { kind: 'classMissing' } }],
      'data-web-12': [
        { kind: 'pending', why: { kind: 'event', type: 'Warning', reason: 'ProvisioningFailed', message: 'no space' } },
      ],
      'data-web-99': [],
    });
  });

  it('tells that no node takes a pod since its volume lives elsewhere', () => {
    const { pods } = one(scenario.troubledStorage());
    assert.deepEqual(pods[1].unschedulable, {
      scheduler: '0/1 nodes are available',
      volume: { name: 'pv-data-web-6', place: 'eu-1a', nodes: [{ name: 'node-1', state: 'cordoned' }] },
      reach: {
        volumes: [{ name: 'pv-data-web-6', place: 'eu-1a' }],
        nodes: [{ name: 'node-1', state: 'cordoned' }],
        complete: true,
      },
    });
    assert.equal(pods[1].claims[0].volume.place, 'eu-1a');
    assert.equal(pods.at(-1).wanted, false);
  });

  it('tells a static class, that needs no object, from one that is missing', () => {
    const classOf = (snapshot: Parameters<typeof told>[0], pod: number) =>
      one(snapshot).pods[pod].claims[0].storageClass;
    assert.deepEqual(classOf(scenario.shared(), 0), { name: 'manual', state: 'missing', static: true });
    assert.deepEqual(classOf(scenario.troubledStorage(), 6), { name: 'gone', state: 'missing' });
  });

  it('says what may not be read and what was not given', () => {
    const { governingService, pods, summary } = one(scenario.littleAllowed());
    assert.deepEqual(governingService, { name: 'web', state: 'forbidden' });
    assert.equal(pods[0].claims[0].state, 'forbidden');
    assert.deepEqual(summary.unseenClaims, { count: 2, state: 'forbidden' });
    const manifest = one(scenario.manifest());
    assert.deepEqual(manifest.rollout, { state: 'noStatus' });
    assert.deepEqual([manifest.pods[0].state, manifest.pods[0].claims[0].state], ['notGiven', 'notGiven']);
  });

  it('tells what became of the node of a pod', () => {
    const { pods } = one(scenario.lostNodes());
    assert.deepEqual(
      pods.map(({ lostNode }: { lostNode: string }) => lostNode),
      ['missing', 'notReady'],
    );
  });

  it('tells which Services are pinned, and by whom', () => {
    const { pins } = one(scenario.pinned());
    assert.deepEqual(
      pins.map(({ service, pod, by, since, user }: Record<string, string>) => [service, pod, by, since, user]),
      [
        ['ours', 'web-0', 'kubectl-sts', '2026-01-02T03:04:05Z', 'ann'],
        ['odd', 'web-0', 'unreadable', undefined, undefined],
        ['lost', undefined, 'kubectl-sts', '2026-01-02T03:04:05Z', 'ann'],
      ],
    );
  });

  it('tells which pins were undone, by whom, and where their traffic goes', () => {
    const { pins } = one(scenario.pinned());
    assert.deepEqual(
      pins.flatMap(({ service, undone }: { service: string; undone?: object }) => (undone ? [[service, undone]] : [])),
      [
        [
          'lost',
          {
            pod: 'web-0',
            lastWriter: { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-03T12:04:00Z' },
            reaches: ['web-0'],
          },
        ],
      ],
    );
  });

  it('tells apart the Services that lead to one pod without a pin', () => {
    const { perPodServices } = one(scenario.pinned());
    assert.deepEqual(perPodServices, [
      { service: 'broker-0', pod: 'web-0', label: 'statefulset.kubernetes.io/pod-name' },
      { service: 'broker-1', pod: 'web-1', label: 'apps.kubernetes.io/pod-index', endangered: 'beyondTheSet' },
    ]);
  });

  it('tells many missing ordinals in one entry', () => {
    const { pods } = one(scenario.nobodyThere());
    assert.deepEqual(pods, [{ ordinals: { start: 0, replicas: 10_000 }, state: 'missing', wanted: true, claims: [] }]);
  });

  it('is as the schema has it whatever the objects hold, and nothing in it acts on a terminal', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const document = treeDocument(told(snapshot), false);
        assertDescribed(document);
        assert.doesNotMatch(jsonText(document), /[^\n -~]/);
      }),
    );
  });

  it('says as YAML what it says as JSON, and nothing in it acts on a terminal', () => {
    const assertSame = (document: object): void => {
      const text = yamlText(document);
      assert.doesNotMatch(text, acting);
      assert.doesNotMatch(text, /[^\n -~]/);
      assert.deepEqual(load(text), JSON.parse(jsonText(document)));
    };
    for (const snapshot of Object.values(scenarios)) assertSame(treeDocument(told(snapshot), true));
    fc.assert(fc.property(anySnapshot, (snapshot) => assertSame(treeDocument(told(snapshot), false))));
  });

  it('quotes in YAML what an older parser would take for something else than text', () => {
    const words = ['yes', 'on', '~', '1e3', '012', '1:30', '2026-01-02', '=', '<<'];
    assert.equal(yamlText({ words }), `words:\n${words.map((word) => `  - '${word}'\n`).join('')}`);
  });
});

describe('docs/output.md', () => {
  const text = readFileSync(join(checkout, 'docs', 'output.md'), 'utf8');

  it('describes every field and every word of docs/output.schema.json', () => {
    const words = new Set<string>();
    JSON.stringify(schema.$defs, (key, value: unknown) => {
      if (key === 'properties') for (const field of Object.keys(value as object)) words.add(field);
      if (key === 'enum') for (const word of value as string[]) words.add(word);
      if (key === 'const' && typeof value === 'string') words.add(value);
      return value;
    });
    const said = new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[^\w/-]+/)));
    assert.deepEqual(
      [...words].filter((word) => !said.has(word)),
      [],
    );
  });
});
