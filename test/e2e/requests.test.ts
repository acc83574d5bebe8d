import assert from 'node:assert/strict';
import { type LoggedRequest, requestsAs } from './audit-log.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { kubectl, sts } from './kubectl.ts';
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

  it('does not grow with the pods', async () => {
    await kubectl(['scale', 'statefulset/own-db', '--replicas=12', '-n', namespace]);
    await kubectl(['rollout', 'status', 'statefulset/own-db', '-n', namespace, '--timeout=50s']);
    const large = await requestsOf();
    assert.ok(large.length <= small.length, large.map(({ requestURI }) => requestURI).join('\n'));
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
