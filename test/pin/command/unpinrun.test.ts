import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import type { ManagedFields } from '#src/pin/model/ownership.ts';
import { external, withNote } from '../model/services.ts';
import { pinAnnotation, pinWorld, podIndex, podLabel, putService, said } from './world.ts';

const pinnedTo = (pod: string) => ({ app: 'web', [podLabel]: pod });
const unpinned = (before: string, after = 'app=web', suffix = '') =>
  said(0, [`service/lb unpinned${suffix}`, `  selector  ${before}  →  ${after}`]);
const forgotten = said(0, [
  'service/lb unpinned without a change of its selector: only the annotation goes',
  '  selector  app=web  (unchanged)',
]);
const fromPin = `app=web, ${podLabel}=web-1`;
const withSelector = (selector: Record<string, string>) => (service: Service) => ({
  ...service,
  spec: { ...service.spec, selector },
});
const labelled = (service: Service) => ({
  ...service,
  metadata: { ...service.metadata, labels: { seen: 'yes' } },
});
const exceptVersion = ({ metadata, ...rest }: Service) => {
  const { resourceVersion: _, ...kept } = metadata;
  // The server leaves out a map without entries.
  const annotations = Object.keys(kept.annotations ?? {}).length === 0 ? undefined : kept.annotations;
  return { ...rest, metadata: { ...kept, annotations } };
};

describe('kubectl sts unpin', () => {
  const world = pinWorld();

  it('restores the Service exactly, in two writes', async () => {
    world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, annotations: { note: 'x' } } }));
    const before = exceptVersion(world.service('lb'));
    await world.run('pin lb 1');
    world.cluster.requests.length = 0;
    assert.deepEqual(await world.run('unpin svc/lb'), unpinned(fromPin));
    assert.deepEqual(exceptVersion(world.service('lb')), before);
    assert.deepEqual(world.cluster.requests, ['list services', 'patch services lb', 'patch services lb']);
  });

  it('restores the first original after any number of moves', async () => {
    const before = exceptVersion(world.service('lb'));
    for (const ordinal of [0, 2, 1]) await world.run(`pin lb ${ordinal}`);
    assert.deepEqual(await world.run('unpin lb'), unpinned(fromPin));
    assert.deepEqual(exceptVersion(world.service('lb')), before);
  });

  it('writes nothing to a Service that is not pinned', async () => {
    assert.deepEqual(await world.run('unpin lb'), said(0, ['service/lb is not pinned']));
    assert.deepEqual(world.writes(), []);
    const { stdout } = await world.run('unpin lb -o json');
    assert.equal(JSON.parse(stdout).metadata.name, 'lb');
  });

  it('says what is missing, and goes on with the others', async () => {
    await world.run('pin lb 1');
    const { code, stdout, stderr } = await world.run('unpin nope lb');
    assert.deepEqual([code, stderr], [2, 'Error from server (NotFound): services "nope" not found\n']);
    assert.match(stdout, /^service\/lb unpinned\n/);
  });

  it('says so where the selector is the original already', async () => {
    putService(world.cluster, external('broker', { spec: { selector: pinnedTo('web-0') } }));
    for (const ordinal of [1, 0]) await world.run(`pin broker ${ordinal}`);
    assert.deepEqual(
      await world.run('unpin broker'),
      said(0, [
        'service/broker unpinned without a change of its selector: only the annotation goes',
        `  selector  app=web, ${podLabel}=web-0  (unchanged)`,
      ]),
    );
    assert.deepEqual(world.pinOf('broker'), { selector: pinnedTo('web-0'), record: undefined });
  });
});

