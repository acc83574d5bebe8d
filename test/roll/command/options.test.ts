import assert from 'node:assert/strict';
import { UsageError } from '#src/cli/usageerror.ts';
import { type BeginOptions, type OptionsContext, type ResumeOptions, rollOptions } from '#src/roll/command/options.ts';
import type { RollFlags } from '#src/roll/command/roll.ts';

/** As oclif gives them: a flag that was not given is left out. */
const none = { 'lease-duration': '30s', 'dry-run': 'none', 'field-manager': 'kubectl-sts' } as RollFlags;
const now = Date.parse('2026-01-02T00:00:00Z');

function optionsOf(
  flags: Partial<RollFlags>,
  words: readonly string[] = ['web'],
  context: Partial<OptionsContext> = {},
) {
  const isGiven: OptionsContext['isGiven'] = (flag) => flag in flags;
  return rollOptions(words, { ...none, ...flags }, { isGiven, now, isTyped: false, ...context });
}

function begun(flags: Partial<RollFlags> = {}): BeginOptions {
  const { mode } = optionsOf(flags);
  assert.ok(mode.kind === 'begin');
  return mode;
}

function resumed(flags: Partial<RollFlags> = {}): ResumeOptions {
  const { mode } = optionsOf({ resume: true, ...flags });
  assert.ok(mode.kind === 'resume');
  return mode;
}

