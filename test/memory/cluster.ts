/**
 * An API server that holds its objects in memory, on loopback: commands are run against it by the real client, in
 * milliseconds. It keeps to what the plugin relies on: selectors, watches, resourceVersions, preconditions, merge
 * patches, dry runs, rights. It admits and defaults nothing; that is the real one's to show (test/e2e).
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { parseSelector } from '#src/objects/selectors.ts';
import { isRecord } from '#src/objects/shape.ts';
import type { Named } from '#src/objects/types.ts';
import { type LoopbackServer, sendJson, serve } from '../kube/server.ts';

/** One request, as the server understands it. */
export interface Asked {
  verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  plural: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  query: URLSearchParams;
  body: unknown;
}

/** What a program in a container leaves behind. */
interface Program {
  exitCode?: number;
  stdout?: string;
  stderr?: string;
}

type Answer = { code: number; body: object };

type Intercepted = Answer | 'cut off' | undefined;

export interface MemoryCluster {
  readonly url: string;
  /** All requests so far: `list pods`, `create pods/eviction web-0`, `patch services web-lb?dryRun=All`. */
  readonly requests: string[];
  /** Rights that are missing: `list pods`, `create pods/exec`, `patch services`. */
  readonly denied: Set<string>;
  /** Pods whose eviction is answered with this instead, each entry once. */
  readonly evictionRefusals: { code: number; message: string }[];
  /** Answers a request in place of the server, or cuts the connection off; undefined leaves the request to the server. */
  intercept: (asked: Asked) => Intercepted | Promise<Intercepted>;
  /** What becomes of a pod that was evicted or deleted. By default it is gone, and a ready successor is there at once. */
  onPodGone: (pod: Named) => void;
  /** Called after an object was written by a request. */
  onWrite: (plural: string, object: Named) => void;
  /** Runs a command in a container. A text says why it could not be run; undefined is a command that never ends. */
  onExec: (pod: string, container: string, command: readonly string[]) => Program | string | undefined;
  /** The port of loopback to which port-forwards to this pod and port lead; undefined refuses them. */
  onForward: (pod: string, port: number) => number | undefined;
  username: string;
  /** What the server's clock shows, in milliseconds since the epoch; undefined for that of this machine. */
  time: (() => number) | undefined;
  /** A warning that goes with every answer. */
  warning: string | undefined;
  put<T extends Named>(plural: string, object: T): T;
  get<T extends Named>(plural: string, name: string, namespace?: string): T | undefined;
  all<T extends Named>(plural: string): T[];
  remove(plural: string, name: string, namespace?: string): void;
  /** Cuts all watches off. */
  cut(): void;
  close(): void;
}

/** The namespace of objects that do not say; the kubeconfig of test/kube/kubeconfig-file.ts has it too. */
const home = 'shop';

/** Of no namespace. */
const clusterWide = new Set([
  'persistentvolumes',
  'storageclasses',
  'nodes',
  'namespaces',
  'volumeattachments',
  'csinodes',
]);

