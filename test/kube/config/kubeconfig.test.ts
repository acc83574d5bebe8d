import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Kubeconfig, loadKubeconfig } from '#src/kube/config/kubeconfig.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { encoded, encodingNames } from '../../objects/encodings.ts';
import { anyText, runs } from '../../properties.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from '../login/programs.ts';

describe('kubeconfigs', () => {
  let here: Programs;
  let number = 0;
  before(() => {
    here = programs();
  });
  after(() => here.remove());

  const nothing: Kubeconfig = { currentContext: '', clusters: new Map(), users: new Map(), contexts: new Map() };

  /** Writes a file, and gives its path. */
  const config = (text: string | object): string => {
    const isText = typeof text === 'string' || Buffer.isBuffer(text);
    return here.file(`config-${number++}`, isText ? text : JSON.stringify(text));
  };
  const load = (text: string | object): Promise<Kubeconfig> => loadKubeconfig(config(text), {});
  const loadAll = (...paths: string[]): Promise<Kubeconfig> =>
    loadKubeconfig(undefined, { KUBECONFIG: paths.join(':') });

  /** How it is refused, which never shows the token. */
  async function refusal(attempt: () => Promise<unknown>): Promise<string> {
    try {
      await attempt();
    } catch (error) {
      assert.ok(error instanceof ConfigError, `a ConfigError, not ${String(error)}`);
      for (const text of [error.message, error.stack, JSON.stringify(error), String(error.cause)]) {
        assert.ok(!text?.includes(secretToken), 'no error holds the token');
      }
      return error.message;
    }
    assert.fail('it was taken');
  }

  describe('of which one is read', () => {
    it('hold clusters, users and contexts by their names', async () => {
      const { clusters, users, contexts, currentContext } = await load(`
apiVersion: v1
kind: Config
current-context: shop
clusters: [{ name: c, cluster: { server: 'https://c.test' } }]
users: [{ name: u, user: { token: ${secretToken} } }]
contexts: [{ name: shop, context: { cluster: c, user: u, namespace: n } }]
preferences: { colors: true }
unknown: 7
`);
      assert.equal(currentContext, 'shop');
      assert.deepEqual([...clusters], [['c', { server: 'https://c.test' }]]);
      assert.deepEqual([...users], [['u', { token: secretToken }]]);
      assert.deepEqual([...contexts], [['shop', { cluster: 'c', user: 'u', namespace: 'n' }]]);
    });

    for (const text of ['', '# nothing\n', '---\n', 'null\n', '{}', 'clusters:\nusers: null\n']) {
      it(`may be empty: ${JSON.stringify(text)}`, async () => {
        const { clusters, users, contexts, currentContext } = await load(text);
        assert.deepEqual([clusters.size, users.size, contexts.size, currentContext], [0, 0, 0, '']);
      });
    }

    for (const encoding of encodingNames) {
      it(`may be ${encoding} with lines as Windows ends them`, async () => {
        const text = 'users:\r\n- name: größe\r\n  user:\r\n    token: x\r\n';
        assert.deepEqual([...(await load(encoded(text, encoding))).users], [['größe', { token: 'x' }]]);
      });
    }

    it('may leave out names and what they stand for', async () => {
      const { clusters, users } = await load('{clusters: [{}], users: [{user: null}]}');
      assert.deepEqual([[...clusters], [...users]], [[['', {}]], [['', {}]]]);
    });

    it('may hold entries that are null: those are none', async () => {
      assert.deepEqual(
        [...(await load('users: [null, { name: a, user: { token: x } }, null]')).users],
        [['a', { token: 'x' }]],
      );
    });

    it('may use anchors and merge keys, and give a key twice: the last counts', async () => {
      const { users } = await load(`
users:
- { name: a, user: &a { username: me, password: one } }
- name: b
  user: { <<: *a, password: two, password: three }
`);
      assert.deepEqual(users.get('b'), { username: 'me', password: 'three' });
    });

    it('may be followed by another document, which counts for nothing', async () => {
      assert.equal((await load('current-context: one\n---\ncurrent-context: two\n')).currentContext, 'one');
    });

    it('keep names that JavaScript knows by itself', async () => {
      const names = ['__proto__', 'constructor', 'toString'];
      const { users } = await load({ users: names.map((name) => ({ name, user: { token: name } })) });
      assert.deepEqual(
        names.map((name) => users.get(name)?.token),
        names,
      );
      assert.equal((await load('{}')).users.get('constructor'), undefined);
    });

    it('resolve relative paths against their own folder', async () => {
      const { clusters, users } = await load({
        clusters: [{ name: 'c', cluster: { 'certificate-authority': '../ca.pem' } }],
        users: [
          { name: 'a', user: { 'client-certificate': 'a.pem', 'client-key': './a.key', tokenFile: 'sub/token' } },
          { name: 'b', user: { 'client-certificate': '/b.pem', tokenFile: '', exec: { command: './plugin' } } },
          { name: 'c', user: { exec: { command: 'plugin' } } },
        ],
      });
      assert.equal(clusters.get('c')?.['certificate-authority'], join(here.folder, '../ca.pem'));
      assert.deepEqual(users.get('a'), {
        'client-certificate': join(here.folder, 'a.pem'),
        'client-key': join(here.folder, 'a.key'),
        tokenFile: join(here.folder, 'sub/token'),
      });
      assert.deepEqual(users.get('b'), {
        'client-certificate': '/b.pem',
        tokenFile: '',
        exec: { command: join(here.folder, 'plugin') },
      });
      assert.deepEqual(users.get('c'), { exec: { command: 'plugin' } });
    });
  });

  describe('of which several are read', () => {
    it('are merged entry by entry: the first counts, whole', async () => {
      const one = config({ users: [{ name: 'a', user: { token: 'one' } }], 'current-context': '' });
      const two = config({
        users: [
          { name: 'a', user: { username: 'two' } },
          { name: 'b', user: { token: 'two' } },
        ],
        'current-context': 'second',
      });
      const three = config({ 'current-context': 'third' });
      const { users, currentContext } = await loadAll(one, two, three);
      assert.deepEqual(
        [...users],
        [
          ['a', { token: 'one' }],
          ['b', { token: 'two' }],
        ],
      );
      assert.equal(currentContext, 'second');
    });

    it('may be named more than once, and be missing', async () => {
      const one = config({ 'current-context': 'one' });
      assert.equal((await loadAll('/nowhere/config', one, '', one)).currentContext, 'one');
      assert.deepEqual(await loadAll('/nowhere/config'), nothing);
    });

    it('are all named that cannot be read', async () => {
      const [one, two] = [config('[]'), config('"text"')];
      assert.equal(
        await refusal(() => loadAll(one, config('{}'), two)),
        `error loading config file "${one}": it is not an object\nerror loading config file "${two}": it is not an object`,
      );
    });
  });

  describe('that nobody named', () => {
    it('are read from the home folder', async () => {
      mkdirSync(join(here.folder, '.kube'));
      here.file('.kube/config', '{current-context: home}');
      assert.equal((await loadKubeconfig(undefined, { HOME: here.folder })).currentContext, 'home');
    });

    it('may be missing there', async () => {
      const home = join(here.folder, 'nowhere');
      assert.deepEqual(await loadKubeconfig(undefined, { HOME: home }), nothing);
      assert.deepEqual(await loadKubeconfig('', { HOME: home, KUBECONFIG: '' }), nothing);
    });

    it('give way to one that a flag names', async () => {
      const [one, two] = [config('{current-context: one}'), config('{current-context: two}')];
      assert.equal((await loadKubeconfig(one, { KUBECONFIG: two })).currentContext, 'one');
    });
  });

  describe('are refused', () => {
    it('where a flag names one that is not there', async () => {
      assert.equal(
        await refusal(() => loadKubeconfig('/nowhere/config', {})),
        'error: stat /nowhere/config: no such file or directory',
      );
    });

    it('where it is a folder', async () => {
      assert.equal(
        await refusal(() => loadKubeconfig(here.folder, {})),
        `error: error loading config file "${here.folder}": read ${here.folder}: is a directory`,
      );
    });

    for (const kind of ['cluster', 'user', 'context']) {
      it(`with two entries of one name, without what stands in them: ${kind}`, async () => {
        const entry = { name: 'a"b', [kind]: { token: secretToken, server: secretToken } };
        const path = config({ [`${kind}s`]: [entry, entry] });
        assert.equal(
          await refusal(() => loadKubeconfig(path, {})),
          `error: error loading config file "${path}": duplicate ${kind} "a\\"b"`,
        );
      });
    }

    it('as broken YAML by file and line, without what stands there', async () => {
      const path = config(`apiVersion: v1\nusers:\n- name: a\n  user: { token: ${secretToken}\nother: }{\n`);
      const message = await refusal(() => loadKubeconfig(path, {}));
      assert.ok(message.startsWith(`error: error loading config file "${path}": yaml: line 5: `), message);
    });

    for (const sign of ['*', '!', '!!', '!a!', '!<', '&a *']) {
      it(`as YAML in which a password begins with ${sign}, without the password`, async () => {
        await refusal(() => load(`users: [{ name: a, user: { password: ${sign}${secretToken} } }]`));
      });
    }

    const types: [text: string, fault: string][] = [
      [`- token: ${secretToken}`, 'it is not an object'],
      [`token ${secretToken}`, 'it is not an object'],
      ['clusters: 7', 'clusters is not a list'],
      [`users: { token: ${secretToken} }`, 'users is not a list'],
      [`users: [{ name: a, user: ${secretToken} }]`, 'users[0].user is not an object'],
      ['users: [{ name: a, user: { token: 7 } }]', 'users[0].user.token is not a string'],
      [
        'clusters: [{ cluster: { insecure-skip-tls-verify: "true" } }]',
        'clusters[0].cluster.insecure-skip-tls-verify is not a boolean',
      ],
      ['kind: Pod', 'no kind "Pod" is registered for version "v1"'],
      ['apiVersion: v2', 'no kind "Config" is registered for version "v2"'],
      ['users: [{ user: { client-key-data: "YQ=!" } }]', 'illegal base64 data at input byte 2'],
      ['clusters: [{ cluster: { certificate-authority-data: "*" } }]', 'illegal base64 data at input byte 0'],
      [
        `users: [{ user: { client-certificate-data: "${Buffer.from(secretToken).toString('base64')}=" } }]`,
        'illegal base64 data at input byte 40',
      ],
    ];
    for (const [text, fault] of types) {
      it(`where ${fault}`, async () => {
        const path = config(text);
        assert.equal(
          await refusal(() => loadKubeconfig(path, {})),
          `error: error loading config file "${path}": ${fault}`,
        );
      });
    }

    it('in one line without the token, or read, whatever stands in them', async () => {
      const piece = fc.oneof(
        fc.constantFrom(
          'users:',
          'clusters:',
          '- ',
          '\n',
          '  ',
          '{',
          '}',
          '[',
          ']',
          ': ',
          '&a ',
          '*a',
          '<<: *a',
          '!!binary ',
        ),
        fc.constantFrom(
          '"',
          "'",
          '|',
          '>',
          '%',
          '---',
          '\t',
          'name: ',
          'user: ',
          'token: ',
          secretToken,
          '\u0000',
          'é',
        ),
        anyText({ maxLength: 5 }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
          const path = here.file('fuzzed', `users:\n- name: a\n  user: { token: ${secretToken} }\n${pieces.join('')}`);
          try {
            await loadKubeconfig(path, {});
          } catch {
            assert.doesNotMatch(await refusal(() => loadKubeconfig(path, {})), /\n/);
          }
        }),
        { numRuns: runs(500) },
      );
    });
  });
});
