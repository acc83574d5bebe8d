import assert from 'node:assert/strict';
import { type MemoryCluster, memoryCluster } from '../memory/cluster.ts';
import { type Runner, runnerOn } from '../memory/run.ts';

const own = 'kubectl-sts 1.2.3 linux/x64 node 26.0.0';
const tested = 'warning: this plugin is tested with Kubernetes 1.34 to 1.37;';

describe('kubectl sts version --server', () => {
  let cluster: MemoryCluster;
  let runner: Runner;
  beforeEach(async () => {
    cluster = await memoryCluster();
    runner = runnerOn(cluster);
  });
  afterEach(() => {
    runner.close();
    cluster.close();
  });

  const run = (words: string) => runner.run(words, { versions: { node: '26.0.0' } });
  const answering = (body: object) => {
    cluster.intercept = ({ plural }) => (plural === 'version' ? { code: 200, body } : undefined);
  };
  const said = (version: string, stderr = '') => ({
    code: 0,
    stdout: `${own}\nServer Version: ${version}\n`,
    stderr,
  });

  for (const version of ['v1.34.0', 'v1.34.4-gke.100', 'v1.36.3', 'v1.37.2+k3s1']) {
    it(`says the server’s, ${version}, in one request`, async () => {
      answering({ gitVersion: version });
      assert.deepEqual(await run('version --server'), said(version));
      assert.deepEqual(cluster.requests, ['list version']);
    });
  }

  for (const [version, rest] of [
    ['v1.33.12', 'this server is older and may not support every request of the plugin'],
    ['v1.9.1', 'this server is older and may not support every request of the plugin'],
    ['v1.38.0-beta.0', 'this server is newer and may behave differently'],
    ['v2.0.0', 'the version of this server is unknown'],
  ] as const) {
    it(`warns of ${version}, which is out of the range`, async () => {
      answering({ gitVersion: version });
      assert.deepEqual(await run('version --server'), said(version, `${tested} ${rest}\n`));
    });
  }

  it('says so when the server tells none', async () => {
    answering({ kind: 'Status' });
    const { stdout, stderr } = await run('version --server');
    assert.match(stdout, /^Server Version: unknown$/m);
    assert.equal(stderr, `${tested} the version of this server is unknown\n`);
  });

  it('escapes what a server says', async () => {
    answering({ gitVersion: 'v1.36.3\u001b[2J' });
    const { stdout } = await run('version --server');
    assert.ok(!stdout.includes('\u001b'), stdout);
  });

  it('asks the server that is given as to other commands', async () => {
    answering({ gitVersion: 'v1.36.3' });
    const words = `--token secret --insecure-skip-tls-verify --server=${cluster.url}`;
    const { stdout } = await runner.run(`version --kubeconfig /dev/null ${words}`);
    assert.match(stdout, /^Server Version: v1\.36\.3$/m);
  });

  it('fails in kubectl’s words when the server refuses', async () => {
    cluster.intercept = () => ({
      code: 403,
      body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 },
    });
    const answer = { code: 2, stdout: `${own}\n`, stderr: 'Error from server (Forbidden): no\n' };
    assert.deepEqual(await run('version --server'), answer);
  });

  it('is not asked by plain version', async () => {
    assert.equal((await run('version --context nowhere')).stdout, `${own}\n`);
    assert.deepEqual(cluster.requests, []);
  });
});
