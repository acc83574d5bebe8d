import assert from 'node:assert/strict';
import { type Runner, runnerOn } from '../../memory/run.ts';

describe('the arguments of kubectl sts status', () => {
  let runner: Runner;

  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  const refusals: [words: string, message: string][] = [
    ['status --for ready', '--for goes with --wait'],
    ['status --timeout 5m', '--timeout goes with --wait'],
    ['status -w --stuck-after 5m', '--stuck-after goes with --wait'],
    ['status --wait -w', '-w cannot be used with --wait, which shows the changes while it waits'],
    ['status --wait -f x.yaml', '--wait cannot be used with -f: it waits for a cluster, and -f reads files'],
    ['status -w -f x.yaml', '-w cannot be used with -f: -w watches a cluster, and -f reads files'],
    ['status -R', '-R reads the folders within the folders of -f: name one'],
    ['status -w -o name', '-w cannot be used with -o name: use -o wide, json or yaml'],
    ['status --wait -o yaml', '--wait cannot be used with -o yaml: use -o json'],
    ['status --wait -o wide', '--wait cannot be used with -o wide: use -o json'],
    ['status --wait --timeout soon', '--timeout takes a duration such as 30s or 5m, not "soon"'],
    ['status --wait --stuck-after -1s', '--stuck-after takes a duration such as 30s or 5m, not "-1s"'],
    ['status --logs 5', '--logs needs a NAME: it shows the log of a container that fails'],
    ['status web --logs 5 --wait', '--logs cannot be used with --wait, -w or -f'],
    ['status web --logs 5 -o json', '--logs cannot be used with -o json'],
    ['status web --logs 5', '--logs shows logs on a terminal alone, since they may hold credentials: use kubectl logs'],
    ['status web -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['status pod/web-0', 'pod/web-0 is a pod: name its StatefulSet, which is perhaps web'],
  ];
  for (const [words, message] of refusals) {
    it(`that contradict each other are refused: ${words}`, async () => {
      assert.deepEqual(await runner.run(words), { code: 2, stdout: '', stderr: `error: ${message}\n` });
    });
  }
});
