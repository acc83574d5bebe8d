/** Help, in oclif's form. */
import { type Config, Help, type Interfaces } from '@oclif/core';
import type { Console } from '#src/terminal/console.ts';
import type { Deps } from './deps.ts';

/** oclif's help, printed to a Console. */
export class ConsoleHelp extends Help {
  private readonly console: Pick<Console, 'out'>;

  constructor(config: Config, options: Partial<Interfaces.HelpOptions>, console: Pick<Console, 'out'>) {
    super(config, options);
    this.console = console;
  }

  protected override log(...lines: string[]): void {
    this.console.out(`${lines.join(' ')}\n`);
  }
}

/** The plugin with its version, and the runtime: bun in the executable, otherwise Node. */
export function versionWords({ version, host }: Deps): string {
  const { bun, node } = host.versions;
  const runtime = bun === undefined ? `node ${node}` : `bun ${bun}`;
  return `kubectl-sts ${version} ${host.platform}/${host.arch} ${runtime}`;
}
