/**
 * A LabelSelector as objects hold it, budgets for one.
 * Source: `LabelSelectorAsSelector`, k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go: an absent one selects nothing, an
 * empty one everything.
 */
import type { LabelSelector } from './types.ts';

export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(labels, requirement))
  );
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function meets(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: Requirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
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
      // The API server lets no other one in.
      return false;
  }
}
