/** DNS as a pod itself sees it: by `getent` in one of its containers, with the pod's own resolver settings. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Execution, PodName } from '#src/kube/podstream.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import type { ClusterDomain } from './corefile.ts';

export type Container = PodName & { container: string };

/** Names in one call: the command line of a container is limited. */
const mostNames = 100;

/** Of getent(1): a name was not found. */
const notFound = 2;

/** Asked for after all others, it tells whether they were asked for: every pod has it in its /etc/hosts. */
const last = 'localhost';

/**
 * What `getent ahosts` finds. It tells addresses alone: no times to live, and not why there is none. Families that the
 * pod does not use are not asked for, so a missing one of them says nothing and is left out.
 */
export async function askInPod(
  client: Client,
  pod: Container,
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
 * How many of the names were looked up: glibc's getent goes on after one that is not found, that of Alpine's musl-utils
 * ends there.
 */
export function lookedUp(ran: Execution | string, names: readonly string[]): number {
  if (typeof ran === 'string' || ran.exitCode !== notFound) return names.length;
  if (/^(?:127\.0\.0\.1|::1)\s/m.test(ran.stdout)) return names.length;
  const found = addressesIn(ran.stdout);
  const missing = names.findIndex((name) => !found.has(name));
  const wentOn = names.slice(missing + 1).some((name) => found.has(name));
  return missing < 0 || wentOn ? names.length : missing + 1;
}

/** The first of the search list that ends a Service's name: `shop.svc.cluster.local svc.cluster.local cluster.local`. */
export async function domainOfPod(
  client: Client,
  pod: Container,
  signal: AbortSignal,
): Promise<ClusterDomain | undefined> {
  const ran = await run(client, pod, ['cat', '/etc/resolv.conf'], signal);
  if (typeof ran === 'string' || ran.exitCode !== 0) return undefined;
  const [, search = ''] = /^search\s+(.*)$/m.exec(ran.stdout) ?? [];
  const [, domain] = /(?:^|\s)svc\.([a-z0-9_.-]+?)\.?(?=\s|$)/.exec(search) ?? [];
  return domain === undefined ? undefined : { domain, from: `/etc/resolv.conf of pod/${pod.name}` };
}

/** What the program left behind, or why it could not be run. */
async function run(
  client: Client,
  pod: Container,
  command: string[],
  signal: AbortSignal,
): Promise<Execution | string> {
  try {
    const ran = await client.execute(pod, pod.container, command, signal);
    return ran.exitCode === 126 || ran.exitCode === 127 ? noProgram(pod, command) : ran;
  } catch (error) {
    if (error instanceof StatusError) return error.detail;
    if (!(error instanceof ConnectionError)) throw error;
    // As containerd and CRI-O put it.
    return /executable file not found|no such file or directory/.test(error.message)
      ? noProgram(pod, command)
      : error.message.replace(/^error: /, '');
  }
}

function noProgram({ name, container }: Container, [program]: string[]): string {
  return `container ${container} of pod/${name} has no ${program}: ask from another pod with --from`;
}

/** What its output answers of the questions about `names`. */
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
    const all = found.get(name) ?? [];
    const addresses = all.filter((address) => address.includes(':') === (type === 'AAAA'));
    if (addresses.length === 0 && (all.length > 0 || type === 'AAAA')) continue;
    const records = addresses.map((address) => ({ type: type as 'A' | 'AAAA', name, ttl: 0, address }));
    replies.set(questionKey({ name, type }), {
      kind: 'answer',
      rcode: records.length > 0 ? 'NOERROR' : 'NXDOMAIN',
      records,
    });
  }
  return replies;
}

function failure({ exitCode, stderr }: Execution): string {
  // Of Alpine before it knew `ahosts`: what it has instead tells one address only.
  if (/unknown database/i.test(stderr))
    return 'its getent lists no addresses (ahosts): ask from another pod with --from';
  return `getent ended with ${exitCode}: ${stderr.trim()}`;
}

/** `ADDRESS STREAM NAME`: the name stands at the first address of each. */
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
