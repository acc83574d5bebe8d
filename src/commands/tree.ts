import { Args, Command, Flags } from '@oclif/core';
import { UsageError } from '../errors.ts';
import { connectionFlags } from '../flags.ts';
import type { Snapshot } from '../objects/snapshot.ts';
import type { StatefulSet } from '../objects/types.ts';
import { jsonText, treeDocument } from '../render/json.ts';
import { columns, outline } from '../render/outline.ts';
import { drawTree } from '../render/tree.ts';
import { setNames } from '../statefulset/identity.ts';
import { topologies } from '../statefulset/topology.ts';
import { type Console, processConsole } from '../terminal/console.ts';
import { printable } from '../terminal/escape.ts';

export default class Tree extends Command {
  static override readonly summary = 'Show StatefulSets with their pods, claims, volumes and storage classes.';
  static override readonly description =
    `Shows each StatefulSet with its governing Service and its pods in the order of their ordinals, and beneath each pod the claims that it mounts, the volumes that they are bound to and the storage classes that these come from.

Without a name it shows all StatefulSets of the namespace. What may not be read is shown as "forbidden" at its place; what a file does not hold, as "not given".`;
  static override readonly examples = [
    { description: 'All StatefulSets of the namespace:', command: '<%= config.bin %> tree' },
    { description: 'One of them:', command: '<%= config.bin %> tree products-db -n shop' },
    {
      description: 'Manifests that nobody has applied yet:',
      command: '<%= config.bin %> tree -f examples/products-db',
    },
    {
      description: 'What a colleague attached to a ticket:',
      command: 'kubectl get sts,svc,pod,pvc -o yaml | <%= config.bin %> tree -f -',
    },
  ];
  static override readonly args = {
    NAME: Args.string({
      multiple: true,
      description: 'A StatefulSet to show: web, sts/web or statefulset/web. All of the namespace when none is named.',
    }),
  };
  static override readonly usage = 'tree [NAME…] [flags]';
  static override readonly flags = {
    filename: Flags.string({
      char: 'f',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Read files, folders or - (standard input) instead of a cluster.',
    }),
    output: Flags.string({ char: 'o', options: ['json'], summary: 'Print a document for programs instead of a tree.' }),
    ...connectionFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tree);
    const names = setNames(args.NAME ?? []);
    if ('unknown' in names) throw new UsageError(names.unknown);
    const console = processConsole(process);
    const request: Request = { names: names.names, json: flags.output === 'json', now: Date.now() };

    if (flags.filename) {
      const { readFiles } = await import('../sources/files.ts');
      const snapshot = readFiles(flags.filename);
      show(console, request, snapshot, chosen(snapshot, names.names, flags.namespace));
      return;
    }
    const [{ openClient }, { readCluster }] = await Promise.all([
      import('../kube/client.ts'),
      import('../sources/cluster.ts'),
    ]);
    const client = await openClient(flags, this.config.version);
    try {
      const { snapshot, failures } = await readCluster(client, client.namespace, names.names);
      tellRefusals(console, snapshot);
      if (snapshot.statefulSets.items.length === 0 && failures.length === 0 && !request.json) {
        console.err(`No resources found in ${printable(client.namespace)} namespace.\n`);
      } else {
        show(console, request, snapshot, snapshot.statefulSets.items);
      }
      for (const failure of failures) console.err(`${printable(failure.message)}\n`);
      if (failures.length > 0) process.exitCode = 2;
    } finally {
      client.close();
    }
  }
}

interface Request {
  names: string[];
  json: boolean;
  now: number;
}

function show(console: Console, { names, json, now }: Request, snapshot: Snapshot, sets: readonly StatefulSet[]): void {
  const models = topologies(snapshot, sets);
  if (json) {
    console.out(jsonText(treeDocument(models, names.length === 1)));
    return;
  }
  if (models.length === 0) return;
  const lines = models.map((topology) => outline(topology, now));
  const shrinkable = [columns.indexOf('DETAIL'), columns.indexOf('NODE'), columns.indexOf('NAME')];
  console.out(drawTree(columns, lines, shrinkable, { colour: console.colour, width: console.width, header: true }));
}

/** The sets that were asked for, of those that the files hold. */
function chosen(snapshot: Snapshot, names: readonly string[], namespace: string | undefined): StatefulSet[] {
  const sets = snapshot.statefulSets.items.filter(
    ({ metadata }) => namespace === undefined || (metadata.namespace ?? 'default') === namespace,
  );
  if (names.length === 0) {
    if (sets.length === 0) throw new UsageError('the files hold no StatefulSet');
    return sets;
  }
  return names.flatMap((name) => {
    const found = sets.filter(({ metadata }) => metadata.name === name);
    if (found.length === 0) throw new UsageError(`the files hold no StatefulSet "${name}"`);
    return found;
  });
}

/** One line for each kind of object that may not be read: the right that is missing, as an administrator grants it. */
function tellRefusals(console: Console, snapshot: Snapshot): void {
  for (const part of Object.values(snapshot)) {
    if (part.others === 'forbidden') {
      const { verb, resource, message } = part.refusal;
      console.err(`warning: no right to ${verb} ${resource}, shown as forbidden: ${printable(message)}\n`);
    }
  }
}
