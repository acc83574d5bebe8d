/** The versions of Kubernetes that a stand can run. */

/** The release of each minor version: the one that the go.mod of its module names (modules/kubernetes*). */
export const releases = {
  '1.34': 'v1.34.4',
  '1.35': 'v1.35.4',
  '1.36': 'v1.36.3',
  '1.37': 'v1.37.2',
} as const;

export type KubernetesMinor = keyof typeof releases;

/** A stand's version unless another one is given. Its kubectl is every stand's. */
export const newest = '1.37' satisfies KubernetesMinor;

/** The oldest first. */
export const minors = Object.keys(releases) as KubernetesMinor[];

/** Every version but the newest. */
export const older = minors.filter((minor) => minor !== newest);

/** The oldest, and one of those between it and the newest, another one each day. */
export function inTurn(day: number): KubernetesMinor[] {
  const [oldest, ...between] = older;
  return [oldest, between[day % between.length]].filter((minor) => minor !== undefined);
}

/** Days since 1970, by which versions take turns. Of a run that goes on over midnight, KUBECTL_STS_TODAY says the day. */
export function today(): number {
  return Number(process.env['KUBECTL_STS_TODAY'] ?? Math.floor(Date.now() / 86_400_000));
}

export function isMinor(text: string): text is KubernetesMinor {
  return Object.hasOwn(releases, text);
}

/** Feature gates by name, for all components of the control plane. */
export type Gates = Readonly<Record<string, boolean>>;

/** @returns the gates of `A=true,B=false`, or what is wrong with the text */
export function parseGates(text: string): Gates | string {
  const gates: Record<string, boolean> = {};
  for (const part of text.split(',')) {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(true|false)$/.exec(part) ?? [];
    if (name === undefined) return `not a feature gate: ${JSON.stringify(part)} (NAME=true or NAME=false)`;
    gates[name] = value === 'true';
  }
  return gates;
}
