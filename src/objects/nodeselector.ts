/**
 * Which nodes a volume can be reached from: `spec.nodeAffinity.required` of a PersistentVolume.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
 * Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
 */
import { meets } from './labelselector.ts';
import type { Node, NodeSelector, NodeSelectorTerm } from './types.ts';

/** One of the terms must match; a selector without terms, and a term without requirements, match nothing. */
export function matchesNode(selector: NodeSelector, node: Node): boolean {
  return (selector.nodeSelectorTerms ?? []).some((term) => matchesTerm(term, node));
}

type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, { metadata }: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields: Record<string, string> = { 'metadata.name': metadata.name };
  return (
    matchExpressions.every((requirement) => meetsOfNode(requirement, metadata.labels?.[requirement.key])) &&
    matchFields.every((requirement) => meetsOfNode(requirement, fields[requirement.key]))
  );
}

/** Nodes can be told apart by numbers besides. */
function meetsOfNode(requirement: Requirement, value: string | undefined): boolean {
  const { operator, values = [] } = requirement;
  switch (operator) {
    case 'Gt':
      return integer(value) > integer(values[0]);
    case 'Lt':
      return integer(value) < integer(values[0]);
    default:
      return meets(requirement, value);
  }
}

/** NaN, which no comparison holds for, unless it is an integer and nothing else. */
function integer(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}

// The labels by which drivers say where a volume lives, the widest place last.
const placeLabels = [
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/region',
];

/** Where a volume lives, in a word or two: its node or its zones; undefined where any node will do. */
export function placeOf(selector: NodeSelector): string | undefined {
  const requirements = (selector.nodeSelectorTerms ?? []).flatMap((term) => [
    ...(term.matchExpressions ?? []),
    ...(term.matchFields ?? []).map((field) => ({ ...field, key: 'kubernetes.io/hostname' })),
  ]);
  // A file may hold a requirement without a key, of which none can tell what it requires.
  const inLabels = requirements.filter(({ key, operator }) => key && operator === 'In');
  // A driver may have a label of its own (topology.ebs.csi.aws.com/zone); better that than nothing.
  const label =
    placeLabels.find((key) => inLabels.some((requirement) => requirement.key === key)) ??
    inLabels.find(({ key }) => key.endsWith('/zone') || key.includes('topology'))?.key;
  const values = inLabels.filter(({ key }) => key === label).flatMap(({ values = [] }) => values);
  return values.length === 0 ? undefined : [...new Set(values)].join(', ');
}
