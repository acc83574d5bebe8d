/** Names and numbers of objects, by the table that the server makes for people: a twentieth of what the objects would be. */
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Named } from '#src/objects/types.ts';
import { malformed, read } from './answer.ts';
import { StatusError } from './errors.ts';
import type { Transport } from './http/transport.ts';
import type { Listing } from './listing.ts';
import { qualifiedName, resourcePath } from './resources.ts';

/** As kubectl asks for it (`TableHandler`, k8s.io/kubectl/pkg/cmd/get). A server that makes none sends the objects. */
const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Table {
  columnDefinitions?: { format?: string }[];
  rows?: { cells?: unknown[] }[];
  items?: Named[];
  metadata?: { continue?: string; remainingItemCount?: number };
}

const shape: Shape<Table> = {
  fields: {
    columnDefinitions: { each: { fields: { format: 'string' } } },
    rows: { each: { fields: {} } },
    items: { each: { fields: { metadata: { fields: { name: 'string' } } } } },
    metadata: { fields: { continue: 'string', remainingItemCount: 'number' } },
  },
};

/** @throws {ConnectionError} when there is no answer, or one that is not JSON */
export async function readNames(
  transport: Transport,
  { resource, namespace }: Listing,
): Promise<readonly string[] | StatusError> {
  // All at once: another page would be another round trip.
  const table = await readTable(transport, { resource, namespace }, '');
  if (table instanceof StatusError) return table;
  const { columnDefinitions = [], rows = [], items = [] } = table;
  const column = Math.max(
    0,
    columnDefinitions.findIndex(({ format }) => format === 'name'),
  );
  const named = [...rows.map(({ cells }) => cells?.[column]), ...items.map(({ metadata }) => metadata?.name)];
  return named.filter((name) => typeof name === 'string');
}

/**
 * How many objects there are.
 *
 * @returns infinite where the server does not say so
 * @throws {ConnectionError} when there is no answer, or one that is not JSON
 */
export async function countObjects(transport: Transport, listing: Listing): Promise<number | StatusError> {
  const table = await readTable(transport, listing, '&limit=1');
  if (table instanceof StatusError) return table;
  const { rows = [], items = [], metadata = {} } = table;
  return (
    rows.length + items.length + (metadata.continue ? (metadata.remainingItemCount ?? Number.POSITIVE_INFINITY) : 0)
  );
}

async function readTable(
  transport: Transport,
  { resource, namespace }: Listing,
  query: string,
): Promise<Table | StatusError> {
  const path = `${resourcePath(resource, namespace)}?includeObject=None${query}`;
  const answer = await read(transport, { method: 'GET', path, accept: asTable }, qualifiedName(resource));
  if (answer instanceof StatusError) return answer;
  const fault = misfit(answer, shape);
  return fault === undefined ? (answer as Table) : malformed(fault);
}
