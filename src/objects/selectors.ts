/**
 * Label selectors as kubectl's `-l` takes them: `app=web,tier!=cache,env in (a, b),!legacy`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */

/** Whether the labels of an object meet one requirement. */
type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

export type LabelSelector = (labels: Readonly<Record<string, string>> | undefined) => boolean;

/** @returns whether labels match, as a function; or why the text is no selector */
export function parseSelector(text: string): LabelSelector | { error: string } {
  const requirements: Requirement[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part);
    if (requirement === undefined) return { error: `unable to parse requirement: ${JSON.stringify(part)}` };
    requirements.push(requirement);
  }
  return (labels = {}) => requirements.every((requirement) => requirement(labels));
}

function splitOutsideParentheses(text: string): string[] {
  if (text.trim() === '') return [];
  const parts = text.split(',');
  const joined: string[] = [];
  let open = false;
  for (const part of parts) {
    if (open) joined.push(`${joined.pop()},${part}`);
    else joined.push(part);
    open = open ? !part.includes(')') : part.includes('(') && !part.includes(')');
  }
  return joined.map((part) => part.trim());
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const word = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const key = `(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?${word}`;
const value = `(?:${word})?`;
const equality = new RegExp(`^(${key})\\s*(==?|!=)\\s*(${value})$`);
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const order = new RegExp(`^(${key})\\s*([<>])\\s*(-?\\d+)$`);
const existence = new RegExp(`^(!?)\\s*(${key})$`);

function parseRequirement(text: string): Requirement | undefined {
  const [, equalKey, operator, wanted] = equality.exec(text) ?? [];
  if (equalKey !== undefined) {
    // An object without the label meets `!=` as well.
    return operator === '!=' ? (labels) => labels[equalKey] !== wanted : (labels) => labels[equalKey] === wanted;
  }
  const [, setKey, kind, list = ''] = membership.exec(text) ?? [];
  if (setKey !== undefined) {
    const values = new Set(list.split(',').map((item) => item.trim()));
    return kind === 'in'
      ? (labels) => values.has(labels[setKey] ?? '\0')
      : (labels) => !values.has(labels[setKey] ?? '\0');
  }
  const [, orderKey, direction, bound] = order.exec(text) ?? [];
  if (orderKey !== undefined) {
    const compared = (labels: Readonly<Record<string, string>>) =>
      /^[+-]?\d+$/.test(labels[orderKey] ?? '') ? Number(labels[orderKey]) : Number.NaN;
    return direction === '<'
      ? (labels) => compared(labels) < Number(bound)
      : (labels) => compared(labels) > Number(bound);
  }
  const [, not, existingKey] = existence.exec(text) ?? [];
  if (existingKey === undefined) return undefined;
  return (labels) => Object.hasOwn(labels, existingKey) === (not !== '!');
}
