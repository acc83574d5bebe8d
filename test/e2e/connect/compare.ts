/**
 * One case: the stand's kubectl and the plugin, one after the other, with the same kubeconfig, flags and variables; and
 * what both have made of them.
 */
import assert from 'node:assert/strict';
import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sharedStand } from '../../runner/stand-variables.ts';
import { uniqueName } from '../namespace.ts';
import { sandbox } from '../sandbox.ts';
import { listOfSets, type ProxyOptions, type StandProxy, standAdmin, standProxy } from '../servers/stand-proxy.ts';

/** What a case has of its own. */
export interface Place {
  folder: string;
  /** Nothing else ever asks for it, so that the audit log tells this case from the others. */
  namespace: string;
  /** Writes a file of the folder and returns its path. */
  file(name: string, text: string | Buffer | object, mode?: number): string;
  serve(name: string, options?: ProxyOptions): Promise<StandProxy>;
  /** To be called when the case is over. */
  after(end: () => void): void;
}

export interface Setup {
  /** Written to a file that KUBECONFIG names; or its text. Undefined: KUBECONFIG is not set. */
  kubeconfig?: object | string | undefined;
  /** Behind `get statefulsets` and `tree`. */
  args?: readonly string[];
  /** Put over the environment of a person, HOME being a folder of the case. */
  env?: Record<string, string>;
  stdin?: string;
  cwd?: string;
  /** What is to be found after a run besides; called after each. */
  found?: () => unknown;
  /**
   * kubectl asks a server what it has before it lists, and remembers that for hours. With this kubeconfig it has done so
   * before, and what is seen is its list.
   */
  warmedBy?: object;
  /** Run by another program: `unshare …`. */
  within?: readonly string[];
}

export interface Case {
  name: string;
  make: (place: Place) => Setup | Promise<Setup>;
  /** Where the programs are to differ. */
  differs?: Difference;
  /** Its requests name no namespace of its own. It must run while nothing else makes requests to the stand. */
  alone?: true;
  /** It says something that HTTP/2 cannot say. */
  http1?: true;
  /** Undefined where the machine has what it needs; else what that is. */
  needs?: () => string | undefined | Promise<string | undefined>;
}

interface Difference {
  /** The heading of docs/kubectl-differences.md that says why. */
  heading: string;
  /** What is other in the plugin's outcome. */
  plugin: (kubectl: Outcome) => Partial<Outcome>;
}

/** What a program has made of a case. */
export interface Outcome {
  succeeded: boolean;
  /** Standard error, behind the last line that is one of the log: the message, which may have several lines. */
  words: string[];
  warnings: string[];
  /** Who was seen, by each server that was reached. */
  who: string[];
  /** The lists of StatefulSets that were asked for, by server. */
  lists: string[];
  found: unknown;
}

/** What both programs have made of a case, and how they ended. */
export interface Compared {
  kubectl: Outcome;
  plugin: Outcome;
  codes: { kubectl: number | null; plugin: number | null };
}

interface Logged {
  requestURI: string;
  verb: string;
  userAgent?: string;
  user?: Identity;
  impersonatedUser?: Identity;
}

