/** `npm run demo`, on a control plane of its own, and on a cluster that somebody has already. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { stateFolder } from '../stand/folders.ts';
import { watched } from './going.ts';
import { kubectl } from './kubectl.ts';
import { type Ran, run } from './ran.ts';
import { needsTerminal, programOnTerminal } from './roll/terminal.ts';

const file = join(checkout, 'examples', 'demo.ts');
const namespace = 'kubectl-sts-demo';

/** The environment of a person with a checkout, who does not wait for another build of the plugin. */
function env(more: Record<string, string>): Record<string, string> {
  const { HOME = '', PATH = '' } = process.env;
  return { HOME, PATH, KUBECTL_STS_TEST_PLUGIN: sharedStand().plugin, ...more };
}

/** What each tour shows, in its order. */
const shown = [
  /\$ kubectl sts tree -f examples\/products-db\n/,
  /\$ kubectl sts status full -f dump\.json -n shop\n[^$]*No space left on device/,
  /\nstatefulset\/shop is rolled out: 3 pods available/,
  /\norders +0\/2 +\w+ [^\n]*there is no StorageClass does-not-exist\n(?:.*\n)*shop +3\/3 +Updated /,
  /\nsts\/shop +3\/3 +Updated (?:.*\n)*└─ pod\/shop-2 +1\/1 +Running /,
  /\nshop-2 +shop-2\.shop\.kubectl-sts-demo\.svc\.cluster\.local .* ok\n/,
  /\nservice\/shop-front pinned to pod\/shop-1 .*\n(?:.*\n)* +endpoints 3 → 1 after /,
  /\nshop-front +shop-1 .* ok\n/,
  /\nservice\/shop-front unpinned\n/,
  /\nroll \w+ of statefulset\/shop done: 3 of 3 pods restarted\n/,
  /\n {2}cause {4}orders-0: its claim data-orders-0 is Pending: there is no StorageClass does-not-exist/,
];

function assertShown({ stdout, stderr, code }: Ran, last: RegExp): void {
  let from = 0;
  for (const what of [...shown, last]) {
    const at = stdout.slice(from).search(what);
    assert.notEqual(at, -1, `${what} is not shown, or too early\n${stdout}\n${stderr}`);
    from += at;
  }
  assert.equal(code, 0, stderr);
}

describe('npm run demo', function () {
  // Each tour takes half a minute, and longer where the machine is busy.
  this.timeout(180_000);

  // Should this process be ended, the runner takes down the stand that belongs to it.
  const ofStand = env({ KUBECTL_STS_STATE: stateFolder(), KUBECTL_STS_TEST_OWNER: `${process.pid}` });
  let onStand: Promise<Ran>;

  // Beside the others.
  before(() => {
    onStand = run(process.execPath, [file], { env: ofStand });
    onStand.catch(() => {});
  });

  after(async () => {
    await onStand.catch(() => {});
    const stand = join(checkout, 'test', 'stand', 'cli.ts');
    await run(process.execPath, [stand, 'down', '--name', `demo-${process.pid}`], { env: ofStand });
  });

  describe('on a cluster of one’s own', () => {
    let words: string[];
    let own: Record<string, string>;

    before(async () => {
      const { kubeconfig, kubectl: program } = sharedStand();
      const context = (await kubectl(['config', 'current-context'])).trim();
      words = [file, '--context', context];
      own = env({ KUBECONFIG: kubeconfig });
      own['PATH'] = `${dirname(program)}:${own['PATH']}`;
    });
    afterEach(() => kubectl(['delete', 'namespace', namespace, '--ignore-not-found']));

    async function namespaces(): Promise<string> {
      return kubectl(['get', 'namespace', namespace, '--ignore-not-found', '-o', 'name']);
    }

    it('shows the same, and deletes at its end what it made', async () => {
      const ran = await run(process.execPath, [...words, '--yes'], { env: own });
      assertShown(
        ran,
        /\nThe namespace kubectl-sts-demo is being deleted\.\nIt is gone\.\n\nNow look at sets of your own:/,
      );
      assert.equal(await namespaces(), '');
    });

    it('deletes that also when it is interrupted, and again meanwhile', async () => {
      const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
      const child = spawn(process.execPath, [...words, '--yes'], { env: own, stdio, detached: true });
      const { line, lines, stderr, end } = watched(child);
      // A terminal sends it to the whole group.
      const pressCtrlC = () => process.kill(-(child.pid ?? 0), 'SIGINT');
      // It builds the plugin first.
      await line(/ gets two sets: /, 120_000);
      pressCtrlC();
      await line(/ is being deleted\.$/);
      pressCtrlC();
      const { code } = await end(undefined, 120_000);
      assert.equal(code, 130, stderr());
      assert.equal(lines().at(-1), 'It is gone.');
      assert.equal(await namespaces(), '');
    });

    it('asks first, and makes nothing where nobody agrees', async function () {
      const { stdout, stderr, code } = await run(process.execPath, words, { env: own });
      assert.deepEqual(
        [code, stderr],
        [2, 'error: this is no terminal, on which you could agree to that: add --yes\n'],
      );
      assert.match(stdout, /three small pods/);
      needsTerminal(this);
      const terminal = programOnTerminal([process.execPath, ...words], own);
      await terminal.until(/Go on\? \[y\/N\] /);
      terminal.type('n\n');
      assert.equal(await terminal.ended(), 0);
      assert.match(terminal.sent(), /Nothing was made\./);
      assert.equal(await namespaces(), '');
    });

    it('touches no namespace that it has not made', async () => {
      await kubectl(['create', 'namespace', namespace]);
      const { stdout, stderr, code } = await run(process.execPath, [...words, '--yes'], { env: own });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^error: there is a namespace kubectl-sts-demo already, and the demo has not made it/);
      await kubectl(['label', 'namespace', namespace, 'kubectl-sts/demo=true']);
      const again = await run(process.execPath, [...words, '--yes'], { env: own });
      assert.equal(again.code, 2);
      assert.match(again.stderr, /: kubectl delete namespace kubectl-sts-demo --context \S+\n$/);
      assert.notEqual(await namespaces(), '');
    });
  });

  describe('on a control plane of its own', () => {
    it('shows what the plugin does, and stays up', async () => {
      const ran = await onStand;
      assertShown(ran, /\nTo end it: npm run stand -- down --name demo-\d+\n/);
      const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)\n/.exec(ran.stdout) ?? [];
      assert.match(
        await kubectl(['get', 'sts', '-n', namespace, '-o', 'name'], { kubeconfig }),
        /statefulset.apps\/shop\n/,
      );
    });
  });
});
