import assert from 'node:assert/strict';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { type Runner, runnerOn } from '../../memory/run.ts';
import { boundClaim, headless, podOf, statefulSet, volumeOf } from '../../objects/snapshots.ts';

describe('kubectl sts tree', () => {
  let cluster: MemoryCluster;
  let runner: Runner;
  const set = statefulSet('web', { replicas: 2, templates: ['data'] });

  beforeEach(async () => {
    cluster = await memoryCluster();
    runner = runnerOn(cluster);
    cluster.put('statefulsets', set);
    cluster.put('services', headless('web'));
    for (const ordinal of [0, 1]) {
      const claim = boundClaim(`data-web-${ordinal}`);
      cluster.put('pods', podOf(set, ordinal));
      cluster.put('persistentvolumeclaims', claim);
      cluster.put('persistentvolumes', volumeOf(claim));
    }
  });
  afterEach(() => {
    runner.close();
    cluster.close();
  });

  it('shows a set with its pods, claims and volumes', async () => {
    const { code, stdout, stderr } = await runner.run('tree web');
    assert.match(
      stdout,
      /StatefulSet\/web .*\n├─ Service\/web[\s\S]*Pod\/web-0[\s\S]*PersistentVolumeClaim\/data-web-1/,
    );
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('says what is missing, and exits 2', async () => {
    assert.deepEqual(await runner.run('tree db'), {
      code: 2,
      stdout: '',
      stderr: 'Error from server (NotFound): statefulsets.apps "db" not found\n',
    });
  });

  it('goes on showing it until it is interrupted', async () => {
    const running = runner.start('tree web -w');
    await running.until('web  2/2');
    cluster.put('statefulsets', { ...set, status: { ...set.status, replicas: 2, readyReplicas: 1 } });
    await running.until('web  1/2');
    running.signal('SIGINT');
    assert.equal((await running.ended).code, 130);
  });
});
