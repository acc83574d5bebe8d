import { Args, Flags, type Interfaces } from '@oclif/core';
import {
  common,
  connectionFlags,
  displayFlags,
  nonEmpty,
  rare,
  recursiveFlag,
  text,
  writeFlags,
} from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { pinOptions } from './options.ts';

export default class Pin extends StsCommand {
  static override readonly summary = 'Send the traffic of a Service to one pod of a StatefulSet.';
  static override readonly description =
    "pin adds one pod's name to the selector of a Service. New connections then go to that pod alone. Established connections stay where they are. unpin restores the selector exactly as it was.";
  static readonly details = `The pod is an ordinal (1), a name (web-1), or sts/NAME:ORDINAL (sts/web:1).

The StatefulSet controller labels each pod with its name, statefulset.kubernetes.io/pod-name. pin adds this label to the selector, and keeps the original selector in the annotation kubectl-sts/pin of the Service.

With --leader-check, pin runs a command in all pods of the StatefulSet, once, and pins the Services to the pod in which it exits with 0. Every other pod must exit with 1 to 125: otherwise it is not known which pod leads, and pin refuses.

pin writes once, and only if nobody changed the Service since pin read it. Two people who pin at the same time cannot overwrite each other. Then pin waits until the EndpointSlices lead to that pod alone.

--dry-run=client computes the change on this machine. --dry-run=server lets the API server check the change, and stores nothing. --dry-run without a value means client.

Exit code: 0 if the Service is pinned; 1 if pin refused, or if the endpoints did not follow in time (the pin stays); 2 if pin could not do it.`;
  static readonly group = 'changing';
  static override readonly usage = [
    'pin SERVICE ORDINAL|POD|sts/NAME:ORDINAL [flags]',
    'pin SERVICE… --to ORDINAL|POD|sts/NAME:ORDINAL [flags]',
    'pin SERVICE… --leader-check COMMAND [flags]',
    'pin --list [-A] [flags]',
  ];
  static override readonly examples = [
    { description: 'Send the traffic of web-lb to the pod with ordinal 1', command: 'kubectl sts pin web-lb 1' },
    { description: 'Print the change without making it', command: 'kubectl sts pin web-lb 1 --dry-run=server -o yaml' },
    { description: 'Pin several Services to the same pod', command: 'kubectl sts pin svc/read svc/report --to 2' },
    {
      description: 'List the pins of all namespaces, and what is wrong with them',
      command: 'kubectl sts pin --list -A',
    },
    { description: 'Restore the Service', command: 'kubectl sts unpin web-lb' },
  ];
  static override readonly args = {
    SERVICE: Args.string({ multiple: true, description: 'A Service (web-lb or svc/web-lb), and then the pod.' }),
  };
  static override readonly flags = {
    ...common({
      to: text({ summary: 'Pin several Services to this pod.', helpValue: '<pod>' }),
      'leader-check': nonEmpty(
        text({ summary: 'Pin to the pod in which this command succeeds.', helpValue: '<command>' }),
      ),
      list: Flags.boolean({ summary: 'List the pinned Services.' }),
      'all-namespaces': Flags.boolean({ char: 'A', summary: 'With --list: list the pins of all namespaces.' }),
    }),
    ...rare({
      'all-services': Flags.boolean({
        summary: 'With --list: also list Services that lead to one pod without a pin.',
      }),
      container: text({
        char: 'c',
        summary: "Run the leader check in this container (default: the pod's default container).",
        helpValue: '<name>',
      }),
      'allow-not-ready': Flags.boolean({ summary: 'Pin also to a pod that is not ready, or is being deleted.' }),
      wait: Flags.boolean({
        summary: 'Wait until the endpoints lead to that pod alone (default true). --wait=false does not wait.',
        default: true,
        allowNo: true,
      }),
      timeout: text({ summary: 'How long to wait.', helpValue: '<duration>', default: '30s' }),
      filename: text({
        char: 'f',
        multiple: true,
        summary: 'With --dry-run=client: read files, folders or - (standard input) instead of a cluster.',
        helpValue: '<file>',
      }),
      recursive: recursiveFlag,
      'no-headers': Flags.boolean({ summary: 'With --list: print no header.' }),
    }),
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