describe('unpin of a per-pod Service, which nobody pinned', () => {
  const world = pinWorld();
  const refusal =
    'error: service "lb" is not unpinned: it is a per-pod Service: it leads to pod web-1, and nobody pinned it';
  const insist = '  --force removes that label, --selector gives the Service another selector';

  it('says who keeps it and which pods it would reach, and writes nothing', async () => {
    const selector = { 'f:spec': { 'f:selector': {} } };
    const ports = { 'f:spec': { 'f:ports': {} } };
    const entry = { apiVersion: 'v1', fieldsType: 'FieldsV1', time: '2026-01-02T03:04:05Z' };
    world.edit('lb', (lb) => ({
      ...withSelector(pinnedTo('web-1'))(lb),
      metadata: {
        ...lb.metadata,
        annotations: { 'meta.helm.sh/release-name': 'shop' },
        managedFields: [
          { ...entry, manager: 'helm', operation: 'Apply', fieldsV1: ports },
          { ...entry, manager: 'kubectl-patch', operation: 'Update', fieldsV1: selector },
        ],
      },
    }));
    const told = [
      refusal,
      '  its selector was written by kubectl-patch (Update, 2026-01-02T03:04:05Z)',
      '  it is applied by helm (Apply), which no longer owns its selector',
      '  it is kept by Helm (annotation meta.helm.sh/release-name)',
      `  without ${podLabel} (selector app=web): traffic goes to all 3 pods`,
      insist,
    ];
    for (const flags of ['', ' --dry-run=client', ' --dry-run=server', ' --keep-changes', ' -o json']) {
      assert.deepEqual(await world.run(`unpin lb${flags}`), said(1, [], told));
    }
    assert.deepEqual(world.writes(), []);
  });

  it('says so where nothing tells who keeps it, or pods may not be listed', async () => {
    world.edit('lb', withSelector({ app: 'web', [podIndex]: '1' }));
    world.cluster.denied.add('list pods');
    assert.deepEqual(
      await world.run('unpin lb'),
      said(
        1,
        [],
        [
          refusal,
          '  nothing tells who keeps that label',
          `  without ${podIndex} (selector app=web): where traffic goes is not known: the pods may not be listed`,
          insist,
        ],
      ),
    );
    assert.deepEqual(world.writes(), []);
  });

  it('removes the label by force, and says which pods it reaches then', async () => {
    world.edit('lb', withSelector(pinnedTo('web-1')));
    const { code, stdout, stderr } = unpinned(fromPin);
    const told = { code, stdout: `${stdout}  traffic goes to all 3 pods\n`, stderr };
    assert.deepEqual(await world.run('unpin lb --force'), told);
    assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web' }, record: undefined });
    assert.deepEqual(world.writes(), ['patch services lb']);
  });

  it('takes the selector that a person gives', async () => {
    world.edit('lb', withSelector(pinnedTo('web-1')));
    const { stdout } = await world.run(['unpin', 'lb', '--selector', `app=web, ${podIndex}=0`]);
    assert.match(stdout, /^service\/lb unpinned\n/);
    assert.deepEqual(world.pinOf('lb').selector, { app: 'web', [podIndex]: '0' });
  });

  it('never leaves a Service without a selector', async () => {
    world.edit('lb', withSelector({ [podLabel]: 'web-1' }));
    assert.deepEqual(
      await world.run('unpin lb'),
      said(
        1,
        [],
        [
          refusal,
          '  nothing tells who keeps that label',
          `  without ${podLabel} its selector would be empty: --selector gives it another one`,
        ],
      ),
    );
    const empty = 'error: service "lb" is not unpinned: it would be left without a selector: give one with --selector';
    assert.deepEqual(await world.run('unpin lb --force'), said(1, [], [empty]));
    assert.deepEqual(world.writes(), []);
    const { code } = await world.run('unpin lb --selector app=web');
    assert.deepEqual([code, world.pinOf('lb').selector], [0, { app: 'web' }]);
  });

  it('is not made when somebody pins the Service meanwhile', async () => {
    world.edit('lb', withSelector(pinnedTo('web-1')));
    world.beforePatch(1, () => world.edit('lb', (lb) => withNote(lb, '{"selector":{"app":"web"},"pod":"web-1"}')));
    const { code, stderr } = await world.run('unpin lb --force');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /changed by somebody else at the same time, and nothing was written: it is now pinned to pod\/web-1/,
    );
  });
});

