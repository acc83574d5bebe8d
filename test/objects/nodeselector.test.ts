import assert from 'node:assert/strict';
import { matchesNode, placeOf } from '#src/objects/nodeselector.ts';
import type { Node, NodeSelector } from '#src/objects/types.ts';

const node: Node = {
  metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'eu-1a', disks: '4', ssd: '' } },
};

function selector(...expressions: { key: string; operator: string; values?: string[] }[]): NodeSelector {
  return { nodeSelectorTerms: [{ matchExpressions: expressions }] };
}

describe('a volume that names nodes', () => {
  const table: [key: string, operator: string, values: string[], matches: boolean][] = [
    ['topology.kubernetes.io/zone', 'In', ['eu-1a', 'eu-1b'], true],
    ['topology.kubernetes.io/zone', 'In', ['eu-1b'], false],
    ['none', 'In', ['a'], false],
    ['topology.kubernetes.io/zone', 'NotIn', ['eu-1b'], true],
    ['topology.kubernetes.io/zone', 'NotIn', ['eu-1a'], false],
    ['none', 'NotIn', ['a'], true],
    ['ssd', 'Exists', [], true],
    ['none', 'Exists', [], false],
    ['none', 'DoesNotExist', [], true],
    ['ssd', 'DoesNotExist', [], false],
    ['disks', 'Gt', ['3'], true],
    ['disks', 'Gt', ['4'], false],
    ['disks', 'Lt', ['5'], true],
    ['none', 'Gt', ['1'], false],
    ['ssd', 'Gt', ['1'], false],
    ['ssd', 'Strange', [], false],
  ];
  for (const [key, operator, values, expected] of table) {
    it(`by ${key} ${operator} (${values.join(', ')}) ${expected ? 'can' : 'cannot'} be reached`, () => {
      assert.equal(matchesNode(selector({ key, operator, values }), node), expected);
    });
  }

  it('can be reached when one of its terms matches in all it asks', () => {
    const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-1a'] };
    const other = { key: 'none', operator: 'Exists' };
    assert.equal(matchesNode(selector(zone, other), node), false);
    assert.equal(
      matchesNode({ nodeSelectorTerms: [{ matchExpressions: [other] }, { matchExpressions: [zone] }] }, node),
      true,
    );
  });

  it('can be reached from nowhere when it has no term, or an empty one', () => {
    assert.equal(matchesNode({ nodeSelectorTerms: [] }, node), false);
    assert.equal(matchesNode({ nodeSelectorTerms: [{}] }, node), false);
  });

  it('may name the node itself', () => {
    const term = (name: string): NodeSelector => ({
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
    });
    assert.equal(matchesNode(term('node-1'), node), true);
    assert.equal(matchesNode(term('node-2'), node), false);
  });
});

describe('where a volume lives', () => {
  it('is its node before its zone, and its zone before its region', () => {
    const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-1a'] };
    const region = { key: 'topology.kubernetes.io/region', operator: 'In', values: ['eu-1'] };
    const host = { key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] };
    assert.equal(placeOf(selector(region, zone)), 'eu-1a');
    assert.equal(placeOf(selector(region, zone, host)), 'node-1');
  });

  it('is all its zones, each once', () => {
    const zones = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-1a', 'eu-1b', 'eu-1a'] };
    assert.equal(placeOf(selector(zones)), 'eu-1a, eu-1b');
  });

  it('is said by a label of the driver’s own where there is no other', () => {
    for (const key of ['topology.ebs.csi.aws.com/zone', 'example.com/zone', 'topology.example.com/rack']) {
      assert.equal(placeOf(selector({ key, operator: 'In', values: ['eu-1a'] })), 'eu-1a', key);
    }
  });

  it('is not said where any node will do', () => {
    assert.equal(placeOf({ nodeSelectorTerms: [] }), undefined);
    assert.equal(placeOf(selector({ key: 'ssd', operator: 'Exists' })), undefined);
  });
});

describe('a requirement of a node', () => {
  // Verdicts of k8s.io/component-helpers/scheduling/corev1/nodeaffinity v0.36.3, of a node with these labels.
  const labels = { four: '4', cores: '8cores', negative: '-3', fraction: '4.5', empty: '', big: '9223372036854775807' };
  const table: [key: string, operator: string, value: string, matches: boolean][] = [
    ['four', 'Gt', '3', true],
    ['four', 'Gt', '4', false],
    ['four', 'Lt', '5', true],
    ['four', 'Lt', '4', false],
    ['negative', 'Gt', '-4', true],
    ['negative', 'Lt', '3', true],
    ['big', 'Gt', '5', true],
    ['empty', 'Lt', '5', false],
    ['none', 'Lt', '5', false],
    ['none', 'Gt', '-4', false],
    ['four', 'Gt', 'x', false],
    ['empty', 'In', '', true],
    ['empty', 'NotIn', '', false],
    ['none', 'In', '', false],
    ['none', 'NotIn', '', true],
    ['four', 'in', '4', false],
    ['four', '', '4', false],
    ['cores', 'Gt', '3', false],
    ['cores', 'Lt', '9', false],
    ['fraction', 'Gt', '3', false],
    ['four', 'Gt', '3.5', false],
  ];
  for (const [key, operator, value, expected] of table) {
    it(`${key} ${operator} ${JSON.stringify(value)} ${expected ? 'is' : 'is not'} met, as the scheduler has it`, () => {
      const marked: Node = { metadata: { name: 'node-1', labels } };
      assert.equal(matchesNode(selector({ key, operator, values: [value] }), marked), expected);
    });
  }

  it('that excludes the node by its name is met by others', () => {
    const not = (name: string): NodeSelector => ({
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [name] }] }],
    });
    assert.equal(matchesNode(not('node-2'), node), true);
    assert.equal(matchesNode(not('node-1'), node), false);
  });

  it('without a key names no place', () => {
    const broken: NodeSelector = JSON.parse(
      '{"nodeSelectorTerms":[{"matchExpressions":[{"operator":"In","values":["a"]}]}]}',
    );
    assert.equal(placeOf(broken), undefined);
  });
});
