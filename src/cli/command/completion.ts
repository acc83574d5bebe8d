import { Args, type Interfaces } from '@oclif/core';
import type { ExitCode } from '#src/objects/failure.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { shells } from '../completionscript.ts';
import { common, nonEmpty, text } from '../flags.ts';
import { type Installed, installScript, type Removed, removeScript } from '../scriptfiles.ts';
import { StsCommand } from '../stscommand.ts';
import { UsageError } from '../usageerror.ts';

const actions = ['install', 'uninstall'] as const;

export default class Completion extends StsCommand {
  static override readonly summary = 'Set up Tab completion for kubectl sts.';
  static override readonly description =
    "completion install writes a small script, kubectl_complete-sts, into a folder of the PATH. kubectl runs it when you press Tab. completion uninstall deletes it. Your shell must also load kubectl's own completion.";
  static readonly details = `This line loads kubectl's own completion:

${shells.map(({ name, line }) => `  ${`${name}:`.padEnd(12)}${line}`).join('\n')}

The script goes into krew's folder, else beside the plugin, else into a folder of your home, else into the first other folder of the PATH that you may write. It never goes into a folder of the system such as /usr/sbin. It calls the plugin by its name, so it still works after an upgrade.

completion never replaces or deletes a file of that name that it did not write. install then exits with code 1.

On Windows, install also writes a file kubectl-sts of two lines into the folder. kubectl finds the plugin by its name.`;
  static readonly group = 'other';
  static override readonly usage = [`completion ${actions.join('|')} [flags]`];
  static override readonly examples = [
    { description: 'Write the script', command: 'kubectl sts completion install' },
    {
      description: 'Write the script into a folder of your choice',
      command: 'kubectl sts completion install --dir ~/bin',
    },
    { description: 'Delete the script', command: 'kubectl sts completion uninstall' },
  ];
  static override readonly args = {
    ACTION: Args.string({ options: [...actions], description: 'Write the script, or delete it.' }),
  };
  static override readonly flags = common({
    dir: nonEmpty(text({ summary: 'Use this folder (default: a folder of the PATH).', helpValue: '<dir>' })),
  });

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Completion);
    const { host } = this.deps;
    const console = processConsole(host, undefined);
    switch (actionOf(args)) {
      case 'install':
        tellInstalled(installScript(host, flags.dir), console);
        return 0;
      case 'uninstall':
        return tellRemoved(removeScript(host, flags.dir), console);
    }
  }
}

function actionOf({ ACTION }: Interfaces.InferredArgs<typeof Completion.args>): (typeof actions)[number] {
  const action = actions.find((one) => one === ACTION);
  if (action === undefined) throw new UsageError(`say what to do: kubectl sts completion ${actions.join(' or ')}`);
  return action;
}

function tellInstalled({ kind, file, reach }: Installed, { out, err }: Console): void {
  out(`${printable(file)} ${kind}\n`);
  switch (reach.kind) {
    case 'found':
      break;
    case 'notOnPath':
      err('warning: its folder is not in the PATH, so kubectl does not find it: add the folder\n');
      break;
    case 'shadowed':
      err(`warning: kubectl runs ${printable(reach.by)} instead, which stands earlier in the PATH: delete that\n`);
      break;
  }
  if (kind === 'written') err("Your shell must load kubectl's own completion: kubectl sts completion --help=all\n");
}

function tellRemoved({ removed, foreign, failures }: Removed, { out, err }: Console): ExitCode {
  for (const file of removed) out(`${printable(file)} deleted\n`);
  for (const file of foreign) err(`${printable(file)} was not written by this command, and is left as it is\n`);
  for (const line of failures.flatMap((failure) => failure.lines())) err(`${printable(line)}\n`);
  if (failures.length > 0) return 2;
  if (removed.length === 0) err('There is no script of this command to delete.\n');
  return 0;
}
