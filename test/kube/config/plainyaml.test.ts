/** The judge is js-yaml, as the kubeconfig is read where the short way does not. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CORE_SCHEMA, dump, loadAll, mergeTag } from 'js-yaml';
import { plainYaml } from '#src/kube/config/plainyaml.ts';
import { runs } from '../../properties.ts';

const schema = CORE_SCHEMA.withTags([mergeTag]);

/** What js-yaml reads, and `fault` for what it refuses. */
function judged(text: string): unknown {
  try {
    return loadAll(text, { schema, json: true })[0];
  } catch {
    return 'fault';
  }
}

const written = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM=
    server: https://127.0.0.1:6443
  name: kind-one
contexts:
- context:
    cluster: kind-one
    namespace: ""
    user: arn:aws:eks:eu-west-1:1234:cluster/one
  name: kind-one
current-context: kind-one
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-west-1:1234:cluster/one
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eks
      command: aws
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
`;

describe('the YAML that programs write kubeconfigs in', () => {
  it('is read without js-yaml, and as by it', () => {
    assert.notEqual(plainYaml(written), undefined);
    assert.deepEqual(plainYaml(written), judged(written));
  });

  const others: [what: string, text: string][] = [
    ['nothing', ''],
    ['a word that begins with one dash', 'a:\n- -b\n'],
    ['quotes', 'a: "b"\n'],
    ['a comment', 'a: b # c\n'],
    ['a comment of its own', '# c\na: b\n'],
    ['a number', 'a: 1\n'],
    ['a word that is none in some YAML', 'a: Yes\n'],
    ['a word with a space', 'a: b c\n'],
    ['a word on two lines', 'a: b\n  c\n'],
    ['a key on two lines', 'a\n b: c\n'],
    ['a key twice', 'a: b\na: c\n'],
    ['an anchor', 'a: &x b\nc: *x\n'],
    ['a tag', 'a: !!str b\n'],
    ['a flow', 'a: {b: c}\n'],
    ['a text in a block', 'a: |\n  b\n'],
    ['JSON without its end', '{"a": "b"'],
    ['a flow that is no JSON', '{a: b}'],
    ['a document of several', 'a: b\n---\nc: d\n'],
    ['Windows line ends', 'a: b\r\n'],
    ['a tab', 'a:\tb\n'],
    ['a list in a list', '- - a\n'],
    ['a line that stands too deep', 'a:\n  b: c\n   d: e\n'],
    ['a line between two depths', 'a:\n    b: c\n  d: e\n'],
    ['a list and a map in one', 'a:\n- b\nc\n'],
    ['a name that means something to JavaScript', '__proto__: a\n'],
  ];
  for (const [what, text] of others) {
    it(`is not ${what}`, () => assert.equal(plainYaml(text), undefined));
  }

  const word = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'name', 'true', 'https://a:1', '--p', '{}') },
    fc.constantFrom('b', 'name', 'true', 'null', 'https://a:1', '/p', 'y', '1', '~', '-', ':', '""', '{}', '#', 'é'),
    fc.string({ maxLength: 6 }),
  );
  const line = fc
    .record({
      indent: fc.constantFrom(0, 0, 0, 2, 2, 4, 1, 3),
      dash: fc.constantFrom('', '', '', '- ', '- ', '-', '-  '),
      key: word,
      colon: fc.constantFrom(': ', ': ', ': ', '', ':', ' :'),
      value: fc.oneof(fc.constant(''), word),
    })
    .map(({ indent, dash, key, colon, value }) =>
      `${' '.repeat(indent)}${dash}${key}${colon}${value}`.replace(/ $/, ''),
    );

  it('is read as by js-yaml, or not at all, whatever stands there', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const value = plainYaml(text);
        if (value === undefined) return;
        read++;
        assert.deepEqual(value, judged(text));
      }),
      { numRuns: runs(20_000) },
    );
    assert.ok(read > runs(20_000) / 200, `${read} were read`);
  });

  it('is JSON too, read as by js-yaml', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.deepEqual(plainYaml(text), judged(text));
      }),
      { numRuns: runs(5_000) },
    );
  });

  const anyTree = fc.letrec((tie) => ({
    leaf: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom<unknown>('a', 'kind-one', 'https://a:1', true, false, null, '--x', 'x/y:z'),
      },
      fc.string(),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    map: fc.dictionary(fc.constantFrom('a', 'b-c', 'd.e/f', 'name', 'constructor'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    value: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('map')),
  })).map;

  it('is read as it was written', () => {
    let read = 0;
    fc.assert(
      fc.property(anyTree, fc.boolean(), (tree, seqNoIndent) => {
        const text = dump(tree, { seqNoIndent });
        const value = plainYaml(text);
        if (value === undefined) return;
        read++;
        assert.deepEqual(value, judged(text));
        assert.deepEqual(value, tree);
      }),
      { numRuns: runs(5_000) },
    );
    assert.ok(read > runs(5_000) / 20, `${read} were read`);
  });
});
