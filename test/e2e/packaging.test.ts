import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { krewManifest } from '../../packaging/krew-manifest.ts';
import { archiveFile, manifestFile } from '../../packaging/places.ts';
import { platforms, thisPlatform } from '../../packaging/platform.ts';
import { packaged } from '../packaging/built.ts';
import { fromSource } from '../packaging/source.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { build } from '../stand/build.ts';
import { eventually } from './eventually.ts';
import { getJson, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Ran, run } from './ran.ts';

const archive = archiveFile(thisPlatform());

describe('the archive that `npm run package` makes', () => {
  const namespace = ownNamespace('packaging');
  const folder = temporaryFolder();
  const krewRoot = join(folder, 'krew');
  const plugins = join(krewRoot, 'index', 'default', 'plugins');
  let krew: string;
  let validator: string;
  let person: Record<string, string>;

  before(async function () {
    this.timeout(300_000);
    await packaged();
    ({ krew, 'validate-krew-manifest': validator } = await build(['krew'], () => {}));
    mkdirSync(join(folder, 'bin'));
    mkdirSync(plugins, { recursive: true });
    symlinkSync(sharedStand().kubectl, join(folder, 'bin', 'kubectl'));
    person = {
      HOME: folder,
      KREW_ROOT: krewRoot,
      KREW_NO_UPGRADE_CHECK: '1',
      KUBECONFIG: sharedStand().kubeconfig,
      PATH: [join(krewRoot, 'bin'), join(folder, 'bin')].join(':'),
    };
    // krew wants an index for all but its first command, and takes only what git knows for one.
    await run('git', ['init', '--quiet'], { env: withSystem(person), cwd: dirname(plugins) });
    await kubectl(['apply', '-n', namespace, '-f', join(checkout, 'examples', 'products-db')]);
    await eventually('products-db is ready', async () => {
      const set = await getJson<{ status: { readyReplicas?: number } }>(['sts/products-db', '-n', namespace]);
      assert.equal(set.status.readyReplicas, 2);
    });
  });

  it("has a manifest that krew's own check accepts", async () => {
    const checked = await run(validator, ['-manifest', manifestFile, '-skip-install'], { env: withSystem(person) });
    assert.equal(checked.code, 0, checked.stderr);
  });

  it("has one that krew's own check accepts when it names all platforms", async () => {
    const manifest = join(folder, 'sts.yaml');
    writeFileSync(manifest, krewManifest(platforms.map((one) => ({ platform: one, sha256: digestIn(manifestFile) }))));
    const checked = await run(validator, ['-manifest', manifest, '-skip-install'], { env: withSystem(person) });
    assert.equal(checked.code, 0, checked.stderr);
  });

  it('is installed by krew and run by kubectl on a PATH that holds nothing else', async () => {
    await runKrew(['install', '--manifest', manifestFile, '--archive', archive]);
    const tree = ['tree', 'products-db', '-n', namespace];
    for (const args of [tree, [...tree, '-o', 'json']]) {
      const installed = await sts(args);
      assert.equal(installed.code, 0, installed.stderr);
      assert.deepEqual(withoutAges(installed), withoutAges(await fromSource(args, person)));
    }
  });

  it('comes with the licences', () => {
    const installed = join(krewRoot, 'store', 'sts', `v${packageJson.version}`);
    assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'THIRD-PARTY-LICENSES', 'kubectl-sts']);
  });

  it('is removed without a rest, and installed again', async () => {
    await runKrew(['uninstall', 'sts']);
    assert.equal((await sts(['version'])).code, 1);
    assert.equal(existsSync(join(krewRoot, 'store', 'sts')), false);
    await runKrew(['install', '--manifest', manifestFile, '--archive', archive]);
    assert.equal((await sts(['version'])).code, 0);
    await runKrew(['uninstall', 'sts']);
  });

  async function runKrew(args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await run(krew, args, { env: withSystem(person) });
    assert.equal(code, 0, `krew ${args.join(' ')}: ${stdout}${stderr}`);
  }

  function sts(args: readonly string[]): Promise<Ran> {
    return run(join(folder, 'bin', 'kubectl'), ['sts', ...args], { env: person });
  }
});

/** krew runs git. */
function withSystem(env: Record<string, string>): Record<string, string> {
  return { ...env, PATH: `${env['PATH']}:${process.env['PATH']}` };
}

function digestIn(manifest: string): string {
  return /sha256: (\w+)/.exec(readFileSync(manifest, 'utf8'))?.[1] ?? '';
}

/** Between two runs a second may pass. */
function withoutAges({ stdout, ...rest }: Ran): Ran {
  return { ...rest, stdout: stdout.replaceAll(/ *(\d+[smhd])+$/gm, '') };
}
