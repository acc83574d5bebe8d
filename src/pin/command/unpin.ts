import { Args, Flags, type Interfaces } from '@oclif/core';
import { common, connectionFlags, displayFlags, rare, text, writeFlags } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { unpinOptions } from './options.ts';

export default class Unpin extends StsCommand {
  static override readonly summary = 'Restore the selector of a pinned Service.';
  static override readonly description =
    'unpin restores the selector that the annotation kubectl-sts/pin keeps, and removes the annotation. If somebody changed the selector after the pin, unpin shows the difference and writes nothing. Then choose --force or --keep-changes.';
  static readonly details =
    `unpin also gives up the ownership of the selector that pin took, so that the next server-side apply of its owner does not fail.

A per-pod Service leads to one pod without the annotation of a pin. --all leaves per-pod Services alone. If you name one, unpin changes nothing: it says who keeps the Service, and which pods it would reach. --force removes the pod from its selector, and --selector replaces the selector.

--dry-run=client computes the change on this machine. --dry-run=server lets the API server check the change, and stores nothing. --dry-run without a value means client.

Exit code: 0 if the Service is unpinned, or was not pinned; 1 if unpin refused; 2 if unpin could not do it.`;
  static readonly group = 'changing';
  static override readonly usage = ['unpin SERVICE… [flags]', 'unpin --all [flags]'];
  static override readonly examples = [
    { description: 'Restore one Service', command: 'kubectl sts unpin web-lb' },
    { description: 'Restore all pinned Services of the namespace', command: 'kubectl sts unpin --all -n shop' },
    { description: 'Print the change without making it', command: 'kubectl sts unpin web-lb --dry-run=server -o yaml' },
  ];
  static override readonly args = {
    SERVICE: Args.string({ multiple: true, description: 'A Service: web-lb or svc/web-lb.' }),
  };
  static override readonly flags = {
    ...common({
      all: Flags.boolean({ summary: 'Restore all Services of the namespace that have the annotation of a pin.' }),
      force: Flags.boolean({
        summary: 'Restore the original selector despite later changes. Remove the pod from a per-pod Service.',
      }),
      'keep-changes': Flags.boolean({ summary: 'Keep later changes, and remove the pin alone.' }),
    }),
    ...rare({
      selector: text({
        summary: 'Write this selector, if no annotation keeps the original: a=b,c=d.',
        helpValue: '<selector>',
      }),
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
