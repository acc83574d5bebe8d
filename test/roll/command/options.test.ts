import assert from 'node:assert/strict';
import { UsageError } from '#src/cli/usageerror.ts';
import { boldFlags, connectionWords, optionsOf, shellQuoted } from '#src/roll/command/options.ts';
import type { RollFlags } from '#src/roll/command/roll.ts';

/** As oclif gives them: what was not given is left out. */
const none = { 'lease-duration': '30s', 'dry-run': 'none', 'field-manager': 'kubectl-sts' } as RollFlags;
const now = Date.parse('2026-01-02T00:00:00Z');
const options = (flags: Partial<RollFlags> = {}) => optionsOf({ ...none, ...flags }, now);

describe('the options of roll', () => {
  it('are careful unless something else is asked for', () => {
    const { wish, settings, handling, leaseDuration } = options();
    assert.deepEqual(settings, {
      maxUnavailable: 1,
      timeout: 300_000,
      deadline: 7_200_000,
      stable: 10_000,
      confirm: false,
      preCheck: false,
      check: false,
      waitDns: false,
    });
    assert.deepEqual([wish.order, wish.evicts, wish.outdated], ['reverse', true, false]);
    assert.deepEqual([handling.evicts, handling.checkTimeout, leaseDuration], [true, 60_000, 30_000]);
  });

  it('are read from the flags', () => {
    const { wish, settings } = options({
      order: '2,0,1',
      ordinals: '0-2',
      'older-than': '24h',
      timeout: '90s',
      'max-unavailable': 3,
      check: 'true',
    });
    assert.deepEqual(wish.order, [2, 0, 1]);
    assert.deepEqual(wish.ordinals, [{ start: 0, end: 3 }]);
    assert.equal(wish.before, Date.parse('2026-01-01T00:00:00Z'));
    assert.deepEqual([settings.timeout, settings.maxUnavailable, settings.check], [90_000, 3, true]);
  });

  const refused: [flags: Partial<RollFlags>, why: RegExp][] = [
    [{ order: 'sideways' }, /reverse, forward or a list/],
    [{ ordinals: '3-1' }, /1-3,5/],
    [{ 'older-than': 'yesterday' }, /24h/],
    [{ timeout: 'soon' }, /--timeout takes a duration/],
    [{ 'lease-duration': '1s' }, /at least 2s/],
    [{ resume: true, abort: true }, /--resume and --abort/],
    [{ resume: true, order: 'forward' }, /--order is of a roll that begins/],
    [{ resume: true, outdated: true }, /--outdated is of a roll that begins/],
    [{ abort: true, selector: 'app=web' }, /--selector is of a roll that begins: it does not go with --abort/],
    [{ status: true, selector: 'app=web' }, /does not go with --status/],
    [{ resume: true, 'no-lease': true }, /--no-lease/],
    [{ status: true, 'dry-run': 'client' }, /--dry-run does not go with --status/],
    [{ first: 1, last: 1 }, /both --first and --last/],
    [{ container: 'db' }, /--container goes with --check/],
    [{ 'dns-service': 'a/b' }, /--dns-service goes with --wait-dns/],
  ];
  for (const [flags, why] of refused) {
    it(`are refused: ${JSON.stringify(flags)}`, () => {
      assert.throws(
        () => options(flags),
        (error) => error instanceof UsageError && why.test(error.message),
      );
    });
  }
});

describe('the command that goes on with a roll', () => {
  const careful = { evicts: true, preCheck: undefined, check: undefined, container: undefined, checkTimeout: 1 };

  it('says again what makes the roll bold', () => {
    assert.deepEqual(boldFlags(careful, 1), []);
    const bold = { ...careful, evicts: false, check: "psql -c 'select 1'", container: 'db' };
    assert.equal(
      boldFlags(bold, 2).join(' '),
      `--disable-eviction --max-unavailable 2 --check 'psql -c '\\''select 1'\\''' --container db`,
    );
  });

  it('reaches the same cluster as the same person, and tells no secret', () => {
    const flags = {
      context: 'prod eu',
      token: 'secret',
      password: 'secret',
      as: 'anna@corp',
      server: 'https://me:secret@server',
    };
    assert.equal(connectionWords(flags, 'shop').join(' '), "-n shop --context 'prod eu' --as anna@corp");
  });

  it('is quoted for a shell', () => {
    assert.deepEqual(['a-b/c:1', '', 'a b', "it's"].map(shellQuoted), ['a-b/c:1', "''", "'a b'", `'it'\\''s'`]);
    assert.equal(shellQuoted("true\nit's \\ \u001b[2J"), String.raw`$'true\nit\'s \\ \u001b[2J'`);
  });
});
