/** What the API server says to an eviction that is only tried (`--dry-run=server`). */
export type Admission =
  | { kind: 'admitted' }
  /** A budget forbids it now, so the roll would wait. */
  | { kind: 'would wait'; why: string }
  | { kind: 'refused'; why: string };
