import assert from 'node:assert/strict';
import { type Runner, runnerOn } from '../../memory/run.ts';

describe('the arguments of kubectl sts tree', () => {
  let runner: Runner;

  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  const usage = '--usage cannot be used with -w or -f: it asks the nodes of a cluster once';
  const refusals: [words: string, message: string][] = [
    ['tree --usage -w', usage],
    ['tree --usage -f x.yaml', usage],
    ['tree -w -f x.yaml', '-w cannot be used with -f: -w watches a cluster, and -f reads files'],
    ['tree -R', '-R reads the folders within the folders of -f: name one'],
    ['tree -w -o name', '-w cannot be used with -o name: use -o wide, json or yaml'],
    ['tree -w -o dot', '-w cannot be used with -o dot: use -o wide, json or yaml'],
    ['tree -w -o mermaid', '-w cannot be used with -o mermaid: use -o wide, json or yaml'],
    ['tree web -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['tree web -l a=b', 'name StatefulSets or select them by -l, not both'],
    ['tree -l a=b=c', 'unable to parse requirement: "a=b=c"'],
    ['tree ds/agent', 'ds/agent is a DaemonSet, which runs one pod on each node: use kubectl get ds/agent'],
    ['tree constructor/x', 'constructor/x is not a StatefulSet: name one as NAME or sts/NAME'],
    ['tree pod/web-0', 'pod/web-0 is a pod: name its StatefulSet, which is perhaps web'],
    ['tree sts/', 'no name in "sts/": name a StatefulSet as NAME or sts/NAME'],
  ];
  for (const [words, message] of refusals) {
    it(`that contradict each other are refused: ${words}`, async () => {
      assert.deepEqual(await runner.run(words), { code: 2, stdout: '', stderr: `error: ${message}\n` });
    });
  }
});