interface Identity {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** How the plugin is started. */
export type Plugin = () => readonly [program: string, ...words: string[]];

/** As krew installs it. */
const executable: Plugin = () => [sharedStand().plugin];

let count = 0;

/** @param http2 whether loopback servers of TLS speak HTTP/2 too, as API servers do */
export async function compare({ make, alone }: Case, runtime: Plugin = executable, http2 = false): Promise<Compared> {
  const id = `c${++count}`;
  const folder = join(sandbox(), 'connect', id);
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const servers = new Map<string, StandProxy>();
  const ends: (() => void)[] = [];
  const place: Place = {
    folder,
    namespace: uniqueName(id),
    file(name, text, mode = 0o600) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const isText = typeof text === 'string' || Buffer.isBuffer(text);
      writeFileSync(path, isText ? text : JSON.stringify(text), { mode });
      return path;
    },
    async serve(name, options) {
      const server = await standProxy({ http2, ...options });
      servers.set(name, server);
      ends.push(() => server.close());
      return server;
    },
    after: (end) => void ends.push(end),
  };
  try {
    if (log.offset === undefined) await logUpToNow();
    const setup = await make(place);
    const env: Record<string, string> = {
      PATH: join(sandbox(), 'bin'),
      HOME: home,
      KUBECACHEDIR: join(folder, 'cache'),
    };
    if (setup.kubeconfig !== undefined) env['KUBECONFIG'] = join(folder, 'config');
    Object.assign(env, setup.env);

    async function outcomeOf(program: string, words: string[], isOwn: (logged: Logged) => boolean) {
      const [first = program, ...rest] = [...(setup.within ?? []), program];
      // Anew for each of them: kubectl writes into it what it has got by OIDC.
      if (setup.kubeconfig !== undefined) place.file('config', setup.kubeconfig);
      const from = log.events.length;
      const { stderr, code } = await ended(first, [...rest, ...words, ...(setup.args ?? [])], setup, {
        env,
        cwd: setup.cwd ?? folder,
      });
      const logged = (await logUpToNow()).slice(from).filter(isOwn);
      const who = logged.map((request) => `stand: ${identityOf(request)}`);
      const lists = logged
        .map(({ requestURI }) => requestURI)
        .filter((uri) => listOfSets.test(uri))
        .map((uri) => `stand: ${pathOf(uri)}`);
      for (const [name, server] of servers) {
        for (const { path, version, gzip, who: person } of server.met()) {
          who.push(`${name}: ${JSON.stringify(person)}`);
          if (listOfSets.test(path)) lists.push(`${name}: ${path}, HTTP/${version}${gzip ? ', gzip' : ''}`);
        }
      }
      const lines = normal(stderr).trimEnd().split('\n');
      const outcome: Outcome = {
        succeeded: code === 0,
        words: lines.slice(lines.findLastIndex((line) => logLine.test(line)) + 1),
        warnings: lines.filter((line) => line.startsWith('Warning: ')),
        who: unique(who),
        lists: unique(lists),
        found: setup.found?.(),
      };
      return { outcome, code };
    }

    if (setup.warmedBy !== undefined) {
      const kubeconfig = place.file('warm', setup.warmedBy);
      await ended(sharedStand().kubectl, ['get', 'statefulsets', '--kubeconfig', kubeconfig], {}, { env });
      for (const server of servers.values()) server.met();
      setup.found?.();
    }
    // Go names a program by its file. By a name of its own this kubectl's requests differ from those of all others that
    // ask the stand at the same time, also where another program starts it.
    const asKubectl = `kubectl.${place.namespace}`;
    const path = join(folder, asKubectl);
    symlinkSync(sharedStand().kubectl, path);
    const kubectl = await outcomeOf(path, ['get', 'statefulsets'], ({ userAgent }) =>
      `${userAgent}`.startsWith(`${asKubectl}/`),
    );
    assert.ok(kubectl.code !== null, 'kubectl itself does not end in time: this tells nothing');
    const own = kubectl.outcome.lists
      .filter((list) => list.startsWith('stand: '))
      .every((list) => list.includes(place.namespace));
    assert.ok(own || alone, `must be marked as alone: ${kubectl.outcome.lists}`);
    const [program, ...words] = runtime();
    const plugin = await outcomeOf(
      program,
      [...words, 'tree'],
      ({ userAgent, requestURI }) =>
        `${userAgent}`.startsWith('kubectl-sts/') && (alone === true || requestURI.includes(place.namespace)),
    );
    return {
      kubectl: kubectl.outcome,
      plugin: plugin.outcome,
      codes: { kubectl: kubectl.code, plugin: plugin.code },
    };
  } finally {
    for (const end of ends) end();
    // What kubectl has remembered of its server is large.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As klog begins its lines, and goes on with an error of several. */
const logLine = /^([IWEF]\d{4} \d{2}:|\t| >$)/;

/** Milliseconds after which a program is ended: none of the cases asks for so long. */
const longest = 20_000;
/** Milliseconds for the audit log, on a busy machine. */
const patience = 30_000;

function ended(
  program: string,
  args: string[],
  { stdin }: Setup,
  options: SpawnOptions,
): Promise<{ stderr: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
      timeout: longest,
      killSignal: 'SIGKILL',
    });
    const said: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ stderr: Buffer.concat(said).toString(), code }));
    // Who ends without reading all of it is judged by how it ended.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}