describe('unpin --all', () => {
  const world = pinWorld();

  it('unpins the Services that are pinned, and leaves the others alone', async () => {
    putService(world.cluster, external('np'));
    putService(world.cluster, external('broker-0', { spec: { selector: pinnedTo('web-0') } }));
    putService(world.cluster, external('broker-1', { spec: { selector: { app: 'web', [podIndex]: '1' } } }));
    await world.run('pin lb 1');
    const others = ['np', 'broker-0', 'broker-1'].map((name) => world.service(name));
    for (const flags of ['', ' --force', ' --keep-changes', ' --dry-run=server']) {
      assert.deepEqual(await world.run(`unpin --all -o name${flags}`), said(0, ['service/lb']));
      if (!flags.includes('dry')) await world.run('pin lb 1');
    }
    assert.deepEqual(await world.run('unpin --all'), unpinned(fromPin));
    assert.deepEqual(
      others.map(({ metadata }) => world.service(metadata.name)),
      others,
    );
  });

  it('prints a list, of one Service or of none too', async () => {
    const list = async () => {
      const { stdout } = await world.run('unpin --all -o json');
      const { kind, items } = JSON.parse(stdout);
      return [kind, items.length];
    };
    await world.run('pin lb 1');
    assert.deepEqual(await list(), ['List', 1]);
    assert.deepEqual(await list(), ['List', 0]);
  });

  it('says on standard error when none is pinned', async () => {
    assert.deepEqual(await world.run('unpin --all'), said(0, [], ['no Service is pinned in shop namespace.']));
  });

  it('unpins the others when one is refused, exit 1', async () => {
    await world.run('pin lb 1');
    putService(world.cluster, withNote(external('broken'), 'x'));
    const { code, stdout, stderr } = await world.run('unpin --all');
    assert.equal(code, 1);
    assert.match(stdout, /^service\/lb unpinned\n/);
    assert.match(stderr, /^error: service "broken" is not unpinned: /);
  });
});

describe('a selector that was changed after the pin', () => {
  const world = pinWorld();
  const changed = { ...pinnedTo('web-1'), tier: 'front' };
  const before = `${fromPin}, tier=front`;

  beforeEach(async () => {
    await world.run('pin lb 1');
    world.edit('lb', withSelector(changed));
    world.cluster.requests.length = 0;
  });

  it('is shown with both ways to go on, and not written', async () => {
    assert.deepEqual(
      await world.run('unpin lb'),
      said(
        1,
        [],
        [
          'error: service "lb" is not unpinned: its selector was changed after the pin (tier=front added): --force restores app=web, --keep-changes makes it app=web, tier=front',
        ],
      ),
    );
    assert.deepEqual(world.writes(), []);
  });

  it('is not offered to be kept where none is left, and the original is', async () => {
    world.edit('lb', withSelector({}));
    const removed = `app=web removed, ${podLabel}=web-1 removed`;
    const drift = `its selector was changed after the pin (${removed}): --force restores app=web`;
    const left = 'it would be left without a selector: --force restores app=web';
    const refusal = (why: string) => said(1, [], [`error: service "lb" is not unpinned: ${why}`]);
    assert.deepEqual(await world.run('unpin lb'), refusal(drift));
    assert.deepEqual(await world.run('unpin lb --keep-changes'), refusal(left));
    assert.deepEqual(world.writes(), []);
  });

  it('is replaced by the original with --force', async () => {
    assert.deepEqual(await world.run('unpin lb --force'), unpinned(before));
    assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web' }, record: undefined });
  });

  for (const flags of ['--keep-changes', '--keep-changes --force']) {
    it(`is kept without the pin with ${flags}`, async () => {
      assert.deepEqual(await world.run(`unpin lb ${flags}`), unpinned(before, 'app=web, tier=front'));
      assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web', tier: 'front' }, record: undefined });
    });
  }

  it('needs no flag when it is the original again: only the annotation goes', async () => {
    world.edit('lb', withSelector({ app: 'web' }));
    assert.deepEqual(await world.run('unpin lb'), forgotten);
    assert.equal(world.pinOf('lb').record, undefined);
  });
});

