import assert from 'node:assert/strict';
import type { StatefulSet } from '#src/objects/types.ts';
import { requestsAs } from './audit-log.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { run } from './ran.ts';
import { ownHistory } from './roll/history.ts';
import { endRolls, eventsIn, goOn, roll, rolled, rolling } from './roll/rolls.ts';
import {
  allow,
  briefly,
  budget,
  counted,
  held,
  leasesIn,
  letReady,
  podsOf,
  revisionsOf,
  rollSet,
  settled,
  uidsOf,
} from './roll/sets.ts';
import { personEnv } from './sandbox.ts';

/** A table for people, as cells. */
function rowsIn(stdout: string): string[][] {
  const [, header = '', ...rows] = stdout.trimEnd().split('\n');
  assert.match(header, /^ORDER +POD +REVISION +WHAT$/, stdout);
  const column = header.indexOf('WHAT');
  return rows.map((row) => [...row.slice(0, column).trim().split(/ {2,}/), row.slice(column).trim()]);
}

/** Another revision of a set's pods. */
function updated(namespace: string, set: string): Promise<string> {
  return kubectl(['set', 'env', `statefulset/${set}`, 'A=1', '-n', namespace]);
}

async function setOf(namespace: string, name: string): Promise<StatefulSet> {
  return getJson<StatefulSet>([`statefulset/${name}`, '-n', namespace]);
}

