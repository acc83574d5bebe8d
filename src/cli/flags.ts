/** Flags that several commands have, with kubectl's names, short forms and meaning. */
import { Flags, type Interfaces } from '@oclif/core';
import { colourChoices } from '#src/terminal/console.ts';
import type { ReadingRules } from './definitions.ts';
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

/** Lets the flag stand without a value, which then is `implied`. Its help shows that as pflag's does. */
export function implying<Flag extends { helpValue?: string | string[] }>(flag: Flag, implied: string): Flag {
  return ruled({ ...flag, helpValue: `${flag.helpValue}[="${implied}"]` }, { implied });
}

/** `kubectl sts options` lists these flags, and the help of a command does not. */
const more = { hidden: true, helpGroup: 'GLOBAL' };

/**
 * kubectl's global flags, which say how to reach the API server and as whom (`kubectl options`; ConfigFlags of
 * k8s.io/cli-runtime). Lists are not split at commas.
 *
 * Three are missing: --profile and --profile-output, since no Go program runs here that could be profiled, and
 * --vmodule, which names source files of kubectl.
 */
export const connectionFlags = {
  namespace: text({
    char: 'n',
    summary: "The namespace; the context's own unless given.",
    helpValue: '<name>',
    helpGroup: 'GLOBAL',
  }),
  context: text({ summary: 'The context of the kubeconfig to use.', helpValue: '<name>', helpGroup: 'GLOBAL' }),
  kubeconfig: text({ summary: 'The kubeconfig file to use.', helpValue: '<file>', helpGroup: 'GLOBAL' }),
  as: text({ summary: 'Act as this user or service account.', helpValue: '<name>', ...more }),
  'as-group': text({ summary: 'Act as a member of this group.', helpValue: '<name>', multiple: true, ...more }),
  'as-uid': text({ summary: 'Act as the user with this UID.', helpValue: '<uid>', ...more }),
  'as-user-extra': text({
    summary: 'Act with this extra of a user.',
    helpValue: '<key=value>',
    multiple: true,
    ...more,
  }),
  'cache-dir': text({ summary: 'Accepted, and not used: nothing is cached.', helpValue: '<dir>', ...more }),
  'certificate-authority': text({ summary: 'Trust the authorities of this file.', helpValue: '<file>', ...more }),
  'client-certificate': text({ summary: 'The certificate to log in with.', helpValue: '<file>', ...more }),
  'client-key': text({ summary: "The certificate's private key.", helpValue: '<file>', ...more }),
  cluster: text({ summary: 'The cluster of the kubeconfig to use.', helpValue: '<name>', ...more }),
  'disable-compression': Flags.boolean({ summary: 'Ask the server for uncompressed answers.', ...more }),
  'insecure-skip-tls-verify': Flags.boolean({
    summary: "Do not check the server's certificate: anybody on the way may read and change what is sent.",
    ...more,
  }),
  kuberc: text({ summary: "The file with kubectl's own settings.", helpValue: '<file>', ...more }),
  'log-flush-frequency': text({
    summary: 'Accepted, and not used: nothing that is logged is held back.',
    helpValue: '<duration>',
    ...more,
  }),
  'match-server-version': Flags.boolean({ summary: 'Refuse a server of another version.', ...more }),
  password: text({ summary: 'Log in with this password and --username.', helpValue: '<text>', ...more }),
  'proxy-url': text({ summary: 'The URL of the proxy for requests to the API server.', helpValue: '<url>', ...more }),
  'request-timeout': text({
    summary: 'Give up on a request after that: 1s, 2m, 3h; never when it is 0.',
    helpValue: '<duration>',
    ...more,
  }),
  server: text({ char: 's', summary: 'The address of the API server.', helpValue: '<url>', ...more }),
  'tls-server-name': text({ summary: "The name in the server's certificate.", helpValue: '<name>', ...more }),
  token: text({ summary: 'Log in with this bearer token.', helpValue: '<text>', ...more }),
  user: text({ summary: 'The user of the kubeconfig to be.', helpValue: '<name>', ...more }),
  username: text({ summary: 'Log in with this name and --password.', helpValue: '<name>', ...more }),
  v: integer(Flags.integer({ char: 'v', summary: 'How much to log, from 0 to 10.', helpValue: '<int>', ...more })),
  'warnings-as-errors': Flags.boolean({ summary: 'Exit with an error when the server warned.', ...more }),
};

export type ConnectionFlags = Interfaces.InferredFlags<typeof connectionFlags>;

/** Goes with `-f`, `filename`. */
export const recursiveFlag = Flags.boolean({ char: 'R', summary: 'With -f: read the folders within a folder too.' });

/** Flags of commands that show something. */
export const displayFlags = {
  color: implying(
    Flags.option({
      summary: 'When to use colour; auto, as without it: on a terminal, unless NO_COLOR is set or TERM is dumb.',
      options: colourChoices,
      helpValue: '<when>',
    })(),
    'always',
  ),
};

/** The values of --dry-run. */
const dryRunStrategies = ['none', 'client', 'server'] as const;

export type DryRun = (typeof dryRunStrategies)[number];

export function dryRun(summary: string) {
  const flag = Flags.option({ summary, options: dryRunStrategies, helpValue: '<strategy>', default: 'none' })();
  return implying(flag, 'client');
}

/** Flags of commands that change something, as kubectl's mutating commands have them. */
export const writeFlags = {
  'dry-run': dryRun('Only say what would be done: client plans it, server has it admitted and does not store it.'),
  'field-manager': text({
    summary: 'Whom the server is to note for the change.',
    helpValue: '<name>',
    default: 'kubectl-sts',
  }),
  output: Flags.option({
    char: 'o',
    summary: 'Print the object as it is then, or its name.',
    options: ['yaml', 'json', 'name'] as const,
    helpValue: '<option>',
  })(),
};
