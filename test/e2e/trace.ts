/** What the plugin asks of the system while it runs, by strace(1). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniqueName } from './namespace.ts';
import { type Ran, run } from './ran.ts';
import { personEnv, sandbox } from './sandbox.ts';

export interface Traced extends Ran {
  /** `HOST:PORT` of each address that it connected or sent to, and the path of each local socket. Each once. */
  connected: string[];
  /** The programs that it ran, itself among them. */
  programs: string[];
  /** The files that it opened to write, made, renamed or deleted. */
  written: string[];
  /** The other files and folders that it opened. */
  read: string[];
}

const calls = '%network,%file';

/** Runs `kubectl-sts`, and notes the calls of the system by it and by all programs that it starts. */
export async function traced(args: readonly string[], kubeconfig?: string): Promise<Traced> {
  const log = join(sandbox(), uniqueName('trace'));
  const plugin = join(sandbox(), 'bin', 'kubectl-sts');
  const words = ['-f', '-qq', '-s', '4096', '-e', `trace=${calls}`, '-o', log, plugin, ...args];
  const ran = await run('/usr/bin/strace', words, { env: personEnv(kubeconfig) });
  const lines = readFileSync(log, 'utf8').split('\n');
  return {
    ...ran,
    connected: unique(lines.flatMap(addressIn)),
    programs: unique(lines.flatMap((line) => (failed(line) ? [] : (/^\d+ +execve\("([^"]*)"/.exec(line)?.[1] ?? [])))),
    written: unique(lines.flatMap(writtenIn)),
    read: unique(lines.flatMap(readIn)),
  };
}

/** The address in a call that connects or sends. */
function addressIn(line: string): string[] {
  if (!/^\d+ +(?:connect|sendto|sendmsg|sendmmsg)\(/.test(line)) return [];
  const port = /_port=htons\((\d+)\)/.exec(line)?.[1];
  const host = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(line);
  if (port !== undefined) return [`${host?.[1] ?? host?.[2]}:${port}`];
  const local = /sun_path=@?"([^"]*)"/.exec(line)?.[1];
  return local === undefined ? [] : [local];
}

/** The calls that change the names in folders, or what is known of a file. */
const changing = [
  'creat',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'link',
  'symlink',
  'chmod',
  'chown',
  'truncate',
  'mknod',
];
const changes = new RegExp(`^\\d+ +[fl]?(?:${changing.join('|')})(?:at2?)?\\([^"]*"([^"]*)"`);

function writtenIn(line: string): string[] {
  if (failed(line)) return [];
  const opened = /^\d+ +open(?:at2?)?\([^"]*"([^"]*)".*O_(?:WRONLY|RDWR|CREAT|TRUNC)/.exec(line)?.[1];
  const path = opened ?? changes.exec(line)?.[1];
  return path === undefined || path === '/dev/null' ? [] : [path];
}

function readIn(line: string): string[] {
  if (failed(line) || writtenIn(line).length > 0) return [];
  const path = /^\d+ +open(?:at2?)?\([^"]*"([^"]*)"/.exec(line)?.[1];
  return path === undefined || path === '/dev/null' ? [] : [path];
}

/** A call whose end stands on a line of its own counts as one that succeeded. */
function failed(line: string): boolean {
  return / = -1 /.test(line);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