describe('the plan of a roll', () => {
  const namespace = ownNamespace('roll-plan');
  /** When the youngest pod, web-3, was made. */
  let youngest: string;

  before(async () => {
    await apply(namespace, [
      rollSet('web', { replicas: 6, parallel: true }),
      rollSet('shifted', { start: 5, partition: 2, parallel: true }),
      rollSet('keeps', { onDelete: true, parallel: true }),
      // It has more unready pods than its budget can do without, until the budget is loosened.
      rollSet('tight', { labels: { tier: 'tight' }, parallel: true }),
      rollSet('sick', { replicas: 2, labels: { tier: 'tight' }, annotations: held, parallel: true }),
      budget('five', { tier: 'tight' }, { minAvailable: 3 }),
    ]);
    await settled(namespace, 'web', 'shifted', 'keeps', 'tight');
    await Promise.all([updated(namespace, 'shifted'), updated(namespace, 'keeps')]);
    await settled(namespace, 'shifted', 'keeps');
    await kubectl(['delete', 'pod', 'keeps-1', '-n', namespace]);
    await settled(namespace, 'keeps');
    youngest = await eventually('web-3 younger than the others', async () => {
      await kubectl(['delete', 'pod', 'web-3', '-n', namespace]);
      await settled(namespace, 'web');
      const made = (await podsOf(namespace, 'web')).map(({ metadata }) => metadata.creationTimestamp ?? '');
      // Times have whole seconds.
      assert.deepEqual(
        made.map((time) => time < (made[3] ?? '')),
        [true, true, true, false, true, true],
      );
      return made[3] ?? '';
    });
    await counted(namespace, 'five');
  });

  for (const [words, order, why] of [
    [[], [5, 4, 3, 2, 1, 0]],
    [
      ['--order', 'reverse'],
      [5, 4, 3, 2, 1, 0],
    ],
    [
      ['--order', 'forward'],
      [0, 1, 2, 3, 4, 5],
    ],
    [['--order', '2,0,1'], [2, 0, 1], 'not chosen'],
    [['--ordinals', '1-3,5'], [5, 3, 2, 1], 'not chosen'],
    [['--ordinals', '1-3,5', '--order', 'forward'], [1, 2, 3, 5], 'not chosen'],
    [
      ['--last', '3'],
      [5, 4, 2, 1, 0, 3],
    ],
    [
      ['--first', '3'],
      [3, 5, 4, 2, 1, 0],
    ],
    [
      ['--first', '4', '--last', '0', '--order', 'forward'],
      [4, 1, 2, 3, 5, 0],
    ],
    [['--order', '3,1,0', '--last', '3'], [1, 0, 3], 'not chosen'],
    [['--older-than', '24h'], [], 'not old enough'],
    [['--outdated'], [], 'at the update revision'],
  ] as const) {
    it(`says which pods go, in which order, and why the others stay: ${words.join(' ')}`, async () => {
      const { stdout, stderr } = await rolled(namespace, ['web', ...words, '--dry-run=client']);
      assert.equal(stderr, '');
      const hash = (await revisionsOf(namespace, 'web'))['web-0']?.replace('web-', '') ?? '';
      const stay = [0, 1, 2, 3, 4, 5].filter((ordinal) => !(order as readonly number[]).includes(ordinal));
      assert.deepEqual(rowsIn(stdout), [
        ...order.map((ordinal, at) => [String(at + 1), `web-${ordinal}`, hash, 'restarts']),
        ...stay.map((ordinal) => ['-', `web-${ordinal}`, `stays: ${why}`]),
      ]);
      const title = order.length === 0 ? 'no pod' : `${order.length} pods, one at a time: ${order.join(', ')}`;
      assert.equal(stdout.split('\n')[0], `roll of statefulset/web: ${title} (dry run)`);
    });
  }

  it('leaves out what was not made before a time', async () => {
    const { stdout } = await rolled(namespace, ['web', '--older-than', youngest, '--dry-run=client']);
    assert.deepEqual(
      rowsIn(stdout).map(([order, pod, ...rest]) => [order, pod, rest.at(-1)]),
      [
        ...[5, 4, 2, 1, 0].map((ordinal, at) => [String(at + 1), `web-${ordinal}`, 'restarts']),
        ['-', 'web-3', 'stays: not old enough'],
      ],
    );
  });

  it('leaves out what is at the update revision already, and says what the others become', async () => {
    const { stdout } = await rolled(namespace, ['keeps', '--outdated', '--dry-run=client']);
    const revisions = await revisionsOf(namespace, 'keeps');
    const [old, now] = ['keeps-0', 'keeps-1'].map((pod) => revisions[pod]?.replace('keeps-', ''));
    assert.notEqual(old, now);
    assert.deepEqual(rowsIn(stdout), [
      ['1', 'keeps-2', `${old} → ${now}`, 'restarts'],
      ['2', 'keeps-0', `${old} → ${now}`, 'restarts'],
      ['-', 'keeps-1', 'stays: at the update revision'],
    ]);
  });

  it('is told to programs: the pods by their UIDs, with both revisions, and those that stay', async () => {
    const { stdout } = await rolled(namespace, ['keeps', '--outdated', '--dry-run=client', '-o', 'json']);
    const [uids, revisions] = await Promise.all([uidsOf(namespace, 'keeps'), revisionsOf(namespace, 'keeps')]);
    const [plan, ...more] = eventsIn(stdout);
    assert.deepEqual(more, []);
    const { time: _, ...rest } = plan ?? { time: '' };
    const next = revisions['keeps-1'];
    assert.deepEqual(rest, {
      apiVersion: 'kubectl-sts/v1',
      kind: 'RollEvent',
      namespace,
      statefulSet: 'keeps',
      event: 'planned',
      pods: [2, 0].map((ordinal) => {
        const pod = `keeps-${ordinal}`;
        return { pod, ordinal, uid: uids[pod], revision: { now: revisions[pod], next } };
      }),
      left: [{ pod: 'keeps-1', ordinal: 1, why: 'upToDate' }],
      warnings: [],
    });
  });

  it('by a dry run of the client changes nothing, and asks the server only what there is and which rights there are', async () => {
    for (const words of [['web'], ['web', '-o', 'json'], ['sick', '--order', 'forward']]) {
      const asked = await requestsAs((as) => roll(namespace, [...words, '--dry-run=client', ...as]));
      assert.ok(asked.length > 0);
      const [reviews, others] = [true, false].map((isReview) =>
        asked.filter(({ requestURI }) => requestURI.includes('/selfsubjectaccessreviews') === isReview),
      );
      const verbs = (requests: typeof asked = []) => [...new Set(requests.map(({ verb }) => verb))].sort();
      assert.deepEqual([verbs(reviews), verbs(others)], [['create'], ['get', 'list']], words.join(' '));
    }
  });

  it('by a dry run of the server has each eviction admitted, and none done', async () => {
    const before = await uidsOf(namespace, 'web');
    let stdout = '';
    const asked = await requestsAs(async (as) => {
      ({ stdout } = await rolled(namespace, ['web', '--ordinals', '1-2', '--dry-run=server', ...as]));
    });
    assert.deepEqual(
      rowsIn(stdout)
        .slice(0, 2)
        .map(([, pod, , what]) => [pod, what]),
      [
        ['web-2', 'admitted'],
        ['web-1', 'admitted'],
      ],
    );
    assert.deepEqual(
      asked.filter(({ requestURI }) => requestURI.includes('/eviction')).map(({ requestURI }) => requestURI),
      ['web-2', 'web-1'].map((pod) => `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`),
    );
    assert.ok(!asked.some(({ verb, requestURI }) => verb !== 'get' && requestURI.includes('/leases')));
    assert.deepEqual(await uidsOf(namespace, 'web'), before);
  });

  it('by a dry run of the server says which evictions a budget would hold up, exit 1', async () => {
    const before = await uidsOf(namespace, 'tight');
    const [text, json, deletions] = await Promise.all([
      roll(namespace, ['tight', '--dry-run=server']),
      roll(namespace, ['tight', '--dry-run=server', '-o', 'json']),
      roll(namespace, ['tight', '--dry-run=server', '--disable-eviction']),
    ]);
    assert.deepEqual([text.code, json.code, deletions.code], [1, 1, 0]);
    const judge = /would wait: .*\bfive\b.*\b3\b/;
    for (const [, , , what] of rowsIn(text.stdout)) assert.match(what ?? '', judge);
    const [plan] = eventsIn(json.stdout);
    const pods = plan?.['pods'] as { eviction: string }[] | undefined;
    assert.equal(pods?.length, 3);
    for (const { eviction } of pods) assert.match(eviction, judge);
    assert.deepEqual(
      rowsIn(deletions.stdout).map(([, , , what]) => what),
      ['admitted', 'admitted', 'admitted'],
      'deletions ask no budget',
    );
    assert.deepEqual(await uidsOf(namespace, 'tight'), before);
  });
});

