/** Why tests were skipped: by the full title of a test, or of the suite whose tests were. */
const skipReasons = new Map<string, string>();

/** Skips the test that calls it, or all of the suite when a hook does, where the machine cannot have what they need. */
export function needs(context: Mocha.Context, met: boolean, what: string): void {
  if (met) return;
  const { test } = context;
  const isHook = test !== undefined && 'type' in test && test.type === 'hook';
  const title = isHook ? test.parent?.fullTitle() : test?.fullTitle();
  skipReasons.set(title ?? '', `needs ${what}`);
  context.skip();
}

/** Why the test of this full title was skipped; undefined where it did not say. In CI that is a failure. */
export function skipReason(title: string): string | undefined {
  const [, reason] = [...skipReasons].find(([skipped]) => title === skipped || title.startsWith(`${skipped} `)) ?? [];
  return reason;
}
