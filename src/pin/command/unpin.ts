import { Args, Flags, type Interfaces } from '@oclif/core';
import { connectionFlags, displayFlags, text, writeFlags } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { unpinOptions } from './options.ts';

export default class Unpin extends StsCommand {
  static override readonly summary = 'Put a pinned Service back exactly as it was.';
  static override readonly description =
    `Restores the selector that the annotation kubectl-sts/pin remembers, removes the annotation, and gives up the ownership of the selector that pinning brought, so that the next server-side apply of its owner does not fail.

Where somebody changed the selector since, it shows the difference and writes nothing: --force restores the original all the same, --keep-changes keeps what was changed and removes the pin alone. A per-pod Service, which leads to one pod without the annotation, was not pinned: --all leaves it alone, and by its name it is left as it is too, with a word on who keeps it and which pods it would reach, unless --force removes the pod from its selector or --selector gives another one.

It exits 0 when the Service is unpinned, or was not pinned, 1 when that was refused, and 2 when it could not be done.`;
  static override readonly examples = [
    { description: 'One Service:', command: '<%= config.bin %> unpin products-db-lb' },
    { description: 'All that are pinned in the namespace:', command: '<%= config.bin %> unpin --all' },
  ];
  static override readonly usage = 'unpin SERVICE… [flags]';
  static override readonly args = {
    SERVICE: Args.string({ multiple: true, description: 'The Service: name or svc/name.' }),
  };
  static override readonly flags = {
    all: Flags.boolean({ summary: 'All Services of the namespace that have the annotation of a pin.' }),
    force: Flags.boolean({
      summary: 'Restore the original, whatever was changed since; remove the pod from a per-pod Service.',
    }),
    'keep-changes': Flags.boolean({ summary: 'Keep what was changed since, and remove the pin alone.' }),
    selector: text({
      summary: 'The selector to restore, where nobody remembers it: a=b,c=d.',
      helpValue: '<selector>',
    }),
    ...writeFlags,
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Unpin);
    const options = unpinOptions(args.SERVICE ?? [], flags);
    const { runUnpin } = await import('./unpinrun.ts');
    return runUnpin(options, this.deps);
  }
}

export type UnpinFlags = Interfaces.InferredFlags<typeof Unpin.flags>;
