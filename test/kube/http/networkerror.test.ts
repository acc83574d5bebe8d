import assert from 'node:assert/strict';
import { connectionError } from '#src/kube/http/networkerror.ts';

const server = new URL('https://db.example:6443');

function messageOf(code: string, message = ''): string {
  return connectionError(Object.assign(new Error(message), { code }), server).message;
}

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
