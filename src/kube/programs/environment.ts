/** The variables that a process is given. On Windows the case of their names does not matter. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables for a program: the last of a name wins (`dedupEnvCase`, os/exec/exec.go). Two of one name would leave the
 * choice to the program on Windows.
 */
export function environmentOf(
  variables: readonly (readonly [name: string, value: string | undefined])[],
  platform: NodeJS.Platform,
): Record<string, string> {
  const byName = new Map<string, readonly [string, string]>();
  for (const [name, value] of variables) {
    if (value === undefined) continue;
    byName.set(platform === 'win32' ? name.toLowerCase() : name, [name, value]);
  }
  return Object.fromEntries(byName.values());
}
