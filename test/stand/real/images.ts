/** The images of real pods, made on the spot: of the stand's own static programs and of Debian's packages. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { duration, type Report } from '../../../packaging/progress.ts';
import type { Executables } from '../build.ts';
import { cacheFolder } from '../folders.ts';
import { alone } from '../lock.ts';
import { addDirectory, addFile, addLink, type Image, type Layer, readLayer, writeArchive } from './layers.ts';

const run = promisify(execFile);

const sources = join(import.meta.dirname, 'images');
const layers = join(import.meta.dirname, 'layers.ts');

/** agnhost alone: a program for pods without any tool. Its `pause` holds each pod's namespaces. */
export const agnhostImage = 'stand.kubectl-sts/agnhost:1';
export const pauseImage = 'stand.kubectl-sts/pause:1';
/** Of glibc: `getent`, `df`, `curl` and a shell. */
export const glibcImage = 'stand.kubectl-sts/glibc:1';
/** Of musl, as Alpine is: `getent` and a shell. */
export const muslImage = 'stand.kubectl-sts/musl:1';

/** The packages that the images are made of, without what only people and builders need. */
const packages = 'libc-bin,dash,coreutils,grep,util-linux,curl,nginx-light,postgresql,busybox-static,musl';
const unwanted =
  /^usr\/(share\/(doc|man|info|locale|i18n|perl5?|lintian|bash-completion)|lib\/llvm-|lib\/[^/]*\/(perl|gconv|libLLVM)|lib\/postgresql\/[^/]*\/lib\/(bitcode|llvmjit)|games|include)|^var\/(cache|lib\/(apt|dpkg))/;

type Programs = Pick<Executables, 'agnhost' | 'coredns'>;

/** @returns the path of a docker-archive of them all, in the cache */
export async function images(programs: Programs, report: Report): Promise<string> {
  const archive = join(cacheFolder(), `images-${await keyOf(programs)}.tar`);
  if (existsSync(archive)) return archive;
  const waiting = () => report({ kind: 'begin', text: 'images: waiting for another process that makes them' });
  await alone(join(cacheFolder(), 'locks', 'images.lock'), waiting, async () => {
    if (existsSync(archive)) return;
    const began = Date.now();
    // Whoever holds the lock is the only maker: what lies there was left by one that was killed.
    const aside = join(cacheFolder(), '.making-images');
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    try {
      const made = join(aside, 'images.tar');
      await writeArchive(made, await make(programs, aside, report));
      await rename(made, archive);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
    report({ kind: 'done', text: `images: made in ${duration(Date.now() - began)}` });
  });
  return archive;
}

function source(name: string): Promise<Buffer> {
  return readFile(join(sources, name));
}

async function keyOf(programs: Programs): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([programs, await codename()]));
  const files = [...(await readdir(sources)).map((name) => join(sources, name)), import.meta.filename, layers];
  for (const file of files.sort()) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/** Of this machine's Debian: its packages are those that can be had here. */
async function codename(): Promise<string> {
  const [, name] = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8')) ?? [];
  if (name === undefined) throw new Error('/etc/os-release names no VERSION_CODENAME: which Debian is this?');
  return name;
}

