/**
 * How Windows runs a batch file: by its command processor, cmd.exe, which acts on more characters than programs do. Go
 * leaves them as they are (os/exec/exec.go, `Command`), so that an argument such as `"&calc` starts another program. Here
 * they are quoted as in Rust's fix of CVE-2024-24576 (`make_bat_command_line`, library/std/src/sys/args/windows.rs).
 */
import { win32 } from 'node:path';

/** The end of a file's name by which Windows takes it for a batch file. Windows ignores dots and spaces behind it. */
const batchEnding = /\.(bat|cmd)[. ]*$/i;

/** Such characters are nothing but text to cmd.exe, also outside quotes. */
const plain = /^[\w#$*+./:?@\\-]+$/;

/**
 * No quotes keep cmd.exe from taking `%PATH%` for a variable. Before a percent sign this stands for nothing: the empty
 * part of the variable `cd`, which is always set. The percent sign that it begins with then stands for itself.
 */
const beforePercent = '%%cd:~,';

export interface BatchCall {
  /** cmd.exe. */
  file: string;
  /** To be joined by spaces, and not to be quoted any more. */
  args: readonly string[];
}

export function isBatchFile(file: string): boolean {
  return batchEnding.test(file);
}

/**
 * @param systemRoot the folder of Windows, in which the command processor is
 * @returns why cmd.exe cannot be given one of the arguments, or the call
 */
export function batchCall(file: string, args: readonly string[], systemRoot = 'C:\\Windows'): BatchCall | string {
  // cmd.exe would end the command there.
  if ([file, ...args].some((word) => /[\0\r\n]/.test(word))) return 'a batch file takes no line breaks in an argument';
  const words = [quoted(file), ...args.map((word) => (plain.test(word) && !word.endsWith('\\') ? word : quoted(word)))];
  return {
    file: win32.join(systemRoot, 'System32', 'cmd.exe'),
    // With parts of variables (/e:on), and without `!VARIABLE!` (/v:off) and the commands that the registry names for each
    // start (/d). The outermost quotes are those that cmd.exe drops.
    args: ['/e:on', '/v:off', '/d', '/c', `"${words.join(' ')}"`],
  };
}

/** Within quotes, each of which is doubled: the command processor and programs then read the same text. */
function quoted(word: string): string {
  // A program takes backslashes before a quote for escapes.
  const text = word.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&');
  return `"${text.replaceAll('%', `${beforePercent}%`)}"`;
}
