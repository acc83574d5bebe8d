import assert from 'node:assert/strict';
import { apply, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import type { Ran } from './ran.ts';

const sets: Record<string, Record<string, string>> = {
  plain: {},
  front: { app: 'web', tier: 'front' },
  back: { app: 'web', tier: 'back', 'example.com/owner': 'me' },
  empty: { app: '', legacy: 'true', size: '4', version: '8-beta' },
};

function statefulSet(name: string, labels: Record<string, string>): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      replicas: 0,
      serviceName: name,
      selector: { matchLabels: { set: name } },
      template: { metadata: { labels: { set: name } }, spec: { containers: [{ name: 'db', image: 'db' }] } },
    },
  };
}

/**
 * Selectors on which the plugin and kubectl do not agree yet: it takes keys and values that no label can have, and takes
 * `8-beta` for a number. Flip when src/objects/selectors.ts does as kubectl does.
 */
const agreesOnOddities = true;

describe('-l', () => {
  const namespace = ownNamespace('selectors');

  before(() =>
    apply(
      namespace,
      Object.entries(sets).map(([name, labels]) => statefulSet(name, labels)),
    ),
  );

  const selectors = [
    'app=web',
    'app==web',
    'app!=web',
    'app',
    '!app',
    'app=',
    'app=web,tier=front',
    'app in (web, db)',
    'app notin (web)',
    'tier in (front,back),!legacy',
    'tier notin (front),app',
    'example.com/owner=me',
    ' app = web , tier != front ',
    'none',
    'app in ()',
    'app in (,web)',
    'constructor',
    'size>3',
    'size<3',
    ...(agreesOnOddities ? ['version>3'] : []),
  ];
  for (const selector of selectors) {
    it(`${JSON.stringify(selector)} chooses the sets that kubectl chooses`, async () => {
      const [judge, { stdout, stderr, code }] = await both(namespace, selector);
      assert.equal(judge.code, 0, judge.stderr);
      assert.equal(code, 0, stderr);
      const chosen = stdout.split('\n').filter((line) => line.startsWith('statefulset.apps/'));
      assert.deepEqual(chosen, judge.stdout.split('\n').filter(Boolean));
    });
  }

  for (const text of [
    'app in',
    'app=web=db',
    'a b',
    ',',
    '-a=b',
    'app in (web',
    '=web',
    'app=w@b',
    'app>web',
    'a/=d',
    ...(agreesOnOddities ? [`app=${'a'.repeat(64)}`, 'a/b/c=d'] : []),
  ]) {
    it(`${JSON.stringify(text)} is refused, as by kubectl`, async () => {
      const [judge, { stdout, code }] = await both(namespace, text);
      assert.notEqual(judge.code, 0, judge.stdout);
      assert.deepEqual({ stdout, code }, { stdout: '', code: 2 });
    });
  }
});

function both(namespace: string, selector: string): Promise<[Ran, Ran]> {
  const flags = ['-n', namespace, '-l', selector, '-o', 'name'];
  return Promise.all([tryKubectl(['get', 'sts', ...flags]), sts(['tree', ...flags])]);
}
