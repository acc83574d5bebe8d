import assert from 'node:assert/strict';
import { told } from './dns/document.ts';
import { published, service, set } from './dns/sets.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

describe('a cluster with a NodeLocal DNSCache', () => {
  const namespace = ownNamespace('dns-cache');
  const name = `${namespace}-cache`;

  before(async () => {
    const labels = { 'k8s-app': 'node-local-dns' };
    const cache = {
      name: 'node-cache',
      image: 'registry.example/cache',
      args: ['-localip', '169.254.20.10,10.96.0.10'],
    };
    await apply('kube-system', [
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name, labels },
        spec: {
          selector: { matchLabels: { app: name } },
          // No node has this label: the cache's manifest is enough.
          template: {
            metadata: { labels: { app: name } },
            spec: { nodeSelector: { [name]: 'none' }, containers: [cache] },
          },
        },
      },
    ]);
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  after(() => kubectl(['delete', 'daemonset', name, '-n', 'kube-system', '--ignore-not-found']));

  it('is told of the cache and its addresses, which were not asked', async () => {
    const seen = await told(['web', '-n', namespace]);
    assert.deepEqual(seen.document.asked.nodeLocalCache, {
      state: 'found',
      daemonSet: `kube-system/${name}`,
      addresses: ['169.254.20.10', '10.96.0.10'],
    });
    assert.match(
      seen.stderr,
      new RegExp(`NodeLocal DNSCache \\(DaemonSet kube-system/${name}\\) was not asked and may lag`),
    );
    assert.equal(seen.code, 0);
  });
});