describe('a roll', () => {
  const namespace = ownNamespace('roll');
  const history = ownHistory(namespace);

  before(async () => {
    await apply(namespace, [
      ...['one', 'two', 'three', 'four', 'five'].map((name) => rollSet(name, { annotations: briefly })),
      rollSet('shifted', { start: 5, partition: 2, parallel: true }),
      rollSet('keeps', { onDelete: true }),
      rollSet('wide', { replicas: 5, parallel: true, annotations: briefly }),
      ...['bare', 'checked'].map((name) =>
        rollSet(name, { replicas: 4, parallel: true, claims: ['data', 'wal'], annotations: briefly }),
      ),
      rollSet('told', { annotations: briefly }),
      rollSet('half', { annotations: held, parallel: true }),
    ]);
    await letReady(namespace, 'half');
    await settled(
      namespace,
      'one',
      'two',
      'three',
      'four',
      'five',
      'shifted',
      'keeps',
      'wide',
      'bare',
      'checked',

      'told',
    );
  });
  after(endRolls);

  it('restarts one pod after the other, each once, in the order that was asked for', async () => {
    const asked = {
      one: [],
      two: ['--order', 'forward'],
      three: ['--order', '1,2,0'],
      four: ['--last', '2'],
      five: ['--first', '0', '--ordinals', '0,2'],
    };
    const happened = await Promise.all(
      Object.entries(asked).map(async ([set, words]) => {
        const { value, gone, mostAway } = await history.during([set], () => rolled(namespace, [set, ...words]));
        assert.equal(value.stderr, '');
        return [set, gone.map((pod) => Number(pod.replace(`${set}-`, ''))), mostAway];
      }),
    );
    assert.deepEqual(happened, [
      ['one', [2, 1, 0], 1],
      ['two', [0, 1, 2], 1],
      ['three', [1, 2, 0], 1],
      ['four', [1, 0, 2], 1],
      ['five', [0, 2], 1],
    ]);
  });

  it('brings each pod back in the revision that its plan says: behind a partition in the old one', async () => {
    const sets = ['shifted', 'keeps'];
    // Before the update: the controllers of 1.37 and later advance the current revision of an OnDelete set at its end.
    const olds = new Map(
      await Promise.all(
        sets.map(async (set) => [set, (await setOf(namespace, set)).status?.currentRevision ?? ''] as const),
      ),
    );
    await Promise.all(sets.map((set) => updated(namespace, set)));
    await settled(namespace, ...sets);
    await Promise.all(
      sets.map(async (set) => {
        const before = await uidsOf(namespace, set);
        const { stdout } = await rolled(namespace, [set, '-o', 'json']);
        const planned = eventsIn(stdout)[0]?.['pods'] as { pod: string; revision: { next: string } }[];
        const revisions = await revisionsOf(namespace, set);
        assert.deepEqual(Object.fromEntries(planned.map(({ pod, revision }) => [pod, revision.next])), revisions);
        const [old, now] = [olds.get(set), (await setOf(namespace, set)).status?.updateRevision];
        assert.notEqual(old, now);
        assert.deepEqual(Object.values(revisions), set === 'shifted' ? [old, old, now] : [now, now, now]);
        const uids = Object.values(await uidsOf(namespace, set));
        assert.ok(!uids.some((uid) => Object.values(before).includes(uid)), 'all are other pods');
      }),
    );
  });

  it('of a Parallel set takes as many pods at a time as were asked for, and no more', async () => {
    const { gone, mostAway } = await history.during(['wide'], () =>
      rolled(namespace, ['wide', '--max-unavailable', '2']),
    );
    assert.deepEqual([...gone].sort(), ['wide-0', 'wide-1', 'wide-2', 'wide-3', 'wide-4']);
    assert.equal(mostAway, 2);
  });

  it('asks at most 8 requests a pod from its start to its end, besides the watches', async () => {
    const counts = Object.entries({ bare: [], checked: ['--check', 'true'] });
    await Promise.all(
      counts.map(async ([set, words]) => {
        const { asked, evictions } = await askedFor(set, words);
        assert.equal(evictions.length, 4);
        assert.ok(asked.length <= 8 * 4, `${set}: ${asked.length} requests:\n${asked.join('\n')}`);
      }),
    );
  });

  it('asks at most 8 requests between two evictions with a check before and after too', async () => {
    const { asked, evictions } = await askedFor('checked', ['--check', 'true', '--pre-check', 'true']);
    assert.equal(evictions.length, 4);
    for (const [nth, at] of [...evictions, asked.length].entries()) {
      const before = evictions[nth - 1] ?? 0;
      assert.ok(at - before <= 8, asked.slice(before, at + 1).join('\n'));
    }
  });

  /** What a roll asks from its Lease on, but for the watches, and where among it the evictions are. */
  async function askedFor(set: string, words: readonly string[]) {
    const all = await requestsAs((as) => rolled(namespace, [set, ...words, ...as]));
    const start = all.findIndex(({ verb, requestURI }) => verb === 'create' && requestURI.includes('/leases'));
    const during = all.slice(start).filter(({ verb }) => verb !== 'watch');
    const asked = during.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
    return { asked, evictions: [...asked.keys()].filter((at) => asked[at]?.endsWith('/eviction')) };
  }

  it('in a pipe is a line for each event, with its time', async () => {
    const { stdout, stderr } = await rolled(namespace, ['told', '--check', 'true']);
    assert.equal(stderr, '');
    const lines = stdout.trimEnd().split('\n');
    const last = lines.pop() ?? '';
    assert.match(last, /^roll [0-9a-f]{4} of statefulset\/told done: 3 of 3 pods restarted$/);
    const times = lines.map((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?= {2})/.exec(line)?.[0] ?? '');
    assert.ok(
      times.every((time) => time !== ''),
      stdout,
    );
    assert.deepEqual(times, times.toSorted());
    const [title = '', ...events] = lines.map((line) => line.slice(line.indexOf('  ') + 2));
    assert.match(title, /^roll [0-9a-f]{4} of statefulset\/told: 3 pods, one at a time: 2, 1, 0$/);
    assert.deepEqual(
      events.map((event) => event.replace(/ after [\d.]+ ?m?s$/, ' after')),
      [2, 1, 0].flatMap((ordinal) =>
        ['evicted', 'gone after', 'ready after', "check 'true'", 'done after'].map(
          (what) => `told-${ordinal}  ${what}`,
        ),
      ),
    );
  });

  it('for programs is an object on each line, and a summary at the end', async () => {
    const before = await uidsOf(namespace, 'told');
    const { stdout, stderr } = await rolled(namespace, ['told', '-o', 'json']);
    assert.equal(stderr, '');
    const events = eventsIn(stdout);
    const now = await uidsOf(namespace, 'told');
    const id = events[0]?.['roll'];
    for (const { apiVersion, time, roll, namespace: where, statefulSet } of events as Record<string, string>[]) {
      assert.deepEqual([apiVersion, roll, where, statefulSet], ['kubectl-sts/v1', id, namespace, 'told']);
      assert.match(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    }
    const [begun, ...rest] = events;
    const summary = rest.pop();
    assert.deepEqual([begun?.kind, begun?.event], ['RollEvent', 'begun']);
    assert.deepEqual(
      rest.map(({ pod, uid, event, seconds }) => [pod, uid, event, typeof seconds]),
      [2, 1, 0].flatMap((ordinal) => {
        const pod = `told-${ordinal}`;
        return [
          [pod, undefined, 'evicted', 'undefined'],
          [pod, undefined, 'gone', 'number'],
          [pod, now[pod], 'ready', 'number'],
          [pod, now[pod], 'done', 'number'],
        ];
      }),
    );
    assert.notDeepEqual(now, before);
    const { time: _, ...last } = summary ?? { time: '' };
    assert.deepEqual(last, {
      apiVersion: 'kubectl-sts/v1',
      kind: 'RollSummary',
      roll: id,
      namespace,
      statefulSet: 'told',
      result: 'done',
      done: ['told-2', 'told-1', 'told-0'],
      halfWay: [],
      notBegun: [],
    });
  });

  it('of no pod is done at once', async () => {
    const before = await uidsOf(namespace, 'told');
    const [text, json] = await Promise.all([
      rolled(namespace, ['told', '--older-than', '24h']),
      rolled(namespace, ['told', '--older-than', '24h', '-o', 'json']),
    ]);
    assert.equal(text.stdout, 'roll of statefulset/told: no pod\n');
    assert.deepEqual(
      eventsIn(json.stdout).map(({ kind, result, done }) => [kind, result, done]),
      [['RollSummary', 'done', []]],
    );
    assert.deepEqual(await uidsOf(namespace, 'told'), before);
  });

  it('whose reader is gone says so, takes no other pod, and leaves the Lease to whoever goes on', async () => {
    const going = rolling(namespace, ['told', '--stable', '1s']);
    await going.line(/told-2 {2}evicted/);
    const before = await uidsOf(namespace, 'told');
    going.closeOutput();
    assert.equal((await going.end()).code, 1, going.stderr());
    assert.match(going.stderr(), /^error: what is printed is lost: .*EPIPE/);
    const after = await uidsOf(namespace, 'told');
    assert.deepEqual([after['told-1'], after['told-0']], [before['told-1'], before['told-0']]);
    await goOn(going.stderr());
  });

  it('goes on when a connection is cut off in the middle of a write, which raises SIGPIPE', async () => {
    const going = rolling(namespace, ['told', '--stable', '1s', '--ordinals', '1-2']);
    await going.line(/told-2 {2}evicted/);
    const { code } = await going.end('SIGPIPE');
    assert.deepEqual([code, going.stderr()], [0, '']);
  });

  it('whose output finds no room says so, takes no pod, and leaves the Lease to whoever goes on', async () => {
    const before = await uidsOf(namespace, 'told');
    const line = `exec kubectl sts roll told --stable 0s -n ${namespace} > /dev/full`;
    const { code, stderr } = await run('/bin/sh', ['-c', line], { env: personEnv() });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: what is printed is lost: ENOSPC/);
    assert.deepEqual(await uidsOf(namespace, 'told'), before);
    await goOn(stderr);
  });

  it('leaves nothing behind when it is done', async () => {
    assert.deepEqual(await leasesIn(namespace), []);
  });

  it('that is under way is shown by --status, and ends before the next pod once it is forgotten by --abort', async () => {
    const going = rolling(namespace, ['half', '--field-manager', 'night-shift', '--lease-duration', '20s']);
    await going.line(/half-2 {2}gone/);
    const id = /roll ([0-9a-f]{4}) /.exec(await going.line(/^\S+ {2}roll /))?.[1] ?? '';
    const [all, named, json] = await Promise.all([
      sts(['roll', '--status', '-n', namespace]),
      sts(['roll', 'half', '--status', '-n', namespace]),
      sts(['roll', '--status', '-n', namespace, '-o', 'json']),
    ]);
    assert.deepEqual([all.code, all.stderr, named.code, json.code], [0, '', 0, 0]);
    const [header = '', row = '', ...more] = all.stdout.trimEnd().split('\n');
    assert.deepEqual([header.split(/ {2,}/).slice(0, 4), more], [['STATEFULSET', 'ROLL', 'STATE', 'RESTARTED'], []]);
    assert.equal(named.stdout, all.stdout);
    const everywhere = await sts(['roll', '--status', '-A']);
    assert.match(everywhere.stdout, new RegExp(`^${namespace} +half +${id} +running `, 'm'), everywhere.stderr);
    const lease = ['lease/kubectl-sts-roll-half', '-n', namespace, '--show-managed-fields'];
    const { metadata, spec } = await getJson<Lease>(lease);
    assert.deepEqual(
      metadata.managedFields.map(({ manager }) => manager),
      ['night-shift'],
    );
    assert.equal(spec.leaseDurationSeconds, 20);
    assert.match(
      row,
      new RegExp(`^half +${id} +running +\\d/3 +half-\\d +${spec.holderIdentity} +\\d{4}-.*T[\\d:]+Z$`),
    );
    const { kind, items } = JSON.parse(json.stdout) as { kind: string; items: RollStatus[] };
    assert.equal(kind, 'RollStatusList');
    assert.deepEqual(
      items.map(({ roll, statefulSet, holder, pods }) => [roll, statefulSet, holder, pods.map(({ pod }) => pod)]),
      [[id, 'half', spec.holderIdentity, ['half-2', 'half-1', 'half-0']]],
    );
    assert.deepEqual(
      items[0]?.pods.slice(1).map(({ progress }) => progress),
      ['waits', 'waits'],
    );

    const { stdout } = await sts(['roll', 'half', '--abort', '-n', namespace]);
    assert.ok(stdout.includes(`roll ${id} of statefulset/half is forgotten`), stdout);
    assert.ok(stdout.includes(spec.holderIdentity), stdout);
    const before = await uidsOf(namespace, 'half');
    await allow(namespace, 'half-2');
    assert.equal((await going.end()).code, 1, going.stderr());
    assert.match(going.stderr(), /^error: roll .* of statefulset\/half stopped/m);
    assert.match(going.stderr(), /Lease.*(gone|given up|ended)/);
    assert.doesNotMatch(going.stderr(), /^go on:/m);
    assert.deepEqual(await uidsOf(namespace, 'half'), before, 'no other pod has gone');
    const after = await sts(['roll', '--status', '-n', namespace]);
    assert.deepEqual([after.stdout, after.code], ['', 0]);
    assert.match(after.stderr, /^No roll is under way/);
    const nothing = await sts(['roll', 'half', '--abort', '-n', namespace]);
    assert.match(nothing.stderr, /no roll of statefulset\/half/);
  });
});

