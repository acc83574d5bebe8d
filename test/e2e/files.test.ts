import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { encoded, encodingNames } from '../objects/encodings.ts';
import { runs } from '../properties.ts';
import { sts, tryKubectl } from './kubectl.ts';
import type { Ran } from './ran.ts';
import { sandbox } from './sandbox.ts';

const forms = {
  'YAML in block style': (object: object) => dump(object),
  'YAML in flow style': (object: object) => `${dump(object, { flowLevel: 0 }).trim()}\n`,
  JSON: (object: object) => JSON.stringify(object),
  'JSON with indents': (object: object) => `${JSON.stringify(object, undefined, '\t')}\n`,
};

type Form = keyof typeof forms;

function set(name: string, more: object = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      serviceName: name,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main' }] } },
      ...more,
    },
  };
}

const list = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });
const typedList = (...items: object[]) => ({ apiVersion: 'apps/v1', kind: 'StatefulSetList', items });
const withoutKind = ({ apiVersion: _, kind: __, ...rest }: Record<string, unknown>) => rest;

/** By what they hold; the names of the sets are those that kubectl sees in them. */
const documents: Record<string, object> = {
  'a set': set('web'),
  'another set': set('db', { replicas: 0 }),
  'a set without a name': { ...set('x'), metadata: { generateName: 'cache-' } },
  'a set without metadata': { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: {} },
  'a list': list(set('a'), set('b')),
  'a list of a typed list': typedList(withoutKind(set('a') as Record<string, unknown>)),
  'an empty list': list(),
  'a list whose items are null': { apiVersion: 'apps/v1', kind: 'StatefulSetList', items: null },
  'an object of another kind': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
  'one without a name': { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
};

interface Part {
  document: string;
  form: Form;
  separator: string;
}

/** What follows a document of YAML without a separator, kubectl does not see: only JSON stands side by side. */
function textOf(parts: readonly Part[]): string {
  let isStream = true;
  const texts = parts.map(({ document, form, separator }) => {
    isStream &&= form.startsWith('JSON');
    const between = isStream ? separator : `\n---\n${separator}`;
    isStream &&= separator.trim() === '';
    return `${forms[form](documents[document] ?? {})}${between}`;
  });
  return texts.join('');
}

let files = 0;

function written(content: string | Uint8Array, name = `files/${files++}.yaml`): string {
  const path = join(sandbox(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** The names of the StatefulSets that one of the two sees. */
function setsIn({ stdout }: Ran): string[] {
  return stdout.split('\n').flatMap((line) => /^statefulset\.apps\/(?!<unknown>)(\S+)/.exec(line)?.[1] ?? []);
}

const askKubectl = (...args: string[]) =>
  tryKubectl(['create', '--dry-run=client', '--validate=false', '-o', 'name', ...args]);

/** kubectl accepts the files, and the plugin sees the sets in them that kubectl sees. @returns whether kubectl does */
async function agree(...args: string[]): Promise<boolean> {
  const [judge, plugin] = await Promise.all([askKubectl(...args), sts(['tree', '-o', 'name', ...args])]);
  if (judge.code !== 0) return false;
  const names = [...new Set(setsIn(judge))];
  if (names.length === 0) assert.match(plugin.stderr, /error: the files hold no StatefulSet/);
  else assert.equal(plugin.code, 0, plugin.stderr);
  assert.deepEqual(setsIn(plugin).sort(), names.sort());
  return true;
}

describe('files that kubectl create accepts', () => {
  for (const form of Object.keys(forms) as Form[]) {
    for (const encoding of encodingNames) {
      it(`are read: ${form}, ${encoding}`, async () => {
        const text = [set('web'), set('db')].map((object) => forms[form](object)).join('\n---\n');
        // Of two JSON documents with a line between them kubectl reads the second as YAML.
        assert.ok(await agree('-f', written(encoded(text.replaceAll('\n', '\r\n'), encoding))));
      });
    }
  }

  const texts: Record<string, string> = {
    'JSON, one after another': [set('a'), set('b'), set('c')].map((each) => JSON.stringify(each)).join(''),
    'JSON on lines': `${[set('a'), set('b'), set('c')].map((each) => JSON.stringify(each)).join('\n')}\n`,
    'JSON, pretty': [set('a'), set('b')].map((each) => JSON.stringify(each, undefined, 2)).join('\n'),
    'JSON, then YAML': `${JSON.stringify(set('a'))}\n---\n${dump(set('b'))}`,
    'YAML, then JSON': `${dump(set('a'))}---\n${JSON.stringify(set('b'))}`,
    'several lists': `${JSON.stringify(list(set('a')))}\n${JSON.stringify(list(set('b')))}\n`,
    'documents that are empty, null, or comments': `---\n---\n# one\n---\nnull\n--- # two\n${dump(set('a'))}---\n`,
    'the end of a document': `${dump(set('a'))}...\n---\n${dump(set('b'))}`,
    'keys that are there twice': `${dump(set('a'))}kind: StatefulSet\n`,
    'booleans and numbers of YAML 1.1': dump(set('a')).replace(
      'spec:\n',
      'spec:\n  replicas: 0x2\n  minReadySeconds: 010\n  ordinals: { start: 1_0 }\n  paused: yes\n',
    ),
    'tags of its own': `${dump(set('a'))}note: !reference [a, b]\nother: !vault secret\n`,
    'aliases and merge keys': `x: &labels { app: a }\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: a, labels: { <<: *labels, b: c } }\nspec: { selector: { matchLabels: *labels } }\n`,
    'tabs between words': 'apiVersion:\tapps/v1\nkind:\tStatefulSet\nmetadata:\n  name:\ta\n',
    'dates without quotes': dump(set('a')).replace('name: a\n', 'name: a\n  creationTimestamp: 2026-01-02T03:04:05Z\n'),
    'a kind that has items and is no list': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{}}',
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`are read: ${name}`, async () => assert.ok(await agree('-f', written(text)), 'kubectl accepts them'));
  }

  it('are read, in whatever order and form their documents come', async () => {
    const part: fc.Arbitrary<Part> = fc.record({
      document: fc.constantFrom(...Object.keys(documents)),
      form: fc.constantFrom(...(Object.keys(forms) as Form[])),
      separator: fc.constantFrom('\n---\n', '\n', '', '\n---\n---\n# a comment\n'),
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, ...encodingNames),
        async (parts, encoding) => {
          const text = textOf(parts);
          const path = written(encoding === undefined ? text : encoded(text, encoding));
          if (await agree('-f', path)) accepted++;
        },
      ),
      { numRuns: runs(60) },
    );
    assert.ok(accepted > 5, `${accepted} accepted by kubectl`);
  });

  it('are read from folders as kubectl walks them, flat and with -R, and from patterns', async () => {
    const at = (name: string) => `walk-${files++}/${name}`;
    const root = dirname(written(dump(set('a')), at('a.yaml')));
    for (const [name, file] of [
      ['b', 'b.yml'],
      ['c', 'c.json'],
      ['d', 'd.YAML'],
      ['e', '.yaml'],
      ['f', 'f.txt'],
      ['g', 'g'],
      ['h', 'in/h.yaml'],
      ['i', 'in/deep/er/i.json'],
      ['j', 'in.yaml/j.yaml'],
    ] as const) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), JSON.stringify(set(name)));
    }
    symlinkSync('../g', join(root, 'in', 'link.yaml'));
    symlinkSync('..', join(root, 'in', 'loop'));
    assert.ok(await agree('-f', root));
    assert.ok(await agree('-R', '-f', root));
    assert.ok(await agree('--recursive', '-f', join(root, 'in')));
    assert.ok(await agree('-f', join(root, 'g')));
    assert.ok(await agree('-f', join(root, '[a-c].*')));
    assert.ok(await agree('-f', join(root, '*', '?.yaml')));
    assert.ok(await agree('-f', join(root, 'i*')));
    assert.ok(!(await agree('-f', join(root, '*.none'))), 'kubectl refuses it too');
  });

  it('are as many as those that kubectl reads from standard input', async () => {
    const stdin = `${JSON.stringify(set('a'))}\n${JSON.stringify(set('b'))}\n${JSON.stringify(set('c'))}\n`;
    const judge = await tryKubectl(['create', '--dry-run=client', '-o', 'name', '-f', '-'], { stdin });
    assert.deepEqual(setsIn(judge), ['a', 'b', 'c']);
    assert.deepEqual(setsIn(await sts(['tree', '-o', 'name', '-f', '-'], { stdin })), ['a', 'b', 'c']);
  });
});

describe('files that the plugin reads, and kubectl create does not', () => {
  const more: Record<string, string | Uint8Array> = {
    'a bare array, as jq .items writes it': JSON.stringify([set('a'), set('b')]),
    'an array of lists, as jq -s writes it': JSON.stringify([list(set('a')), list(set('b'))]),
    'a list within a list': JSON.stringify(list(list(set('a')), set('b'))),
    'gzip of YAML': gzipSync(`${dump(set('a'))}---\n${dump(set('b'))}`),
    'gzip of UTF-16': gzipSync(encoded(`${dump(set('a'))}---\n${dump(set('b'))}`, 'UTF-16LE')),
    'an object of a kind that the cluster does not know': `${dump(set('a'))}---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n---\n${dump(set('b'))}`,
  };
  for (const [name, content] of Object.entries(more)) {
    it(`are ${name}`, async () => {
      const path = written(content);
      assert.notEqual((await askKubectl('-f', path)).code, 0, 'kubectl refuses it');
      const { stdout, code } = await sts(['tree', '-o', 'name', '-f', path]);
      assert.deepEqual([setsIn({ stdout, stderr: '', code }), code], [['a', 'b'], 0]);
    });
  }
});