describe('an annotation that cannot be read', () => {
  const world = pinWorld();

  beforeEach(() => world.edit('lb', (lb) => withNote(withSelector(pinnedTo('web-1'))(lb), '{"pod":"web-1"}')));

  it('is refused, even by force', async () => {
    assert.deepEqual(
      await world.run('unpin lb --force'),
      said(
        1,
        [],
        [
          'error: service "lb" is not unpinned: its annotation kubectl-sts/pin cannot be read (its selector is not a map of labels): give the original selector with --selector',
        ],
      ),
    );
    assert.deepEqual(world.writes(), []);
  });

  it('needs the selector from the person, and goes with the same write', async () => {
    assert.deepEqual(
      await world.run(['unpin', 'lb', '--selector', 'app=web, tier=data']),
      unpinned(fromPin, 'app=web, tier=data'),
    );
    assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web', tier: 'data' }, record: undefined });
    assert.deepEqual(world.writes(), ['patch services lb']);
  });

  it('is the only case for --selector: an original that is known is not replaced', async () => {
    world.edit('lb', (lb) => withSelector({ app: 'web' })(lb));
    world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, annotations: {} } }));
    await world.run('pin lb 1');
    assert.deepEqual(
      await world.run('unpin lb --selector app=shop'),
      said(1, [], ['error: service "lb" is not unpinned: its original selector is app=web: leave --selector out']),
    );
    assert.deepEqual(await world.run('unpin lb --selector app=web'), unpinned(fromPin));
  });
});

describe('a dry run of unpin', () => {
  const world = pinWorld();

  beforeEach(async () => {
    await world.run('pin lb 1');
    world.cluster.requests.length = 0;
  });

  it('writes nothing: --dry-run=client', async () => {
    assert.deepEqual(await world.run('unpin lb --dry-run=client'), unpinned(fromPin, 'app=web', ' (dry run)'));
    assert.deepEqual(world.writes(), []);
  });

  it('lets the server admit one write of all: --dry-run=server', async () => {
    const before = world.service('lb');
    assert.deepEqual(await world.run('unpin lb --dry-run=server'), unpinned(fromPin, 'app=web', ' (server dry run)'));
    assert.deepEqual(world.writes(), ['patch services lb?dryRun=All']);
    assert.deepEqual(world.service('lb'), before);
  });

  it('plans what the server would make of it, and what unpin then does', async () => {
    const shown = async (flags: string) => {
      const { stdout } = await world.run(`unpin lb -o json${flags}`);
      return exceptVersion(JSON.parse(stdout));
    };
    const client = await shown(' --dry-run=client');
    assert.deepEqual(await shown(' --dry-run=server'), client);
    assert.deepEqual(await shown(''), client);
  });
});

