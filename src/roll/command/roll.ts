import { Args, Flags, type Interfaces } from '@oclif/core';
import {
  common,
  connectionFlags,
  displayFlags,
  dryRun,
  fieldManager,
  integer,
  nonEmpty,
  rare,
  text,
} from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { rollOptions } from './options.ts';

export default class Roll extends StsCommand {
  static override readonly summary = 'Restart pods in order, and stop at the first sign of trouble.';
  static override readonly description =
    'roll evicts one pod of a StatefulSet, waits until the new pod is ready on the same claims and volumes, and goes on with the next. Unless --max-unavailable allows it, roll evicts no pod while another one is not ready.';
  static readonly details =
    `A new pod is back when it is scheduled, Running, and has been Ready for the time of --stable or minReadySeconds, on the same claims and volumes as before. --timeout limits the time from the eviction until the new pod is back. With --check, the command must succeed in the pod. With --wait-dns, the pod's name must resolve to the new address on all DNS servers. With --max-unavailable, roll evicts the next pod while enough of the others are ready.

With --leader-check, roll runs the command in all pods, before each eviction. The pod in which it exits with 0 leads and restarts last, if every other pod exits with 1 to 125. Otherwise roll asks again for as long as --check-timeout says, and then stops.

roll refuses to begin if the roll cannot end well. It stops at the first failure, when a pod takes too long, or when somebody else changes the set. Then it says which pods were restarted, which were not, and how to continue. roll respects PodDisruptionBudgets, and waits for them up to --timeout.

Ctrl-C stops the roll before the next pod. A second Ctrl-C ends it at once. A Lease in the namespace of the set keeps two people from rolling the set at the same time, and remembers the roll. --resume also works from another machine.

--dry-run=client prints the plan, or why roll would refuse. --dry-run=server also asks the API server for each eviction, which then evicts nothing. --dry-run without a value means client.

Exit code: 0 if all pods were restarted; 1 if trouble stopped the roll; 2 if it could not begin; 130 if it was interrupted (143 by SIGTERM, 129 by SIGHUP).`;
  static readonly group = 'changing';
  static override readonly usage = ['roll NAME… [flags]', 'roll [NAME…] --status'];
  static override readonly examples = [
    { description: 'Show the plan, or why roll would refuse', command: 'kubectl sts roll web --dry-run=client' },
    {
      description: 'Restart the pod with ordinal 2 last, and check each new pod',
      command: "kubectl sts roll web --last 2 --check 'pg_isready -q' --wait-dns",
    },
    { description: 'Update the pods of an OnDelete set', command: 'kubectl sts roll web --outdated' },
    { description: 'Continue a roll that stopped', command: 'kubectl sts roll web --resume' },
  ];
  static override readonly args = {
    NAME: Args.string({
      multiple: true,
      description: 'A StatefulSet: web, sts/web or statefulset/web. Several are rolled one after the other.',
    }),
  };
  static override readonly flags = {
    ...common({
      ordinals: nonEmpty(text({ summary: 'Restart only these pods: 1-3,5.', helpValue: '<ordinals>' })),
      last: nonEmpty(text({ summary: 'Restart this pod last.', helpValue: '<ordinal>' })),
      outdated: Flags.boolean({ summary: 'Restart only pods not at the update revision.' }),
      'max-unavailable': integer(
        Flags.integer({
          summary: 'Parallel sets: how many pods may be unavailable at a time (default 1).',
          helpValue: '<n>',
          min: 1,
        }),
      ),
      timeout: text({
        summary: 'How long one pod may take (default 5m).',
        helpValue: '<duration>',
      }),
      check: nonEmpty(text({ summary: 'A command that must succeed in each new pod.', helpValue: '<command>' })),
      'wait-dns': Flags.boolean({ summary: "Wait for each pod's new address on all DNS servers." }),
      resume: Flags.boolean({ summary: 'Continue a roll that stopped or was interrupted.' }),
      status: Flags.boolean({ summary: 'Show the rolls that are under way.' }),
      abort: Flags.boolean({ summary: 'Forget an interrupted roll, or stop a running one.' }),
      'dry-run': dryRun('Print the plan, and evict no pod.'),
      output: Flags.option({
        char: 'o',
        options: ['json'] as const,
        summary: 'Print each event as an object.',
        helpValue: '<format>',
      })(),
    }),
    ...rare({
      'all-namespaces': Flags.boolean({ char: 'A', summary: 'With --status: show the rolls of all namespaces.' }),
      selector: text({
        char: 'l',
        summary: 'Restart the StatefulSets with these labels: a=b,c!=d,e in (f,g),!h.',
        helpValue: '<selector>',
      }),
      order: nonEmpty(
        text({
          summary:
            'The order of the pods: reverse (from the highest ordinal down, as the controller does), forward, or a list such as 2,0,1 (default reverse).',
          helpValue: '<order>',
        }),
      ),
      first: nonEmpty(text({ summary: 'Restart this pod first.', helpValue: '<ordinal>' })),
      'older-than': nonEmpty(
        text({ summary: 'Restart only pods that are older than this: 24h, or a time.', helpValue: '<age>' }),
      ),
      deadline: text({ summary: 'How long the whole roll may take (default 2h).', helpValue: '<duration>' }),
      stable: text({
        summary:
          'How long a new pod must be ready (default 10s). The minReadySeconds of the set count where they are longer.',
        helpValue: '<duration>',
      }),
      'pre-check': nonEmpty(
        text({ summary: 'A command that must succeed in a pod before its eviction.', helpValue: '<command>' }),
      ),
      'leader-check': nonEmpty(
        text({
          summary:
            'Restart the leader last: the pod in which this command succeeds. roll asks all pods before each eviction.',
          helpValue: '<command>',
        }),
      ),
      'check-timeout': text({
        summary: 'How long to repeat a check until it succeeds, or until it is known who leads (default 60s).',
        helpValue: '<duration>',
      }),
      container: text({
        char: 'c',
        summary: "Run the checks in this container (default: the pod's default container).",
        helpValue: '<name>',
      }),
      'dns-service': text({
        summary: "With --wait-dns: the cluster's DNS Service (default: roll finds it).",
        helpValue: '<namespace/name>',
      }),
      'disable-eviction': Flags.boolean({
        summary: 'Delete pods instead of evicting them. PodDisruptionBudgets are then ignored.',
      }),
      interactive: Flags.boolean({ char: 'i', summary: 'Ask before each pod.' }),
      'no-lease': Flags.boolean({
        summary: 'Use no Lease. Nothing then prevents another roll of the set, and this one cannot be resumed.',
      }),
      'lease-duration': text({
        summary: 'How long the Lease may go unrenewed before another run may take over.',
        helpValue: '<duration>',
        default: '30s',
      }),
      'field-manager': fieldManager('Write the Lease under this field manager.'),
    }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags, metadata } = await this.parse(Roll);
    const { clock, host } = this.deps;
    const options = rollOptions(args.NAME ?? [], flags, {
      isGiven: (flag) => !metadata.flags[flag]?.setFromDefault,
      now: clock.now(),
      isTyped: host.stdin.isTTY === true,
    });
    const { runRoll } = await import('./run.ts');
    return runRoll(options, this.deps);
  }
}

export type RollFlags = Interfaces.InferredFlags<typeof Roll.flags>;
