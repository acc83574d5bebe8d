/** A process in memory. It keeps what a command writes, and a test can type to it, resize and interrupt it. */
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { Host } from '#src/terminal/host.ts';

export interface HostShape {
  /** Columns of a terminal on standard output and standard error; undefined for pipes. */
  columns?: number | undefined;
  rows?: number;
  /** Whether a person sits at standard input. */
  typed?: boolean;
  env?: Record<string, string>;
  /** Linux by default. */
  platform?: NodeJS.Platform;
  /** The versions of the runtime; Node 26 by default. */
  versions?: { node: string; bun?: string };
}

/** A host for a command, with what the command wrote and did. */
export interface MemoryHost {
  host: Host;
  stdout(): string;
  stderr(): string;
  /** The code of the first call of `exit`; undefined if there was none. */
  exited(): number | undefined;
  /** Sends a signal to it. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void;
  /** Types a line on its standard input. */
  type(line: string): void;
  /** Resolves once one of the streams holds this text. */
  until(text: string | RegExp): Promise<void>;
}

const node26 = { node: '26.0.0' };

export function memoryHost(shape: HostShape = {}): MemoryHost {
  const { columns, rows = 24, typed = false, env = {}, platform = 'linux', versions = node26 } = shape;
  const events = new EventEmitter();
  const written = new EventEmitter();
  written.setMaxListeners(0);
  events.setMaxListeners(0);
  let exited: number | undefined;
  const output = () => {
    let text = '';
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        text += String(chunk);
        written.emit('written');
        done();
      },
    });
    if (columns !== undefined) Object.assign(stream, { isTTY: true, columns, rows });
    return { stream, text: () => text };
  };
  const [stdout, stderr] = [output(), output()];
  const stdin = Object.assign(new PassThrough(), typed ? { isTTY: true, setRawMode: () => stdin } : {});
  const host = Object.assign(events, {
    arch: 'x64',
    env: { TERM: 'xterm', HOME: '/dev/null/home', ...env },
    exit(code: number) {
      exited ??= code;
    },
    getuid: () => 1000,
    kill: (_pid: number, signal: string) => events.emit(signal),
    pid: 42,
    platform,
    stderr: stderr.stream,
    stdin,
    stdout: stdout.stream,
    versions,
  });
  return {
    host: host as unknown as MemoryHost['host'],
    stdout: stdout.text,
    stderr: stderr.text,
    exited: () => exited,
    signal: (name) => void events.emit(name, name),
    type: (line) => void stdin.write(`${line}\r`),
    async until(wanted) {
      const isThere = () =>
        [stdout, stderr].some(({ text }) =>
          typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()),
        );
      while (!isThere()) await new Promise((resolve) => written.once('written', resolve));
    },
  };
}
