/**
 * Selectors of nodes, such as `spec.nodeAffinity.required` of a PersistentVolume, which names the nodes that can reach
 * it.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
 * Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
 */
import { meets } from './labelselector.ts';
import type { Node, NodeSelector, NodeSelectorTerm } from './types.ts';

/**
 * Whether one of the terms matches. A selector without terms matches nothing, and neither does a term without
 * requirements.
 */
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

/** Selectors of nodes have two operators more, which compare integers. */
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

/** NaN if the text is no integer: every comparison with NaN is false. */
function integer(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}

// The labels by which drivers say where a volume is, from the narrowest place to the widest.
const hostLabel = 'kubernetes.io/hostname';
const placeLabels = [
  hostLabel,
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/region',
];

/** Where a volume is: on nodes that its affinity names, or in zones. */
export interface Place {
  kind: 'nodes' | 'zones';
  /** In a word or two: `node-1`; `zone-a, zone-b`. */
  text: string;
}

/** Undefined if any node can reach the volume, or if its affinity names no place. */
export function placeIn(selector: NodeSelector): Place | undefined {
  const requirements = (selector.nodeSelectorTerms ?? []).flatMap((term) => [
    ...(term.matchExpressions ?? []),
    ...(term.matchFields ?? []).map((field) => ({ ...field, key: hostLabel })),
  ]);
  // In a file, a requirement may lack its key.
  const inLabels = requirements.filter(({ key, operator }) => key && operator === 'In');
  // Some drivers use a label of their own, such as topology.ebs.csi.aws.com/zone.
  const label =
    placeLabels.find((key) => inLabels.some((requirement) => requirement.key === key)) ??
    inLabels.find(({ key }) => key.endsWith('/zone') || key.includes('topology'))?.key;
  const values = inLabels.filter(({ key }) => key === label).flatMap(({ values = [] }) => values);
  if (values.length === 0) return undefined;
  return { kind: label === hostLabel ? 'nodes' : 'zones', text: [...new Set(values)].join(', ') };
}

/** The text of `placeIn`. */
export function placeOf(selector: NodeSelector): string | undefined {
  return placeIn(selector)?.text;
}
