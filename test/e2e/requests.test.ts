import assert from 'node:assert/strict';
import { type LoggedRequest, requestsAs } from './audit-log.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { rollingIn } from './rollout/rolling.ts';

describe('what a tree asks of the API server', () => {
  const namespace = ownNamespace('requests');
  let small: LoggedRequest[];

  function requestsOf(...args: string[]): Promise<LoggedRequest[]> {
    return requestsAs(async (as) => {
      const { stderr, code } = await sts(['tree', '-n', namespace, ...args, ...as]);
      assert.deepEqual([stderr, code], ['', 0]);
    });
  }

  before(async () => {
    await applyExamples(namespace, 'shared-claim/own.yaml');
    await kubectl(['rollout', 'status', 'statefulset/own-db', '-n', namespace, '--timeout=50s']);
    small = await requestsOf();
  });

  it('is little: one request for each kind in the namespace, and what its claims lead to', () => {
    const uris = small.map(({ requestURI }) => requestURI);
    assert.ok(small.length >= 5 && small.length <= 10, uris.join('\n'));
    assert.deepEqual(uris, [...new Set(uris)], 'nothing twice');
  });

  it('is nothing of what the API serves', () => {
    const discovery = small.filter(({ requestURI }) =>
      /^\/(api|apis|openapi|version)(\/[^/]+){0,2}\/?(\?|$)/.test(requestURI),
    );
    const allowed = discovery.filter(({ requestURI }) => /^\/api\/v1\/[a-z]+\?/.test(requestURI));
    assert.deepEqual(discovery, allowed);
  });

  it('is asked only by get and list', () => {
    for (const { verb, requestURI } of small) assert.match(verb, /^(get|list)$/, requestURI);
  });

  it('grows with the pods by their volumes alone', async () => {
    await kubectl(['scale', 'statefulset/own-db', '--replicas=12', '-n', namespace]);
    await kubectl(['rollout', 'status', 'statefulset/own-db', '-n', namespace, '--timeout=50s']);
    const large = await requestsOf();
    const isVolume = ({ requestURI }: LoggedRequest) => requestURI.startsWith('/api/v1/persistentvolumes/');
    assert.equal(large.filter(isVolume).length, 12);
    const others = (requests: LoggedRequest[]) =>
      requests.filter((request) => !isVolume(request)).map(({ requestURI }) => requestURI);
    assert.deepEqual(others(large).sort(), others(small).sort());
  });

  it('is one list of warnings for each of up to five pods that are not ready and for their set, and one for all beyond', async () => {
    const rolling = rollingIn(namespace);
    const parallel = { spec: { podManagementPolicy: 'Parallel' }, annotations: { unready: 'true' } };
    const eventsOf = async (name: string) => {
      const asked = (await requestsOf(name)).map(({ requestURI }) => new URL(requestURI, 'https://server'));
      return asked
        .filter(({ pathname }) => pathname.endsWith('/events'))
        .map(({ searchParams }) => searchParams.get('fieldSelector'));
    };
    await rolling.apply('sick', { replicas: 5, ...parallel });
    await rolling.seen('sick');
    const pods = await eventually('five pods', async () => {
      const found = await rolling.pods('sick');
      assert.equal(found.length, 5);
      return found;
    });
    const set = await rolling.set('sick');
    assert.deepEqual(
      (await eventsOf('sick')).sort(),
      [set, ...pods].map(({ metadata }) => `involvedObject.uid=${metadata.uid},type=Warning`).sort(),
    );
    await rolling.apply('sick', { replicas: 6, ...parallel });
    await eventually('a sixth', async () => assert.equal((await rolling.pods('sick')).length, 6));
    assert.deepEqual(await eventsOf('sick'), ['type=Warning']);
  });
});

describe('what names ask of the API server', () => {
  const namespace = ownNamespace('requests-dns');

  before(async () => {
    await apply(namespace, [service('web'), set('web')]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  const asked = async (...args: string[]) => {
    const requests = await requestsAs(async (as) => {
      const { stderr, code } = await sts(['dns', 'web', '-n', namespace, ...args, ...as]);
      assert.equal(code, 0, stderr);
    });
    return requests.map(({ verb, requestURI }) => `${verb} ${new URL(requestURI, 'https://server').pathname}`).sort();
  };
  const own = [
    `list /api/v1/namespaces/${namespace}/pods`,
    `list /api/v1/namespaces/${namespace}/services`,
    `list /apis/apps/v1/namespaces/${namespace}/statefulsets`,
    `list /apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  ];

  it('is one list of each kind, where the DNS servers are, what they serve and which cache there is', async () => {
    const requests = await asked();
    const streams = requests.filter((request) => request.endsWith('/portforward'));
    const rights = requests.filter((request) => request.endsWith('/selfsubjectaccessreviews'));
    assert.deepEqual([streams.length, rights.length], [2, 2], requests.join('\n'));
    assert.deepEqual(
      requests.filter((request) => !streams.includes(request) && !rights.includes(request)),
      [
        ...own,
        'get /api/v1/namespaces/kube-system/configmaps/coredns',
        'list /api/v1/namespaces/kube-system/services',
        'list /apis/apps/v1/namespaces/kube-system/daemonsets',
        'list /apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices',
      ].sort(),
    );
  });

  it('is the ConfigMap alone besides, where nobody is asked', async () => {
    const configMap = 'get /api/v1/namespaces/kube-system/configmaps/coredns';
    assert.deepEqual(await asked('--via', 'none'), [...own, configMap].sort());
    assert.deepEqual(await asked('--via', 'none', '--cluster-domain', 'cluster.local'), [...own].sort());
  });
});
