import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statusError } from '#src/kube/apistatus.ts';

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
