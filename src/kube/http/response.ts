/** A request as it is sent, and its answer as soon as the headers are there, by whatever version of HTTP. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface Sent {
  method: string;
  /** With the query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body: string | undefined;
  /** Ends the request, and the answer. */
  signal: AbortSignal;
}

export interface Response extends AsyncIterable<Buffer> {
  statusCode?: number | undefined;
  /** `Not Found` */
  statusMessage?: string | undefined;
  headers: IncomingHttpHeaders;
  /** Each header as often as the server has sent it. */
  headersDistinct: NodeJS.Dict<string[]>;
  /** Drops the body. */
  resume(): unknown;
}

/** Bytes of an answer's headers. Go takes 10 MiB, Node by default 16 KiB. */
export const maxHeaderSize = 1024 * 1024;
