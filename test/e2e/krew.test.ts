import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CommandName } from '#src/commands.ts';
import { sha256 } from '../../packaging/archive.ts';
import { krewManifest } from '../../packaging/krew-manifest.ts';
import { archiveFile, indexFile } from '../../packaging/places.ts';
import { thisPlatform } from '../../packaging/platform.ts';
import { installLines } from '../docs/installlines.ts';
import { packaged } from '../packaging/built.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { build } from '../stand/build.ts';
import { published, service, set } from './dns/sets.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Ran, run } from './ran.ts';
import { briefly, rollSet, settled } from './roll/sets.ts';
import { openTo, strangerWords } from './stranger.ts';

const archive = archiveFile(thisPlatform());

describe('the repository as an index of krew', () => {
  const namespace = ownNamespace('krew');
  const lines = installLines('kubectl krew ');
  const folder = temporaryFolder();
  const repository = join(folder, 'repository');
  const krewRoot = join(folder, 'krew');
  const bin = join(krewRoot, 'bin');
  const [home, readOnly] = [join(folder, 'home'), join(folder, 'read-only')];
  const server = createServer((_, response) => response.end(readFileSync(archive)));
  let krew: string;
  let person: Record<string, string>;

  before(async function () {
    this.timeout(300_000);
    await packaged();
    ({ krew } = await build(['krew'], () => {}));
    server.listen(0, '127.0.0.1');
    for (const made of [join(folder, 'bin'), join(repository, 'plugins'), home, readOnly]) {
      mkdirSync(made, { recursive: true });
    }
    chmodSync(readOnly, 0o555);
    copyFileSync(sharedStand().kubectl, join(folder, 'bin', 'kubectl'));
    const config = join(folder, 'config');
    writeFileSync(config, await kubectl(['config', 'view', '--raw', '--flatten']), { mode: 0o600 });
    openTo(folder, [config, home]);
    const none = join(folder, 'none');
    await git(['init', '--quiet', none], folder);
    await commit(none);
    person = {
      HOME: home,
      KREW_ROOT: krewRoot,
      KREW_NO_UPGRADE_CHECK: '1',
      // krew wants a central index, too.
      KREW_DEFAULT_INDEX_URI: none,
      KUBECONFIG: config,
      PATH: [bin, join(folder, 'bin')].join(':'),
      GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
    };
    symlinkSync(krew, join(folder, 'bin', 'kubectl-krew'));
    // This repository stands where GitHub would have it.
    const instead = `[url "${repository}"]\n  insteadOf = https://github.com/kubectl-sts/kubectl-sts\n`;
    writeFileSync(person['GIT_CONFIG_GLOBAL'] ?? '', instead);
    await apply(namespace, [
      service('web'),
      set('web'),
      service('outside', { clusterIP: undefined, selector: { app: 'web' } }),
      service('rolled'),
      rollSet('rolled', { replicas: 2, annotations: briefly }),
    ]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await settled(namespace, 'rolled');
  });
  after(() => void server.close());

  it('is known to krew by two commands in docs/install.md', () => assert.equal(lines.length, 2));

  it('says before the first release that there is nothing to install', async () => {
    await git(['init', '--quiet', repository], folder);
    copyFileSync(indexFile, join(repository, 'plugins', 'sts.yaml'));
    await commit(repository);
    await runLine(lines[0]);
    if (!readFileSync(indexFile, 'utf8').includes('version: v0.0.0')) return;
    const { code, stderr } = await krewRan(['install', 'sts/sts']);
    assert.notEqual(code, 0);
    assert.match(stderr, /plugin "sts" does not offer installation for this platform/);
  });

  it('gives the plugin to krew, and completion with it', async () => {
    await publish('0.0.1');
    await runLine(lines[1]);
    const { stdout, code } = await sts(['completion', 'install']);
    assert.deepEqual([code, stdout], [0, `${join(bin, 'kubectl_complete-sts')} written\n`]);
    await offersTheSet();
  });

  /** What each command is asked, and what it then shows. */
  const tried: Record<CommandName, [words: string[], shown: RegExp]> = {
    version: [['version'], /^kubectl-sts \d/],
    options: [['options'], /--kubeconfig/],
    tree: [['tree', 'web', '-n', namespace], /pod\/web-1/],
    status: [['status', 'web', '-n', namespace, '--wait'], /web is rolled out/],
    dns: [['dns', 'web', '-n', namespace], /web-1\.web/],
    pin: [['pin', 'outside', '1', '-n', namespace], /pinned/],
    unpin: [['unpin', 'outside', '-n', namespace], /unpinned/],
    roll: [['roll', 'rolled', '-n', namespace, '--stable', '0s'], /2 of 2 pods restarted/],
    completion: [['completion', 'uninstall', '--dir', readOnly], /no script/],
  };

  for (const locale of ['C', 'C.UTF-8']) {
    for (const [command, [words, shown]] of Object.entries(tried)) {
      it(`runs for an unprivileged user in a read-only folder, with an empty HOME, in ${locale}: ${command}`, async () => {
        const env = { ...person, LC_ALL: locale, LANG: locale };
        const [program, ...args] = [...strangerWords(), join(folder, 'bin', 'kubectl'), 'sts', ...words];
        const { stdout, stderr, code } = await run(program ?? '', args, { env, cwd: readOnly });
        assert.equal(code, 0, stderr);
        assert.match(`${stdout}${stderr}`, shown);
        assert.deepEqual([readdirSync(home), readdirSync(readOnly)], [[], []]);
      });
    }
  }

  it('upgrades it to the next version, and completion goes on', async () => {
    await publish('0.0.2');
    await runKrew(['upgrade', 'sts']);
    assert.deepEqual(readdirSync(join(krewRoot, 'store', 'sts')), ['v0.0.2']);
    assert.equal((await sts(['version'])).code, 0);
    await offersTheSet();
  });

  it('leaves nothing behind when it is uninstalled', async () => {
    assert.equal((await sts(['completion', 'uninstall'])).code, 0);
    await runKrew(['uninstall', 'sts']);
    assert.equal((await sts(['version'])).code, 1);
    assert.deepEqual([readdirSync(bin), readdirSync(join(krewRoot, 'store'))], [[], []]);
  });

  it('is refused an archive that is not what the manifest says', async () => {
    await publish('0.0.3', '0'.repeat(64));
    await runKrew(['update']);
    const { code, stderr } = await krewRan(['install', 'sts/sts']);
    assert.notEqual(code, 0);
    assert.match(stderr, /checksum does not match/);
    assert.equal((await sts(['version'])).code, 1);
  });

  async function offersTheSet(): Promise<void> {
    const words = ['__complete', 'sts', 'tree', '-n', namespace, 'w'];
    const { stdout } = await run(join(folder, 'bin', 'kubectl'), words, { env: person });
    assert.deepEqual(stdout.trim().split('\n'), ['web', ':4']);
  }

  /** Commits the manifest of a version whose archive this machine serves. */
  async function publish(version: string, digest = sha256(readFileSync(archive))): Promise<void> {
    const manifest = krewManifest([{ platform: thisPlatform(), sha256: digest }], version);
    const here = `uri: http://127.0.0.1:${(server.address() as AddressInfo).port}/sts.tar.gz`;
    writeFileSync(join(repository, 'plugins', 'sts.yaml'), manifest.replace(/uri: .*/, here));
    await commit(repository);
  }

  async function runLine(line = ''): Promise<void> {
    const { code, stderr } = await run('bash', ['-c', line], { env: withSystem(person) });
    assert.equal(code, 0, `${line}: ${stderr}`);
  }

  function krewRan(args: readonly string[]): Promise<Ran> {
    return run(krew, args, { env: withSystem(person) });
  }

  async function runKrew(args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await krewRan(args);
    assert.equal(code, 0, `krew ${args.join(' ')}: ${stdout}${stderr}`);
  }

  function sts(args: readonly string[]): Promise<Ran> {
    return run(join(folder, 'bin', 'kubectl'), ['sts', ...args], { env: person });
  }
});

async function commit(repository: string): Promise<void> {
  await git(['add', '--all'], repository);
  const author = ['-c', 'user.name=somebody', '-c', 'user.email=somebody@example.com'];
  await git([...author, 'commit', '--quiet', '--allow-empty', '-m', 'a version'], repository);
}

async function git(args: readonly string[], cwd: string): Promise<void> {
  const { code, stderr } = await run('git', args, { env: withSystem({ HOME: cwd }), cwd });
  assert.equal(code, 0, stderr);
}

/** krew runs git. */
function withSystem(env: Record<string, string>): Record<string, string> {
  return { ...env, PATH: [env['PATH'], process.env['PATH']].filter(Boolean).join(':') };
}
