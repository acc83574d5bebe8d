import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openClient } from '#src/kube/client.ts';
import { systemAuthorities } from '#src/kube/http/authorities.ts';
import { authority, localhost, localhostKey, otherAuthority } from '../../e2e/servers/certificates.ts';
import { clientDeps } from '../deps.ts';
import { kubeconfigFor } from '../kubeconfig-file.ts';
import { type Programs, programs } from '../login/programs.ts';
import { optionsWith } from '../options.ts';
import { type LoopbackServer, sendJson, serve } from '../server.ts';

describe('whom the system trusts', () => {
  let here: Programs;
  let nothing: string;
  before(() => {
    here = programs();
    nothing = join(here.folder, 'nothing');
    mkdirSync(nothing);
    here.file('one.pem', `one\n${authority}`);
    mkdirSync(join(here.folder, 'certs'));
    mkdirSync(join(here.folder, 'certs', 'a folder'));
    here.file('certs/other.pem', otherAuthority);
    here.file('certs/README', 'no certificate');
  });
  after(() => here.remove());

  const at = (name: string): string => join(here.folder, name);

  it('is who stands in the file that the environment names, and in the folders', () => {
    const trusted = systemAuthorities({
      SSL_CERT_FILE: at('one.pem'),
      SSL_CERT_DIR: `${nothing}:${at('certs')}:/nowhere`,
    });
    assert.deepEqual(trusted, [`one\n${authority}`, otherAuthority]);
  });

  it('is besides who stands in the system’s folders, as for Go, where only a file is named', () => {
    const named = systemAuthorities({ SSL_CERT_FILE: at('one.pem') }) ?? [];
    const folders = systemAuthorities({ SSL_CERT_FILE: '/nowhere' }) ?? [];
    assert.deepEqual(named, [`one\n${authority}`, ...folders]);
  });

  it('is nobody where what the environment names is empty, and not whom the runtime trusts', () => {
    const empty = here.file('empty.pem', '');
    assert.deepEqual(systemAuthorities({ SSL_CERT_FILE: empty, SSL_CERT_DIR: nothing }), []);
    assert.deepEqual(systemAuthorities({ SSL_CERT_FILE: '/nowhere', SSL_CERT_DIR: nothing }), []);
  });

  describe('counts for a server whose kubeconfig names no authority', () => {
    let server: LoopbackServer;
    before(async () => {
      const tls = { cert: localhost, key: localhostKey };
      server = await serve('https', (_request, response) => sendJson(response, { gitVersion: 'v1' }), tls);
    });
    after(() => server.close());

    async function outcome(env: Record<string, string>): Promise<unknown> {
      const kubeconfig = here.file('config', kubeconfigFor(server.url, { 'certificate-authority-data': undefined }));
      const client = await openClient(optionsWith({ kubeconfig }), clientDeps({ env }));
      try {
        return await client.version();
      } catch (error) {
        return error instanceof Error ? error.message : error;
      } finally {
        client.close();
      }
    }

    it('by the file', async () => {
      const env = { SSL_CERT_FILE: at('one.pem'), SSL_CERT_DIR: nothing };
      assert.deepEqual(await outcome(env), { gitVersion: 'v1' });
    });

    it('by a folder', async () => {
      here.file('nothing/one.pem', authority);
      assert.deepEqual(await outcome({ SSL_CERT_DIR: nothing }), { gitVersion: 'v1' });
    });

    for (const file of ['certs/other.pem', 'certs/README', 'nowhere.pem']) {
      it(`and nobody else: ${file}`, async () => {
        assert.equal(
          await outcome({ SSL_CERT_FILE: at(file), SSL_CERT_DIR: '/nowhere' }),
          'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
        );
      });
    }
  });
});
