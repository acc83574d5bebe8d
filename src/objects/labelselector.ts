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
    (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labelOf(labels, requirement.key)))
  );
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** Whether a label's value, undefined where it has none, is as required, by the operators that all selectors know. */
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

/** The selector as a query asks for it; undefined for one that cannot be asked for. (`LabelSelector.String`, labels/selector.go) */
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
