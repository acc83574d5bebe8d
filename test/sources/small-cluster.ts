import type { ServerResponse } from 'node:http';
import type { Named } from '#src/objects/types.ts';
import { sendJson } from '../kube/server.ts';

function status(code: number, reason: string, message: string): object {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message };
}

/** An API server that holds a few objects and tells watchers of changes. */
export function smallCluster() {
  const objects = new Map<string, Map<string, Named>>();
  const watchers = new Map<string, Set<ServerResponse>>();
  const refused = new Set<string>();
  let version = 10;

  const of = (plural: string) => objects.get(plural) ?? new Map<string, Named>();
  const versioned = (object: Named): Named => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: String(++version) },
  });
  const log: { plural: string; version: number; text: string }[] = [];
  const tell = (plural: string, type: string, object: Named) => {
    log.push({ plural, version, text: `${JSON.stringify({ type, object })}\n` });
    for (const response of watchers.get(plural) ?? []) response.write(`${JSON.stringify({ type, object })}\n`);
  };

  function watch(plural: string, from: number, response: ServerResponse): void {
    const all = watchers.get(plural) ?? new Set();
    watchers.set(plural, all.add(response));
    response.on('close', () => all.delete(response));
    response.flushHeaders();
    for (const event of log) if (event.plural === plural && event.version > from) response.write(event.text);
  }

  return {
    refused,
    put(plural: string, object: Named): void {
      const known = of(plural).has(object.metadata.name);
      const next = versioned(object);
      objects.set(plural, of(plural).set(object.metadata.name, next));
      tell(plural, known ? 'MODIFIED' : 'ADDED', next);
    },
    remove(plural: string, name: string): void {
      const object = of(plural).get(name);
      of(plural).delete(name);
      if (object) tell(plural, 'DELETED', versioned(object));
    },
    /** Cuts all watches off. */
    cut(): void {
      for (const all of watchers.values()) for (const response of all) response.socket?.destroy();
    },
    answer(path: string, response: ServerResponse): void {
      const url = new URL(path, 'http://server');
      const [plural = '', name] = url.pathname
        .replace(/^\/(api|apis\/[^/]+)\/v1\/(namespaces\/[^/]+\/)?/, '')
        .split('/');
      const watching = url.searchParams.get('watch') === 'true';
      const request = name === undefined ? (watching ? 'watch' : 'list') : 'get';
      const object = of(plural).get(name ?? '');
      if (refused.has(`${request} ${plural}`))
        sendJson(response, status(403, 'Forbidden', `${plural} is forbidden`), 403);
      else if (request === 'watch') watch(plural, Number(url.searchParams.get('resourceVersion')), response);
      else if (request === 'get' && object) sendJson(response, object);
      else if (request === 'get') sendJson(response, status(404, 'NotFound', `${name} not found`), 404);
      else sendJson(response, { metadata: { resourceVersion: String(version) }, items: [...of(plural).values()] });
    },
  };
}