export async function memoryCluster(protocol: 'http' | 'https' = 'http'): Promise<MemoryCluster> {
  const objects = new Map<string, Map<string, Named>>();
  const watchers = new Map<string, Set<{ response: ServerResponse; fits: (object: Named) => boolean }>>();
  const log: { plural: string; version: number; type: string; object: Named }[] = [];
  let version = 10;
  let made = 0;

  const of = (plural: string) => objects.get(plural) ?? new Map<string, Named>();
  const keyOf = (plural: string, name: string, namespace: string | undefined) =>
    clusterWide.has(plural) ? name : `${namespace ?? home}/${name}`;
  const keyIn = (plural: string, { metadata }: Named) => keyOf(plural, metadata.name, metadata.namespace);

  function tell(plural: string, type: string, object: Named): void {
    log.push({ plural, version, type, object });
    const line = `${JSON.stringify({ type, object })}\n`;
    for (const { response, fits } of watchers.get(plural) ?? []) if (fits(object)) response.write(line);
  }

  function store<T extends Named>(plural: string, object: T): T {
    const key = keyIn(plural, object);
    const known = of(plural).get(key);
    const next: T = {
      ...object,
      metadata: {
        ...object.metadata,
        ...(clusterWide.has(plural) ? {} : { namespace: object.metadata.namespace ?? home }),
        uid: object.metadata.uid ?? known?.metadata.uid ?? `uid-made-${++made}`,
        resourceVersion: String(++version),
      },
    };
    objects.set(plural, of(plural).set(key, next));
    tell(plural, known ? 'MODIFIED' : 'ADDED', next);
    return next;
  }

  function discard(plural: string, key: string): void {
    const object = of(plural).get(key);
    if (object === undefined) return;
    of(plural).delete(key);
    tell(plural, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } });
  }

  function watch(asked: Asked, response: ServerResponse): void {
    const { plural } = asked;
    const watcher = { response, fits: fitting(asked) };
    const all = watchers.get(plural) ?? new Set();
    watchers.set(plural, all.add(watcher));
    response.on('close', () => all.delete(watcher));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const from = Number(asked.query.get('resourceVersion'));
    for (const event of log) {
      if (event.plural !== plural || event.version <= from || !watcher.fits(event.object)) continue;
      response.write(`${JSON.stringify({ type: event.type, object: event.object })}\n`);
    }
  }

  function answer(asked: Asked): Answer {
    const { verb, plural, namespace, name = '', subresource, body } = asked;
    const key = keyOf(plural, name, namespace);
    const found = of(plural).get(key);
    const dryRun = isDryRun(asked);
    const missing = status(404, 'NotFound', `${qualified(plural)} "${name}" not found`);
    if (plural === 'selfsubjectaccessreviews') return reviewed(body, cluster.denied);
    if (plural === 'selfsubjectreviews') {
      return { code: 201, body: { ...asRecord(body), status: { userInfo: { username: cluster.username } } } };
    }
    if (plural === 'version') return { code: 200, body: { gitVersion: 'v1.36.3', major: '1', minor: '36' } };
    if (subresource === 'eviction') {
      if (found === undefined) return missing;
      const refusal = dryRun ? undefined : cluster.evictionRefusals.shift();
      if (refusal) return status(refusal.code, 'TooManyRequests', refusal.message);
      return gone(asked, key, found, dryRun, asRecord(asRecord(body)['deleteOptions'])['preconditions']);
    }
    switch (verb) {
      case 'get':
        return found ? { code: 200, body: found } : missing;
      case 'list': {
        const all = [...of(plural).values()].filter(fitting(asked));
        const from = Number(asked.query.get('continue') ?? 0);
        const items = all.slice(from, from + (Number(asked.query.get('limit')) || all.length));
        const remainingItemCount = all.length - from - items.length;
        const more = remainingItemCount > 0 && { continue: String(from + items.length), remainingItemCount };
        return { code: 200, body: { metadata: { resourceVersion: String(version), ...more }, items } };
      }
      case 'create': {
        const object = asNamed(body);
        const place = { ...object, metadata: { ...object.metadata, ...(namespace && { namespace }) } };
        if (of(plural).has(keyIn(plural, place))) {
          return status(409, 'AlreadyExists', `${qualified(plural)} "${object.metadata.name}" already exists`);
        }
        return written(plural, place, dryRun, 201);
      }
      case 'update': {
        const object = asNamed(body);
        if (found === undefined) return missing;
        if (isOutdated(object, found)) return conflict(plural, name);
        return written(plural, object, dryRun, 200);
      }
      case 'patch': {
        if (found === undefined) return missing;
        if (isOutdated(asRecord(body), found)) return conflict(plural, name);
        return written(plural, asNamed(merged(found, body)), dryRun, 200);
      }
      case 'delete':
        return found ? gone(asked, key, found, dryRun, asRecord(body)['preconditions']) : missing;
      case 'watch':
        return status(500, 'InternalError', 'a watch is no answer');
    }
  }

  function written(plural: string, object: Named, dryRun: boolean, code: number): Answer {
    if (dryRun) return { code, body: object };
    const stored = store(plural, object);
    cluster.onWrite(plural, stored);
    return { code, body: of(plural).get(keyIn(plural, stored)) ?? stored };
  }

  function gone({ plural }: Asked, key: string, found: Named, dryRun: boolean, preconditions: unknown): Answer {
    const { uid, resourceVersion } = asRecord(preconditions);
    const wrong =
      (uid !== undefined && uid !== found.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion);
    if (wrong) return conflict(plural, found.metadata.name);
    if (!dryRun) {
      discard(plural, key);
      if (plural === 'pods') cluster.onPodGone(found);
    }
    return { code: 201, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } };
  }

  const server: LoopbackServer = await serve(protocol, (request, response) => {
    void handle(request, response).catch((error: unknown) => {
      sendJson(response, status(500, 'InternalError', String(error)).body, 500);
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const asked = understood(request, body === '' ? undefined : JSON.parse(body));
    cluster.requests.push(wordsFor(asked));
    if (cluster.warning !== undefined) response.setHeader('warning', `299 - "${cluster.warning}"`);
    if (cluster.time) response.setHeader('date', new Date(cluster.time()).toUTCString());
    const own = await cluster.intercept(asked);
    if (own === 'cut off') return void response.destroy();
    if (own) return sendJson(response, own.body, own.code);
    const right = `${asked.verb} ${asked.plural}${asked.subresource ? `/${asked.subresource}` : ''}`;
    if (cluster.denied.has(right)) return sendJson(response, forbidden(asked).body, 403);
    if (asked.verb === 'watch') return watch(asked, response);
    const { code, body: answered } = answer(asked);
    sendJson(response, answered, code);
  }

  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
  server.upgrades(async (request, socket, head) => {
    const asked = understood(request, undefined);
    cluster.requests.push(wordsFor(asked));
    const own = await cluster.intercept(asked);
    if (own === 'cut off') return void socket.destroy();
    if (own) {
      const body = JSON.stringify(own.body);
      const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`;
      socket.end(`HTTP/1.1 ${own.code} ${STATUS_CODES[own.code]}\r\n${headers}\r\n\r\n${body}`);
      return;
    }
    const pod = asked.name ?? '';
    sockets.handleUpgrade(request, socket, head, (open) => {
      if (asked.subresource === 'exec') {
        const ran = cluster.onExec(pod, asked.query.get('container') ?? '', asked.query.getAll('command'));
        if (ran === undefined) return;
        for (const [channel, content] of channelsOf(ran)) open.send(Buffer.concat([Buffer.of(channel), content]));
        open.close();
        return;
      }
      const port = Number(asked.query.get('ports'));
      const target = cluster.onForward(pod, port);
      const portBytes = Buffer.alloc(2);
      portBytes.writeUInt16LE(port);
      for (const channel of [0, 1]) open.send(Buffer.concat([Buffer.of(channel), portBytes]));
      if (target === undefined) {
        open.send(Buffer.concat([Buffer.of(1), Buffer.from(`error forwarding port ${port} to pod ${pod}`)]));
        return open.close();
      }
      const stream = connect(target, '127.0.0.1');
      stream.on('error', () => open.close());
      stream.on('data', (chunk: Buffer) => open.send(Buffer.concat([Buffer.of(0), chunk])));
      stream.on('close', () => open.close());
      open.on('message', (data: Buffer) => {
        if (data[0] === 0 && data.length > 1) stream.write(data.subarray(1));
      });
      open.on('close', () => stream.destroy());
    });
  });

  const cluster: MemoryCluster = {
    url: server.url,
    requests: [],
    denied: new Set(),
    evictionRefusals: [],
    intercept: () => undefined,
    onWrite() {},
    onPodGone(pod) {
      const { resourceVersion: _, deletionTimestamp: __, ...metadata } = pod.metadata;
      store('pods', { ...pod, metadata: { ...metadata, uid: `${metadata.uid}+` } });
    },
    onExec: () => ({}),
    onForward: () => undefined,
    username: 'somebody',
    time: undefined,
    warning: undefined,
    put: store,
    get: <T extends Named>(plural: string, name: string, namespace?: string) =>
      of(plural).get(keyOf(plural, name, namespace)) as T | undefined,
    all: <T extends Named>(plural: string) => [...of(plural).values()] as T[],
    remove: (plural, name, namespace) => discard(plural, keyOf(plural, name, namespace)),
    cut() {
      for (const all of watchers.values()) for (const { response } of all) response.socket?.destroy();
    },
    close() {
      for (const open of sockets.clients) open.terminate();
      server.close();
    },
  };
  return cluster;
}

/** The request of a path such as `/apis/apps/v1/namespaces/shop/statefulsets/web?watch=true`. */
function understood({ url = '', method }: IncomingMessage, body: unknown): Asked {
  const { pathname, searchParams: query } = new URL(url, 'http://server');
  const path = pathname.replace(/^\/(?:api|apis\/[^/]+)\/v\d+\//, '').replace(/^\//, '');
  const words = path.split('/').map(decodeURIComponent);
  const isNamespaced = words[0] === 'namespaces' && words.length > 2;
  const [plural = '', name, subresource] = isNamespaced ? words.slice(2) : words;
  const namespace = isNamespaced ? words[1] : undefined;
  return { verb: verbOf(method, name, query), plural, namespace, name, subresource, query, body };
}

function verbOf(method: string | undefined, name: string | undefined, query: URLSearchParams): Asked['verb'] {
  if (query.get('watch') === 'true') return 'watch';
  const verbs = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
  const verb = Object.entries(verbs).find(([each]) => each === method)?.[1];
  return verb ?? (name === undefined ? 'list' : 'get');
}

function wordsFor(asked: Asked): string {
  const { verb, plural, subresource, name } = asked;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return [`${verb} ${resource}`, name].filter(Boolean).join(' ') + (isDryRun(asked) ? '?dryRun=All' : '');
}

/** Deletions say so in their options, evictions in those of the deletion. */
function isDryRun({ query, body }: Asked): boolean {
  const options = [query.get('dryRun'), asRecord(body)['dryRun'], asRecord(asRecord(body)['deleteOptions'])['dryRun']];
  return options.some((option) => option === 'All' || (Array.isArray(option) && option.includes('All')));
}

/** Whether an object is of the namespace and meets the selectors that were asked for. */
function fitting({ plural, namespace, query }: Asked): (object: Named) => boolean {
  const labels = parseSelector(query.get('labelSelector') ?? '');
  if ('error' in labels) throw new Error(labels.error);
  const fields = (query.get('fieldSelector') ?? '').split(',').filter(Boolean);
  return (object) =>
    (namespace === undefined || clusterWide.has(plural) || object.metadata.namespace === namespace) &&
    labels(object.metadata.labels) &&
    fields.every((field) => {
      const [path = '', value] = field.split('=');
      return path.split('.').reduce<unknown>((at, step) => asRecord(at)[step], object) === value;
    });
}

function status(code: number, reason: string, message: string): Answer {
  return { code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message } };
}

function conflict(plural: string, name: string): Answer {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return status(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(plural)} "${name}": ${why}`);
}

function forbidden({ verb, plural, subresource, name, namespace }: Asked): Answer {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const which = `${qualified(plural)}${name ? ` "${name}"` : ''} is forbidden`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const group = groups[plural] ?? '';
  const said = `${which}: User "somebody" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return status(403, 'Forbidden', said);
}

const groups: Readonly<Record<string, string>> = {
  statefulsets: 'apps',
  endpointslices: 'discovery.k8s.io',
  leases: 'coordination.k8s.io',
  poddisruptionbudgets: 'policy',
  networkpolicies: 'networking.k8s.io',
  storageclasses: 'storage.k8s.io',
  volumeattachments: 'storage.k8s.io',
  csinodes: 'storage.k8s.io',
};

function qualified(plural: string): string {
  return groups[plural] === undefined ? plural : `${plural}.${groups[plural]}`;
}

function reviewed(body: unknown, denied: ReadonlySet<string>): Answer {
  const { verb, resource, subresource } = asRecord(asRecord(asRecord(body)['spec'])['resourceAttributes']);
  const right = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
  return { code: 201, body: { ...asRecord(body), status: { allowed: !denied.has(right) } } };
}

/** Whether a write names another version than the stored one. */
function isOutdated(written: object, stored: Named): boolean {
  const { resourceVersion } = asRecord(asRecord(written)['metadata']);
  return resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion;
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = { ...asRecord(target) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** Standard output, standard error, and how it ended (k8s.io/apimachinery/pkg/util/remotecommand). */
function channelsOf(ran: Program | string): [channel: number, content: Buffer][] {
  if (typeof ran === 'string') {
    return [[3, Buffer.from(JSON.stringify({ status: 'Failure', reason: 'InternalError', message: ran }))]];
  }
  const { exitCode = 0, stdout = '', stderr = '' } = ran;
  const failure = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
  return [
    [1, Buffer.from(stdout)],
    [2, Buffer.from(stderr)],
    [3, Buffer.from(JSON.stringify(exitCode === 0 ? { status: 'Success' } : failure))],
  ];
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function asNamed(value: unknown): Named {
  if (typeof asRecord(asRecord(value)['metadata'])['name'] === 'string') return value as Named;
  throw new Error('an object without a name');
}
