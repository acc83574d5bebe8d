/** Flags that several commands have, with kubectl's names, short forms and meaning. */
import { Args, Flags, type Interfaces } from '@oclif/core';
import { colourChoices } from '#src/terminal/console.ts';
import type { HelpPlace, ReadingRules } from './definitions.ts';
import { unsheltered } from './normalform.ts';

/** A flag whose value is any text. Flags.string() would not undo `sheltered` of ./normalform.ts. */
export const text = Flags.custom<string>({ parse: async (input) => unsheltered(input) });

function ruled<Flag extends object>(flag: Flag, rules: ReadingRules): Flag {
  return { ...flag, ...rules };
}

/** Lets a flag of `Flags.integer` read its value as Go reads a number. */
export function integer<Flag extends object>(flag: Flag): Flag {
  return ruled(flag, { integer: true });
}

/** Lets the flag refuse a blank value. */
export function nonEmpty<Flag extends object>(flag: Flag): Flag {
  return ruled(flag, { refusesEmpty: true });
}

/** Lets the flag stand without a value, which then is `implied`. */
export function implying<Flag extends object>(flag: Flag, implied: string): Flag {
  return ruled(flag, { implied });
}

function listed<Group extends object>(group: Group, place: HelpPlace): Group {
  const flags = Object.entries(group).map(([name, flag]) => [name, { ...flag, listed: place }]);
  return { ...group, ...Object.fromEntries(flags) };
}

/** The flags that people type most: the first screen of the help lists them. */
export function common<Group extends object>(group: Group): Group {
  return listed(group, 'common');
}

/** The flags that only --help=all lists. */
export function rare<Group extends object>(group: Group): Group {
  return listed(group, 'rare');
}

/**
 * kubectl's global flags, which say how to reach the API server and as whom (`kubectl options`; ConfigFlags of
 * k8s.io/cli-runtime). Lists are not split at commas.
 *
 * Three are missing: --profile and --profile-output, since no Go program runs here that could be profiled, and
 * --vmodule, which names source files of kubectl.
 */
export const connectionFlags = {
  ...common({
    namespace: text({ char: 'n', summary: "Use this namespace (default: the context's).", helpValue: '<name>' }),
  }),
  ...listed(
    {
      context: text({ summary: 'Use this context of the kubeconfig.', helpValue: '<name>' }),
      kubeconfig: text({ summary: 'Read this kubeconfig file.', helpValue: '<file>' }),
      as: text({ summary: 'Act as this user or service account.', helpValue: '<name>' }),
      'as-group': text({ summary: 'Act as a member of this group.', helpValue: '<name>', multiple: true }),
      'as-uid': text({ summary: 'Act as the user with this UID.', helpValue: '<uid>' }),
      'as-user-extra': text({
        summary: 'Act as a user with this extra attribute.',
        helpValue: '<key=value>',
        multiple: true,
      }),
      'cache-dir': text({ summary: 'Accepted without effect: the plugin caches nothing.', helpValue: '<dir>' }),
      'certificate-authority': text({
        summary: 'Trust the certificate authorities in this file.',
        helpValue: '<file>',
      }),
      'client-certificate': text({ summary: 'Log in with the certificate in this file.', helpValue: '<file>' }),
      'client-key': text({ summary: "Read the certificate's private key from this file.", helpValue: '<file>' }),
      cluster: text({ summary: 'Use this cluster of the kubeconfig.', helpValue: '<name>' }),
      'disable-compression': Flags.boolean({ summary: 'Ask the server for uncompressed answers.' }),
      'insecure-skip-tls-verify': Flags.boolean({
        summary:
          "Do not verify the server's certificate. Anybody between you and the server can then read and change the traffic.",
      }),
      kuberc: text({ summary: "Read kubectl's own settings from this file.", helpValue: '<file>' }),
      'log-flush-frequency': text({
        summary: 'Accepted without effect: the plugin writes its log at once.',
        helpValue: '<duration>',
      }),
      'match-server-version': Flags.boolean({ summary: 'Refuse a server of another version.' }),
      password: text({ summary: 'Log in with this password, and --username.', helpValue: '<text>' }),
      'proxy-url': text({ summary: 'Reach the API server through the proxy at this URL.', helpValue: '<url>' }),
      'request-timeout': text({
        summary: 'Give up on a request after this time: 1s, 2m, 3h; 0 means never.',
        helpValue: '<duration>',
      }),
      server: text({ char: 's', summary: 'Use the API server at this URL.', helpValue: '<url>' }),
      'tls-server-name': text({ summary: "Expect this name in the server's certificate.", helpValue: '<name>' }),
      token: text({ summary: 'Log in with this bearer token.', helpValue: '<text>' }),
      user: text({ summary: 'Log in as this user of the kubeconfig.', helpValue: '<name>' }),
      username: text({ summary: 'Log in with this name, and --password.', helpValue: '<name>' }),
      v: integer(Flags.integer({ char: 'v', summary: 'Log this much, from 0 to 10 (default 0).', helpValue: '<int>' })),
      'warnings-as-errors': Flags.boolean({ summary: 'Exit with an error if the server sent a warning.' }),
    },
    'global',
  ),
};

export type ConnectionFlags = Interfaces.InferredFlags<typeof connectionFlags>;

/** The arguments of commands that read any number of StatefulSets. */
export const setArguments = {
  NAME: Args.string({ multiple: true, description: 'A StatefulSet: web, sts/web or statefulset/web.' }),
};

/** Flags of commands that show StatefulSets: which ones, and from where. */
export const showFlags = {
  'all-namespaces': Flags.boolean({ char: 'A', summary: 'Show the StatefulSets of all namespaces.' }),
  selector: text({
    char: 'l',
    summary: 'Show only StatefulSets with these labels: a=b,c!=d,e in (f,g),!h.',
    helpValue: '<selector>',
  }),
  filename: text({
    char: 'f',
    multiple: true,
    helpValue: '<file>',
    summary: 'Read files, folders or standard input (-).',
  }),
};

/** Goes with `-f`, `filename`. */
export const recursiveFlag = Flags.boolean({ char: 'R', summary: 'With -f: also read the folders below a folder.' });

/** Flags of commands that show something. */
export const displayFlags = rare({
  color: implying(
    Flags.option({
      summary:
        'When to use colour. auto, the default, uses it on a terminal unless NO_COLOR is set or TERM is dumb. Without a value: always.',
      options: colourChoices,
      helpValue: '<when>',
    })(),
    'always',
  ),
});

/** The values of --dry-run. */
const dryRunStrategies = ['none', 'client', 'server'] as const;

export type DryRun = (typeof dryRunStrategies)[number];

export function dryRun(summary: string) {
  const flag = Flags.option({ summary, options: dryRunStrategies, helpValue: '<strategy>', default: 'none' })();
  return implying(flag, 'client');
}

export function fieldManager(summary: string) {
  return text({ summary, helpValue: '<name>', default: 'kubectl-sts' });
}

/** Flags of commands that change something, as kubectl's mutating commands have them. */
export const writeFlags = {
  ...common({
    'dry-run': dryRun('Print the change without making it.'),
    output: Flags.option({
      char: 'o',
      summary: 'Print the changed object, or its name.',
      options: ['yaml', 'json', 'name'] as const,
      helpValue: '<format>',
    })(),
  }),
  ...rare({ 'field-manager': fieldManager('Make the change under this field manager.') }),
};
