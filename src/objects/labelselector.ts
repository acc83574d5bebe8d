/**
 * The LabelSelectors in objects, such as PodDisruptionBudgets. Without a selector nothing is selected, by an empty one
 * everything.
 * Source: `LabelSelectorAsSelector`, k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go.
 */
import type { LabelSelector } from './types.ts';

export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labelOf(labels, requirement.key)))
  );
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/**
 * Whether a label meets a requirement, for the operators that all kinds of selectors have. An unknown operator is never
 * met.
 *
 * @param value undefined if the object does not have the label
 */
export function meets({ operator, values = [] }: Omit<Requirement, 'key'>, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/**
 * The selector as text for the query of a list: `app=web,tier in (a,b)`.
 * Source: `Requirement.String`, k8s.io/apimachinery/pkg/labels/selector.go.
 *
 * @returns undefined if an operator is unknown
 */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string | undefined {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(requirementText);
  const all = [...labels, ...expressions];
  return all.includes(undefined) ? undefined : all.join(',');
}

function requirementText({ key, operator, values = [] }: Requirement): string | undefined {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return undefined;
  }
}
