/** Tests that go on at the same time, each with pods of its own, since each waits for most of its time. */
export interface SideBySide {
  /** A test, which begins when all of them do. */
  test(name: string, scenario: () => Promise<void>): void;
  begin(): void;
}

export function sideBySide(): SideBySide {
  const scenarios = new Map<string, () => Promise<void>>();
  const going = new Map<string, Promise<void>>();
  return {
    test(name, scenario) {
      scenarios.set(name, scenario);
      it(name, () => going.get(name));
    },
    begin() {
      for (const [name, scenario] of scenarios) {
        const one = scenario();
        // Its test tells of it.
        one.catch(() => {});
        going.set(name, one);
      }
    },
  };
}
