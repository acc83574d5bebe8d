/**
 * Quantities of storage: `50Mi`, `1.5G`, `1e9`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity
 */

const factors: Record<string, number> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The quantity in bytes, to the precision of a double; undefined if the text is no quantity. */
export function bytesOf(quantity: string): number | undefined {
  const [, number, exponent, suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([KMGTPE]i|[mkMGTPE]))?$/.exec(quantity) ?? [];
  const factor = exponent === undefined ? factors[suffix] : 10 ** Number(exponent);
  const bytes = Number(number) * (factor ?? Number.NaN);
  return Number.isFinite(bytes) ? bytes : undefined;
}

const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Bytes as text with three significant digits, in the largest binary unit that fits: `150Mi`, `1.5Gi`. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}
