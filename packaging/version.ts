/** Versions of releases, ordered as https://semver.org says: `1.2.3`, or `1.3.0-rc.1` before `1.3.0`. */

/** @returns below zero if `one` is the older, zero if they are equal */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parsed(one), parsed(other)];
  for (const [nth, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[nth] ?? 0);
    if (difference !== 0) return difference;
  }
  // A release comes after its pre-releases.
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (const [nth, word] of a.pre.entries()) {
    const difference = compareWords(word, b.pre[nth]);
    if (difference !== 0) return difference;
  }
  return a.pre.length - b.pre.length;
}

/** @throws if this is no version */
function parsed(version: string): { numbers: number[]; pre: string[] } {
  const [, numbers, pre] = /^v?(\d+\.\d+\.\d+)(?:-([\dA-Za-z.-]+))?$/.exec(version) ?? [];
  if (numbers === undefined) throw new Error(`${version} is no version`);
  return { numbers: numbers.split('.').map(Number), pre: pre?.split('.') ?? [] };
}

/** Numbers come before other words. A pre-release that goes on comes after one that has ended. */
function compareWords(one: string, other: string | undefined): number {
  if (other === undefined) return 1;
  const [a, b] = [one, other].map((word) => (/^\d+$/.test(word) ? Number(word) : undefined));
  if (a !== undefined && b !== undefined) return a - b;
  if (a !== undefined) return -1;
  if (b !== undefined) return 1;
  return one < other ? -1 : Number(one > other);
}
