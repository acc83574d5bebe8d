/** Servers that misbehave as only HTTP/2 lets them, where StatefulSets are listed. */
import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Case } from './compare.ts';
import { again, cut, first, json, trouble } from './troubles.ts';

function streamOf(response: ServerResponse) {
  return (response as never as Http2ServerResponse).stream;
}

function resets(code: number) {
  return (response: ServerResponse) => streamOf(response).close(code);
}

function begins(response: ServerResponse, then: () => void): void {
  // Without it, Node at times takes what came before a goodbye for all.
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.write('{"kind":"StatefulSetList",', () => setImmediate(then));
}

/** Without the words for the goodbye, which says no more than that the connection is over. */
function goodbye(one: Case): Case {
  return {
    ...one,
    differs: {
      heading: 'A list that breaks off',
      plugin: () => ({
        words: ['unexpected error when reading response body. Please retry. Original error: unexpected EOF'],
        found: { times: 3 },
      }),
    },
  };
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
  goodbye(
    trouble('a goodbye and the end within the body', (response) => {
      begins(response, () => {
        streamOf(response).session?.goaway();
        setImmediate(() => cut(response));
      });
    }),
  ),
];
