import { Flags, type Interfaces } from '@oclif/core';
import {
  common,
  connectionFlags,
  displayFlags,
  integer,
  nonEmpty,
  rare,
  recursiveFlag,
  setArguments,
  showFlags,
  text,
} from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { goals } from '../model/gate.ts';
import { formats } from '../view/format.ts';
import { statusOptions } from './options.ts';

export default class Status extends StsCommand {
  static override readonly summary = 'Show whether StatefulSets are healthy, or wait until they are.';
  static override readonly description =
    'status shows one line for each StatefulSet, those in trouble first: the ready pods, what is wrong or what the controller does next, and the claims. With a NAME, it also says why a set is not healthy, since when, what you can do, and what that costs.';
  static readonly details =
    `With --wait, status is the gate of a script or a pipeline. Without a NAME, it waits for all StatefulSets of the namespace. It waits until the rollout is complete: the controller has observed the newest change, no pod is left over, all wanted pods are available, and all pods from the partition on are at the update revision. --for=ready ignores the revisions.

It gives up at once when it is certain that only a person can get the set there: the name of a pod is taken, or OnDelete leaves outdated pods. It gives up after --stuck-after when that is likely: if it has seen the same failure for that long while waiting, such as a crash loop, an image that cannot be pulled, or a lost node. It follows a newer change that comes while it waits. In a pipe it writes a line for each change, with -o json a document on a line.

With a NAME, and where --wait gives up, "skipped" names what was not read: you have no right to it, the files of -f do not hold it, or a watch or --wait did not read it. -o wide adds the revision and the pinned Services. With -w, status runs until Ctrl-C (exit code 130).

Exit code: 0 if the status was shown, whatever it is. With --wait: 0 if all sets have reached the goal; 1 if one cannot reach it, or the time is up; 2 if that cannot be found out.`;
  static readonly group = 'reading';
  static override readonly usage = ['status [NAME…] [flags]', 'status [NAME…] --wait [flags]'];
  static override readonly examples = [
    { description: 'Show how all StatefulSets of the namespace are', command: 'kubectl sts status' },
    { description: 'Show what one StatefulSet waits for, and why', command: 'kubectl sts status web' },
    {
      description: 'Wait for a rollout in a script',
      command: 'kubectl sts status web --wait --timeout 15m',
    },
    {
      description: 'Show the status in a dump that a colleague sent',
      command: 'kubectl get all,pvc,pv,sc,pdb,events,no -o yaml | kubectl sts status -f -',
    },
  ];
  static override readonly args = setArguments;
  static override readonly flags = {
    ...common({
      ...showFlags,
      output: Flags.option({ char: 'o', options: formats, summary: 'Output format.', helpValue: '<format>' })(),
      watch: Flags.boolean({ char: 'w', summary: 'Show the changes until Ctrl-C.' }),
      wait: Flags.boolean({ summary: 'Wait for the rollout, and exit 1 if it cannot succeed.' }),
      for: nonEmpty(
        Flags.option({
          options: goals,
          summary: 'With --wait: what to wait for (default rollout).',
          helpValue: '<goal>',
        })(),
      ),
      timeout: nonEmpty(
        text({ summary: 'With --wait: how long; 0 means no limit (default 10m).', helpValue: '<duration>' }),
      ),
    }),
    ...rare({
      recursive: recursiveFlag,
      'stuck-after': nonEmpty(
        text({
          summary: 'With --wait: how long status watches the same failure before it gives up (default 5m).',
          helpValue: '<duration>',
        }),
      ),
      logs: integer(
        Flags.integer({
          summary:
            'With a NAME, on a terminal: show so many lines of the log of the container that fails (needs pods/log).',
          helpValue: '<n>',
          min: 1,
          max: 1000,
        }),
      ),
      'no-headers': Flags.boolean({ summary: 'Print no header, and no last line that counts.' }),
    }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Status);
    const options = statusOptions(args.NAME ?? [], flags, this.deps.host.stdout.isTTY === true);
    const { runStatus } = await import('./run.ts');
    return runStatus(options, this.deps);
  }
}

export type StatusFlags = Interfaces.InferredFlags<typeof Status.flags>;
