import assert from 'node:assert/strict';
import { ConfigError, ConnectionError, codeOf, isGone, StatusError } from '#src/kube/errors.ts';
import { Failure } from '#src/objects/failure.ts';

describe('a failure of a connection', () => {
  const failures = [new StatusError(404, 'NotFound', 'a\nb'), new ConnectionError('a\nb'), new ConfigError('a\nb')];
  for (const failure of failures) {
    it(`ends the command with 2: ${failure.constructor.name}`, () => {
      assert.ok(failure instanceof Failure);
      assert.equal(failure.exitCode, 2);
    });
  }

  it('has the lines of its message, but for a server’s, which stays one line', () => {
    assert.deepEqual(
      failures.map((failure) => failure.lines()),
      [['Error from server (NotFound): a\nb'], ['a', 'b'], ['a', 'b']],
    );
  });

  it('of the server is put in kubectl’s words', () => {
    assert.equal(new StatusError(403, 'Forbidden', 'no').message, 'Error from server (Forbidden): no');
    assert.equal(new StatusError(500, '', 'no').message, 'Error from server: no');
    assert.equal(
      new StatusError(401, 'Unauthorized', 'why').message,
      'error: You must be logged in to the server (why)',
    );
  });

  it('tells whether a version is gone', () => {
    for (const gone of [
      new StatusError(410, '', ''),
      new StatusError(0, 'Expired', ''),
      new StatusError(0, 'Gone', ''),
    ])
      assert.ok(isGone(gone));
    for (const other of [new StatusError(404, 'NotFound', ''), new ConnectionError('410')]) assert.ok(!isGone(other));
  });

  it('has the code of Node’s errors, and of no others', () => {
    assert.equal(codeOf(Object.assign(new Error(), { code: 'ENOENT' })), 'ENOENT');
    for (const other of [new Error(), Object.assign(new Error(), { code: 20 }), { code: 'ENOENT' }, undefined]) {
      assert.equal(codeOf(other), undefined);
    }
  });
});
