/** Servers that misbehave as only HTTP/2 lets them, where StatefulSets are listed. */
import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Case } from './compare.ts';
import { again, first, json, trouble } from './troubles.ts';

function streamOf(response: ServerResponse) {
  return (response as never as Http2ServerResponse).stream;
}

function resets(code: number) {
  return (response: ServerResponse) => streamOf(response).close(code);
}

function begins(response: ServerResponse, then: () => void): void {
  response.writeHead(200, json);
  response.write('{"kind":"StatefulSetList",', () => setImmediate(then));
}

export const http2TroubleCases: Case[] = [
  trouble('a stream that is refused, once', first(1, resets(constants.NGHTTP2_REFUSED_STREAM))),
  trouble('a stream that is reset for an internal error', resets(constants.NGHTTP2_INTERNAL_ERROR)),
  again(
    trouble('a stream that is reset within the body', (response) => {
      begins(response, () => streamOf(response).close(constants.NGHTTP2_INTERNAL_ERROR));
    }),
  ),
  trouble('a goodbye before the list', (response) => {
    streamOf(response).session?.goaway();
    return false;
  }),
  again(
    trouble('a goodbye and the end within the body', (response) => {
      begins(response, () => streamOf(response).session?.destroy());
    }),
  ),
];
