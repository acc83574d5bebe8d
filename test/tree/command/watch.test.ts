import assert from 'node:assert/strict';
import { loadAll } from 'js-yaml';
import { openClient } from '#src/kube/client.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { type QuickClock, quickClock } from '../../kube/quick-clock.ts';
import type { Running } from '../../memory/run.ts';
import { openShop, type Shop, settled } from '../../memory/shop.ts';
import { boundClaim, pendingClaim, podOf, warning } from '../../objects/snapshots.ts';

/** Milliseconds until a screen is drawn again for the ages on it. */
const ageInterval = 1_000;

/** The pauses of a watch are over at once, and no age changes. */
const withoutAges = (): QuickClock => quickClock((sleep) => sleep < 50_000 && sleep !== ageInterval);

/** Nothing but ages changes. */
const withAges = (): QuickClock => quickClock((sleep) => sleep <= ageInterval);

describe('kubectl sts tree -w', () => {
  let shop: Shop;
  const started: Running[] = [];

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(async () => {
    for (const running of started.splice(0)) {
      running.signal('SIGINT');
      await running.ended;
    }
    shop.close();
  });

  function start(words: string, shape = {}, clock = withoutAges()): Running {
    const running = shop.start(words, shape, { clock, random: () => 0 });
    started.push(running);
    return running;
  }

  const time = '2026-01-01T00:\\d\\d:\\d\\dZ';
  const changed = (status: Partial<StatefulSet['status']>): StatefulSet => {
    return shop.cluster.put('statefulsets', { ...shop.web, status: { replicas: 2, ...shop.web.status, ...status } });
  };
  const failure = (message = 'no quorum') => ({
    code: 500,
    body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 500, reason: 'InternalError', message },
  });

  describe('in a pipe', () => {
    it('writes a line for each set, and then for each change', async () => {
      shop.addSet('db');
      const running = start('tree -w');
      await running.until('db  ');
      changed({ readyReplicas: 1 });
      await running.until('1/2');
      shop.cluster.remove('statefulsets', 'web');
      await running.until('Deleted');
      shop.addSet('new');
      await running.until('new');
      running.signal('SIGINT');
      const { code, stdout, stderr } = await running.ended;
      assert.deepEqual([code, stderr], [130, '']);
      const lines = [
        'db  0/0  Updated',
        'web  2/2  Updated',
        'web  1/2  Updated',
        'web  -  Deleted',
        'new  0/0  Updated',
      ].map((line) => `${time} {2}${line.replaceAll('  ', ' {2}')}\n`);
      assert.match(stdout, new RegExp(`^${lines.join('')}$`));
    });

    it('writes a line too with -o wide, and the namespace with -A', async () => {
      const running = start('tree -w -A -o wide');
      await running.until(new RegExp(`${time}  shop/web  2/2  Updated\n`));
    });

    it('writes the lines of the named sets alone', async () => {
      shop.addSet('db');
      const running = start('tree -w db');
      await running.until('db  ');
      changed({ readyReplicas: 1 });
      await settled();
      assert.doesNotMatch(running.stdout(), /web/);
    });

    it('writes a document on a line for each change with -o json', async () => {
      const running = start('tree -w -o json web');
      await running.until(/\n/);
      changed({ readyReplicas: 1 });
      await running.until(/\n.*\n/);
      shop.cluster.remove('statefulsets', 'web');
      await running.until('"deleted":true');
      const documents = running
        .stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        documents.map(({ kind, metadata, deleted, summary }) => [kind, metadata.name, deleted, summary?.ready]),
        [
          ['StatefulSetTree', 'web', undefined, 2],
          ['StatefulSetTree', 'web', undefined, 1],
          ['StatefulSetTree', 'web', true, undefined],
        ],
      );
    });

    it('writes a document for each change with -o yaml', async () => {
      const running = start('tree -w -o yaml web');
      await running.until(/summary:[\s\S]*size/);
      changed({ readyReplicas: 1 });
      await running.until('ready: 1');
      assert.deepEqual(
        loadAll(running.stdout()).map((document) => (document as { summary: { ready: number } }).summary.ready),
        [2, 1],
      );
    });

    it('writes JSON on a terminal as in a pipe', async () => {
      const running = start('tree -w -o json web', { columns: 100 });
      await running.until(/\n/);
      assert.equal(JSON.parse(running.stdout()).metadata.name, 'web');
    });

    it('writes lines on a terminal that takes no cursor', async () => {
      const running = start('tree -w web', { columns: 100, env: { TERM: 'dumb' } });
      await running.until(new RegExp(`^${time}  web  2/2  Updated\n`));
    });

    it('says once that nothing is there, and shows sets as they come', async () => {
      const running = start('tree -w -n other');
      await running.until('No resources found');
      shop.addSet('db', { metadata: { namespace: 'other' } });
      await running.until('db  ');
      shop.cluster.remove('statefulsets', 'db', 'other');
      await running.until('Deleted');
      assert.equal(running.stderr(), 'No resources found in other namespace.\n');
    });

    it('says that nothing is there in any namespace', async () => {
      const running = start('tree -w -A -l none=1');
      await running.until('No resources found\n');
    });
  });

  describe('exits 2 at its first reading', () => {
    it('where a named set is missing', async () => {
      assert.deepEqual(await start('tree -w db web').ended, {
        code: 2,
        stdout: '',
        stderr: 'Error from server (NotFound): statefulsets.apps "db" not found\n',
      });
    });

    it('where a named set is missing, on a terminal too', async () => {
      const { code, stdout, stderr } = await start('tree -w db', { columns: 80 }).ended;
      assert.deepEqual([code, stdout], [2, '']);
      assert.equal(stderr, 'Error from server (NotFound): statefulsets.apps "db" not found\n');
    });

    it('where sets may not be listed', async () => {
      shop.cluster.denied.add('list statefulsets');
      const { code, stdout, stderr } = await start('tree -w').ended;
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^Error from server \(Forbidden\): statefulsets\.apps is forbidden: .*\n$/);
    });

    it('where the server fails', async () => {
      shop.cluster.intercept = ({ plural }) => (plural === 'pods' ? failure() : undefined);
      const { code, stdout, stderr } = await start('tree -w').ended;
      assert.deepEqual([code, stdout, stderr], [2, '', 'Error from server (InternalError): no quorum\n']);
    });

    it('where the server fails in the second round', async () => {
      shop.cluster.intercept = ({ plural }) => (plural === 'persistentvolumes' ? failure() : undefined);
      const { code, stdout, stderr } = await start('tree -w').ended;
      assert.deepEqual([code, stdout, stderr], [2, '', 'Error from server (InternalError): no quorum\n']);
    });

    it('where the server cannot be reached', async () => {
      shop.cluster.close();
      const { code, stdout, stderr } = await start('tree -w').ended;
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^The connection to the server .* was refused/);
    });
  });

  describe('during an outage', () => {
    const outage = 'warning: Error from server (InternalError): no quorum, trying again\n';

    function lose(): void {
      shop.cluster.intercept = () => failure();
      shop.cluster.cut();
    }

    function recover(): void {
      shop.cluster.intercept = () => undefined;
    }

    it('says it once, whichever requests fail, and goes on afterwards', async () => {
      const running = start('tree -w web');
      await running.until('2/2');
      lose();
      await running.until('trying again');
      await settled();
      recover();
      changed({ readyReplicas: 1 });
      await running.until('1/2');
      assert.equal(running.stderr(), outage);
    });

    it('says each outage', async () => {
      const running = start('tree -w web');
      await running.until('2/2');
      for (const [position, readyReplicas] of [1, 0].entries()) {
        lose();
        await running.until(new RegExp(`^(?:${outage.replace(/[()]/g, '\\$&')}){${position + 1}}$`));
        recover();
        changed({ readyReplicas });
        await running.until(`${readyReplicas}/2`);
        // A change may be seen before all parts have an answer again.
        await settled();
      }
    });

    it('of the second round keeps what it has, and says it once', async () => {
      const running = start('tree -w web -o json', {}, quickClock());
      await running.until('pv-data-web-0');
      shop.cluster.intercept = ({ plural }) => (plural === 'storageclasses' ? failure() : undefined);
      await running.until('trying again');
      shop.cluster.intercept = () => undefined;
      await settled();
      assert.equal(running.stderr(), outage);
    });
  });

  describe('without the right to', () => {
    const forbidden = (verb: string, plural: string) =>
      `${plural} is forbidden: User "somebody" cannot ${verb} resource "${plural}" in API group "" in the namespace "shop"`;

    it('watch something lists it again and again, and says so once', async () => {
      shop.cluster.denied.add('watch pods');
      const running = start('tree -w web');
      await running.until('no right to watch pods');
      shop.cluster.put('pods', podOf(shop.web, 0, { status: { phase: 'Pending' } }));
      await running.until('Stuck');
      const lists = () => shop.cluster.requests.filter((request) => request === 'list pods').length;
      const before = lists();
      while (lists() < before + 3) await settled();
      const why = forbidden('watch', 'pods');
      assert.equal(running.stderr(), `warning: no right to watch pods, listed every few seconds instead: ${why}\n`);
    });

    it('list something shows it as forbidden, and says so once', async () => {
      shop.cluster.denied.add('list services');
      const running = start('tree -w web');
      await running.until('2/2');
      changed({ readyReplicas: 1 });
      await running.until('1/2');
      const why = forbidden('list', 'services');
      const line = `warning: not read for lack of the right to list services: ${why}\n`;
      assert.equal(running.stderr(), line);
    });

    it('read something that is needed later says so then', async () => {
      shop.cluster.denied.add('list events').add('list services');
      const running = start('tree -w web');
      await running.until('right to list services');
      shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
      await running.until('right to list events');
      const lines = running.stderr().match(/right to (.*?):/g);
      assert.deepEqual(lines, ['right to list services:', 'right to list events:']);
    });

    it('list sets reads those that are named again and again', async () => {
      shop.cluster.denied.add('list statefulsets');
      const running = start('tree -w web');
      await running.until('2/2');
      changed({ readyReplicas: 1 });
      await running.until('1/2');
      assert.match(running.stderr(), /^warning: .* right to list statefulsets\.apps: .*\n$/);
    });

    it('read the named sets any more says so, and never that they are deleted', async () => {
      shop.cluster.denied.add('list statefulsets');
      const running = start('tree -w web');
      await running.until('2/2');
      shop.cluster.denied.add('get statefulsets');
      await running.until(/cannot get resource "statefulsets" .*, trying again\n/);
      shop.cluster.denied.delete('get statefulsets');
      changed({ readyReplicas: 1 });
      await running.until('1/2');
      shop.cluster.intercept = ({ verb }) => (verb === 'get' ? failure() : undefined);
      await running.until('no quorum, trying again');
      shop.cluster.intercept = () => undefined;
      changed({ readyReplicas: 0 });
      await running.until('0/2');
      assert.doesNotMatch(running.stdout(), /Deleted/);
      shop.cluster.remove('statefulsets', 'web');
      await running.until('Deleted');
    });
  });

  describe('on a terminal', () => {
    const enter = '\u001b[?1049h';
    const leave = '\u001b[?1049l';
    /** Removes the last row, that of the notice, below the 10 rows of the tree. */
    const withoutNotice = '\u001b[11;1H\u001b[J';
    /** What a terminal shows of the tree after the command has ended. */
    const left = (stdout: string) => stdout.slice(stdout.indexOf(leave) + leave.length);

    it('draws the tree anew in its place, and leaves the last one', async () => {
      const running = start('tree -w web --color=never', { columns: 120 });
      await running.until('pod/web-1');
      changed({ readyReplicas: 1 });
      await running.until(/sts\/web +1\/2/);
      running.signal('SIGINT');
      const { code, stdout, stderr } = await running.ended;
      assert.deepEqual([code, stderr], [130, '']);
      assert.ok(stdout.startsWith(enter));
      const once = await shop.run('tree web --color=never', {}, { clock: quickClock() });
      assert.equal(left(stdout), once.stdout);
    });

    it('shows colours, and no header with --no-headers', async () => {
      const running = start('tree -w web --no-headers -o wide', { columns: 160 });
      await running.until('10.0.0.1');
      assert.ok(running.stdout().includes('\u001b[32mRunning\u001b[0m'));
      assert.doesNotMatch(running.stdout(), /NAME/);
    });

    it('cuts its rows to the width, also after the terminal was resized', async () => {
      const running = start('tree -w web --color=never', { columns: 120 });
      await running.until('Delete, csi ebs.csi.aws.com');
      const { length } = running.stdout();
      Object.assign(running.host.stdout, { columns: 60 });
      running.host.stdout.emit('resize');
      assert.match(running.stdout().slice(length), /READY {2}STATUS/);
      assert.doesNotMatch(running.stdout().slice(length), /DETAIL/);
      running.signal('SIGINT');
      for (const row of left((await running.ended).stdout).split('\n')) assert.ok(row.length <= 60, row);
    });

    it('keeps ages current', async () => {
      const running = start('tree -w web --color=never', { columns: 120 }, withAges());
      await running.until(/sts\/web .* 5s/);
    });

    it('says that nothing is there, and that a named set has gone', async () => {
      const empty = start('tree -w -n other', { columns: 80 });
      await empty.until('No resources found in other namespace.');
      const running = start('tree -w web', { columns: 80 });
      await running.until('pod/web-1');
      shop.cluster.remove('statefulsets', 'web');
      await running.until('Error from server (NotFound): statefulsets.apps "web" not found');
      assert.deepEqual([empty.stderr(), running.stderr()], ['', '']);
    });

    it('shows an outage in the last row while it lasts, and says it after the tree', async () => {
      const running = start('tree -w web --color=never', { columns: 120 });
      await running.until('pod/web-1');
      shop.cluster.intercept = () => failure();
      shop.cluster.cut();
      const line = 'warning: Error from server (InternalError): no quorum, trying again';
      await running.until(line);
      assert.equal(running.stderr(), '');
      shop.cluster.intercept = () => undefined;
      const { length } = running.stdout();
      changed({ readyReplicas: 1 });
      await running.until(/sts\/web +1\/2/);
      await settled();
      assert.ok(running.stdout().slice(length).includes(withoutNotice));
      running.signal('SIGINT');
      const { stdout, stderr } = await running.ended;
      assert.equal(stderr, `${line}\n`);
      assert.doesNotMatch(left(stdout), /trying again/);
    });

    it('says what is missing after the tree, and at once where standard error leads elsewhere', async () => {
      shop.cluster.denied.add('list services');
      const beside = start('tree -w web', { columns: 120 });
      Object.assign(beside.host.stderr, { isTTY: false });
      await beside.until('right to list services');
      shop.cluster.warning = 'pods are old';
      await beside.until('pod/web-1');
      shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-0', { spec: { volumeName: 'pv-new' } }));
      await beside.until('Warning: pods are old\n');
      assert.match(beside.stderr(), /\nWarning: pods are old\n$/);
    });

    it('says what the server warns of after the tree', async () => {
      const running = start('tree -w web', { columns: 120 });
      await running.until('pod/web-1');
      shop.cluster.warning = 'events are old';
      shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
      await running.until('Pending');
      assert.equal(running.stderr(), '');
      running.signal('SIGINT');
      assert.match((await running.ended).stderr, /^.*Warning:.* events are old\n$/);
    });

    it('keeps the last lines for standard error until the screen is closed', async () => {
      const running = start('tree -w web', { columns: 120 });
      await running.until('pod/web-1');
      for (let outages = 0; outages < 22; outages++) {
        const { length } = running.stdout();
        shop.cluster.intercept = () => failure(`fault ${outages}`);
        shop.cluster.cut();
        await running.until(`fault ${outages},`);
        shop.cluster.intercept = () => undefined;
        while (!running.stdout().slice(length).includes(withoutNotice)) await settled();
      }
      running.signal('SIGINT');
      const lines = (await running.ended).stderr.trimEnd().split('\n');
      assert.equal(lines.length, 20);
      assert.match(lines[0] ?? '', /fault 2,/);
      assert.match(lines.at(-1) ?? '', /fault 21,/);
    });
  });

  describe('ends', () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      it(`with ${code} at ${signal}, without a word`, async () => {
        const running = start('tree -w web');
        await running.until('2/2');
        running.signal(signal);
        // A second one changes nothing.
        running.signal('SIGINT');
        const ended = await running.ended;
        assert.deepEqual([ended.code, ended.stderr], [code, '']);
      });
    }

    it('with 130 while the first reading is under way', async () => {
      shop.cluster.intercept = () => new Promise(() => {});
      const running = start('tree -w web');
      while (shop.cluster.requests.length === 0) await settled();
      running.signal('SIGINT');
      assert.deepEqual(await running.ended, { code: 130, stdout: '', stderr: '' });
    });

    it('with 130 where the signal came before it had a client', async () => {
      const running = shop.start(
        'tree -w web',
        {},
        {
          clock: withoutAges(),
          async openClient(options, means) {
            running.signal('SIGINT');
            return openClient(options, means);
          },
        },
      );
      assert.deepEqual(await running.ended, { code: 130, stdout: '', stderr: '' });
    });

    it('with 130 while a later reading is under way', async () => {
      const running = start('tree -w web');
      await running.until('2/2');
      let isAsked = false;
      shop.cluster.intercept = ({ plural }) => {
        if (plural !== 'events') return undefined;
        isAsked = true;
        return new Promise(() => {});
      };
      shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
      while (!isAsked) await settled();
      running.signal('SIGINT');
      const { code, stderr } = await running.ended;
      assert.deepEqual([code, stderr], [130, '']);
    });

    it('without a word when its reader goes away', async () => {
      const running = start('tree -w web');
      await running.until('2/2');
      running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      assert.deepEqual([running.exited(), running.stderr()], [0, '']);
    });
  });

  it('shows why a claim is pending once the cluster says so', async () => {
    const claim = shop.cluster.put('persistentvolumeclaims', pendingClaim('data-web-0'));
    const running = start('tree -w web --color=never', { columns: 120 });
    await running.until(/data-web-0 +Pending/);
    shop.cluster.put('events', warning(claim, 'ProvisioningFailed', 'quota exceeded'));
    await running.until('quota exceeded');
  });
});
