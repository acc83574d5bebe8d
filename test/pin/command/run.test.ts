import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import type { Service } from '#src/objects/types.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { external, member, web, webPods } from '../model/services.ts';
import { now, pinAnnotation, pinWorld, podLabel, putService, putSlice, said } from './world.ts';

const change = (pod: string, from = 'app=web') => `  selector  ${from}  →  app=web, ${podLabel}=${pod}`;
const undo = 'undo: kubectl sts unpin lb -n shop';
const endpoints = (before: number) =>
  `  endpoints ${before} → 1 after 0.0 s; established connections stay where they are`;
const pinnedTo = (pod: string) => ({ app: 'web', [podLabel]: pod });
const pinned = (pod: string) =>
  said(0, [`service/lb pinned to pod/${pod} (10.0.0.1, ready)`, change(pod), endpoints(3), undo]);

describe('kubectl sts pin', () => {
  const world = pinWorld();

  it('pins a Service to the pod with an ordinal, and waits until its endpoints have followed', async () => {
    assert.deepEqual(await world.run('pin lb 1'), pinned('web-1'));
    assert.deepEqual(world.pinOf('lb'), {
      selector: pinnedTo('web-1'),
      record: { selector: { app: 'web' }, pod: 'web-1', set: 'web', since: now, user: 'somebody', owners: [] },
    });
    assert.deepEqual(world.writes(), ['patch services lb']);
  });

  it('reads everything once, and writes once', async () => {
    await world.run('pin lb 1 --wait=false');
    assert.deepEqual([...world.cluster.requests].sort(), [
      'create selfsubjectreviews',
      'list endpointslices',
      'list pods',
      'list services',
      'list statefulsets',
      'patch services lb',
    ]);
  });

  for (const [target, pod] of [
    ['0', 'web-0'],
    ['2-2', 'web-2'],
    ['web-1', 'web-1'],
    ['pod/web-2', 'web-2'],
    ['sts/web:1', 'web-1'],
    ['statefulset.apps/web:0', 'web-0'],
  ] as const) {
    for (const words of [`pin lb ${target}`, `pin svc/lb --to ${target}`]) {
      it(`finds the pod: ${words}`, async () => {
        assert.deepEqual(await world.run(words), pinned(pod));
        assert.deepEqual(world.pinOf('lb').selector, pinnedTo(pod));
      });
    }
  }

  it('pins several Services with --to, and exits with the worst that became of one', async () => {
    putService(world.cluster, external('np'));
    const { code, stdout, stderr } = await world.run('pin lb nope web np --to 1');
    assert.equal(code, 2);
    assert.deepEqual(stdout.match(/^service\/\S+ pinned to pod\/\S+/gm), [
      'service/lb pinned to pod/web-1',
      'service/np pinned to pod/web-1',
    ]);
    assert.deepEqual(stderr.split('\n'), [
      'Error from server (NotFound): services "nope" not found',
      'error: service "web" is not pinned: it is the governing Service of web, from which the pods have their DNS names: create another Service to pin',
      '',
    ]);
    assert.deepEqual(world.writes(), ['patch services lb', 'patch services np']);
  });

  it('exits 1 when only refusals came of several', async () => {
    assert.equal((await world.run('pin web lb --to 1')).code, 1);
    assert.equal((await world.run('pin lb web --to 0')).code, 1);
  });

  it('moves a pinned Service, and keeps the first original', async () => {
    await world.run('pin lb 0');
    assert.deepEqual(
      await world.run('pin lb 1'),
      said(0, [
        'service/lb pinned to pod/web-1 (10.0.0.1, ready), moved from web-0',
        change('web-1', `app=web, ${podLabel}=web-0`),
        endpoints(1),
        undo,
      ]),
    );
    assert.deepEqual((world.pinOf('lb').record as { selector: object }).selector, { app: 'web' });
  });

  it('writes nothing when the Service is already pinned to the pod', async () => {
    await world.run('pin lb 1');
    const before = world.service('lb');
    assert.deepEqual(await world.run('pin lb 1'), said(0, ['service/lb is already pinned to pod/web-1']));
    assert.deepEqual(world.service('lb'), before);
  });

  it('says that a per-pod Service leads to the pod already', async () => {
    world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: pinnedTo('web-1') } }));
    assert.deepEqual(
      await world.run('pin lb 1'),
      said(0, ['service/lb leads to pod/web-1 alone already: it is a per-pod Service, which nobody pinned']),
    );
    assert.deepEqual(world.writes(), []);
  });

  it('prints no address of a pod that has none', async () => {
    const { podIPs: _, ...status } = { ...webPods[1]?.status };
    world.cluster.put('pods', member(web, 1, { status }));
    assert.match((await world.run('pin lb 1')).stdout, /^service\/lb pinned to pod\/web-1 \(ready\)\n/);
  });

  it('escapes what a Service says in its selector', async () => {
    putService(world.cluster, external('evil', { spec: { selector: { app: 'web', '\u001b[2J': '' } } }));
    const { stderr } = await world.run('pin evil sts/web:1');
    assert.equal(
      stderr,
      'error: service "evil" is not pinned: pod web-1 lacks labels that the selector requires: \\u001b[2J=\n',
    );
  });

  it('notes the field manager that it is given', async () => {
    const managers: (string | null)[] = [];
    world.cluster.intercept = ({ verb, query }) => {
      if (verb === 'patch') managers.push(query.get('fieldManager'));
      return undefined;
    };
    await world.run('pin lb 1');
    await world.run('pin lb 2 --field-manager night-shift');
    assert.deepEqual(managers, ['kubectl-sts', 'night-shift']);
  });

  it('pins in the namespace that it is given', async () => {
    const { code, stderr } = await world.run('pin lb 1 -n elsewhere');
    assert.deepEqual([code, stderr], [2, 'Error from server (NotFound): services "lb" not found\n']);
  });
});

