import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { documented, type Rule, without } from '../runner/documented.ts';
import { apply, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { ownHistory } from './roll/history.ts';
import { goOn, mendable, roll, rolled } from './roll/rolls.ts';
import { leasesIn, rollSet, settled, uidsOf } from './roll/sets.ts';
import { userWith } from './user.ts';

describe('a roll by who has not all rights', () => {
  const namespace = ownNamespace('roll-rights');
  const history = ownHistory(namespace);
  const names = ['enough', 'reader', 'no-budgets', 'no-leases'] as const;
  const users = {} as Record<(typeof names)[number], { kubeconfig: string }>;

  before(async () => {
    await apply(namespace, [rollSet('web', { replicas: 2, claims: ['data'], parallel: true })]);
    const all = documented('kubectl-sts-roll', 'kubectl-sts-exec');
    const reads = all.filter(({ verbs }) => verbs.includes('list') && !verbs.includes('create'));
    const rules: Record<(typeof names)[number], Rule[]> = {
      enough: all,
      reader: reads,
      'no-budgets': without(all, 'poddisruptionbudgets'),
      'no-leases': without(all, 'leases'),
    };
    const wide = documented('kubectl-sts-roll-cluster');
    for (const name of names) users[name] = { kubeconfig: await userWith(namespace, name, rules[name], wide) };
    await settled(namespace, 'web');
  });

  it('is one all the same for who has the roles of docs/rbac/', async () => {
    const { gone, value } = await history.during(['web'], () =>
      rolled(namespace, ['web', '--check', 'true', '--pre-check', 'true'], users.enough),
    );
    assert.deepEqual(gone, ['web-1', 'web-0']);
    assert.equal(value.stderr, '');
    const { code, stderr } = await sts(['roll', '--status', '-n', namespace], users.enough);
    assert.deepEqual([code, stderr], [0, `No roll is under way in ${namespace} namespace.\n`]);
  });

  /** Is not begun. @returns what is said */
  async function refused(words: readonly string[], user: (typeof names)[number]): Promise<string> {
    const before = await uidsOf(namespace, 'web');
    const { stdout, stderr, code } = await roll(namespace, ['web', ...words], users[user]);
    assert.deepEqual([stdout, code], ['', 2], stderr);
    assert.deepEqual(await uidsOf(namespace, 'web'), before);
    assert.deepEqual(await leasesIn(namespace), []);
    return stderr;
  }

  it('is not begun, and each right that is missing is named, with what to do without a Lease', async () => {
    const said = await refused([], 'reader');
    assert.match(said, /^error: .*no right to create pods\/eviction in namespace/m);
    const ofLeases = ['get', 'create', 'update', 'delete'].map((verb) => `${verb} leases.coordination.k8s.io`);
    const line = said.split('\n').find((one) => one.includes(`no right to ${ofLeases.join(', ')} `)) ?? '';
    assert.match(line, /--no-lease.*nobody keeps another roll.*cannot be resumed/);
    assert.doesNotMatch(said, /pods\/exec|delete pods/);
  });

  it('is not begun for want of what its flags need besides', async () => {
    const [checked, preChecked, ledBy, deleted] = [
      await refused(['--check', 'true'], 'reader'),
      await refused(['--pre-check', 'true'], 'reader'),
      await refused(['--leader-check', 'true'], 'reader'),
      await refused(['--disable-eviction'], 'reader'),
    ];
    for (const said of [checked, preChecked, ledBy]) assert.match(said, /get pods\/exec, create pods\/exec/);
    assert.match(deleted, /no right to delete pods /);
    assert.doesNotMatch(deleted, /pods\/eviction/);
    const dns = await refused(['--wait-dns'], 'enough');
    assert.match(dns, /get pods\/portforward and create pods\/portforward in namespace kube-system/);
  });

  it('is warned of where the budgets may not be seen, and goes on', async () => {
    const { stderr } = await rolled(namespace, ['web', '--ordinals', '0'], users['no-budgets']);
    assert.match(stderr, /^warning: .*PodDisruptionBudget.*no right to list poddisruptionbudgets/m);
    assert.equal(stderr.trim().split('\n').length, 1);
    const deletes = await roll(namespace, ['web', '--disable-eviction', '--dry-run=client'], users['no-budgets']);
    assert.doesNotMatch(deletes.stderr, /PodDisruptionBudget/, 'who asks no budget needs to see none');
  });

  it('is not planned for who may only read: a dry run tells which rights are missing too', async () => {
    for (const dryRun of ['client', 'server']) {
      assert.equal(await refused([`--dry-run=${dryRun}`], 'reader'), await refused([], 'reader'));
    }
    await rolled(namespace, ['web', '--dry-run=client', '--no-lease'], users['no-leases']);
  });

  it('goes without a Lease by --no-lease, and what is left can be rolled anew', async () => {
    const [file, check] = mendable();
    const words = ['web', '--no-lease', '--check', check, '--check-timeout', '1s'];
    const { gone } = await history.during(['web'], async () => {
      const { code, stderr } = await roll(namespace, words, users['no-leases']);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^error: .*half-way: web-1; not begun: web-0$/m);
      assert.match(stderr, /^go on: kubectl sts roll web --order 0 .*--no-lease/m);
      assert.doesNotMatch(stderr, /--resume/);
      writeFileSync(file, '');
      await goOn(stderr, users['no-leases']);
    });
    assert.deepEqual(gone, ['web-1', 'web-0']);
    assert.deepEqual(await leasesIn(namespace), []);
  });
});
