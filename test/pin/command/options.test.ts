import assert from 'node:assert/strict';
import { type Runner, runnerOn } from '../../memory/run.ts';

describe('the words and flags of pin and unpin', () => {
  let runner: Runner;

  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  const noPin = 'name a Service and a pod: pin SERVICE ORDINAL, or pin SERVICE… --to ORDINAL';
  for (const [words, error] of [
    ['pin', noPin],
    ['pin lb', noPin],
    ['pin --to 1', noPin],
    ['pin lb np 1', 'name the pod of several Services with --to'],
    ['pin lb one', '"one" names no pod: give an ordinal (1), a pod (web-1) or sts/web:1'],
    ['pin lb 01', '"01" names no pod: give an ordinal (1), a pod (web-1) or sts/web:1'],
    ['pin lb sts/web:x', '"sts/web:x" names no pod: give an ordinal (1), a pod (web-1) or sts/web:1'],
    ['pin lb --to 1-2', '"1-2" names several pods, and a Service is pinned to one: give one ordinal'],
    ['pin lb 1 --to 2', '1 and --to 2 both name a pod: give one'],
    ['pin deploy/web 1', '"deploy/web" names no Service: give NAME or svc/NAME'],
    ['pin lb 1 -A', 'a Service is pinned in one namespace: use -A with --list'],
    ['pin lb --list', '--list shows all Services that are pinned: name none'],
    ['pin --list --to 1', '--list shows pins and makes none: it does not go with --to'],
    ['pin --list -f x.yaml', '--list shows pins and makes none: it does not go with --filename'],
    ['pin --list --timeout 30s', '--list shows pins and makes none: it does not go with --timeout'],
    ['pin --list --dry-run=none', '--list shows pins and makes none: it does not go with --dry-run'],
    ['pin --list --wait=false', '--list shows pins and makes none: it does not go with --wait'],
    ['pin lb 1 --all-services', '--all-services goes with --list'],
    ['pin lb 1 --no-headers', '--no-headers goes with --list'],
    ['pin lb 1 --timeout soon', '--timeout takes a duration such as 30s or 5m, not "soon"'],
    ['pin lb 1 --timeout soon --wait=false', '--timeout takes a duration such as 30s or 5m, not "soon"'],
    ['pin --leader-check true', 'name the Services to pin: pin SERVICE… --leader-check COMMAND'],
    ['pin lb 1 --leader-check true', '1 names a pod, and --leader-check finds one: give one of them'],
    ['pin lb --to 1 --leader-check true', '--to names a pod, and --leader-check finds one: give one of them'],
    ['pin lb 1 -c db', '--container goes with --leader-check'],
    ['pin --list --leader-check true', '--list shows pins and makes none: it does not go with --leader-check'],
    [
      'pin lb --leader-check true -f x.yaml --dry-run=client',
      '--leader-check asks the pods of a cluster: it does not go with -f',
    ],
    ['pin --list -R', '--list shows pins and makes none: it does not go with --recursive'],
    ['pin lb 1 -R', '-R reads the folders within the folders of -f: name one'],
    ['pin lb 1 -f x.yaml', '-f does not write the files: use it with --dry-run=client'],
    ['pin lb 1 -f x.yaml --dry-run=server', '-f does not write the files: use it with --dry-run=client'],
    ['unpin', 'name the Services to unpin, or use --all'],
    ['unpin lb --all', 'name the Services to unpin, or use --all'],
    ['unpin pod/web-1', '"pod/web-1" names no Service: give NAME or svc/NAME'],
    ['unpin lb --selector app', '"app" is not a Service\'s selector: give it as KEY=VALUE,KEY=VALUE'],
  ] as const) {
    it(`are refused before anything is read: ${words}`, async () => {
      assert.deepEqual(await runner.run(words), { code: 2, stdout: '', stderr: `error: ${error}\n` });
    });
  }
});