describe('a dry run of pin', () => {
  const world = pinWorld();
  const lines = (word: string) => [`service/lb pinned to pod/web-1 (10.0.0.1, ready) (${word})`, change('web-1')];

  for (const flag of ['--dry-run=client', '--dry-run']) {
    it(`writes nothing: ${flag}`, async () => {
      assert.deepEqual(await world.run(`pin lb 1 ${flag}`), said(0, lines('dry run')));
      assert.deepEqual(world.writes(), []);
    });
  }

  it('lets the server admit the write: --dry-run=server', async () => {
    const before = world.service('lb');
    assert.deepEqual(await world.run('pin lb 1 --dry-run=server'), said(0, lines('server dry run')));
    assert.deepEqual(world.writes(), ['patch services lb?dryRun=All']);
    assert.deepEqual(world.service('lb'), before);
  });

  it('plans what the server would make of it', async () => {
    const [client, server] = [
      await world.run('pin lb 1 --dry-run=client -o json'),
      await world.run('pin lb 1 --dry-run=server -o json'),
    ];
    assert.deepEqual(JSON.parse(client.stdout), JSON.parse(server.stdout));
  });

  it('is refused with the same words', async () => {
    const refused = await world.run('pin lb 7');
    for (const flag of ['client', 'server']) {
      assert.deepEqual(await world.run(`pin lb 7 --dry-run=${flag}`), refused);
    }
  });
});

describe('the object that pin prints', () => {
  const world = pinWorld();

  it('is the Service as it is then, without managedFields', async () => {
    world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, managedFields: [{ manager: 'me' }] } }));
    const { stdout, stderr, code } = await world.run('pin lb 1 -o json');
    const { metadata, ...rest } = world.service('lb');
    const { managedFields: _, ...shown } = metadata;
    assert.deepEqual(JSON.parse(stdout), { apiVersion: 'v1', ...rest, metadata: shown });
    assert.equal(JSON.parse(stdout).metadata.annotations[pinAnnotation], metadata.annotations?.[pinAnnotation]);
    assert.deepEqual([stderr, code], ['', 0]);
  });

  it('says the same in YAML', async () => {
    const yaml = await world.run('pin lb 1 -o yaml --dry-run=client');
    const json = await world.run('pin lb 1 -o json --dry-run=client');
    assert.deepEqual(load(yaml.stdout), JSON.parse(json.stdout));
  });

  it('is its name with -o name', async () => {
    assert.deepEqual(await world.run('pin svc/lb 1 -o name'), said(0, ['service/lb']));
  });

  it('is a list of several, without those that were refused', async () => {
    putService(world.cluster, external('np'));
    const { stdout, code } = await world.run('pin lb web np --to 1 -o json');
    const { kind, apiVersion, items } = JSON.parse(stdout);
    assert.deepEqual([kind, apiVersion, code], ['List', 'v1', 1]);
    assert.deepEqual(
      items.map(({ kind: each, metadata }: Service & { kind: string }) => [each, metadata.name]),
      [
        ['Service', 'lb'],
        ['Service', 'np'],
      ],
    );
    assert.deepEqual(await world.run('pin lb np --to 1 -o name'), said(0, ['service/lb', 'service/np']));
    const one = JSON.parse((await world.run('pin lb web --to 1 -o json')).stdout);
    assert.deepEqual([one.kind, one.items.length], ['List', 1]);
  });

  it('is printed too when there was nothing to write, and nothing is when it was refused', async () => {
    await world.run('pin lb 1');
    assert.equal(JSON.parse((await world.run('pin lb 1 -o json')).stdout).metadata.name, 'lb');
    assert.equal((await world.run('pin web 1 -o json')).stdout, '');
  });
});

