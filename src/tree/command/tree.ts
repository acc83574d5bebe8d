import { Args, Flags, type Interfaces } from '@oclif/core';
import { connectionFlags, displayFlags, recursiveFlag, text } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formats } from '../view/format.ts';
import { treeOptions } from './options.ts';

export default class Tree extends StsCommand {
  static override readonly summary = 'Show StatefulSets with their pods, claims, volumes and storage classes.';
  static override readonly description =
    `Shows each StatefulSet with its governing Service and its pods in the order of their ordinals, and beneath each pod the claims that it mounts, the volumes that they are bound to and the storage classes that these come from. Claims that the set left behind stand at its end.

Without a name it shows all StatefulSets of the namespace. What may not be read is shown as "forbidden" at its place; what a file does not hold, as "not given". It exits 0 whatever state the sets are in, and 2 when they cannot be shown.

With -w it goes on until Ctrl-C (exit code 130). On a terminal the tree is drawn anew in its place. In a pipe or a file, and with -o json or yaml, each set is written once, and again whenever what is written of it has changed: as a line with the time, the name, the ready pods, STATUS and DETAIL, two spaces apart; as a JSON document on one line; as a YAML document. Of a set that is gone the line says Deleted, and the document "deleted": true.`;
  static override readonly examples = [
    { description: 'All StatefulSets of the namespace:', command: '<%= config.bin %> tree' },
    { description: 'One of them:', command: '<%= config.bin %> tree products-db -n shop' },
    { description: 'Those of all namespaces with a label:', command: '<%= config.bin %> tree -A -l tier=db' },
    { description: 'How it gets on, until Ctrl-C:', command: '<%= config.bin %> tree products-db -w' },
    { description: 'A picture:', command: '<%= config.bin %> tree products-db -o dot | dot -Tsvg > products-db.svg' },
    {
      description: 'Manifests that nobody has applied yet:',
      command: '<%= config.bin %> tree -f examples/products-db',
    },
    {
      description: 'What a colleague attached to a ticket:',
      command: 'kubectl get sts,svc,pod,pvc -o yaml | <%= config.bin %> tree -f -',
    },
  ];
  static override readonly usage = 'tree [NAME…] [flags]';
  static override readonly args = {
    NAME: Args.string({
      multiple: true,
      description: 'A StatefulSet to show: web, sts/web or statefulset/web. All of the namespace when none is named.',
    }),
  };
  static override readonly flags = {
    'all-namespaces': Flags.boolean({ char: 'A', summary: 'Show the StatefulSets of all namespaces.' }),
    selector: text({ char: 'l', summary: 'Show those with these labels: a=b,c!=d,e in (f,g),!h.' }),
    filename: text({
      char: 'f',
      multiple: true,
      helpValue: '<file>',
      summary: 'Read files, folders or - (standard input) instead of a cluster.',
    }),
    recursive: recursiveFlag,
    output: Flags.option({
      char: 'o',
      options: formats,
      summary:
        'How to print it: wide adds addresses and handles, json and yaml are for scripts, name is for kubectl, dot and mermaid draw a picture.',
    })(),
    usage: Flags.boolean({
      summary:
        'Show how full the volumes are, as the kubelets of their nodes tell. Needs the right to get nodes/proxy.',
    }),
    watch: Flags.boolean({ char: 'w', summary: 'Go on showing them, whenever something has changed.' }),
    'no-headers': Flags.boolean({ summary: 'Leave the header out.' }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Tree);
    const options = treeOptions(args.NAME ?? [], flags);
    const { runTree } = await import('./run.ts');
    return runTree(options, this.deps);
  }
}

export type TreeFlags = Interfaces.InferredFlags<typeof Tree.flags>;