describe('the writes of unpin', () => {
  const world = pinWorld();

  beforeEach(async () => {
    await world.run('pin lb 1');
    world.cluster.requests.length = 0;
  });

  it('are made again when somebody changed something else meanwhile', async () => {
    for (const nth of [1, 2]) {
      world.cluster.requests.length = 0;
      world.beforePatch(nth, () => world.edit('lb', labelled));
      assert.deepEqual(await world.run('unpin lb'), unpinned(fromPin));
      assert.deepEqual(world.pinOf('lb'), { selector: { app: 'web' }, record: undefined });
      assert.deepEqual(world.service('lb').metadata.labels, { seen: 'yes' });
      assert.equal(world.writes().length, 3);
      await world.run('pin lb 1');
    }
  });

  it('are not made when somebody moved the pin meanwhile', async () => {
    world.beforePatch(1, () => world.edit('lb', withSelector(pinnedTo('web-0'))));
    assert.deepEqual(
      await world.run('unpin lb'),
      said(
        1,
        [],
        [
          `error: service "lb" was changed by somebody else at the same time, and nothing was written: it is now pinned to pod/web-0, and its selector is app=web, ${podLabel}=web-0`,
        ],
      ),
    );
    assert.deepEqual(world.pinOf('lb').selector, pinnedTo('web-0'));
  });

  it('leave a pin alone that somebody made between the two', async () => {
    world.beforePatch(2, () => world.edit('lb', withSelector(pinnedTo('web-0'))));
    assert.deepEqual(await world.run('unpin lb'), unpinned(fromPin));
    const { selector, record } = world.pinOf('lb');
    assert.deepEqual(selector, pinnedTo('web-0'));
    assert.deepEqual((record as { selector: object }).selector, { app: 'web' });
  });

  it('without the right to patch Services change nothing', async () => {
    world.cluster.denied.add('patch services');
    assert.deepEqual(
      await world.run('unpin lb'),
      said(
        2,
        [],
        [
          'Error from server (Forbidden): services "lb" is forbidden: User "somebody" cannot patch resource "services" in API group "" in the namespace "shop" (nothing was changed)',
        ],
      ),
    );
    assert.deepEqual(world.pinOf('lb').selector, pinnedTo('web-1'));
  });

  it('leave the annotation when the right is lost between the two, which is said, and unpin can be run again', async () => {
    world.beforePatch(2, () => world.cluster.denied.add('patch services'));
    const { code, stdout, stderr } = await world.run('unpin lb');
    assert.deepEqual([code, stdout], [0, unpinned(fromPin).stdout]);
    assert.equal(
      stderr,
      'warning: the selector of service/lb is restored, but kubectl-sts still owns it, so the next server-side apply of the Service\'s owner may meet a conflict: Error from server (Forbidden): services "lb" is forbidden: User "somebody" cannot patch resource "services" in API group "" in the namespace "shop": run kubectl sts unpin lb again\n',
    );
    assert.deepEqual(world.pinOf('lb').selector, { app: 'web' });
    assert.notEqual(world.pinOf('lb').record, undefined);

    world.cluster.denied.clear();
    assert.deepEqual(await world.run('unpin lb'), forgotten);
    assert.equal(world.pinOf('lb').record, undefined);
  });

  it('are given up when others write all the time', async () => {
    let patches = 0;
    world.cluster.intercept = ({ verb }) => {
      if (verb === 'patch' && ++patches > 1) world.edit('lb', labelled);
      return undefined;
    };
    const { code, stderr } = await world.run('unpin lb');
    assert.equal(code, 0);
    assert.match(stderr, /^warning: the selector of service\/lb is restored, .*the object has been modified.*: run /);
    assert.equal(world.writes().length, 11);
  });

  it('say so when the Service is gone between the two', async () => {
    world.beforePatch(2, () => world.cluster.remove('services', 'lb'));
    const { code, stderr } = await world.run('unpin lb');
    assert.equal(code, 0);
    assert.match(stderr, /^warning: .*: Error from server \(NotFound\): services "lb" not found: run /);
  });

  it('say so when the Service cannot be read after a conflict', async () => {
    world.beforePatch(2, () => {
      world.edit('lb', labelled);
      world.cluster.denied.add('get services');
    });
    assert.match((await world.run('unpin lb')).stderr, /^warning: .*cannot get resource "services".*: run /);
  });
});

