import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { statefulSet } from '../../objects/snapshots.ts';
import { external, member, withNote } from '../model/services.ts';
import { now, pinWorld, podIndex, podLabel, putService, said } from './world.ts';

describe('kubectl sts pin --list', () => {
  const world = pinWorld();
  const forWeb0 = { app: 'web', [podLabel]: 'web-0' };
  const left =
    '1 per-pod Service, which leads to one pod and is not pinned, is not listed: --all-services lists it too\n';

  async function rows(words: string, shape = {}): Promise<string[][]> {
    const { code, stdout, stderr } = await world.run(words, shape);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd().split(/ {2,}/));
  }

  it('shows the Services that are pinned, to which pod, since when and by whom', async () => {
    await world.run('pin lb 1');
    putService(world.cluster, withNote(external('broken'), '{}'));
    putService(world.cluster, external('free'));
    assert.deepEqual(await rows('pin --list'), [
      ['SERVICE', 'POD', 'SINCE', 'BY', 'STATE'],
      ['lb', 'web-1', now, 'somebody', 'ok'],
      ['broken', '-', '-', '-', 'annotation unreadable: its selector is not a map of labels'],
    ]);
  });

  it('counts the per-pod Services on standard error, and shows them apart with --all-services', async () => {
    putService(world.cluster, external('broker-0', { spec: { selector: forWeb0 } }));
    putService(world.cluster, external('gone', { spec: { selector: { app: 'web', [podIndex]: '7' } } }));
    assert.deepEqual(
      await world.run('pin --list'),
      said(
        0,
        [],
        [
          'no Service is pinned in shop namespace.',
          '2 per-pod Services, which lead to one pod each and are not pinned, are not listed: --all-services lists them too',
        ],
      ),
    );
    world.cluster.remove('services', 'gone');
    await world.run('pin lb 1');
    const { stdout, stderr } = await world.run('pin --list -o name');
    assert.deepEqual([stdout, stderr], ['service/lb\n', left]);
    putService(world.cluster, external('gone', { spec: { selector: { app: 'web', [podIndex]: '7' } } }));
    assert.deepEqual(await rows('pin --list --all-services'), [
      ['SERVICE', 'POD', 'SINCE', 'BY', 'STATE'],
      ['lb', 'web-1', now, 'somebody', 'ok'],
      ['broker-0', 'web-0', '-', '-', 'per-pod Service'],
      ['gone', 'web-7', '-', '-', 'per-pod Service, no endpoints: web wants no such ordinal any more'],
    ]);
    assert.deepEqual(
      await world.run('pin --list --all-services -o name'),
      said(0, ['service/lb', 'service/broker-0', 'service/gone']),
    );
  });

  it('shows a pin that somebody undid, who wrote last, and where the traffic goes', async () => {
    await world.run('pin lb 1');
    const fieldsV1 = { 'f:spec': { 'f:selector': {} } };
    const writer = { manager: 'kubectl-edit', operation: 'Update', apiVersion: 'v1', time: now, fieldsV1 };
    world.edit('lb', (lb) => ({
      ...lb,
      metadata: { ...lb.metadata, managedFields: [writer] },
      spec: { ...lb.spec, selector: { app: 'web' } },
    }));
    assert.deepEqual((await rows('pin --list'))[1], [
      'lb',
      'web-1',
      now,
      'somebody',
      `the pin was undone (last write by kubectl-edit, ${now}): traffic goes to all 3 pods`,
    ]);
  });

  it('shows what is wrong with a pin', async () => {
    const lines: [name: string, change: () => void, state: string][] = [
      ['ok', () => {}, 'ok'],
      [
        'drift',
        () => world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: { [podLabel]: 'web-1', x: 'y' } } })),
        'no endpoints: the pod lacks x=y',
      ],
      ['gone', () => world.cluster.remove('pods', 'web-1'), 'no endpoints: the pod is not there'],
      [
        'scaled down',
        () => world.cluster.put('statefulsets', statefulSet('web', { replicas: 1 })),
        'no endpoints: web wants no such ordinal any more',
      ],
    ];
    await world.run('pin lb 1');
    for (const [name, change, state] of lines) {
      change();
      assert.equal((await rows('pin --list --no-headers'))[0]?.at(-1), state, name);
    }
  });

  it('shows changes that somebody made after the pin', async () => {
    await world.run('pin lb 1');
    world.cluster.put('pods', member(statefulSet('web', { replicas: 3 }), 1, { metadata: { labels: { x: 'y' } } }));
    world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: { [podLabel]: 'web-1', x: 'y' } } }));
    assert.equal((await rows('pin --list'))[1]?.at(-1), 'changed since: x=y added, app=web removed');
  });

  it('does not call a pod missing that it may not list', async () => {
    await world.run('pin lb 1');
    world.cluster.denied.add('list pods');
    assert.equal((await rows('pin --list'))[1]?.at(-1), 'its pod is forbidden');
  });

  it('shows those of one namespace, or of all with -A', async () => {
    await world.run('pin lb 1');
    const metadata = { namespace: 'staging', uid: 'uid-2' };
    putService(world.cluster, withNote(external('lb', { metadata }), '{}'));
    assert.deepEqual((await rows('pin --list -n staging')).slice(1), [
      ['lb', '-', '-', '-', 'annotation unreadable: its selector is not a map of labels'],
    ]);
    assert.deepEqual(await rows('pin --list -A'), [
      ['NAMESPACE', 'SERVICE', 'POD', 'SINCE', 'BY', 'STATE'],
      ['shop', 'lb', 'web-1', now, 'somebody', 'ok'],
      ['staging', 'lb', '-', '-', '-', 'annotation unreadable: its selector is not a map of labels'],
    ]);
  });

  it('leaves the header out with --no-headers', async () => {
    await world.run('pin lb 1');
    assert.deepEqual(await rows('pin --list --no-headers'), [['lb', 'web-1', now, 'somebody', 'ok']]);
  });

  it('is coloured where a Service leads nowhere, on a terminal or when asked', async () => {
    await world.run('pin lb 1');
    world.cluster.remove('pods', 'web-1');
    assert.ok((await world.run('pin --list', { columns: 120 })).stdout.includes('\u001b['));
    assert.ok((await world.run('pin --list --color=always')).stdout.includes('\u001b['));
    for (const words of ['pin --list', 'pin --list --color=never']) {
      assert.ok(!(await world.run(words)).stdout.includes('\u001b['), words);
    }
  });

  it('fits the terminal, with the reason for a state below its row', async () => {
    await world.run('pin lb 1');
    world.cluster.put('statefulsets', statefulSet('web', { replicas: 1 }));
    world.cluster.remove('pods', 'web-1');
    const { stdout } = await world.run('pin --list --color=never', { columns: 60 });
    assert.deepEqual(stdout.split('\n'), [
      'SERVICE  POD    SINCE                 BY        STATE',
      `lb       web-1  ${now}  somebody  no endpoints`,
      '  web wants no such ordinal any more',
      '',
    ]);
  });

  it('says on standard error when there is none', async () => {
    assert.deepEqual(await world.run('pin --list'), said(0, [], ['no Service is pinned in shop namespace.']));
    assert.deepEqual(await world.run('pin --list -A'), said(0, [], ['no Service is pinned']));
  });

  it('prints a list of objects, of one or of none too', async () => {
    const list = async (format: string) => {
      const { code, stdout, stderr } = await world.run(`pin --list -o ${format}`);
      assert.deepEqual([code, stderr], [0, '']);
      return stdout;
    };
    assert.deepEqual(JSON.parse(await list('json')), { apiVersion: 'v1', kind: 'List', items: [] });
    assert.equal(await list('name'), '');
    await world.run('pin lb 1');
    const json = JSON.parse(await list('json'));
    assert.deepEqual([json.kind, json.items.length, json.items[0].metadata.name], ['List', 1, 'lb']);
    assert.deepEqual(load(await list('yaml')), json);
    assert.equal(await list('name'), 'service/lb\n');
  });

  it('reads Services, pods and StatefulSets, and writes nothing', async () => {
    await world.run('pin --list');
    assert.deepEqual([...world.cluster.requests].sort(), ['list pods', 'list services', 'list statefulsets']);
  });

  it('exits 2 without the right to list Services', async () => {
    world.cluster.denied.add('list services');
    const { code, stdout, stderr } = await world.run('pin --list');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Error from server \(Forbidden\): services is forbidden/);
  });
});
