import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectionError, statusError } from '#src/kube/errors.ts';

const server = new URL('https://db.example:6443');

function messageOf(code: string, message = ''): string {
  return connectionError(Object.assign(new Error(message), { code }), server).message;
}

function refused(status: number, body: string) {
  return statusError({ status, contentType: 'application/json', body }, 'get pods web-0');
}

describe('a refusal of the API server', () => {
  it('is put in kubectl’s words', () => {
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Status',
      status: 'Failure',
      code: 404,
      reason: 'NotFound',
      message: 'statefulsets.apps "web" not found',
    });
    assert.equal(refused(404, body).message, 'Error from server (NotFound): statefulsets.apps "web" not found');
  });

  it('is an error whatever its body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (code, body) => {
        const error = refused(code, body);
        assert.match(error.message, /^Error from server|^error: You must be logged in to the server/);
        assert.equal(typeof error.reason, 'string');
      }),
    );
  });

  it('of the wrong shape is told by its code', () => {
    const body = JSON.stringify({ kind: 'Status', code: '404', reason: 7, message: {} });
    assert.equal(refused(404, body).code, 404);
    assert.equal(typeof refused(404, body).detail, 'string');
  });
});

describe('a server that cannot be reached', () => {
  it('is told of in kubectl’s words', () => {
    assert.equal(
      messageOf('ECONNREFUSED'),
      'The connection to the server db.example:6443 was refused - did you specify the right host or port?',
    );
    assert.match(
      messageOf('ENOTFOUND'),
      /^Unable to connect to the server: dial tcp: lookup db\.example( on [^ ]+)?: no such host$/,
    );
    assert.match(messageOf('ETIMEDOUT'), /^Unable to connect to the server: dial tcp db\.example:6443: i\/o timeout/);
    assert.match(messageOf('CERT_HAS_EXPIRED'), /x509: certificate has expired/);
    assert.match(messageOf('DEPTH_ZERO_SELF_SIGNED_CERT'), /x509: certificate signed by unknown authority/);
  });

  it('is named by its address where the fault has no name', () => {
    assert.equal(messageOf('ECONNRESET', 'socket hang up'), 'Unable to connect to the server: EOF');
    assert.equal(messageOf('ERR_SOCKET_CLOSED', 'Socket is closed'), 'Unable to connect to the server: EOF');
    assert.match(messageOf('', 'aborted'), /db\.example:6443/);
  });
});
