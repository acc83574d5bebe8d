import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandName } from '#src/commands.ts';
import { httpProxy } from '../kube/http/proxies.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { needsDebian } from './debian.ts';
import { published, service, set } from './dns/sets.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { briefly, rollSet, settled } from './roll/sets.ts';
import { sandbox } from './sandbox.ts';
import { traced } from './trace.ts';
import { userWith } from './user.ts';

// docs/security.md promises what is shown here.
describe('by a trace of its system calls the plugin', () => {
  const namespace = ownNamespace('trace');
  const { host: server } = new URL(sharedStand().server);
  const plugin = join(sandbox(), 'bin', 'kubectl-sts');
  const folder = join(sandbox(), 'traced');

  before(async function () {
    mkdirSync(folder);
    await needsDebian(this, { strace: '/usr/bin/strace' });
    await apply(namespace, [
      service('web'),
      set('web'),
      service('outside', { clusterIP: undefined, selector: { app: 'web' } }),
      service('rolled'),
      rollSet('rolled', { replicas: 1, annotations: briefly }),
    ]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await settled(namespace, 'rolled');
  });

  const alone: Record<'connected' | 'written', string[]> = { connected: [], written: [] };
  /** The words of each command, and what it does besides running itself. */
  const commands: Record<CommandName, [words: string[], does: typeof alone]> = {
    version: [['version'], alone],
    options: [['options'], alone],
    completion: [['completion', 'uninstall', '--dir', folder], alone],
    tree: [['tree', '-n', namespace], { ...alone, connected: [server] }],
    status: [['status', '-n', namespace, '--wait'], { ...alone, connected: [server] }],
    dns: [['dns', 'web', '-n', namespace], { ...alone, connected: [server] }],
    pin: [['pin', 'outside', '1', '-n', namespace], { ...alone, connected: [server] }],
    unpin: [['unpin', 'outside', '-n', namespace], { ...alone, connected: [server] }],
    roll: [['roll', 'rolled', '-n', namespace, '--stable', '0s'], { ...alone, connected: [server] }],
  };

  for (const [command, [words, does]] of Object.entries(commands)) {
    const where = does.connected.length > 0 ? 'connects to the API server alone' : 'connects to nothing';
    it(`${where}, runs no program and writes no file: ${command}`, async () => {
      const { code, stderr, connected, programs, written } = await traced(words);
      assert.equal(code, 0, stderr);
      assert.deepEqual({ connected, programs, written }, { ...does, programs: [plugin] });
    });
  }

  it('connects to its proxy alone, where there is one', async () => {
    const proxy = await httpProxy('http', Number(new URL(sharedStand().server).port));
    try {
      const url = `http://127.0.0.1:${proxy.port}`;
      const { code, stderr, connected } = await traced(['tree', '-n', namespace, '--proxy-url', url]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(connected, [`127.0.0.1:${proxy.port}`]);
    } finally {
      proxy.close();
    }
  });

  it('looks the name of its server up in the files of the system, and reads no file of the person but the kubeconfig', async () => {
    const { port } = new URL(sharedStand().server);
    const words = ['tree', '-n', namespace, '--server', `https://localhost:${port}`];
    const { code, stderr, connected, programs, written, read } = await traced(words);
    assert.equal(code, 0, stderr);
    assert.deepEqual({ programs, written }, { programs: [plugin], written: [] });
    assert.ok(read.includes('/etc/hosts'), read.join(' '));
    const others = read.filter((path) => !/^\/(etc|lib\w*|usr|proc|sys)\//.test(path));
    assert.deepEqual(others, [sharedStand().kubeconfig]);
    // glibc asks its daemon for names, where there is one.
    const nameDaemon = '/var/run/nscd/socket';
    const servers = connected.filter((address) => ![nameDaemon, `::1:${port}`].includes(address));
    assert.deepEqual(servers, [`127.0.0.1:${port}`]);
  });

  it('runs the credential helper that the kubeconfig names, and no other program', async () => {
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }];
    const config = JSON.parse(readFileSync(await userWith(namespace, 'reader', rules), 'utf8'));
    const token = (await kubectl(['create', 'token', 'reader', '-n', namespace])).trim();
    const apiVersion = 'client.authentication.k8s.io/v1';
    const answer = join(sandbox(), 'traced-answer.json');
    writeFileSync(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } }));
    const exec = { apiVersion, interactiveMode: 'Never', command: '/bin/cat', args: [answer] };
    const file = join(sandbox(), 'traced.kubeconfig');
    writeFileSync(file, JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { exec } }] }));
    const { code, stderr, connected, programs, written } = await traced(['tree', '-n', namespace], file);
    assert.equal(code, 0, stderr);
    const expected = { connected: [server], programs: ['/bin/cat', plugin].sort(), written: [] };
    assert.deepEqual({ connected, programs, written }, expected);
  });

  // These show that the trace sees what the others are said not to do.
  it('asks the DNS server that --via direct names, and no other', async () => {
    const dns = `127.0.0.1:${sharedStand().dnsPort}`;
    const { connected } = await traced(['dns', 'web', '-n', namespace, '--via', 'direct', '--dns-server', dns]);
    assert.deepEqual(connected, [dns, server].sort());
  });

  it('writes the script for completion, where it is told to', async () => {
    const bin = join(sandbox(), 'home');
    const { written } = await traced(['completion', 'install', '--dir', bin]);
    assert.deepEqual(written, [join(bin, 'kubectl_complete-sts')]);
  });
});
