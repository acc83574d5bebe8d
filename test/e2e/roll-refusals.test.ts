import assert from 'node:assert/strict';
import type { Claim, Pod } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { listed, paths } from './look.ts';
import { ownNamespace } from './namespace.ts';
import { ownHistory } from './roll/history.ts';
import { homeNode, mayGoHome } from './roll/home.ts';
import { eventsIn, roll, rolled } from './roll/rolls.ts';
import {
  addBudgets,
  allow,
  budget,
  counted,
  held,
  leasesIn,
  letReady,
  podsOf,
  rollSet,
  settled,
  sicken,
  uidsOf,
} from './roll/sets.ts';
import { volumeOnNode } from './volume.ts';

/** Runs it, which must not begin: exit 2, at least one reason, no pod gone, and the Leases as they were. */
async function refused(namespace: string, set: string, words: readonly string[]): Promise<string> {
  const before = await podsAndLeases(namespace);
  const { stdout, stderr, code } = await roll(namespace, [set, ...words]);
  assert.deepEqual([stdout, code], ['', 2], stderr);
  assert.match(stderr, /^error: /m);
  assert.deepEqual(await podsAndLeases(namespace), before);
  return stderr;
}

/** The pods of a namespace by their UIDs, and the Leases in it. */
async function podsAndLeases(namespace: string): Promise<string[]> {
  const pods = await listed<Pod>(paths.pods(namespace));
  return [...pods.map(({ metadata }) => `${metadata.name} ${metadata.uid}`), ...(await leasesIn(namespace))].sort();
}