describe('the ownership of the selector', () => {
  const world = pinWorld();
  const selectorFields = { 'f:spec': { 'f:selector': {} } };
  const entry = (manager: string, operation: string, fieldsV1: object = selectorFields): ManagedFields => ({
    manager,
    operation,
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
  });
  const other = entry('kube-controller-manager', 'Update', { 'f:metadata': { 'f:labels': {} } });
  const owners = () => world.service('lb').metadata.managedFields;

  function setOwners(...managedFields: ManagedFields[]): void {
    world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, managedFields } }));
  }

  /** The API server makes the writer of a selector its only owner by Update; an owner by Apply loses it. */
  beforeEach(() => {
    setOwners(other, entry('fleet', 'Apply'));
    world.cluster.onWrite = (_plural, object) => {
      const { selector } = (object as Service).spec ?? {};
      const isOurs = owners()?.some(({ manager }) => manager === 'kubectl-sts' || manager === 'night-shift');
      if (selector?.[podLabel] !== undefined && !isOurs) setOwners(other, entry('kubectl-sts', 'Update'));
    };
  });

  it('goes back to its owner', async () => {
    await world.run('pin lb 1 --wait=false');
    assert.deepEqual(owners(), [other, entry('kubectl-sts', 'Update')]);
    await world.run('unpin lb');
    assert.deepEqual(owners(), [other, entry('fleet', 'Apply')]);
  });

  it('stays with the person whose changes are kept', async () => {
    await world.run('pin lb 1 --wait=false');
    world.edit('lb', withSelector({ ...pinnedTo('web-1'), tier: 'front' }));
    await world.run('unpin lb --keep-changes');
    assert.deepEqual(owners(), [other]);
  });

  it('is given up in the name of --field-manager', async () => {
    await world.run('pin lb 1 --wait=false');
    setOwners(other, entry('kubectl-sts', 'Update'), entry('night-shift', 'Update'));
    world.edit('lb', withSelector({ ...pinnedTo('web-1'), tier: 'front' }));
    await world.run('unpin lb --keep-changes --field-manager night-shift');
    assert.deepEqual(owners(), [other, entry('kubectl-sts', 'Update')]);
  });

  it('is taken from another unpin, which may have been stopped half-way', async () => {
    await world.run('pin lb 1 --wait=false');
    setOwners(other, entry('night-shift', 'Update'));
    world.edit('lb', withSelector({ app: 'web' }));
    await world.run('unpin lb');
    assert.deepEqual(owners(), [other, entry('fleet', 'Apply')]);
  });

  it('is given up after a per-pod Service was changed by force too, which takes a second write', async () => {
    setOwners(other);
    world.edit('lb', withSelector(pinnedTo('web-1')));
    world.cluster.onWrite = () => {
      if (!owners()?.some(({ manager }) => manager === 'kubectl-sts')) setOwners(other, entry('kubectl-sts', 'Update'));
      world.cluster.onWrite = () => {};
    };
    assert.equal((await world.run('unpin lb --force')).code, 0);
    assert.deepEqual(owners(), [other]);
    assert.deepEqual(world.writes(), ['patch services lb', 'patch services lb']);
  });

  it('is said to be left when that second write fails, and nothing asks to run unpin again', async () => {
    setOwners(other, entry('kubectl-sts', 'Update'));
    world.edit('lb', withSelector(pinnedTo('web-1')));
    world.beforePatch(2, () => world.cluster.denied.add('patch services'));
    const { code, stderr } = await world.run('unpin lb --force');
    assert.equal(code, 0);
    assert.match(stderr, /^warning: the selector of service\/lb is restored, but kubectl-sts still owns it/);
    assert.doesNotMatch(stderr, /again/);
  });

  it('of another annotation is not touched', async () => {
    world.edit('lb', (lb) => ({ ...lb, metadata: { ...lb.metadata, annotations: { note: 'x' } } }));
    await world.run('pin lb 1 --wait=false');
    await world.run('unpin lb');
    assert.deepEqual(world.service('lb').metadata.annotations, { note: 'x' });
    assert.equal(world.service('lb').metadata.annotations?.[pinAnnotation], undefined);
  });
});
