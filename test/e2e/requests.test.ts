import assert from 'node:assert/strict';
import { type LoggedRequest, requestsAs } from './audit-log.ts';
import { applyExamples } from './examples.ts';
import { kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

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
});
