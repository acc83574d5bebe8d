import { Args, Flags, type Interfaces } from '@oclif/core';
import { connectionFlags, displayFlags, dryRun, integer, nonEmpty, text } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { rollOptions } from './options.ts';

export default class Roll extends StsCommand {
  static override readonly summary =
    'Restart the pods of a StatefulSet in order, and stop at the first sign of trouble.';
  static override readonly description =
    `Evicts one pod, waits until its successor is really back, and goes on with the next: scheduled, Running, Ready, and Ready for as long as --stable or minReadySeconds asks; on the same claims and volumes as before; with --check, when a command in it succeeds; with --wait-dns, when its name leads to the new address on all DNS servers. No pod goes unless a reading made after the last step shows all others ready.

It refuses to begin what cannot end well, and stops at the first failure, when a pod takes too long, or when somebody else changes the set; then it says what was done, what was not, and how to go on. Budgets (PodDisruptionBudgets) are respected: it waits for them, within --timeout.

Ctrl-C stops before the next pod goes; a second one leaves at once. A Lease in the set's namespace keeps two people from rolling the set at once, and remembers the roll: --resume goes on with it, from another machine too.

It exits 0 when all pods were restarted, 1 when it was stopped by trouble, 2 when it could not begin, and 130 when it was interrupted (143 by SIGTERM, 129 by SIGHUP).`;
  static override readonly examples = [
    {
      description: 'What would be done, and what speaks against it:',
      command: '<%= config.bin %> roll products-db --dry-run=client',
    },
    {
      description: 'Secondaries first, and each must answer before the next goes:',
      command: "<%= config.bin %> roll products-db --last 0 --check 'pg_isready -q' --wait-dns",
    },
    {
      description: 'Those that an OnDelete set has not updated yet:',
      command: '<%= config.bin %> roll products-db --outdated',
    },
    {
      description: 'Three at a time, of a set that starts its pods in parallel:',
      command: '<%= config.bin %> roll simple-proxy --max-unavailable 3',
    },
    { description: 'On after an interruption:', command: '<%= config.bin %> roll products-db --resume' },
    { description: 'What is under way:', command: '<%= config.bin %> roll --status' },
  ];
  static override readonly usage = 'roll NAME… [flags]';
  static override readonly args = {
    NAME: Args.string({
      multiple: true,
      description: 'The StatefulSets to roll, one after the other: web, sts/web or statefulset/web.',
    }),
  };
  static override readonly flags = {
    selector: text({ char: 'l', summary: 'Roll those with these labels: a=b,c!=d,e in (f,g),!h.' }),
    order: nonEmpty(
      text({
        summary: 'reverse (the default: from the highest ordinal down, as the controller), forward, or a list: 2,0,1.',
        helpValue: '<order>',
      }),
    ),
    ordinals: nonEmpty(text({ summary: 'Only these: 1-3,5.', helpValue: '<ordinals>' })),
    first: nonEmpty(text({ summary: 'This ordinal goes before all others.', helpValue: '<int>' })),
    last: nonEmpty(text({ summary: 'This ordinal goes after all others.', helpValue: '<int>' })),
    outdated: Flags.boolean({ summary: 'Only pods that are not at the update revision.' }),
    'older-than': nonEmpty(text({ summary: 'Only pods made before: 24h, or a time.', helpValue: '<age>' })),
    'max-unavailable': integer(
      Flags.integer({
        summary: 'Parallel sets: how many pods may be away at a time; 1 unless given.',
        helpValue: '<int>',
        min: 1,
      }),
    ),
    timeout: text({
      summary: 'How long one pod may take from its eviction until it is back (default 5m).',
      helpValue: '<duration>',
    }),
    deadline: text({ summary: 'How long all of it may take (default 2h).', helpValue: '<duration>' }),
    stable: text({
      summary:
        'How long a new pod must have been ready (default 10s); minReadySeconds of the set where that is longer.',
      helpValue: '<duration>',
    }),
    check: nonEmpty(text({ summary: 'A command that must succeed in the new pod.', helpValue: '<command>' })),
    'pre-check': nonEmpty(
      text({ summary: 'A command that must succeed in a pod before it goes.', helpValue: '<command>' }),
    ),
    'check-timeout': text({
      summary: 'How long a check is tried again until it succeeds (default 60s).',
      helpValue: '<duration>',
    }),
    container: text({ char: 'c', summary: "The container to run checks in; the pod's default one unless given." }),
    'wait-dns': Flags.boolean({ summary: "Wait until each pod's name leads to its new address on all DNS servers." }),
    'dns-service': text({
      summary: "With --wait-dns: the cluster's DNS Service, where it is not the usual one.",
      helpValue: '<namespace/name>',
    }),
    'disable-eviction': Flags.boolean({ summary: 'Delete pods instead: no budget is asked.' }),
    interactive: Flags.boolean({ char: 'i', summary: 'Ask before each pod.' }),
    resume: Flags.boolean({ summary: 'Go on with the roll that was interrupted or stopped.' }),
    status: Flags.boolean({ summary: 'Show the rolls that are under way.' }),
    abort: Flags.boolean({ summary: 'Forget a roll that was interrupted; one that is under way stops.' }),
    'no-lease': Flags.boolean({
      summary: 'Do without a Lease: nobody keeps another roll of the set away, and this one cannot be resumed.',
    }),
    'lease-duration': text({
      summary: 'How long the Lease may go unrenewed before another run may take over.',
      helpValue: '<duration>',
      default: '30s',
    }),
    'dry-run': dryRun('Only say what would be done: client plans it, server asks for each eviction without doing it.'),
    'field-manager': text({
      summary: 'Whom the server is to note for the Lease.',
      helpValue: '<name>',
      default: 'kubectl-sts',
    }),
    output: Flags.option({
      char: 'o',
      options: ['json'] as const,
      summary: 'Print a JSON object for each event, and a summary at the end.',
      helpValue: '<option>',
    })(),
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