describe('waiting for the endpoints', () => {
  const world = pinWorld();
  const without = (line: RegExp, text: string) => text.split('\n').filter((each) => !line.test(each));

  it('takes as long as they need', async () => {
    world.cluster.onWrite = () => {};
    let looks = 0;
    world.cluster.intercept = ({ plural, query }) => {
      if (plural === 'endpointslices' && query.get('labelSelector') && ++looks === 4) {
        putSlice(world.cluster, 'lb', ['web-1']);
      }
      return undefined;
    };
    const clock = quickClock();
    const { code, stdout, stderr } = await world.run('pin lb 1', {}, { steadyClock: clock });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^ {2}endpoints 3 → 1 after 0\.3 s; established connections stay where they are$/m);
    assert.deepEqual(clock.slept, [100, 100, 100]);
  });

  it('ends in time, says what they name instead, and leaves the pin', async () => {
    world.cluster.onWrite = () => {};
    const clock = quickClock();
    const { code, stdout, stderr } = await world.run('pin lb 1 --timeout 1s', {}, { steadyClock: clock });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'error: timed out after 1.0 s waiting for the endpoints of service/lb to name web-1 alone: they name web-0, web-1, web-2; the pin stays\n',
    );
    assert.deepEqual(without(/^$/, stdout), [
      'service/lb pinned to pod/web-1 (10.0.0.1, ready)',
      change('web-1'),
      undo,
    ]);
    assert.equal(clock.slept.length, 10);
    assert.deepEqual(world.pinOf('lb').selector, pinnedTo('web-1'));
  });

  it('takes 30 s unless told otherwise', async () => {
    world.cluster.onWrite = () => putSlice(world.cluster, 'lb', []);
    const { code, stderr } = await world.run('pin lb 1');
    assert.deepEqual(
      [code, stderr],
      [
        1,
        'error: timed out after 30.0 s waiting for the endpoints of service/lb to name web-1 alone: they name no pod; the pin stays\n',
      ],
    );
  });

  it('prints the object all the same', async () => {
    world.cluster.onWrite = () => {};
    const { code, stdout } = await world.run('pin lb 1 --timeout 0s -o name');
    assert.deepEqual([code, stdout], [1, 'service/lb\n']);
  });

  it('is not done with --wait=false', async () => {
    world.cluster.onWrite = () => {};
    assert.deepEqual(
      await world.run('pin lb 1 --wait=false'),
      said(0, ['service/lb pinned to pod/web-1 (10.0.0.1, ready)', change('web-1'), undo]),
    );
    assert.equal(world.cluster.requests.filter((request) => request === 'list endpointslices').length, 1);
  });

  it('is not done without the right to list EndpointSlices, which is said before the write', async () => {
    world.cluster.denied.add('list endpointslices');
    const { code, stdout, stderr } = await world.run('pin lb 1');
    assert.equal(code, 0);
    assert.equal(
      stderr,
      'warning: whether the endpoints follow is not known: no right to list endpointslices.discovery.k8s.io: endpointslices.discovery.k8s.io is forbidden: User "somebody" cannot list resource "endpointslices" in API group "discovery.k8s.io" in the namespace "shop"\n',
    );
    assert.doesNotMatch(stdout, /endpoints/);
    assert.deepEqual(world.pinOf('lb').selector, pinnedTo('web-1'));
    assert.equal((await world.run('pin lb 2 --wait=false')).stderr, '', 'and not to those who do not wait');
  });

  it('ends when they cannot be read any more, which is said', async () => {
    world.cluster.onWrite = () => void world.cluster.denied.add('list endpointslices');
    const { code, stderr } = await world.run('pin lb 1');
    assert.equal(code, 0);
    assert.equal(
      stderr,
      'warning: whether the endpoints of service/lb have followed is not known: Error from server (Forbidden): endpointslices.discovery.k8s.io is forbidden: User "somebody" cannot list resource "endpointslices" in API group "discovery.k8s.io" in the namespace "shop"\n',
    );
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`is ended by ${signal}: the pin stays, and the Services that come after are left alone`, async () => {
      putService(world.cluster, external('np'));
      world.cluster.onWrite = () => {};
      const endless = quickClock(() => false);
      const running = world.start('pin lb np --to 1', {}, { steadyClock: endless });
      world.cluster.intercept = ({ plural, query }) => {
        if (plural === 'endpointslices' && query.get('labelSelector')) setImmediate(() => running.signal(signal));
        return undefined;
      };
      const ran = await running.ended;
      assert.equal(ran.code, code);
      assert.equal(
        ran.stderr,
        'error: interrupted after 0.0 s of waiting for the endpoints of service/lb to name web-1 alone: they name web-0, web-1, web-2; the pin stays\n',
      );
      assert.deepEqual(world.writes(), ['patch services lb']);
      assert.deepEqual(world.pinOf('lb').selector, pinnedTo('web-1'));
    });
  }

  it('ends when nobody reads its output any more', async () => {
    world.cluster.onWrite = () => {};
    const running = world.start('pin lb 1');
    running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    assert.equal(running.exited(), 0);
    await running.ended;
    assert.doesNotMatch(running.stderr(), /EPIPE/);
  });
});

