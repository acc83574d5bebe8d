import { Args, Flags, type Interfaces } from '@oclif/core';
import { connectionFlags, displayFlags, integer, recursiveFlag, text } from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { nameFormats } from '../view/format.ts';
import { dnsOptions } from './options.ts';

export default class Dns extends StsCommand {
  static override readonly summary = "Show each pod's DNS name, and whether it resolves to the right pod right now.";
  static override readonly description =
    `Asks the cluster's own DNS servers for the stable names of the pods and of the governing Service, and compares what they say with the EndpointSlices and the pods: a name that is missing, points elsewhere or is not published says why, and what to do.

The servers are the ready pods behind the cluster's DNS Service, each asked over a port-forward, so that it works from a laptop; --via exec asks from inside a pod with that pod's own resolver, --via direct a server of your choice, and --via none lists the names alone. A port-forward leads past the cache in each node, NodeLocal DNSCache: the last line says whether there is one, and --via exec whether it answered. Caches in clients cannot be asked.

It exits 0 when all names are right, 1 when a name is wrong or not published, and 2 when that could not be found out.`;
  static override readonly examples = [
    { description: 'The names of one set:', command: '<%= config.bin %> dns products-db -n shop' },
    {
      description: 'Go on with a runbook once all names are right:',
      command: '<%= config.bin %> dns products-db --wait --timeout 60s',
    },
    { description: 'How DNS follows a restart, until Ctrl-C:', command: '<%= config.bin %> dns products-db -w' },
    { description: 'As the pods themselves see it:', command: '<%= config.bin %> dns products-db --via exec' },
    {
      description: 'A connection string:',
      command: '<%= config.bin %> dns products-db -o name --port 5432 --via none',
    },
  ];
  static override readonly usage = 'dns [NAME…] [flags]';
  static override readonly args = {
    NAME: Args.string({
      multiple: true,
      description: 'A StatefulSet: web, sts/web or statefulset/web. All of the namespace when none is named.',
    }),
  };
  static override readonly flags = {
    'all-namespaces': Flags.boolean({ char: 'A', summary: 'The StatefulSets of all namespaces.' }),
    selector: text({ char: 'l', summary: 'Those with these labels: a=b,c!=d,e in (f,g),!h.', helpValue: '<selector>' }),
    pod: text({
      summary: 'Only the pods with these ordinals, 0,2 or given several times, and not the Service.',
      helpValue: '<ordinal>',
      multiple: true,
    }),
    via: Flags.option({
      summary: 'How to ask: port-forward to the DNS servers, exec in a pod, direct to --dns-server, or none.',
      options: ['port-forward', 'exec', 'direct', 'none'] as const,
      helpValue: '<path>',
      default: 'port-forward',
    })(),
    'dns-service': text({
      summary: "The cluster's DNS Service, where it is not found by itself.",
      helpValue: '<ns/name>',
    }),
    servers: integer(
      Flags.integer({ summary: 'Ask at most so many DNS servers.', helpValue: '<int>', default: 3, min: 1 }),
    ),
    from: text({ summary: 'With --via exec: the pod to ask from; one of the set unless given.', helpValue: '<pod>' }),
    'dns-server': text({ summary: 'With --via direct: the DNS server to ask.', helpValue: '<host:port>' }),
    'cluster-domain': text({ summary: 'What names end with; found out unless given.', helpValue: '<domain>' }),
    srv: Flags.boolean({ summary: "Ask for the SRV records of the Service's named ports too." }),
    ptr: Flags.boolean({ summary: 'Ask for the names of the addresses too.' }),
    wait: Flags.boolean({ summary: 'Ask until every name is right.' }),
    timeout: text({ summary: 'How long --wait goes on.', helpValue: '<duration>', default: '60s' }),
    watch: Flags.boolean({ char: 'w', summary: 'Go on showing the names, whenever something has changed.' }),
    output: Flags.option({
      char: 'o',
      options: nameFormats,
      summary:
        'How to print it: wide adds what each server said, json and yaml are for scripts, name prints bare names, hosts lines for /etc/hosts.',
      helpValue: '<option>',
    })(),
    port: integer(
      Flags.integer({
        summary: 'With -o name: put this port behind each name.',
        helpValue: '<int>',
        min: 1,
        max: 65_535,
      }),
    ),
    filename: text({
      char: 'f',
      multiple: true,
      summary:
        'Read files, folders or - (standard input) instead of a cluster: names and faults of configuration alone.',
      helpValue: '<file>',
    }),
    recursive: recursiveFlag,
    'no-headers': Flags.boolean({ summary: 'Leave the header out.' }),
    ...displayFlags,
    ...connectionFlags,
  };

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Dns);
    const options = dnsOptions(args.NAME ?? [], flags);
    const { runDns } = await import('./run.ts');
    return runDns(options, this.deps);
  }
}

export type DnsFlags = Interfaces.InferredFlags<typeof Dns.flags>;
