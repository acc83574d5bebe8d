import assert from 'node:assert/strict';
import { kubectl, sts, tryKubectl } from './kubectl.ts';

describe('kubectl sts version --server', () => {
  it('says the server’s version as kubectl does, and that it is supported', async () => {
    const { code, stdout, stderr } = await sts(['version', '--server']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const server = /^Server Version: .*$/m;
    assert.equal(server.exec(stdout)?.[0], server.exec(await kubectl(['version']))?.[0]);
  });

  it('fails as kubectl does where there is no such context', async () => {
    const { code, stdout, stderr } = await sts(['version', '--server', '--context', 'nope']);
    assert.equal(code, 2);
    assert.match(stdout, /^kubectl-sts /);
    assert.equal(stderr, (await tryKubectl(['get', 'sts', '--context', 'nope'])).stderr);
  });

  it('is not asked without --server, wherever the kubeconfig leads', async () => {
    const { code, stderr } = await sts(['version', '--context', 'nope']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });
});
