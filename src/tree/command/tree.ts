import { Args, Command, Flags } from '@oclif/core';
import { chooseSets, setsInFiles } from '#src/cli/choosesets.ts';
import { connectionFlags, displayFlags, text } from '#src/cli/flags.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import { UsageError } from '#src/objects/errors.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Reading } from '../live/reading.ts';
import { topologies } from '../model/topology.ts';
import { type Format, type FormatOptions, formats, isDocument, render } from '../view/format.ts';

export default class Tree extends Command {
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
    output: text({
      char: 'o',
      options: formats,
      summary:
        'How to print it: wide adds addresses and handles, json and yaml are for scripts, name is for kubectl, dot and mermaid draw a picture.',
    }),
    usage: Flags.boolean({
      summary:
        'Show how full the volumes are, as the kubelets of their nodes tell. Needs the right to get nodes/proxy.',
    }),
    watch: Flags.boolean({ char: 'w', summary: 'Go on showing them, whenever something has changed.' }),
    'no-headers': Flags.boolean({ summary: 'Leave the header out.' }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tree);
    const console = processConsole(process, flags.color);
    const selection = chooseSets(args.NAME ?? [], flags);
    const options: FormatOptions = {
      format: formatOf(flags.output),
      single: selection.names.length === 1,
      allNamespaces: flags['all-namespaces'],
      header: !flags['no-headers'],
      now: Date.now(),
      colour: console.colour,
      width: console.width,
    };

    if (flags.usage && (flags.watch || flags.filename)) {
      throw new UsageError('--usage asks nodes once: it goes neither with -w nor with -f');
    }
    if (flags.watch) {
      if (flags.filename) throw new UsageError('-w watches a cluster and -f reads files: use one of them');
      const { watchTree } = await import('./watch.ts');
      process.exitCode = await watchTree({ flags, selection, options, console }, this.config.version);
      return;
    }
    if (flags.filename) {
      const { readFiles } = await import('#src/sources/files.ts');
      const snapshot = readFiles(flags.filename);
      show(console, { snapshot, ...setsInFiles(snapshot, selection, flags.namespace) }, options);
      return;
    }
    const [{ connected }, { readCluster, withUsage }] = await Promise.all([
      import('#src/cli/connected.ts'),
      import('../live/reading.ts'),
    ]);
    await connected(flags, this.config.version, console, async (client) => {
      const namespace = options.allNamespaces ? undefined : client.namespace;
      const read = await readCluster(client, namespace, selection);
      const reading = flags.usage ? await withUsage(client, read) : read;
      // Where no set is shown, nothing of it is shown as forbidden either.
      const refused = reading.sets.length > 0 && refusalLine(Object.values(reading.snapshot));
      if (refused) console.err(`${refused}\n`);
      const nothing = reading.sets.length + reading.failures.length === 0;
      if (nothing && !isDocument(options.format)) console.err(`${nothingFound(namespace)}\n`);
      show(console, reading, options);
    });
  }
}

/** The data, and then why some of it is not there. */
function show(console: Console, { snapshot, sets, failures }: Reading, options: FormatOptions): void {
  // Of what was asked for and is not there at all kubectl prints no empty document either.
  if (sets.length > 0 || failures.length === 0) console.out(render(topologies(snapshot, sets), options));
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  if (failures.length > 0) process.exitCode = 2;
}

function formatOf(output: string | undefined): Format {
  return formats.find((format) => format === output) ?? 'tree';
}
