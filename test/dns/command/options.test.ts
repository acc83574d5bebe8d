import assert from 'node:assert/strict';
import { dnsWorld, type World } from './world.ts';

describe('kubectl sts dns refuses, before it reads anything,', () => {
  let world: World;

  before(async () => {
    world = await dnsWorld();
  });
  after(() => world.close());

  const refusals: [words: string, why: string][] = [
    [
      '--dns-service kube-dns',
      '--dns-service: a Service is given as NAMESPACE/NAME, such as kube-system/kube-dns, not "kube-dns"',
    ],
    [
      '--dns-service a/b/c',
      '--dns-service: a Service is given as NAMESPACE/NAME, such as kube-system/kube-dns, not "a/b/c"',
    ],
    ['--dns-service a/b --via exec', '--dns-service goes with --via port-forward'],
    ['--dns-service a/b --via none', '--dns-service goes with --via port-forward'],
    ['--via direct', '--via direct asks --dns-server HOST:PORT'],
    ['--dns-server 127.0.0.1:53', '--dns-server goes with --via direct'],
    ['--dns-server 127.0.0.1:53 --via exec', '--dns-server goes with --via direct'],
    ['--via direct --dns-server 127.0.0.1:dns', '--dns-server takes HOST:PORT, not "127.0.0.1:dns"'],
    ['--via direct --dns-server 127.0.0.1:65536', '--dns-server takes HOST:PORT, not "127.0.0.1:65536"'],
    ['--via direct --dns-server ::1', '--dns-server takes HOST:PORT, not "::1"'],
    ['--via direct --dns-server :53', '--dns-server takes HOST:PORT, not ":53"'],
    ['--from web-0', '--from goes with --via exec'],
    ['--from web-0 --via none', '--from goes with --via exec'],
    ['--wait -w', '--wait ends when all names are right, and -w goes on: use one of them'],
    ['-f web.yaml --wait', 'files do not change: -f goes neither with --wait nor with -w'],
    ['-f web.yaml -w', 'files do not change: -f goes neither with --wait nor with -w'],
    ['-R', '-R reads the folders within the folders of -f: name one'],
    ['--via none --wait', '--via none asks nobody, so there is nothing to wait for'],
    ['--via none -w', '--via none asks nobody, so there is nothing to wait for'],
    ['-w -o json', '-w goes with -o wide, not with -o json'],
    ['-w -o yaml', '-w goes with -o wide, not with -o yaml'],
    ['-w -o name', '-w goes with -o wide, not with -o name'],
    ['-w -o hosts', '-w goes with -o wide, not with -o hosts'],
    ['--port 80', '--port goes with -o name'],
    ['--port 80 -o hosts', '--port goes with -o name'],
    ['--timeout soon', '--timeout takes a duration such as 30s or 5m, not "soon"'],
    ['--timeout -1s', '--timeout takes a duration such as 30s or 5m, not "-1s"'],
    ['--pod web-0', '--pod: ordinals are given as 1-3,5, not "web-0"'],
    ['--pod 0 --pod 3-1', '--pod: ordinals are given as 1-3,5, not "3-1"'],
    ['--pod 0,', '--pod: ordinals are given as 1-3,5, not "0,"'],
    ['web -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['web -l a=b', 'name StatefulSets or select them by -l, not both'],
    ['pod/web', 'pod/web is not a StatefulSet: name one as NAME or sts/NAME'],
  ];
  for (const [words, why] of refusals) {
    it(`dns ${words}`, async () => {
      assert.deepEqual(await world.run(`dns ${words}`), { code: 2, stdout: '', stderr: `error: ${why}\n` });
      assert.deepEqual(world.cluster.requests, []);
    });
  }

  for (const words of ['--via pigeon', '-o xml', '--servers 0', '--port 0 -o name', '--port 65536 -o name']) {
    it(`dns ${words}, a value that the flag does not have`, async () => {
      const { code, stdout, stderr } = await world.run(`dns ${words}`);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^error: /);
      assert.deepEqual(world.cluster.requests, []);
    });
  }
});
