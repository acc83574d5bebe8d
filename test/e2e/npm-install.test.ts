import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { writeBundle } from '../../packaging/bundle.ts';
import { installLines } from '../docs/installlines.ts';
import { nodeOf } from '../packaging/nodes.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { checkout } from '../runner/files.ts';
import { needs } from '../runner/needs.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { published, service, set } from './dns/sets.ts';
import { apply, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Ran, run } from './ran.ts';
import { personEnv } from './sandbox.ts';

const nodes = {
  '22.0.0': nodeOf('oldest-supported-node'),
  24: nodeOf('other-supported-node'),
  26: process.execPath,
};

describe('the package that `npm pack` makes, installed as docs/install.md says,', () => {
  const namespace = ownNamespace('npm-install');
  const prefix = temporaryFolder();

  before(async function () {
    this.timeout(120_000);
    await writeBundle();
    const npm = (args: string[]) => promisify(execFile)('npm', args, { cwd: checkout });
    // Without scripts: prepack would build the bundle a second time and print to where the JSON goes.
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', prefix]);
    const [{ filename }] = JSON.parse(stdout);
    await install(join(prefix, filename));
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  /** By the command of docs/install.md, as if the archive were released. */
  async function install(archive: string): Promise<void> {
    const lines = installLines('npm install ');
    assert.equal(lines.length, 1);
    const registry = await startRegistry(archive);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: prefix,
      npm_config_registry: registry.url,
      npm_config_prefix: prefix,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    };
    const { code, stderr } = await run('bash', ['-ec', lines.join('\n')], { env, cwd: prefix });
    registry.close();
    assert.equal(code, 0, stderr);
  }

  for (const [version, node] of Object.entries(nodes)) {
    describe(`on Node ${version}`, () => {
      const bin = join(prefix, `bin-${version}`);

      before(function () {
        needs(this, node !== undefined, 'the packages with other versions of Node, which are for Linux on x64');
        mkdirSync(bin);
        symlinkSync(node ?? '', join(bin, 'node'));
        symlinkSync(sharedStand().kubectl, join(bin, 'kubectl'));
      });

      /** kubectl finds the plugin, and the plugin this Node. */
      function installed(args: readonly string[]): Promise<Ran> {
        const PATH = [join(prefix, 'bin'), bin].join(':');
        return run(join(bin, 'kubectl'), args, { env: { ...personEnv(), PATH } });
      }

      it('runs on that Node', async () => {
        const { stdout, code } = await installed(['sts', 'version']);
        assert.deepEqual([code, stdout.split(' ').slice(0, 2)], [0, ['kubectl-sts', packageJson.version]]);
        assert.ok(stdout.includes(` node ${version}`), stdout);
      });

      it('shows a tree, asks DNS and plans a roll as the executable does', async () => {
        for (const words of [
          ['tree', 'web', '-o', 'json'],
          ['dns', 'web', '-o', 'json'],
          ['roll', 'web', '--dry-run=client'],
        ]) {
          const args = [...words, '-n', namespace];
          const { code, stdout, stderr } = await installed(['sts', ...args]);
          assert.equal(code, 0, stderr);
          assert.equal(stdout, (await sts(args)).stdout);
        }
      });

      it('says with exit code 2 what it cannot find', async () => {
        const args = ['tree', 'nope', '-n', namespace];
        assert.deepEqual(await installed(['sts', ...args]), await sts(args));
      });

      it('completes the names of StatefulSets by the script that it brings', async () => {
        const { stdout } = await installed(['__complete', 'sts', 'tree', '-n', namespace, 'w']);
        assert.deepEqual(stdout.trim().split('\n'), ['web', ':4']);
      });
    });
  }
});

/** A registry that has this one package. */
async function startRegistry(archive: string): Promise<{ url: string; close(): void }> {
  const { name, version } = packageJson;
  const content = readFileSync(archive);
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(content);
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    const { bin, engines } = packageJson;
    const dist = { tarball: `http://${request.headers.host}/${name}.tgz`, integrity };
    const versions = { [version]: { name, version, bin, engines, dist } };
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