/** What may differ in the words of the two programs, for reasons that are no difference. */
function normal(stderr: string): string {
  return (
    stderr
      .replaceAll("See 'kubectl get --help' for usage.", "See 'kubectl sts tree --help' for usage.")
      // Which server of names was asked is said by Go's own resolver only, which kubectl has on Linux but not on macOS.
      .replaceAll(/(lookup \S+) on [\d.:[\]a-f]+:53:/g, '$1:')
      // Go’s reading loop sometimes puts its name in front.
      .replaceAll('readLoopPeekFailLocked: ', '')
      // kubectl ends that line only when another error follows.
      .replaceAll(/(use --v=5 to see details)(?=.)/g, '$1\n')
      // Both are asked one after the other.
      .replaceAll(/current time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'current time *')
      // Two clocks run to the same end in Go's client, and either may be first.
      .replaceAll(
        /net\/http: request canceled( while waiting for connection)?(?= \(Client\.Timeout)/g,
        'context deadline exceeded',
      )
      .replaceAll(
        / \(Client\.Timeout (or context cancellation )?(exceeded )?while (awaiting headers|reading body)\)/g,
        '',
      )
      // kubectl asks by pages of 500, the plugin for all.
      .replaceAll(/(Get "[^"?]*\/statefulsets)\?[^"]*"/g, '$1"')
      // It holds a port and the query, which are not of interest.
      .replaceAll(/(must not get the credentials: )https:\/\/localhost:\S+/g, '$1*')
      // kubectl has asked what the API has before, on the same connection.
      .replaceAll(/stream ID \d+/g, 'stream ID *')
      // The port at this end of a connection is another each time.
      .replaceAll(/((?:127\.0\.0\.1|\[::1\]):)\d+->/g, '$1*->')
  );
}

function identityOf({ user, impersonatedUser }: Logged): string {
  const person = ({ username, uid, groups, extra }: Identity) => ({
    username,
    uid,
    groups,
    extra: extra && Object.fromEntries(Object.entries(extra).sort()),
  });
  return JSON.stringify({ ...person(user ?? {}), ...(impersonatedUser && { as: person(impersonatedUser) }) });
}

function pathOf(uri: string): string {
  return uri.split('?')[0] ?? '';
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}

const log: { events: Logged[]; rest: string; offset: number | undefined } = { events: [], rest: '', offset: undefined };

/** All that was logged since the first call: the programs' requests, and the markers. */
async function logUpToNow(): Promise<readonly Logged[]> {
  log.offset ??= logFile((file) => fstatSync(file).size);
  const marker = uniqueName('marker');
  let from = log.events.length;
  await ask(`/api/v1/namespaces/default/configmaps/${marker}`);
  // A request is logged just after its answer was sent: one that comes later tells that all before it are there.
  const end = Date.now() + patience;
  for (;;) {
    readLog();
    if (log.events.slice(from).some(({ requestURI }) => requestURI.includes(marker))) return log.events;
    from = log.events.length;
    assert.ok(Date.now() < end, 'the audit log up to now');
    await delay(5);
  }
}

function logFile<T>(use: (file: number) => T): T {
  const { auditLog } = sharedStand();
  assert.ok(auditLog !== undefined, 'the stand keeps an audit log');
  const file = openSync(auditLog, 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function readLog(): void {
  logFile((file) => {
    const chunk = Buffer.alloc(1 << 20);
    for (;;) {
      const length = readSync(file, chunk, 0, chunk.length, log.offset ?? 0);
      if (length === 0) return;
      log.offset = (log.offset ?? 0) + length;
      // The last line may be half written. The log is ASCII but for what a test puts there.
      const lines = `${log.rest}${chunk.toString('latin1', 0, length)}`.split('\n');
      log.rest = lines.pop() ?? '';
      const own = lines.filter((line) => line.includes('"userAgent":"kubectl') || line.includes('/marker-'));
      log.events.push(...own.map((line) => JSON.parse(line) as Logged));
    }
  });
}

function ask(path: string): Promise<void> {
  const { agent, hostname, port } = standAdmin();
  return new Promise((resolve, reject) => {
    get({ agent, hostname, port, path }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    }).on('error', reject);
  });
}

/** The case, whose words are to be others: these, or what becomes of kubectl’s. */
export function differs(one: Case, heading: string, words: string[] | ((kubectl: string[]) => string[])): Case {
  const plugin = (kubectl: Outcome) => ({ words: typeof words === 'function' ? words(kubectl.words) : words });
  return { ...one, differs: { heading, plugin } };
}