describe('the write of a pin', () => {
  const world = pinWorld();
  const overtaken = (now: string, selector: string) =>
    said(
      1,
      [],
      [
        `error: service "lb" was changed by somebody else at the same time, and nothing was written: it is now ${now}, and its selector is ${selector}`,
      ],
    );

  it('is made again when somebody changed something else meanwhile', async () => {
    world.beforePatch(1, () =>
      world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, labels: { seen: 'yes' } } })),
    );
    assert.deepEqual(await world.run('pin lb 1'), pinned('web-1'));
    assert.deepEqual(world.service('lb').metadata.labels, { seen: 'yes' });
    assert.deepEqual(world.writes(), ['patch services lb', 'patch services lb']);
  });

  it('is not made when somebody changed the selector meanwhile', async () => {
    world.beforePatch(1, () =>
      world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: { app: 'web', tier: 'data' } } })),
    );
    assert.deepEqual(await world.run('pin lb 1'), overtaken('not pinned', 'app=web, tier=data'));
    assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web', tier: 'data' }, record: undefined });
  });

  it('is not made when somebody gave the selector a pod meanwhile', async () => {
    world.beforePatch(1, () =>
      world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: pinnedTo('web-0') } })),
    );
    assert.deepEqual(
      await world.run('pin lb 1'),
      overtaken('a per-pod Service of pod/web-0', `app=web, ${podLabel}=web-0`),
    );
  });

  it('is not made to another Service of the same name', async () => {
    world.beforePatch(1, () => world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, uid: 'another' } })));
    assert.deepEqual(await world.run('pin lb 1'), overtaken('not pinned', 'app=web'));
    assert.deepEqual(world.pinOf('lb').selector, { app: 'web' });
  });

  it('is given up when others write all the time', async () => {
    let version = 0;
    world.cluster.intercept = ({ verb }) => {
      const labels = { version: String(++version) };
      if (verb === 'patch') world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, labels } }));
      return undefined;
    };
    const { code, stdout, stderr } = await world.run('pin lb 1');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Error from server \(Conflict\): .* services "lb": the object has been modified/);
    assert.equal(world.writes().length, 11);
  });

  it('without the right to patch Services changes nothing', async () => {
    world.cluster.denied.add('patch services');
    const line =
      'Error from server (Forbidden): services "lb" is forbidden: User "somebody" cannot patch resource "services" in API group "" in the namespace "shop" (nothing was changed)';
    for (const flag of ['', ' --dry-run=server']) {
      assert.deepEqual(await world.run(`pin lb 1${flag}`), said(2, [], [line]));
    }
    assert.deepEqual(world.pinOf('lb').selector, { app: 'web' });
  });

  it('fails with the words of the server', async () => {
    const failure = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 422, reason: 'Invalid' };
    const frozen = { ...failure, message: 'frozen until Monday' };
    world.cluster.intercept = ({ verb }) => (verb === 'patch' ? { code: 422, body: frozen } : undefined);
    assert.deepEqual(await world.run('pin lb 1'), said(2, [], ['Error from server (Invalid): frozen until Monday']));
  });

  it('fails when the Service is gone after a conflict', async () => {
    world.beforePatch(1, () => world.edit('lb', (lb) => lb));
    const { intercept } = world.cluster;
    world.cluster.intercept = (asked) => {
      if (asked.verb === 'get') world.cluster.remove('services', 'lb');
      return intercept(asked);
    };
    assert.deepEqual(
      await world.run('pin lb 1'),
      said(2, [], ['Error from server (NotFound): services "lb" not found']),
    );
  });

  it('is not made any more after Ctrl-C', async () => {
    const running = world.start('pin lb 1');
    world.cluster.intercept = ({ plural }) => {
      if (plural === 'pods') running.signal('SIGINT');
      return undefined;
    };
    assert.deepEqual(await running.ended, said(130, []));
    assert.deepEqual(world.writes(), []);
  });

  it('is not tried without the right to list Services', async () => {
    world.cluster.denied.add('list services');
    const { code, stdout, stderr } = await world.run('pin lb 1');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Error from server \(Forbidden\): services is forbidden: User "somebody" cannot list/);
    assert.deepEqual(world.writes(), []);
  });
});