async function make({ agnhost, coredns }: Programs, aside: string, report: Report): Promise<Image[]> {
  report({ kind: 'begin', text: `images: unpacking ${packages.replaceAll(',', ', ')}` });
  const debian = await debianLayer(join(aside, 'root.tar'));
  report({ kind: 'progress', text: 'images: writing' });

  const programOf = async (name: string, program: string): Promise<Layer> => {
    const layer: Layer = new Map();
    addFile(layer, name, await readFile(program), 0o755);
    return layer;
  };
  const [agnhostLayer, corednsLayer] = await Promise.all([
    programOf('agnhost', agnhost),
    programOf('coredns', coredns),
  ]);

  const busybox = await busyboxLayer(debian, aside);
  const musl = await muslLayer(debian, aside);

  const nginx: Layer = new Map();
  for (const path of ['etc/nginx/conf.d', 'usr/share/nginx/html', 'cache', 'var/lib/nginx', 'var/log/nginx'])
    addDirectory(nginx, path);
  addFile(nginx, 'etc/nginx/nginx.conf', await source('nginx.conf'));
  addFile(nginx, 'etc/nginx/conf.d/default.conf', await source('default.conf'));

  const postgres: Layer = new Map();
  addFile(postgres, 'usr/local/bin/docker-entrypoint.sh', await source('docker-entrypoint.sh'), 0o755);
  const [initdb = ''] = [...debian.keys()].filter((path) => /^usr\/lib\/postgresql\/[^/]*\/bin\/initdb$/.test(path));
  // Before Debian's own, which lead to these and need Perl.
  const Env = [`PATH=/${initdb.replace(/\/initdb$/, '')}:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin`];
  return [
    { name: agnhostImage, layers: [agnhostLayer], config: { Entrypoint: ['/agnhost'], Cmd: ['netexec'], Env } },
    { name: pauseImage, layers: [agnhostLayer], config: { Entrypoint: ['/agnhost'], Cmd: ['pause'], Env } },
    { name: glibcImage, layers: [debian], config: { Cmd: ['sleep', 'infinity'], Env } },
    { name: muslImage, layers: [busybox, musl], config: { Cmd: ['sleep', '2147483647'], Env } },
    // Those that the examples and the cluster DNS name.
    {
      name: 'registry.k8s.io/coredns/coredns:v1.14.7',
      layers: [corednsLayer],
      config: { Entrypoint: ['/coredns'], Env },
    },
    { name: 'docker.io/library/busybox:1.37', layers: [busybox], config: { Cmd: ['sh'], Env } },
    { name: 'docker.io/library/nginx:1.29-alpine', layers: [debian, nginx], config: { Cmd: ['nginx'], Env } },
    {
      name: 'docker.io/library/postgres:17',
      layers: [debian, postgres],
      // As the official image has it: on SIGTERM Postgres would wait until its last client goes.
      config: { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['postgres'], Env, StopSignal: 'SIGINT' },
    },
  ];
}

async function debianLayer(archive: string): Promise<Layer> {
  const merged = '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr';
  const words = ['--quiet', '--variant=extract', merged, `--include=${packages}`, await codename(), archive];
  await run('mmdebstrap', words, { env: { ...process.env, SOURCE_DATE_EPOCH: '1' } });
  const layer = await readLayer(archive, (path) => !unwanted.test(path));
  await addPeople(layer);
  addDirectory(layer, 'run');
  addLink(layer, 'var/run', '../run');
  addDirectory(layer, 'tmp', 0o1777);
  addDirectory(layer, 'root', 0o700);
  return layer;
}

async function busyboxLayer(debian: Layer, aside: string): Promise<Layer> {
  const program = contentOf(debian, /^usr\/bin\/busybox$/);
  const copy = join(aside, 'busybox');
  await writeFile(copy, program, { mode: 0o755 });
  const { stdout } = await run(copy, ['--list']);
  const layer: Layer = new Map();
  for (const path of ['bin', 'etc', 'root', 'run']) addDirectory(layer, path);
  addDirectory(layer, 'tmp', 0o1777);
  addFile(layer, 'bin/busybox', program, 0o755);
  for (const applet of stdout.split('\n')) {
    if (applet !== '' && applet !== 'busybox') addLink(layer, `bin/${applet}`, 'busybox');
  }
  await addPeople(layer);
  return layer;
}

/** Who there is: no package's own script has run. */
async function addPeople(layer: Layer): Promise<void> {
  for (const name of ['passwd', 'group']) addFile(layer, `etc/${name}`, await source(name));
}

async function muslLayer(debian: Layer, aside: string): Promise<Layer> {
  const getent = join(aside, 'getent');
  await run('musl-gcc', ['-O2', '-s', '-o', getent, join(sources, 'getent.c')]);
  const loader = [...debian.keys()].find((path) => /^(?:usr\/)?lib\/ld-musl-[^/]*$/.test(path)) ?? '';
  const layer: Layer = new Map();
  addDirectory(layer, 'lib');
  // The loader and the library are one file.
  addFile(layer, `lib/${loader.replace(/.*\//, '')}`, contentOf(debian, /-linux-musl\/libc\.so$/), 0o755);
  addFile(layer, 'bin/getent', await readFile(getent), 0o755);
  return layer;
}

function contentOf(layer: Layer, pattern: RegExp): Buffer {
  for (const [path, { content }] of layer) if (pattern.test(path)) return content;
  throw new Error(`no file of the packages matches ${pattern}`);
}
