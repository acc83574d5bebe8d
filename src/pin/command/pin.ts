import { Args, Flags, type Interfaces } from '@oclif/core';
import { connectionFlags, displayFlags, recursiveFlag, text, writeFlags } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { pinOptions } from './options.ts';

export default class Pin extends StsCommand {
  static override readonly summary = 'Send an external Service to one pod of a StatefulSet alone.';
  static override readonly description =
    `Adds the pod's name, which the StatefulSet controller puts on each pod as the label statefulset.kubernetes.io/pod-name, to the Service's selector. The selector as it was is kept in the annotation kubectl-sts/pin, and unpin restores it exactly. New connections go to that pod; established ones stay where they are.

It writes once, on the version of the Service that it looked at, so that two people who pin at once cannot overwrite each other, and then waits until the EndpointSlices name that pod alone.

It exits 0 when the Service is pinned, 1 when that was refused or the endpoints did not follow in time (the pin stays), and 2 when it could not be done.`;
  static override readonly examples = [
    { description: 'The pod with the ordinal 1:', command: '<%= config.bin %> pin products-db-lb 1' },
    {
      description: 'What would be written:',
      command: '<%= config.bin %> pin products-db-lb 1 --dry-run=server -o yaml',
    },
    { description: 'Several Services at once:', command: '<%= config.bin %> pin svc/read svc/report --to 2' },
    { description: 'What is pinned, by whom, and what is wrong with it:', command: '<%= config.bin %> pin --list -A' },
    { description: 'Back as it was:', command: '<%= config.bin %> unpin products-db-lb' },
  ];
  static override readonly usage = 'pin SERVICE ORDINAL|POD|sts/NAME:ORDINAL [flags]';
  static override readonly args = {
    SERVICE: Args.string({
      multiple: true,
      description:
        'The Service (name or svc/name), and the pod to pin it to: its ordinal, its name, or sts/NAME:ORDINAL.',
    }),
  };
  static override readonly flags = {
    to: text({ summary: 'The pod, when several Services are named.', helpValue: '<pod>' }),
    list: Flags.boolean({ summary: 'Show the Services that are pinned.' }),
    'all-namespaces': Flags.boolean({ char: 'A', summary: 'With --list: those of all namespaces.' }),
    'all-services': Flags.boolean({
      summary: 'With --list: the Services too that lead to one pod without being pinned.',
    }),
    'allow-not-ready': Flags.boolean({ summary: 'Pin to a pod too that is not ready, or is being deleted.' }),
    wait: Flags.boolean({ summary: 'Wait until the endpoints have followed.', default: true, allowNo: true }),
    timeout: text({ summary: 'How long to wait.', helpValue: '<duration>', default: '30s' }),
    filename: text({
      char: 'f',
      multiple: true,
      summary: 'With --dry-run=client: read files, folders or - (standard input) instead of a cluster.',
      helpValue: '<file>',
    }),
    recursive: recursiveFlag,
    'no-headers': Flags.boolean({ summary: 'With --list: leave the header out.' }),
    ...writeFlags,
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags, metadata } = await this.parse(Pin);
    const isGiven = (flag: keyof typeof flags) => flag in flags && !metadata.flags[flag]?.setFromDefault;
    const options = pinOptions(args.SERVICE ?? [], flags, isGiven);
    const { runPin } = await import('./run.ts');
    return runPin(options, this.deps);
  }
}

export type PinFlags = Interfaces.InferredFlags<typeof Pin.flags>;