interface Lease {
  metadata: { managedFields: { manager: string }[] };
  spec: { holderIdentity: string; leaseDurationSeconds: number };
}
interface RollStatus {
  roll: string;
  statefulSet: string;
  holder: string;
  pods: { pod: string; progress: string }[];
}

describe('a roll of several sets', () => {
  const namespace = ownNamespace('roll-several');
  const history = ownHistory(namespace);
  const sets = ['a', 'b', 'c'];

  before(async () => {
    await apply(
      namespace,
      sets.map((name) => rollSet(name, { replicas: 2, parallel: true, labels: { tier: 'data' } })),
    );
    await settled(namespace, ...sets);
  });

  it('takes them one after the other, as they were named', async () => {
    const { gone, mostAway, value } = await history.during(sets, () => rolled(namespace, ['c', 'sts/a', 'b']));
    assert.deepEqual(gone, ['c-1', 'c-0', 'a-1', 'a-0', 'b-1', 'b-0']);
    assert.equal(mostAway, 1);
    assert.equal(value.stdout.match(/ done: 2 of 2 pods restarted$/gm)?.length, 3, value.stdout);
  });

  it('or as they are selected by labels', async () => {
    const { gone } = await history.during(sets, () => rolled(namespace, ['-l', 'tier=data,app!=b', '-o', 'json']));
    assert.deepEqual(gone, ['a-1', 'a-0', 'c-1', 'c-0']);
  });

  it('that are selected by no label is told that there are none', async () => {
    const { stdout, stderr, code } = await roll(namespace, ['-l', 'tier=none']);
    assert.deepEqual([stdout, code], ['', 0]);
    assert.match(stderr, new RegExp(`^No resources found in ${namespace} namespace\\.`));
  });

  it('stops at the first trouble, and names what was not begun', async () => {
    const { gone, value } = await history.during(sets, () =>
      roll(namespace, ['b', 'a', 'c', '--check', 'false', '--check-timeout', '1s']),
    );
    assert.equal(value.code, 1, value.stderr);
    assert.deepEqual(gone, ['b-1']);
    assert.match(value.stderr, /^not begun: statefulset\/a, statefulset\/c$/m);
    assert.match(value.stderr, /^go on: kubectl sts roll b --resume/m);
    await sts(['roll', 'b', '--abort', '-n', namespace]);
  });

  it('begins none when one of them cannot be begun', async () => {
    const { gone, value } = await history.during(sets, () => roll(namespace, ['a', 'b', '--last', '7']));
    assert.equal(value.code, 2, value.stderr);
    assert.deepEqual(gone, []);
    const { gone: none, value: absent } = await history.during(sets, () => roll(namespace, ['a', 'nope']));
    assert.deepEqual([absent.code, none], [2, []]);
    assert.match(absent.stderr, /statefulsets\.apps "nope" not found/);
  });
});
