/** Asks DNS as a pod sees it: with `getent` in one of its containers, and the pod's own resolver settings. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Execution } from '#src/kube/podstream.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import type { AskingPod } from '../model/askingpod.ts';

/** The names in one call: a command line must not get too long. */
const mostNames = 100;

/** The exit code of getent(1) when a name was not found. */
const notFound = 2;

/** Looked up last, to see whether getent came so far: every pod has this name in its /etc/hosts. */
const last = 'localhost';

/**
 * Looks names up with `getent ahosts`. It prints addresses only: no TTLs, and no reason when there is no address. The
 * pod's resolver does not ask for families that the pod does not use, so the absence of a family means nothing, and the
 * family gets no reply.
 */
export async function askInPod(
  client: Client,
  pod: AskingPod,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<Map<string, Reply>> {
  const names = [...new Set(questions.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ name }) => name))];
  const replies = new Map<string, Reply>();
  for (let at = 0; at < names.length; ) {
    const some = names.slice(at, at + mostNames);
    const ran = await run(client, pod, ['getent', 'ahosts', ...some.map((name) => `${name}.`), last], signal);
    const looked = some.slice(0, lookedUp(ran, some));
    for (const [key, reply] of repliesIn(ran, looked, questions)) replies.set(key, reply);
    at += looked.length;
  }
  return replies;
}

/**
 * How many of the names were looked up: glibc's getent goes on after a name that is not found, but getent of Alpine's
 * musl-utils ends there.
 */
export function lookedUp(ran: Execution | string, names: readonly string[]): number {
  if (typeof ran === 'string' || ran.exitCode !== notFound) return names.length;
  if (/^(?:127\.0\.0\.1|::1)\s/m.test(ran.stdout)) return names.length;
  const found = addressesIn(ran.stdout);
  const missing = names.findIndex((name) => !found.has(name));
  const wentOn = names.slice(missing + 1).some((name) => found.has(name));
  return missing < 0 || wentOn ? names.length : missing + 1;
}

/** The pod's resolv.conf; undefined where it cannot be read. */
export async function readResolvConf(client: Client, pod: AskingPod, signal: AbortSignal): Promise<string | undefined> {
  const ran = await run(client, pod, ['cat', '/etc/resolv.conf'], signal);
  return typeof ran === 'string' || ran.exitCode !== 0 ? undefined : ran.stdout;
}

/** The program's output and exit code, or why it could not be run. */
async function run(
  client: Client,
  pod: AskingPod,
  command: string[],
  signal: AbortSignal,
): Promise<Execution | string> {
  try {
    const ran = await client.execute(pod, pod.container, command, signal);
    return ran.exitCode === 126 || ran.exitCode === 127 ? noProgram(pod, command) : ran;
  } catch (error) {
    if (error instanceof StatusError) return error.detail;
    if (!(error instanceof ConnectionError)) throw error;
    // The words of containerd and CRI-O.
    return /executable file not found|no such file or directory/.test(error.message)
      ? noProgram(pod, command)
      : error.message.replace(/^error: /, '');
  }
}

function noProgram({ name, container }: AskingPod, [program]: string[]): string {
  return `container ${container} of pod/${name} has no ${program}`;
}

/** The replies in getent's output to the questions about `names`. */
export function repliesIn(
  ran: Execution | string,
  names: readonly string[],
  questions: readonly Question[],
): Map<string, Reply> {
  const asked = questions.filter(({ name }) => names.includes(name));
  if (typeof ran === 'string' || (ran.exitCode !== 0 && ran.exitCode !== notFound)) {
    const why = typeof ran === 'string' ? ran : failure(ran);
    return new Map(asked.map((question) => [questionKey(question), { kind: 'none', timedOut: false, why }]));
  }
  const found = addressesIn(ran.stdout);
  const replies = new Map<string, Reply>();
  for (const { name, type } of asked) {
    if (type !== 'A' && type !== 'AAAA') continue;
    const all = found.get(name) ?? [];
    const addresses = all.filter((address) => address.includes(':') === (type === 'AAAA'));
    if (addresses.length === 0 && (all.length > 0 || type === 'AAAA')) continue;
    replies.set(questionKey({ name, type }), {
      kind: 'answer',
      rcode: addresses.length > 0 ? 'NOERROR' : 'NXDOMAIN',
      records: addresses.map((address) => ({ type, name, ttl: undefined, address })),
    });
  }
  return replies;
}

function failure({ exitCode, stderr }: Execution): string {
  // Older versions of Alpine do not know `ahosts`, and their `hosts` prints one address only.
  if (/unknown database/i.test(stderr)) return 'its getent lists no addresses (ahosts)';
  return `getent ended with ${exitCode}: ${stderr.trim()}`;
}

/** Addresses by name. Lines are `ADDRESS STREAM NAME`; only the first address of a name has the name. */
function addressesIn(output: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of output.split('\n')) {
    const [address, type, name] = line.trim().split(/\s+/);
    if (address === undefined || type !== 'STREAM') continue;
    if (name !== undefined) {
      const key = name.replace(/\.$/, '').toLowerCase();
      current = found.get(key) ?? [];
      found.set(key, current);
    }
    if (!current.includes(address)) current.push(address);
  }
  return found;
}
