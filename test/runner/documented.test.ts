/** The check that the whole audit log of a run is held to: it lets through what is documented, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditedRequest, documented, isDocumented, undocumentedIn, without } from './documented.ts';

const of = (verb: string, objectRef: AuditedRequest['objectRef'], requestURI = '/'): AuditedRequest => ({
  verb,
  requestURI,
  ...(objectRef && { objectRef }),
});

describe('the documented requests', () => {
  const rules = documented();

  it('are what the roles name, by verb, group, resource and subresource', () => {
    assert.ok(isDocumented(of('list', { resource: 'statefulsets', apiGroup: 'apps', namespace: 'shop' }), rules));
    assert.ok(!isDocumented(of('patch', { resource: 'statefulsets', apiGroup: 'apps', namespace: 'shop' }), rules));
    assert.ok(!isDocumented(of('list', { resource: 'statefulsets', apiGroup: 'apps.kruise.io' }), rules));
    assert.ok(isDocumented(of('get', { resource: 'pods', subresource: 'log' }), rules));
    assert.ok(!isDocumented(of('get', { resource: 'pods', subresource: 'status' }), rules));
    assert.ok(isDocumented(of('get', undefined, '/version?timeout=32s'), rules));
    assert.ok(!isDocumented(of('get', undefined, '/api/v1'), rules));
  });

  it('are never for Secrets, and for the ConfigMap of CoreDNS alone', () => {
    for (const verb of ['get', 'list', 'watch']) assert.ok(!isDocumented(of(verb, { resource: 'secrets' }), rules));
    assert.ok(isDocumented(of('get', { resource: 'configmaps', name: 'coredns' }), rules));
    assert.ok(!isDocumented(of('get', { resource: 'configmaps', name: 'db' }), rules));
    assert.ok(!isDocumented(of('list', { resource: 'configmaps' }), rules));
  });

  it('need no wildcard', () => {
    for (const { apiGroups, resources, verbs } of rules) {
      assert.ok(![...apiGroups, ...resources, ...verbs].includes('*'));
      assert.ok(!resources.some((resource) => /^secrets|\/\*/.test(resource)));
    }
  });

  it('are told from others in a log by the plugin’s User-Agent, from the given byte on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-audit-'));
    try {
      const path = join(folder, 'audit.log');
      const line = (userAgent: string, resource: string) =>
        `${JSON.stringify({ verb: 'get', requestURI: `/api/v1/${resource}`, userAgent, objectRef: { resource } })}\n`;
      const before = line('kubectl-sts/1.0.0', 'secrets');
      const lines = [line('kubectl/v1.37.2', 'secrets'), line('kubectl-sts/1.0.0', 'pods')];
      writeFileSync(path, [before, ...lines].join(''));
      assert.deepEqual(await undocumentedIn({ path, start: before.length }), []);
      assert.deepEqual(await undocumentedIn({ path, start: 0 }), ['get secrets: /api/v1/secrets']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be taken away one by one', () => {
    const both = [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }];
    assert.deepEqual(without(both, 'pods', 'list'), [
      { apiGroups: [''], resources: ['services'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ]);
    assert.deepEqual(without(both, 'pods'), [{ apiGroups: [''], resources: ['services'], verbs: ['get', 'list'] }]);
  });
});
