import { Flags, type Interfaces } from '@oclif/core';
import {
  common,
  connectionFlags,
  displayFlags,
  integer,
  rare,
  recursiveFlag,
  setArguments,
  text,
} from '#src/cli/flags.ts';
import { StsCommand } from '#src/cli/stscommand.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { nameFormats } from '../view/format.ts';
import { dnsOptions } from './options.ts';

export default class Dns extends StsCommand {
  static override readonly summary = "Check whether each pod's DNS name resolves to the right pod.";
  static override readonly description =
    "dns asks the cluster's DNS servers for the names of the pods and of the governing Service, and compares the answers with the EndpointSlices and the pods. For each name that is wrong or not published, it says why and what to do. It exits 0 if all names are right, 1 if a name is not, and 2 if it could not find out.";
  static readonly details = `Without a NAME, dns checks all StatefulSets of the namespace.

The DNS servers are the ready pods behind the cluster's DNS Service. dns asks each of them over a port-forward, so that it works from a laptop. --via exec asks from inside a pod, with that pod's own resolver. --via direct asks the server that --dns-server names. --via none asks no server, and lists the names. A port-forward leads past the cache in each node (NodeLocal DNSCache): the last line says whether there is one, and --via exec says whether it answered. dns cannot ask the caches in clients.

-o wide adds the answer of each server. json and yaml are for scripts. name prints the names alone. hosts prints lines for /etc/hosts.

Exit code: 0 if all names are right; 1 if a name is wrong or not published; 2 if dns could not find out; 130 after Ctrl-C. -f and --via none ask no server, and exit with 0.`;
  static readonly group = 'reading';
  static override readonly usage = ['dns [NAME…] [flags]'];
  static override readonly examples = [
    { description: 'Check the names of one StatefulSet', command: 'kubectl sts dns web -n shop' },
    { description: 'Wait until all names are right', command: 'kubectl sts dns web --wait --timeout 60s' },
    { description: 'Show how DNS follows a restart, until Ctrl-C', command: 'kubectl sts dns web -w' },
    { description: 'Ask as the pods themselves do', command: 'kubectl sts dns web --via exec' },
    {
      description: 'Print host:port for a connection string',
      command: 'kubectl sts dns web -o name --port 5432 --via none',
    },
  ];
  static override readonly args = setArguments;
  static override readonly flags = {
    ...common({
      'all-namespaces': Flags.boolean({ char: 'A', summary: 'Check the StatefulSets of all namespaces.' }),
      selector: text({
        char: 'l',
        summary: 'Check only StatefulSets with these labels: a=b,c!=d,e in (f,g),!h.',
        helpValue: '<selector>',
      }),
      pod: text({
        summary: 'Check only the pods with these ordinals: 0,2-4.',
        helpValue: '<ordinals>',
        multiple: true,
      }),
      via: Flags.option({
        summary: 'How to ask the DNS servers.',
        options: ['port-forward', 'exec', 'direct', 'none'] as const,
        helpValue: '<path>',
        default: 'port-forward',
      })(),
      wait: Flags.boolean({ summary: 'Ask again until all names are right.' }),
      timeout: text({ summary: 'How long --wait asks again.', helpValue: '<duration>', default: '60s' }),
      watch: Flags.boolean({ char: 'w', summary: 'Show the changes until Ctrl-C.' }),
      output: Flags.option({ char: 'o', options: nameFormats, summary: 'Output format.', helpValue: '<format>' })(),
    }),
    ...rare({
      'dns-service': text({
        summary: "The cluster's DNS Service (default: dns finds it).",
        helpValue: '<namespace/name>',
      }),
      servers: integer(
        Flags.integer({ summary: 'Ask at most this many DNS servers.', helpValue: '<n>', default: 3, min: 1 }),
      ),
      from: text({ summary: 'With --via exec: ask from this pod (default: a pod of the set).', helpValue: '<pod>' }),
      'dns-server': text({ summary: 'With --via direct: ask this DNS server.', helpValue: '<host:port>' }),
      'cluster-domain': text({ summary: 'The end of each name (default: dns finds it).', helpValue: '<domain>' }),
      srv: Flags.boolean({ summary: "Also ask for the SRV records of the Service's named ports." }),
      ptr: Flags.boolean({ summary: 'Also ask for the names of the addresses.' }),
      port: integer(
        Flags.integer({
          summary: 'With -o name: print this port behind each name.',
          helpValue: '<port>',
          min: 1,
          max: 65_535,
        }),
      ),
      filename: text({
        char: 'f',
        multiple: true,
        summary:
          'Read files, folders or - (standard input) instead of a cluster. dns then lists the names, and the faults in the manifests.',
        helpValue: '<file>',
      }),
      recursive: recursiveFlag,
      'no-headers': Flags.boolean({ summary: 'Print no header.' }),
    }),
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
