/** The events of a watch: the API server sends one JSON document per line. */
import type { Named } from '#src/objects/types.ts';
import { failureOf } from './apistatus.ts';
import { StatusError } from './errors.ts';

export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T; resourceVersion: string }
  /** There are no other events up to this version. */
  | { type: 'BOOKMARK'; resourceVersion: string }
  /** The watch has ended. Events after the last one may be lost. */
  | { type: 'ERROR'; error: StatusError };

/** Bytes of a line. etcd takes objects of up to 1.5 MiB (`--max-request-bytes`), and some clusters raise that. */
const longestLine = 8 * 1024 * 1024;

/**
 * The events in a body; those that arrive together are yielded together. A line that cannot be read is an ERROR, as in
 * client-go (`StreamWatcher.receive`, k8s.io/apimachinery/pkg/watch), and is the last event. A last line without its
 * end is dropped.
 *
 * @param body throws a ConnectionError when it breaks off; so does the iteration
 * @param received checks an object
 */
export async function* watchEvents<T extends Named>(
  body: AsyncIterable<Buffer>,
  received: (object: unknown) => T | StatusError,
): AsyncGenerator<WatchEvent<T>[]> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const events: WatchEvent<T>[] = [];
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      begun.push(chunk.subarray(start, end));
      const line = Buffer.concat(begun).toString('utf8');
      begun = [];
      length = 0;
      start = end + 1;
      if (line.trim() === '') continue;
      const event = parse(line, received);
      events.push(event);
      if (event.type === 'ERROR') {
        yield events;
        return;
      }
    }
    if (start < chunk.length) {
      begun.push(chunk.subarray(start));
      length += chunk.length - start;
    }
    if (length > longestLine) events.push(unreadable(`a line is longer than ${longestLine / 1024 / 1024} MiB`));
    if (events.length > 0) yield events;
    if (length > longestLine) return;
  }
}

function parse<T extends Named>(line: string, received: (object: unknown) => T | StatusError): WatchEvent<T> {
  let event: { type?: unknown; object?: T } | null;
  try {
    event = JSON.parse(line);
  } catch {
    return unreadable('it is not JSON');
  }
  const type = event?.type;
  const object = event?.object;
  if (type === 'ERROR')
    return {
      type,
      error:
        failureOf(object) ?? new StatusError(500, 'InternalError', 'unable to decode an event from the watch stream'),
    };
  const resourceVersion = object?.metadata?.resourceVersion;
  if (!object || resourceVersion === undefined) return unreadable('an event without an object');
  if (type === 'BOOKMARK') return { type, resourceVersion };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return unreadable('an event of an unknown type');
  const known = received(object);
  return known instanceof StatusError ? { type: 'ERROR', error: known } : { type, object: known, resourceVersion };
}

function unreadable(why: string): { type: 'ERROR'; error: StatusError } {
  const detail = `unable to decode an event from the watch stream: ${why}`;
  return { type: 'ERROR', error: new StatusError(500, 'InternalError', detail) };
}