describe('a roll that cannot end well is not begun', () => {
  const namespace = ownNamespace('roll-refusals');

  before(async () => {
    await apply(namespace, [
      rollSet('web', { parallel: true, claims: ['data'] }),
      rollSet('ordered'),
      rollSet('growing'),
      rollSet('shrinking', { annotations: { 'stand.kubectl-sts/end-after': '120s' } }),
      rollSet('updating'),
      rollSet('dying', { replicas: 1, annotations: { 'stand.kubectl-sts/end-after': '120s' } }),
      rollSet('losing', { parallel: true, claims: ['data'] }),
      rollSet('frozen', { parallel: true, labels: { frozen: 'yes' } }),
      budget('none-ever', { frozen: 'yes' }, { maxUnavailable: 0 }),
      rollSet('whole', { parallel: true }),
      budget('all-always', { app: 'whole' }, { minAvailable: '100%' }),
      rollSet('twice', { parallel: true }),
      rollSet('sick', { parallel: true }),
      rollSet('shifted', { replicas: 2, start: 5, parallel: true }),
    ]);
    await settled(
      namespace,
      ...['web', 'ordered', 'growing', 'shrinking', 'updating', 'dying', 'losing', 'frozen', 'whole', 'twice', 'sick'],
      'shifted',
    );
    await addBudgets(namespace, { one: { maxUnavailable: 1 }, other: { maxUnavailable: 1 } }, 'twice');
    await counted(namespace, 'none-ever', 'all-always');
    await Promise.all([
      growing(),
      kubectl(['scale', 'statefulset/shrinking', '--replicas=2', '-n', namespace]),
      updating(),
      kubectl(['delete', 'statefulset', 'dying', '--cascade=foreground', '--wait=false', '-n', namespace]),
      kubectl(['delete', 'pvc', 'data-losing-1', '--wait=false', '-n', namespace]),
      sicken(namespace, 'sick-1'),
    ]);
    await eventually('condemned pods', async () => {
      const [last] = (await podsOf(namespace, 'shrinking')).slice(-1);
      assert.ok(last?.metadata.deletionTimestamp);
    });
  });

  /** A fourth pod that is never ready. */
  async function growing(): Promise<void> {
    const updateStrategy = { type: 'OnDelete', rollingUpdate: null };
    await patched('growing', { replicas: 5, template: { metadata: { annotations: held } }, updateStrategy });
    await eventually('a fourth pod', async () => assert.equal((await podsOf(namespace, 'growing')).length, 4));
  }

  /** Its controller has replaced one pod, and waits for that to become ready. */
  async function updating(): Promise<void> {
    await patched('updating', { template: { metadata: { annotations: held } } });
    await eventually('an updated pod', async () => {
      const revisions = (await podsOf(namespace, 'updating')).map(({ metadata }) => metadata.labels);
      assert.equal(new Set(revisions.map((labels) => labels?.['controller-revision-hash'])).size, 2);
    });
  }

  async function patched(set: string, spec: object): Promise<void> {
    const patch = JSON.stringify({ spec });
    await kubectl(['patch', 'statefulset', set, '-n', namespace, '--type=merge', '-p', patch]);
  }

  for (const [why, set, words, said] of [
    ['the controller is scaling it up', 'growing', [], /the controller has work of its own .*Scaling, .*4 of 5/],
    [
      'the controller is scaling it down',
      'shrinking',
      [],
      /the controller has work of its own .*Scaling, .*3 .* 2 wanted/,
    ],
    ['the controller is replacing its pods', 'updating', [], /the controller has work of its own .*updating-2/],
    ['it is being deleted', 'dying', [], /the controller has work of its own .*[Dd]elet/],
    [
      'a claim is being deleted, which its pod alone holds',
      'losing',
      [],
      /data-losing-1.*losing-1.*being deleted: its data would go with the pod; save it first/,
    ],
    ['a budget lets no pod go, ever', 'frozen', [], /none-ever.*never.*frozen-2, frozen-1, frozen-0/],
    ['a budget wants as many pods as there are', 'whole', ['--ordinals', '1'], /all-always.*never.*whole-1 go/],
    ['two budgets select a pod', 'twice', [], /twice-2.*several.*one, other/],
    ['a pod that is not to go first is not ready', 'sick', [], /sick-1 is not ready/],
    ['a pod that is not to go at all is not ready', 'sick', ['--ordinals', '0,2'], /sick-1 is not ready/],
    ['the controller makes one pod at a time', 'ordered', ['--max-unavailable', '2'], /--max-unavailable 2.*Parallel/],
    ['an ordinal of the order is not the set’s', 'web', ['--order', '2,7'], /no ordinal 7.*0 to 2/],
    ['the last ordinal is not the set’s', 'shifted', ['--last', '0'], /no ordinal 0.*5 to 6/],
    ['the first ordinal is not the set’s', 'shifted', ['--first', '7'], /no ordinal 7.*5 to 6/],
  ] as const) {
    it(why, async () => {
      const stderr = await refused(namespace, set, words);
      assert.match(stderr, new RegExp(`^error: statefulset/${set} is not rolled: .*${said.source}`, 'm'));
    });
  }

  it('a claim is being deleted, and its volume keeps the data', async () => {
    const { spec } = await getJson<Claim>(['pvc', 'data-losing-1', '-n', namespace]);
    const volume = spec?.volumeName ?? '';
    const keep = (policy: string) =>
      kubectl(['patch', 'pv', volume, '-p', JSON.stringify({ spec: { persistentVolumeReclaimPolicy: policy } })]);
    await keep('Retain');
    try {
      const stderr = await refused(namespace, 'losing', []);
      assert.match(
        stderr,
        /data-losing-1 of losing-1 is being deleted: the claim would go .*; its volume is kept \(Retain\)/,
      );
      assert.doesNotMatch(stderr, /save it/);
    } finally {
      await keep('Delete');
    }
  });

  it('all reasons are told at once', async () => {
    const stderr = await refused(namespace, 'losing', ['--order', '2,1,0', '--last', '9']);
    assert.match(stderr, /no ordinal 9/);
    assert.match(stderr, /data-losing-1/);
  });

  it('a dry run says why too, and shows no plan', async () => {
    for (const flag of ['--dry-run=client', '--dry-run=server']) {
      assert.match(await refused(namespace, 'losing', [flag]), /data-losing-1/);
    }
  });

  it('programs are told in an object', async () => {
    for (const words of [[], ['--dry-run=client']]) {
      const { stdout, code } = await roll(namespace, ['losing', '-o', 'json', ...words]);
      assert.equal(code, 2);
      const [refusal, ...more] = eventsIn(stdout);
      assert.deepEqual(more, []);
      const { kind, statefulSet, result, messages } = refusal as Record<string, unknown>;
      assert.deepEqual([kind, statefulSet, result], ['RollSummary', 'losing', 'refused']);
      assert.match(String(messages), /data-losing-1/);
    }
  });

  it('the set is not there: told in kubectl’s words', async () => {
    const judge = await tryKubectl(['get', 'statefulset', 'nope', '-n', namespace]);
    const { stdout, stderr, code } = await roll(namespace, ['nope']);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
  });

  it('there is no bad input to guess at', async () => {
    const inputs = [
      [],
      ['deploy/web'],
      ['web', '--order', 'sideways'],
      ['web', '--order', '1,1'],
      ['web', '--ordinals', '3-1'],
      ['web', '--older-than', 'yesterday'],
      ['web', '--first', '1', '--last', '1'],
      ['web', '--max-unavailable', '0'],
      ['web', '--check', ''],
      ['web', '--check', 'true', '--pre-check', ' '],
      ['web', '--leader-check', ' '],
      ['web', '--leader-check', 'true', '--last', '0'],
      ['web', '--leader-check', 'true', '--max-unavailable', '2'],
      ['web', '--order='],
      ['web', '--check-timeout', '1s'],
      ['web', '--timeout', '5s', '--stable', '10s'],
      ['web', '--lease-duration', '2h'],
      ['web', '--ordinals', '1', '--first', '0'],
      ['web', '--ordinals', '1-99'],
      ['web', '--check', 'true', '--container', 'nope'],
      ['web', '--timeout', 'soon'],
      ['web', '--lease-duration', '1s'],
      ['web', '--dry-run=maybe'],
      ['web', '-o', 'yaml'],
      ['web', '-l', 'app=web'],
      ['web', '--container', 'main'],
      ['web', '-i'],
      ['web', '--resume', '--abort'],
      ['web', '--resume', '--order', 'forward'],
      ['web', '--resume', '--no-lease'],
      ['web', 'ordered', '--resume'],
      ['web', '--status', '--dry-run=client'],
      ['-l', 'app=web', '--status'],
      ['-l', 'app=web', '--abort'],
    ];
    const before = await podsAndLeases(namespace);
    for (const args of inputs) {
      const { stdout, stderr, code } = await roll(namespace, args);
      assert.deepEqual([stdout, code], ['', 2], `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, /^error: /);
      assert.doesNotMatch(stderr, /unexpected|unknown flag/, args.join(' '));
    }
    assert.deepEqual(await podsAndLeases(namespace), before);
  });
});

describe('a roll is begun all the same', () => {
  const namespace = ownNamespace('roll-allowed');
  const history = ownHistory(namespace);

  before(async () => {
    await apply(namespace, [
      rollSet('sick', { parallel: true, annotations: held }),
      rollSet('losing', { parallel: true, claims: ['data'] }),
      rollSet('frozen', { parallel: true }),
      budget('none-ever', { app: 'frozen' }, { maxUnavailable: 0 }),
      rollSet('twice', { replicas: 1 }),
    ]);
    await letReady(namespace, 'sick');
    await settled(namespace, 'losing', 'frozen', 'twice');
    await addBudgets(namespace, { one: { maxUnavailable: 1 }, other: { maxUnavailable: 1 } }, 'twice');
    await counted(namespace, 'none-ever');
    await kubectl(['delete', 'pvc', 'data-losing-1', '--wait=false', '-n', namespace]);
    await sicken(namespace, 'sick-1');
  });

  it('where the pod that is not ready goes first', async () => {
    const { gone } = await history.during(['sick'], async () => {
      const [ran] = await Promise.all([rolled(namespace, ['sick', '--first', '1']), sickAllowed()]);
      return ran;
    });
    assert.deepEqual(gone, ['sick-1', 'sick-2', 'sick-0']);
  });

  /** Each new pod as soon as it is there. */
  async function sickAllowed(): Promise<void> {
    const old = Object.values(await uidsOf(namespace, 'sick'));
    for (const pod of ['sick-1', 'sick-2', 'sick-0']) {
      await eventually(`a new ${pod}`, async () => {
        const uid = (await uidsOf(namespace, 'sick'))[pod];
        assert.ok(uid !== undefined && !old.includes(uid));
      });
      await allow(namespace, pod);
    }
  }

  it('where the pod whose claim is being deleted stays', async () => {
    const { gone } = await history.during(['losing'], () => rolled(namespace, ['losing', '--ordinals', '0,2']));
    assert.deepEqual(gone, ['losing-2', 'losing-0']);
  });

  it('where pods are deleted, which asks no budget', async () => {
    const { gone, value } = await history.during(['frozen', 'twice'], () =>
      rolled(namespace, ['frozen', 'twice', '--disable-eviction']),
    );
    assert.deepEqual(gone, ['frozen-2', 'frozen-1', 'frozen-0', 'twice-0']);
    assert.match(value.stdout, /frozen-2 {2}deleted$/m);
    assert.doesNotMatch(value.stdout, /evicted/);
  });
});

describe('a roll warns of', () => {
  const namespace = ownNamespace('roll-warnings');
  const home = `${namespace}-home`;

  before(async () => {
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const owner = { apiVersion: 'example.com/v1', kind: 'Database', name: 'products', uid: namespace };
    await apply(namespace, [
      homeNode(home, 250),
      volumeOnNode(home, home, { namespace, name: 'data-bound-0' }),
      rollSet('bound', {
        replicas: 1,
        claims: ['data'],
        podSpec: mayGoHome,
        spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { ...claim, storageClassName: '' } }] },
      }),
      rollSet('scratch', {
        replicas: 1,
        podSpec: {
          volumes: [
            { name: 'cache', emptyDir: {} },
            { name: 'spool', ephemeral: { volumeClaimTemplate: { spec: claim } } },
          ],
          terminationGracePeriodSeconds: 0,
        },
      }),
      rollSet('kept', { replicas: 1, metadata: { ownerReferences: [{ ...owner, controller: true }] } }),
      rollSet('plain', { replicas: 1, claims: ['data'] }),
    ]);
    await settled(namespace, 'bound', 'scratch', 'plain');
    await kubectl(['cordon', home]);
  });
  after(() => kubectl(['delete', `node/${home}`, `pv/${home}`, '--wait=false']));

  async function warned(set: string): Promise<string[]> {
    const [text, json] = await Promise.all([
      rolled(namespace, [set, '--dry-run=client']),
      rolled(namespace, [set, '--dry-run=client', '-o', 'json']),
    ]);
    const lines = text.stderr.trimEnd().split('\n').filter(Boolean);
    const told = eventsIn(json.stdout)[0]?.['warnings'] as string[];
    assert.deepEqual(
      lines,
      told.map((warning) => `warning: ${warning}`),
    );
    return lines;
  }

  it('nothing where there is nothing', async () => {
    assert.deepEqual(await warned('plain'), []);
  });

  it('data that goes with each pod: emptyDir and ephemeral volumes', async () => {
    const [data = '', ...more] = await warned('scratch');
    assert.match(data, /cache, spool.*goes with each pod/);
    assert.match(more.join(), /terminationGracePeriodSeconds is 0/);
    assert.equal(more.length, 1);
  });

  it('somebody who keeps the set', async () => {
    await eventually('a set seen by its controller', async () => {
      const { status } = await getJson<{ status?: { readyReplicas?: number } }>(['statefulset/kept', '-n', namespace]);
      assert.equal(status?.readyReplicas, 1);
    });
    const warnings = await warned('kept');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /Database\/products/);
  });

  it('a cordoned node that alone reaches a pod’s volume', async () => {
    const warnings = await warned('bound');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', new RegExp(`bound-0.*${home}.*cordoned`));
  });
});

describe('a roll of a set that has one already', () => {
  const namespace = ownNamespace('roll-held');

  before(async () => {
    await apply(namespace, [rollSet('web', { replicas: 2, parallel: true })]);
    await settled(namespace, 'web');
  });

  const lease = 'lease/kubectl-sts-roll-web';

  /** Begins one that stops at its first pod. @returns what it said */
  async function stopped(...words: string[]): Promise<string> {
    const { code, stderr } = await roll(namespace, [
      'web',
      '--check',
      'test -e nowhere',
      '--check-timeout',
      '1s',
      ...words,
    ]);
    assert.equal(code, 1, stderr);
    return stderr;
  }
  afterEach(() => sts(['roll', 'web', '--abort', '-n', namespace]));

  const recordOf = async (): Promise<Record<string, unknown>> => {
    const { metadata } = await getJson<{ metadata: { annotations: Record<string, string> } }>([lease, '-n', namespace]);
    return JSON.parse(metadata.annotations['kubectl-sts/roll'] ?? '') as Record<string, unknown>;
  };
  const scribble = (record: string): Promise<string> =>
    kubectl(['annotate', lease, '-n', namespace, '--overwrite', `kubectl-sts/roll=${record}`]);

  async function notResumed(...words: string[]): Promise<string> {
    const stderr = await refused(namespace, 'web', ['--resume', ...words]);
    return stderr;
  }

  it('is refused, and says how to see it, to go on with it, and to forget it', async () => {
    await stopped();
    const { id } = await recordOf();
    const stderr = await refused(namespace, 'web', []);
    assert.match(stderr, new RegExp(`roll ${id} of statefulset/web was stopped.*--status.*--resume.*--abort`));
    const { stderr: dry } = await roll(namespace, ['web', '--dry-run=client']);
    assert.match(dry, new RegExp(`roll ${id}`));
  });

  it('is refused while somebody else holds it, who is named', async () => {
    const metadata = { name: 'kubectl-sts-roll-web' };
    const spec = { holderIdentity: 'ann@laptop-1', leaseDurationSeconds: 30 };
    await apply(namespace, [{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }]);
    for (const words of [[], ['--no-lease']]) {
      assert.match(await refused(namespace, 'web', words), /held by ann@laptop-1/);
    }
  });

  it('is gone on with only when there is one', async () => {
    assert.match(await notResumed(), /no roll of statefulset\/web to go on with/);
  });

  it('runs no command only because a Lease says so', async () => {
    const said = await stopped();
    assert.match(said, /^go on: .* --check 'test -e nowhere'$/m);
    assert.match(await notResumed(), /was begun with --check 'test -e nowhere': say so again/);
    for (const words of [
      ['--check', 'true'],
      ['--check', 'test -e nowhere', '--pre-check', 'true'],
      ['--check', 'test -e nowhere', '--leader-check', 'true'],
      ['--check', 'test -e nowhere', '--container', 'main'],
      ['--check', 'test -e nowhere', '--disable-eviction'],
    ]) {
      assert.match(await notResumed(...words), /say so again/, words.join(' '));
    }
  });

  it('does not become less careful only because a Lease says so', async () => {
    await stopped();
    const record = await recordOf();
    const evil = { ...record, ways: { evicts: false, checkTimeout: 1_000 } };
    await scribble(JSON.stringify({ ...evil, settings: { ...(record['settings'] as object), check: false } }));
    assert.match(await notResumed(), /was begun with --disable-eviction: say so again/);
  });

  for (const [what, record] of [
    ['no JSON', 'not JSON'],
    ['of no set', '{"id":"abcd"}'],
    ['empty', ''],
  ] as const) {
    it(`is not gone on with where its record is ${what}`, async () => {
      await stopped();
      await scribble(record);
      assert.match(await notResumed(), /record cannot be read.*--abort/);
      const stderr = await refused(namespace, 'web', []);
      assert.match(stderr, /a roll of statefulset\/web was stopped/);
      const status = await sts(['roll', '--status', '-n', namespace]);
      assert.match(status.stdout, /unreadable/);
    });
  }

  it('is not gone on with where the set was changed since, or scaled', async () => {
    await stopped();
    const check = ['--check', 'test -e nowhere'];
    await kubectl(['scale', 'statefulset/web', '--replicas=3', '-n', namespace]);
    await settled(namespace, 'web');
    assert.match(await notResumed(...check), /changed or scaled since.*--abort/);
    await kubectl(['delete', 'statefulset', 'web', '-n', namespace]);
    await eventually('no pods', async () => assert.deepEqual(await podsOf(namespace, 'web'), []));
    await apply(namespace, [rollSet('web', { replicas: 2, parallel: true })]);
    await settled(namespace, 'web');
    assert.match(await notResumed(...check), /made anew since.*--abort/);
  });

  it('shows no control character of what a Lease says', async () => {
    const evil = '\u001b[2J\u009b\u202e\r\n';
    await stopped();
    const record = await recordOf();
    await scribble(JSON.stringify({ ...record, id: `ev${evil}il` }));
    const holder = JSON.stringify({ spec: { holderIdentity: `ev${evil}il`, leaseDurationSeconds: 1 } });
    await kubectl(['patch', lease, '-n', namespace, '--type=merge', '-p', holder]);
    for (const words of [[], ['--resume', '--check', 'x'], ['--status'], ['--status', '-o', 'json'], ['--abort']]) {
      const { stdout, stderr } = await roll(namespace, ['web', ...words]);
      assert.match(stdout + stderr, /ev\\u001b/);
      assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    }
  });
});
