import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConfigError, StatusError } from '#src/kube/errors.ts';
import { checkServerVersion } from '#src/kube/serverversion.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor } from './kubeconfig-file.ts';
import { type Programs, programs } from './login/programs.ts';
import { optionsWith } from './options.ts';
import { type LoopbackServer, sendJson, serve } from './server.ts';

describe('the version of a server', () => {
  let here: Programs;
  let server: LoopbackServer;
  let client: Client;
  let version: unknown;
  let status = 200;
  before(async () => {
    here = programs();
    server = await serve('https', (_request, response) => sendJson(response, version, status));
    client = await openClient(
      optionsWith({ kubeconfig: here.file('config', kubeconfigFor(server.url)) }),
      clientDeps(),
    );
  });
  after(() => {
    client.close();
    server.close();
    here.remove();
  });

  async function fault(answer: unknown, kubectl: string, code = 200): Promise<string | undefined> {
    version = answer;
    status = code;
    here.script('kubectl', kubectl);
    try {
      await checkServerVersion(client, { PATH: `${here.folder}:/usr/bin:/bin` });
      return undefined;
    } catch (error) {
      assert.ok(error instanceof ConfigError || error instanceof StatusError, String(error));
      return error.message;
    }
  }

  const kubectl = (text: string) =>
    `[ "$*" = "version --client --output=json" ] && echo '${JSON.stringify({ clientVersion: { gitVersion: text } })}'`;
  const unknown = "error: cannot compare the server's version with kubectl's: `kubectl version --client` gives none";

  it('is well when it is kubectl’s', async () => {
    assert.equal(await fault({ gitVersion: 'v1.36.3' }, kubectl('v1.36.3')), undefined);
    assert.equal(server.requests.at(-1), 'GET /version');
  });

  it('is told with kubectl’s when they differ', async () => {
    assert.equal(
      await fault({ gitVersion: 'v1.35.0' }, kubectl('v1.36.3')),
      'error: server version (v1.35.0) differs from client version (v1.36.3)',
    );
  });

  for (const answer of [{ major: '1' }, { gitVersion: 7 }, { gitVersion: null }]) {
    it(`is not known when the server says ${JSON.stringify(answer)}`, async () => {
      assert.equal(
        await fault(answer, kubectl('v1.36.3')),
        'error: server version (unknown) differs from client version (v1.36.3)',
      );
    });
  }

  for (const script of ['exit 1', 'echo no JSON', 'echo null', 'echo "[]"', 'echo \'{"clientVersion":7}\'', 'echo']) {
    it(`cannot be compared when kubectl does: ${script}`, async () => {
      assert.equal(await fault({ gitVersion: 'v1.36.3' }, script), unknown);
    });
  }

  it('may be refused', async () => {
    assert.match((await fault({}, kubectl('v1'), 403)) ?? '', /^Error from server \(Forbidden\): /);
  });
});