describe('the options of roll', () => {
  it('are careful unless something else is asked for', () => {
    const { wish, settings, handling, lease, dryRun, own } = begun();
    assert.deepEqual(settings, {
      maxUnavailable: 1,
      timeout: 300_000,
      deadline: 7_200_000,
      stable: 10_000,
      confirm: false,
      preCheck: false,
      check: false,
      waitDns: false,
      leaderCheck: false,
    });
    assert.deepEqual([wish.order, wish.evicts, wish.outdated, wish.maxUnavailable], ['reverse', true, false, 1]);
    assert.deepEqual([handling.evicts, handling.checkTimeout, dryRun], [true, 60_000, 'none']);
    assert.deepEqual(lease, { duration: 30_000, fieldManager: 'kubectl-sts' });
    assert.deepEqual(own, { interactive: false, dnsService: undefined });
  });

  it('are read from the flags of a new roll', () => {
    const { wish, settings, handling, lease, own } = begun({
      order: '2,0-1',
      ordinals: '0-2',
      first: '2',
      last: '1',
      outdated: true,
      'older-than': '24h',
      timeout: '90s',
      deadline: '1h',
      stable: '5s',
      'max-unavailable': 3,
      check: 'true',
      'pre-check': 'test -e x',
      'check-timeout': '2m',
      container: 'db',
      'wait-dns': true,
      'dns-service': 'dns/coredns',
      'disable-eviction': true,
      'lease-duration': '2500ms',
      'field-manager': 'night-shift',
    });
    assert.deepEqual(wish, {
      order: [2, 0, 1],
      ordinals: [{ start: 0, end: 3 }],
      first: 2,
      last: 1,
      outdated: true,
      before: Date.parse('2026-01-01T00:00:00Z'),
      maxUnavailable: 3,
      evicts: false,
    });
    assert.deepEqual(settings, {
      maxUnavailable: 3,
      timeout: 90_000,
      deadline: 3_600_000,
      stable: 5_000,
      confirm: false,
      preCheck: true,
      check: true,
      waitDns: true,
      leaderCheck: false,
    });
    assert.deepEqual(handling, {
      evicts: false,
      preCheck: 'test -e x',
      check: 'true',
      leaderCheck: undefined,
      container: 'db',
      checkTimeout: 120_000,
    });
    assert.deepEqual(lease, { duration: 3_000, fieldManager: 'night-shift' });
    assert.deepEqual(own, { interactive: false, dnsService: { namespace: 'dns', name: 'coredns' } });
  });

  it('are those of --no-lease, -i and -o json', () => {
    assert.equal(begun({ 'no-lease': true }).lease, undefined);
    const asked = optionsOf({ interactive: true, output: 'json' }, ['web'], { isTyped: true });
    assert.ok(asked.mode.kind === 'begin' && asked.mode.settings.confirm && asked.mode.own.interactive);
    assert.equal(asked.format, 'json');
    assert.equal(optionsOf({}).format, 'text');
  });

  it('leave to the Lease what is not given to --resume', () => {
    const { times, lease, handling, maxUnavailable } = resumed();
    assert.deepEqual(times, { timeout: undefined, deadline: undefined, stable: undefined, checkTimeout: undefined });
    assert.deepEqual([lease, handling.evicts, maxUnavailable], [{}, true, 1]);
    const given = resumed({
      timeout: '1s',
      stable: '10s',
      'check-timeout': '5s',
      'lease-duration': '30s',
      'field-manager': 'me',
    });
    assert.deepEqual(given.times, { timeout: 1_000, deadline: undefined, stable: 10_000, checkTimeout: 5_000 });
    assert.deepEqual(given.lease, { duration: 30_000, fieldManager: 'me' });
  });

  it('are of --status for all sets, and of --abort for those that are named', () => {
    const status = optionsOf({ status: true }, []);
    assert.deepEqual([status.mode, status.selection.names], [{ kind: 'status', allNamespaces: false }, []]);
    assert.deepEqual(optionsOf({ abort: true }, ['web', 'sts/db']).mode, { kind: 'abort' });
    assert.deepEqual(optionsOf({ abort: true }, ['web', 'sts/db']).selection.names, ['web', 'db']);
  });

  it('limit each request to 30 s, unless another limit is given', () => {
    assert.equal(optionsOf({}).connection.requestTimeout, '30s');
    assert.equal(optionsOf({ 'request-timeout': '5s' }).connection.requestTimeout, '5s');
  });

  const refused: [flags: Partial<RollFlags>, why: string][] = [
    [{ order: 'sideways' }, 'an order is reverse, forward or a list such as 2,0-1, not "sideways"'],
    [{ ordinals: '3-1' }, 'ordinals are given as 1-3,5, not "3-1"'],
    [{ first: '1-2' }, '--first takes one ordinal such as 2, not "1-2"'],
    [{ last: 'x' }, '--last takes one ordinal such as 2, not "x"'],
    [
      { 'older-than': 'yesterday' },
      'an age is given as 24h, or as a time such as 2026-01-31T06:00:00Z, not "yesterday"',
    ],
    [{ timeout: 'soon' }, '--timeout takes a duration such as 30s or 5m, not "soon"'],
    [{ deadline: '-1s' }, '--deadline takes a duration such as 30s or 5m, not "-1s"'],
    [{ timeout: '5s' }, '--timeout must be longer than --stable: no pod would be back in time'],
    [{ 'lease-duration': '1s' }, '--lease-duration is at least 2s'],
    [{ 'lease-duration': '2h' }, '--lease-duration is at most 1h'],
    [{ resume: true, abort: true }, '--resume and --abort do not go together'],
    [{ resume: true, status: true }, '--resume and --status do not go together'],
    [{ resume: true, order: 'forward' }, '--order is of a roll that begins: it does not go with --resume'],
    [{ resume: true, outdated: true }, '--outdated is of a roll that begins: it does not go with --resume'],
    [{ abort: true, selector: 'app=web' }, '--selector is of a roll that begins: it does not go with --abort'],
    [{ status: true, selector: 'app=web' }, '--selector is of a roll that begins: it does not go with --status'],
    [{ resume: true, 'no-lease': true }, '--resume goes on with what the Lease says: not with --no-lease'],
    [{ status: true, 'dry-run': 'client' }, '--dry-run does not go with --status'],
    [{ first: '1', last: '1' }, 'ordinal 1 cannot be both --first and --last'],
    [{ ordinals: '1', first: '0' }, '--first 0 is not among --ordinals 1'],
    [{ ordinals: '1', last: '2' }, '--last 2 is not among --ordinals 1'],
    [{ container: 'db' }, '--container goes with --check, --pre-check or --leader-check'],
    [{ 'check-timeout': '5s' }, '--check-timeout goes with --check, --pre-check or --leader-check'],
    [
      { 'leader-check': 'true', last: '0' },
      '--leader-check has the pod that leads go last: it does not go with --last',
    ],
    [
      { 'leader-check': 'true', 'max-unavailable': 2 },
      '--leader-check asks all pods before each eviction, and those that are away give no answer: it does not go with --max-unavailable above 1',
    ],
    [{ 'dns-service': 'a/b' }, '--dns-service goes with --wait-dns'],
    [
      { 'dns-service': 'kube-dns', 'wait-dns': true },
      '--dns-service: a Service is given as NAMESPACE/NAME, such as kube-system/kube-dns, not "kube-dns"',
    ],
    [{ interactive: true }, '-i asks before each pod, and needs a terminal'],
  ];
  for (const [flags, why] of refused) {
    it(`are refused: ${JSON.stringify(flags)}`, () => {
      assert.throws(
        () => optionsOf(flags),
        (error) => error instanceof UsageError && error.message === why,
      );
    });
  }

  it('name the sets that they are for', () => {
    const why = 'name the StatefulSet to roll, or select some by -l';
    assert.throws(() => optionsOf({}, []), { message: why });
    assert.throws(() => optionsOf({ abort: true }, []), { message: why });
    assert.throws(() => optionsOf({ resume: true }, ['a', 'b']), {
      message: '--resume goes on with the roll of one StatefulSet',
    });
    assert.throws(() => optionsOf({}, ['deploy/web']), {
      message:
        'deploy/web is a Deployment, whose pods have no names or volumes of their own: use kubectl rollout restart deploy/web',
    });
    assert.throws(() => optionsOf({}, ['rs/web']), { message: /use kubectl get rs\/web$/ });
    assert.throws(() => optionsOf({ selector: 'a=b' }, ['web']), { message: /not both/ });
    assert.equal(optionsOf({ selector: 'a=b' }, []).selection.names.length, 0);
  });
});
