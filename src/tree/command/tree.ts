import { Flags, type Interfaces } from '@oclif/core';
import { common, connectionFlags, displayFlags, rare, recursiveFlag, setArguments, showFlags } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formats } from '../view/formats.ts';
import { treeOptions } from './options.ts';

export default class Tree extends StsCommand {
  static override readonly summary = 'Show StatefulSets with their pods, claims and volumes.';
  static override readonly description =
    'tree shows each StatefulSet with its governing Service, its pods in the order of their ordinals, and the claims and volumes of each pod. It says what the controller does next, what is wrong and why, and which claims are left over.';
  static readonly details =
    `Without a NAME, tree shows all StatefulSets of the namespace. With -f, it asks no cluster. --usage asks the kubelets how full the volumes are, and needs the right to get nodes/proxy. "forbidden" stands for objects that you may not read. "not given" stands for objects that the files of -f do not hold.

-o wide adds the addresses of pods, the handles of volumes, and a row for each storage class. json and yaml are for scripts. name prints names that kubectl accepts. dot and mermaid draw a picture.

With -w, tree runs until Ctrl-C (exit code 130). On a terminal it redraws the tree in place. In a pipe or a file, and with -o json or yaml, it writes each set once, and again after each change: as a line with the time, the name, the ready pods, STATUS and DETAIL, two spaces apart; as a JSON document on one line; or as a YAML document. For a deleted set, the line says Deleted, and the document says "deleted": true.

Exit code: 0 if the sets were shown, whatever state they are in; 2 if they could not be shown.`;
  static readonly group = 'reading';
  static override readonly usage = ['tree [NAME…] [flags]'];
  static override readonly examples = [
    { description: 'Show all StatefulSets of the namespace', command: 'kubectl sts tree' },
    {
      description: 'Show one StatefulSet, with the use of its volumes',
      command: 'kubectl sts tree web -n shop --usage',
    },
    { description: 'Show the StatefulSets with a label, in all namespaces', command: 'kubectl sts tree -A -l tier=db' },
    { description: 'Show one StatefulSet and its changes, until Ctrl-C', command: 'kubectl sts tree web -w' },
    { description: 'Draw a picture', command: 'kubectl sts tree web -o dot | dot -Tsvg > web.svg' },
    { description: 'Show the manifests in a folder', command: 'kubectl sts tree -f ./manifests' },
    {
      description: 'Show objects that a colleague sent',
      command: 'kubectl get sts,svc,pod,pvc -o yaml | kubectl sts tree -f -',
    },
  ];
  static override readonly args = setArguments;
  static override readonly flags = {
    ...common({
      ...showFlags,
      recursive: recursiveFlag,
      output: Flags.option({ char: 'o', options: formats, summary: 'Output format.', helpValue: '<format>' })(),
      usage: Flags.boolean({ summary: 'Show how full each volume is (needs nodes/proxy).' }),
      watch: Flags.boolean({ char: 'w', summary: 'Show the changes until Ctrl-C.' }),
    }),
    ...rare({ 'no-headers': Flags.boolean({ summary: 'Print no header.' }) }),
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
