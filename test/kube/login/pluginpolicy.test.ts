import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '#src/kube/errors.ts';
import { type PluginPolicy, policyRefusal, readPluginPolicy } from '#src/kube/login/pluginpolicy.ts';
import { type Programs, programs } from './programs.ts';

const v1beta1 = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n';
const denyAll = `${v1beta1}credentialPluginPolicy: DenyAll\n`;
const allowlist = (entries: string): string =>
  `${v1beta1}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: ${entries}\n`;

describe('the policy for credential plugins', () => {
  let here: Programs;
  let kuberc: string;
  beforeEach(() => {
    here = programs();
    mkdirSync(join(here.folder, '.kube'));
    kuberc = join(here.folder, '.kube', 'kuberc');
  });
  afterEach(() => here.remove());

  async function policy(text: string | undefined, env: Record<string, string> = {}, flag?: string) {
    if (text !== undefined) here.file('.kube/kuberc', text);
    const warnings: string[] = [];
    const read = await readPluginPolicy(flag, { HOME: here.folder, ...env }, (line) => warnings.push(line));
    return { read, warnings };
  }

  async function refusal(text: string | undefined, env?: Record<string, string>, flag?: string): Promise<string> {
    try {
      assert.fail(`read as ${JSON.stringify(await policy(text, env, flag))}`);
    } catch (error) {
      assert.ok(error instanceof ConfigError, String(error));
      const prefix = 'error occurred while applying preferences ';
      assert.ok(error.message.startsWith(prefix), error.message);
      return error.message.slice(prefix.length);
    }
  }

  describe('is read from', () => {
    it('the kuberc in the home folder', async () => {
      assert.deepEqual(await policy(denyAll), { read: { type: 'DenyAll' }, warnings: [] });
    });

    it('no file: then all may run', async () => {
      assert.deepEqual(await policy(undefined), { read: { type: 'AllowAll' }, warnings: [] });
    });

    it('the file that KUBERC names, or before it the one of the flag', async () => {
      const other = here.file('other', denyAll);
      const text = allowlist('[{command: a}]');
      assert.deepEqual((await policy(text, { KUBERC: other })).read, { type: 'DenyAll' });
      assert.deepEqual((await policy(text, { KUBERC: '/nowhere' }, other)).read, { type: 'DenyAll' });
      assert.deepEqual((await policy(text, { KUBERC: '' }, '')).read, { type: 'Allowlist', commands: ['a'] });
    });

    it('nothing when it is switched off', async () => {
      for (const env of [{ KUBERC: 'off' }, { KUBECTL_KUBERC: 'False' }]) {
        assert.deepEqual(await policy(denyAll, env), { read: { type: 'AllowAll' }, warnings: [] });
      }
      assert.equal(
        await refusal(denyAll, { KUBERC: 'off' }, '/some/file'),
        'kuberc error disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive',
      );
    });

    it('no file that was named and is not there: that is refused', async () => {
      const words = 'kuberc error kuberc: open /nowhere/kuberc: no such file or directory';
      assert.equal(await refusal(denyAll, { KUBERC: '/nowhere/kuberc' }), words);
      assert.equal(await refusal(denyAll, {}, '/nowhere/kuberc'), words);
      assert.equal(
        await refusal(denyAll, { KUBERC: here.folder }),
        `kuberc error kuberc: read ${here.folder}: is a directory`,
      );
    });

    it('the first document that holds settings', async () => {
      const text = `a: [\n---\napiVersion: v1\nkind: Pod\n---\n# none\n---\n${denyAll}---\n${v1beta1}`;
      assert.deepEqual(await policy(text), { read: { type: 'DenyAll' }, warnings: [] });
    });

    it('the last of equal keys', async () => {
      const text = `${v1beta1}credentialPluginPolicy: AllowAll\ncredentialPluginPolicy: DenyAll\n`;
      assert.deepEqual((await policy(text)).read, { type: 'DenyAll' });
    });

    const useless: [what: string, text: string][] = [
      ['broken YAML', 'a: ['],
      ['a text', 'DenyAll'],
      ['only a comment', '# DenyAll'],
      ['no kind', 'credentialPluginPolicy: DenyAll'],
      ['an unknown version', denyAll.replace('v1beta1', 'v1')],
      ['a field of the wrong type', `${denyAll}aliases: 7\n`],
      ['an entry that contradicts itself', allowlist('[{name: a, command: b}]')],
    ];
    for (const [what, text] of useless) {
      it(`no file that holds ${what}: it is warned of, or refused when it was named`, async () => {
        const words = `no valid preferences found in ${kuberc}, use --v=5 to see details`;
        assert.deepEqual(await policy(text), {
          read: { type: 'AllowAll' },
          warnings: [`kuberc: no preferences loaded from ${kuberc}: ${words}`],
        });
        assert.equal(await refusal(text, { KUBERC: kuberc }), `kuberc error kuberc: ${words}`);
      });
    }

    it('an empty file without a word', async () => {
      assert.deepEqual(await policy('\n'), { read: { type: 'AllowAll' }, warnings: [] });
    });

    it('a file with more in it, of which what nobody knows is warned of', async () => {
      const text = `${denyAll}foo: 1\ndefaults:\n- command: get\n  options: [{name: output, default: wide, x: 1}]\naliases: [{name: a, command: get, prependArgs: [pods]}]\n`;
      assert.deepEqual(await policy(text), {
        read: { type: 'DenyAll' },
        warnings: [
          `kuberc: ignoring strict decoding error in ${kuberc}: strict decoding error: unknown field "defaults[0].options[0].x", unknown field "foo"`,
        ],
      });
    });

    it('the first version of the format as no policy at all', async () => {
      assert.deepEqual(await policy(denyAll.replace('v1beta1', 'v1alpha1')), {
        read: { type: 'AllowAll' },
        warnings: [
          `kuberc: ignoring strict decoding error in ${kuberc}: strict decoding error: unknown field "credentialPluginPolicy"`,
        ],
      });
    });
  });

  describe('says', () => {
    const policies: [text: string, policy: PluginPolicy][] = [
      [v1beta1, { type: 'AllowAll' }],
      [`${v1beta1}credentialPluginPolicy: ""\n`, { type: 'AllowAll' }],
      [`${v1beta1}credentialPluginPolicy: null\n`, { type: 'AllowAll' }],
      [`${v1beta1}credentialPluginPolicy: AllowAll\n`, { type: 'AllowAll' }],
      [
        allowlist('[{name: a}, {command: /b}, {name: c, command: c}]'),
        { type: 'Allowlist', commands: ['a', '/b', 'c'] },
      ],
    ];
    for (const [text, expected] of policies) {
      it(`${JSON.stringify(expected)} by ${JSON.stringify(text.slice(v1beta1.length))}`, async () => {
        assert.deepEqual(await policy(text), { read: expected, warnings: [] });
      });
    }

    const unusable: [text: string, words: string][] = [
      [`${v1beta1}credentialPluginPolicy: Some\n`, 'unknown plugin policy: "Some"'],
      [
        `${denyAll}credentialPluginAllowlist: []\n`,
        'misconfigured credential plugin allowlist: plugin policy is "DenyAll" but allowlist is non-nil',
      ],
      [
        `${v1beta1}credentialPluginAllowlist: [{name: a}]\n`,
        'misconfigured credential plugin allowlist: plugin policy is "" but allowlist is non-nil',
      ],
      [
        `${v1beta1}credentialPluginPolicy: Allowlist\n`,
        'credential plugin policy set to "Allowlist", but allowlist is unspecified',
      ],
      [allowlist('null'), 'credential plugin policy set to "Allowlist", but allowlist is unspecified'],
      [
        allowlist('[]'),
        'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead',
      ],
      [allowlist('[{name: a}, {}]'), 'misconfigured credential plugin allowlist: empty allowlist entry #2'],
      [allowlist('[null]'), 'misconfigured credential plugin allowlist: empty allowlist entry #1'],
      [allowlist('[{name: ./a}]'), 'non-normalized file path: "./a" vs "a"'],
      [allowlist('[{name: /a/}]'), 'non-normalized file path: "/a/" vs "/a"'],
    ];
    for (const [text, words] of unusable) {
      it(`nothing by ${JSON.stringify(text.slice(v1beta1.length))}, which is refused`, async () => {
        assert.equal(await refusal(text), words);
      });
    }
  });

  describe('lets run', () => {
    const may = (commands: string[], command: string, path = here.folder): string | undefined =>
      policyRefusal({ type: 'Allowlist', commands }, command, { PATH: path });

    it('everything, or nothing', () => {
      assert.equal(policyRefusal({ type: 'AllowAll' }, 'p', {}), undefined);
      assert.equal(
        policyRefusal({ type: 'DenyAll' }, '/bin/p', {}),
        'plugin "/bin/p" not allowed: policy set to "DenyAll"',
      );
    });

    it('what the list names as the kubeconfig does, even if it is not there', () => {
      assert.equal(may(['x', 'p'], 'p'), undefined);
      assert.equal(may(['/nowhere/p'], '/nowhere/p'), undefined);
    });

    it('what is the same file by its name and by its path', () => {
      const path = here.script('p', '');
      assert.equal(may([path], 'p'), undefined);
      assert.equal(may(['p'], path), undefined);
    });

    it('no other file of the same name', () => {
      here.script('p', '');
      mkdirSync(join(here.folder, 'other'));
      const other = here.script('other/p', '');
      assert.equal(may(['p'], other), `plugin path "${other}" is not permitted by the credential plugin allowlist`);
    });

    it('nothing that the list does not name', () => {
      const path = here.script('p', '');
      here.script('q', '');
      assert.equal(may(['q'], 'p'), `plugin path "${path}" is not permitted by the credential plugin allowlist`);
    });

    it('nothing that cannot be found', () => {
      const unresolved = (path: string, why: string) =>
        `plugin path "${path}" cannot be resolved for credential plugin allowlist check: exec: "${path}": ${why}`;
      assert.equal(may(['q'], 'p'), unresolved('p', 'executable file not found in $PATH'));
      const missing = join(here.folder, 'missing');
      assert.equal(may(['q'], missing), unresolved(missing, `stat ${missing}: no such file or directory`));
      const plain = here.file('plain', '');
      assert.equal(may(['q'], plain), unresolved(plain, 'permission denied'));
      assert.equal(may(['q'], here.folder), unresolved(here.folder, 'is a directory'));
    });

    it('nothing of the current folder', () => {
      here.script('p', '');
      const current = process.cwd();
      process.chdir(here.folder);
      try {
        assert.match(
          may(['q'], 'p', '.') ?? '',
          /exec: "p": cannot run executable found relative to current directory$/,
        );
      } finally {
        process.chdir(current);
      }
    });
  });
});
