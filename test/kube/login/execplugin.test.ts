import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { ConfigError, ConnectionError } from '#src/kube/errors.ts';
import {
  type ExecCluster,
  type ExecConfig,
  type ExecDeps,
  execConfigFaults,
  execCredentials,
} from '#src/kube/login/execplugin.ts';
import { certificate, key } from '../certificate.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from './programs.ts';

const v1 = 'client.authentication.k8s.io/v1';
const v1beta1 = 'client.authentication.k8s.io/v1beta1';

function credential(status: unknown, apiVersion = v1): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, status });
}

describe('a kubeconfig’s credential plugin', () => {
  const faults: [what: string, config: ExecConfig, faults: string[]][] = [
    ['that is whole has no fault', { command: 'p', apiVersion: v1, interactiveMode: 'Never' }, []],
    ['of v1beta1 need not say how it uses standard input', { command: 'p', apiVersion: v1beta1 }, []],
    [
      'of v1 must say how it uses standard input',
      { command: 'p', apiVersion: v1 },
      ['interactiveMode must be specified for u to use exec authentication plugin'],
    ],
    [
      'has all its faults told, in kubectl’s order',
      { command: '', env: [{ name: '', value: 'x' }] },
      [
        'command must be specified for u to use exec authentication plugin',
        'apiVersion must be specified for u to use exec authentication plugin',
        'env variable name must be specified for u to use exec authentication plugin',
        'interactiveMode must be specified for u to use exec authentication plugin',
      ],
    ],
    [
      'must use standard input in a way that there is',
      { command: 'p', apiVersion: v1, interactiveMode: 'Sometimes' },
      ['invalid interactiveMode for u: "Sometimes"'],
    ],
  ];
  for (const [what, config, expected] of faults) {
    it(what, () => assert.deepEqual(execConfigFaults('u', config), expected));
  }

  for (const version of ['v1alpha1', 'v7']) {
    it(`of ${version} is refused`, () => {
      const config = { command: 'p', apiVersion: `client.authentication.k8s.io/${version}` };
      assert.throws(() => execCredentials(config, { server: 'https://a' }, nothing), {
        constructor: ConfigError,
        message: `error: exec plugin: invalid apiVersion "client.authentication.k8s.io/${version}"`,
      });
    });
  }
});

const nothing: ExecDeps = {
  env: {},
  stdin: { fd: 0, isTerminal: false },
  stderr: 2,
  now: () => 0,
  policy: async () => ({ type: 'AllowAll' }),
  warn: () => {},
};

describe('credentials of a plugin', () => {
  let here: Programs;
  let stderr: number;
  beforeEach(() => {
    here = programs();
    stderr = openSync(here.file('stderr', ''), 'a');
  });
  afterEach(() => {
    closeSync(stderr);
    here.remove();
  });

  type Changes = Partial<ExecDeps> & { config?: ExecConfig; cluster?: Partial<ExecCluster> };

  function credentials({ config, cluster, ...surroundings }: Changes = {}) {
    return execCredentials(
      { command: 'p', apiVersion: v1, interactiveMode: 'Never', ...config },
      { server: 'https://one.example:6443', ...cluster },
      { ...nothing, env: { ...process.env, PATH: `${here.folder}:/usr/bin:/bin` }, stderr, ...surroundings },
    );
  }

  const prints = (text: string): string => here.script('p', `cat <<'END'\n${text}\nEND\necho run >>"$HERE/runs"`);
  const runs = (): number => here.read('runs').split('\n').length - 1;

  async function failure(changes?: Changes): Promise<string> {
    const error: unknown = await credentials(changes)
      .proof()
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof ConnectionError, `a ConnectionError, not ${String(error)}`);
    assert.ok(!error.message.includes(secretToken), 'the token is not told');
    return error.message;
  }

  async function obtaining(changes?: Changes): Promise<string> {
    const message = await failure(changes);
    const prefix = 'Unable to connect to the server: getting credentials: ';
    assert.ok(message.startsWith(prefix), message);
    return message.slice(prefix.length);
  }

  describe('are what it prints:', () => {
    it('a token', async () => {
      prints(credential({ token: secretToken }));
      assert.deepEqual(await credentials().proof(), { authorization: `Bearer ${secretToken}` });
    });

    it('a certificate and its key', async () => {
      prints(credential({ clientCertificateData: certificate, clientKeyData: key }));
      assert.deepEqual(await credentials().proof(), { cert: certificate, key });
    });

    it('all three', async () => {
      prints(credential({ token: 't', clientCertificateData: certificate, clientKeyData: key }));
      assert.deepEqual(await credentials().proof(), { authorization: 'Bearer t', cert: certificate, key });
    });

    it('YAML too, and without the kind', async () => {
      prints(`apiVersion: ${v1}\nstatus:\n  token: t\n  expirationTimestamp: 2031-01-01T00:00:00Z`);
      assert.deepEqual(await credentials().proof(), { authorization: 'Bearer t' });
    });

    const unusable: [what: string, printed: string, words: string][] = [
      [
        'nothing',
        '',
        `exec plugin is configured to use API version ${v1}, plugin returned version client.authentication.k8s.io/__internal`,
      ],
      [
        'a text',
        `the token is ${secretToken}`,
        'decoding stdout: couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
      ],
      [
        'half an object',
        `{"status":{"token":"${secretToken}"`,
        "decoding stdout: couldn't get version/kind; json parse error: unexpected end of JSON input",
      ],
      [
        'an object and more',
        `${credential({ token: 't' })} ${secretToken}`,
        "decoding stdout: couldn't get version/kind; json parse error: invalid character",
      ],
      [
        'broken YAML',
        `a: 1\ntoken: [${secretToken}`,
        "decoding stdout: couldn't get version/kind; json parse error: error converting YAML to JSON: yaml: line 3",
      ],
      [
        'another kind',
        `{"kind":"Pod","apiVersion":"v1"}`,
        'decoding stdout: no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
      ],
      [
        'a kind that is no text',
        `{"kind":{"toString":"${secretToken}"},"apiVersion":"${v1}"}`,
        `decoding stdout: no kind object is registered for version "${v1}" in scheme "pkg/runtime/scheme.go:111"`,
      ],
      [
        'another version',
        credential({ token: secretToken }, v1beta1),
        `exec plugin is configured to use API version ${v1}, plugin returned version ${v1beta1}`,
      ],
      [
        'a version that is gone',
        credential({ token: secretToken }, 'client.authentication.k8s.io/v1alpha1'),
        'decoding stdout: no kind "ExecCredential" is registered for version "client.authentication.k8s.io/v1alpha1" in scheme "pkg/runtime/scheme.go:111"',
      ],
      ['no status', `{"kind":"ExecCredential","apiVersion":"${v1}"}`, "exec plugin didn't return a status field"],
      ['no status but null', credential(null), "exec plugin didn't return a status field"],
      [
        'a status that is a text',
        credential(secretToken),
        'decoding stdout: json: cannot unmarshal string into Go struct field ExecCredential.status of type v1.ExecCredentialStatus',
      ],
      ['an empty status', credential({}), "exec plugin didn't return a token or cert/key pair"],
      [
        'a token that is no text',
        credential({ token: 7 }),
        'decoding stdout: json: cannot unmarshal number into Go struct field ExecCredentialStatus.status.token of type string',
      ],
      [
        'a certificate without a key',
        credential({ token: secretToken, clientCertificateData: certificate }),
        'exec plugin returned only certificate or key, not both',
      ],
      [
        'a key without a certificate',
        credential({ clientKeyData: key }),
        'exec plugin returned only certificate or key, not both',
      ],
      [
        'a certificate that is none',
        credential({ clientCertificateData: 'x', clientKeyData: 'y' }),
        'failed parsing client key/certificate: tls: failed to find any PEM data in certificate input',
      ],
      [
        'a time that is none',
        credential({ token: secretToken, expirationTimestamp: 'tomorrow' }),
        'decoding stdout: parsing time "tomorrow" as "2006-01-02T15:04:05Z07:00"',
      ],
      [
        'a time that is a number',
        credential({ token: secretToken, expirationTimestamp: 7 }),
        'decoding stdout: json: cannot unmarshal number into Go struct field ExecCredentialStatus.status.expirationTimestamp of type string',
      ],
    ];
    for (const [what, printed, words] of unusable) {
      it(`${what}: refused in kubectl’s words`, async () => {
        prints(printed);
        assert.equal(await obtaining(), words);
      });
    }

    it('a token that no header can hold: refused without it', async () => {
      prints(credential({ token: `${secretToken}\nX-Evil: 1` }));
      assert.equal(
        await failure(),
        'Unable to connect to the server: net/http: invalid header field value for "Authorization"',
      );
    });

    it('more than a mebibyte: refused, and the plugin ended', async () => {
      here.script('p', 'exec yes');
      assert.equal(await obtaining(), 'exec: executable p printed more than 1048576 bytes');
    });
  });

  describe('come from a program', () => {
    it('that is looked for on the PATH, not on the one that the kubeconfig sets', async () => {
      prints(credential({ token: 't' }));
      const env = [{ name: 'PATH', value: '/usr/bin:/bin' }];
      assert.deepEqual(await credentials({ config: { env } }).proof(), { authorization: 'Bearer t' });
    });

    it('that is given by its path', async () => {
      const command = prints(credential({ token: 't' }));
      const env = { PATH: '/usr/bin:/bin' };
      assert.deepEqual(await credentials({ config: { command }, env }).proof(), { authorization: 'Bearer t' });
    });

    const hint = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

    it('that is not installed: said with the hint, which cannot reach the terminal’s controls', async () => {
      assert.equal(await obtaining({ config: { command: 'nope' } }), `exec: executable nope not found${hint}`);
      assert.equal(
        await obtaining({ config: { command: 'nope', installHint: 'brew \u001b[1minstall\tit\nfirst' } }),
        `exec: executable nope not found${hint}\n\nbrew U+001B[1minstall\tit\nfirst`,
      );
    });

    it('never from the current folder, whatever the PATH says', async () => {
      prints(credential({ token: 't' }));
      const current = process.cwd();
      process.chdir(here.folder);
      try {
        for (const PATH of ['.', ':/usr/bin', '']) {
          assert.equal(await obtaining({ env: { PATH } }), `exec: executable p not found${hint}`);
        }
      } finally {
        process.chdir(current);
      }
    });

    it('that cannot be started', async () => {
      const missing = `${here.folder}/missing`;
      assert.equal(
        await obtaining({ config: { command: `${here.folder}/x/../missing` } }),
        `exec: fork/exec ${missing}: no such file or directory`,
      );
      const plain = here.file('plain', 'text');
      assert.equal(await obtaining({ config: { command: plain } }), `exec: fork/exec ${plain}: permission denied`);
    });

    it('that fails, by its exit code or a signal', async () => {
      here.script('p', 'exit 3');
      assert.equal(await obtaining(), 'exec: executable p failed with exit code 3');
      here.script('p', 'kill -9 $$');
      assert.equal(await obtaining(), 'exec: executable p failed with exit code -1');
    });

    it('that is given a NUL: refused without telling what stands around it', async () => {
      const command = prints(credential({ token: 't' }));
      assert.equal(
        await obtaining({ config: { args: [`${secretToken}\0`] } }),
        `exec: fork/exec ${command}: invalid argument`,
      );
      assert.equal(
        await obtaining({ config: { env: [{ name: 'A', value: `${secretToken}\0` }] } }),
        'exec: exec: environment variable contains NUL',
      );
    });

    it('that is forbidden: it does not run', async () => {
      prints(credential({ token: 't' }));
      assert.equal(
        await obtaining({ policy: async () => ({ type: 'DenyAll' }) }),
        'plugin "p" not allowed: policy set to "DenyAll"',
      );
      assert.equal(runs(), 0);
    });
  });

  describe('come from a program that is given', () => {
    it('its arguments and variables, of which the last of a name counts', async () => {
      here.script('p', `printf '%s\\n' "$@" "A=$A" "HOME=$HOME" >"$HERE/given"; exit 1`);
      const env = [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ];
      await failure({ config: { args: ['one', 'two words'], env }, env: { PATH: here.folder, HOME: '/h' } });
      assert.equal(here.read('given'), 'one\ntwo words\nA=2\nHOME=/h\n');
    });

    it('its name as the kubeconfig has it', async () => {
      await failure({ config: { command: 'sh', args: ['-c', `printf %s "$0" >'${here.folder}/name'; exit 1`] } });
      assert.equal(here.read('name'), 'sh');
    });

    async function execInfo(changes: Changes): Promise<string> {
      here.script('p', `printf %s "$KUBERNETES_EXEC_INFO" >"$HERE/info"; exit 1`);
      await failure(changes);
      return here.read('info');
    }

    it('what it is asked for', async () => {
      assert.equal(await execInfo({}), `{"kind":"ExecCredential","apiVersion":"${v1}","spec":{"interactive":false}}\n`);
    });

    it('nothing that stood in its place before', async () => {
      const env = { PATH: `${here.folder}:/bin`, KUBERNETES_EXEC_INFO: 'old' };
      assert.match(await execInfo({ env }), /^\{"kind"/);
    });

    it('the cluster, when it wants it, with all that kubectl tells of it', async () => {
      assert.equal(
        await execInfo({ config: { provideClusterInfo: true } }),
        `{"kind":"ExecCredential","apiVersion":"${v1}","spec":{"cluster":{"server":"https://one.example:6443","config":null},"interactive":false}}\n`,
      );
      const cluster = {
        config: { audience: 'x' },
        'disable-compression': true,
        'proxy-url': 'http://proxy:1/',
        'certificate-authority-data': 'YQ==',
        'insecure-skip-tls-verify': true,
        'tls-server-name': 'n',
      };
      assert.equal(
        await execInfo({ config: { provideClusterInfo: true }, cluster }),
        `{"kind":"ExecCredential","apiVersion":"${v1}","spec":{"cluster":{"server":"https://one.example:6443","tls-server-name":"n","insecure-skip-tls-verify":true,"certificate-authority-data":"YQ==","proxy-url":"http://proxy:1/","disable-compression":true,"config":{"audience":"x"}},"interactive":false}}\n`,
      );
    });
  });

  describe('may need the person:', () => {
    /** What a plugin of this mode reads, and whether it was told that somebody is there. */
    async function heard(config: ExecConfig, stdin: { isTerminal: boolean; unavailable?: string }): Promise<string> {
      here.script('p', `cat >"$HERE/heard"; printf %s "$KUBERNETES_EXEC_INFO" >>"$HERE/heard"; exit 1`);
      const fd = openSync(here.file('typed', 'typed '), 'r');
      try {
        await obtaining({ config, stdin: { fd, ...stdin } });
      } finally {
        closeSync(fd);
      }
      return here.read('heard').replace(/\{.*"interactive":(\w+).*\}\n/, '$1');
    }

    it('a plugin that wants standard input has it on a terminal', async () => {
      assert.equal(await heard({ interactiveMode: 'IfAvailable' }, { isTerminal: true }), 'typed true');
      assert.equal(await heard({ interactiveMode: 'Always' }, { isTerminal: true }), 'typed true');
      assert.equal(await heard({ interactiveMode: '', apiVersion: v1beta1 }, { isTerminal: true }), 'typed true');
    });

    it('one that can do without has none elsewhere, or when the command itself reads it', async () => {
      assert.equal(await heard({ interactiveMode: 'IfAvailable' }, { isTerminal: false }), 'false');
      assert.equal(await heard({ interactiveMode: 'IfAvailable' }, { isTerminal: true, unavailable: '' }), 'false');
    });

    it('one that does not want it never has it', async () => {
      assert.equal(await heard({ interactiveMode: 'Never' }, { isTerminal: true }), 'false');
    });

    it('one that cannot do without does not run', async () => {
      prints(credential({ token: 't' }));
      const config = { interactiveMode: 'Always' };
      const refusals: [stdin: ExecDeps['stdin'], why: string][] = [
        [{ fd: 0, isTerminal: false }, 'standard input is not a terminal'],
        [{ fd: 0, isTerminal: true, unavailable: '' }, 'standard input is unavailable'],
        [
          { fd: 0, isTerminal: true, unavailable: 'used by stdin resource manifest reader' },
          'standard input is unavailable: used by stdin resource manifest reader',
        ],
      ];
      for (const [stdin, why] of refusals) {
        assert.equal(await obtaining({ config, stdin }), `exec plugin cannot support interactive mode: ${why}`);
      }
      assert.equal(runs(), 0);
    });

    it('one that wants it in a way that there is not does not run', async () => {
      prints(credential({ token: 't' }));
      const why = 'exec plugin cannot support interactive mode: unknown interactiveMode: "Sometimes"';
      assert.equal(await obtaining({ config: { interactiveMode: 'Sometimes' } }), why);
      assert.equal(runs(), 0);
    });

    it('its messages are seen while it waits', async () => {
      const pipe = here.pipe('answer');
      here.script('p', `echo 'Open your browser' >&2; read x <"$HERE/answer"; echo '${credential({ token: 't' })}'`);
      const proof = credentials().proof();
      // It is opened on the other end by then, after the message.
      const answer = await open(pipe, 'w');
      assert.equal(here.read('stderr'), 'Open your browser\n');
      await answer.write('done\n');
      await answer.close();
      assert.deepEqual(await proof, { authorization: 'Bearer t' });
    });

    it('who interrupts it ends it', async () => {
      const pipe = here.pipe('alive');
      here.script('p', 'exec 3>"$HERE/alive"; echo started >&3; exec sleep 600');
      const controller = new AbortController();
      const proof = credentials({ signal: controller.signal }).proof();
      const alive = createReadStream(pipe);
      await once(alive, 'data');
      controller.abort(new Error('interrupted'));
      await assert.rejects(proof, { message: 'interrupted' });
      // Its end of the pipe is closed when it is gone.
      await once(alive, 'end');
    });
  });

  describe('of a plugin that leaves a process behind', () => {
    it('are there before that ends', async () => {
      const pipe = here.pipe('held');
      here.script('p', `cat "$HERE/held" &\necho '${credential({ token: 't' })}'`);
      assert.deepEqual(await credentials().proof(), { authorization: 'Bearer t' });
      await (await open(pipe, 'w')).close();
    });

    const printedLater = `(while kill -0 $$ 2>/dev/null; do :; done; echo '${credential({ token: 't' })}'`;

    it('may be printed by that', async () => {
      here.script('p', `${printedLater}) &`);
      assert.deepEqual(await credentials().proof(), { authorization: 'Bearer t' });
    });

    it('may be printed by that, and are there before it ends', async () => {
      const pipe = here.pipe('held');
      here.script('p', `${printedLater}; exec cat "$HERE/held") &`);
      assert.deepEqual(await credentials().proof(), { authorization: 'Bearer t' });
      await (await open(pipe, 'w')).close();
    });
  });

  describe('are kept', () => {
    it('for all who ask, while it runs and afterwards', async () => {
      prints(credential({ token: 't' }));
      const one = credentials();
      await Promise.all([one.proof(), one.proof()]);
      await one.proof();
      assert.equal(runs(), 1);
    });

    it('until they expire', async () => {
      const expires = Date.parse('2031-01-01T00:00:00.5+02:00');
      prints(credential({ token: 't', expirationTimestamp: '2031-01-01T00:00:00.5+02:00' }));
      let now = expires;
      const one = credentials({ now: () => now });
      await one.proof();
      await one.proof();
      assert.equal(runs(), 1);
      now++;
      await one.proof();
      assert.equal(runs(), 2);
    });

    it('for ever with Go’s zero time', async () => {
      prints(credential({ token: 't', expirationTimestamp: '0001-01-01T00:00:00Z' }));
      const one = credentials();
      await one.proof();
      await one.proof();
      assert.equal(runs(), 1);
    });

    it('not when there were none, but for those whose turn comes right after', async () => {
      prints(credential({}));
      let now = 0;
      const one = credentials({ now: () => now });
      await assert.rejects(one.proof());
      await assert.rejects(one.proof());
      assert.equal(runs(), 1);
      prints(credential({ token: 't' }));
      now += 1_000;
      assert.deepEqual(await one.proof(), { authorization: 'Bearer t' });
    });
  });

  describe('that the server refused', () => {
    it('are asked for once more, however many requests they were refused for', async () => {
      prints(credential({ token: 'old' }));
      const one = credentials();
      const refused = await one.proof();
      prints(credential({ token: 'new' }));
      assert.deepEqual(await Promise.all([one.renew(refused), one.renew(refused)]), [true, true]);
      assert.equal(await one.renew(refused), true);
      assert.equal(runs(), 2);
      assert.deepEqual(await one.proof(), { authorization: 'Bearer new' });
    });

    it('and came again are of no use', async () => {
      prints(credential({ token: 'old' }));
      const one = credentials();
      assert.equal(await one.renew(await one.proof()), false);
      assert.equal(runs(), 2);
    });

    it('stay when the plugin fails, which is warned of', async () => {
      prints(credential({ token: 'old' }));
      const warnings: string[] = [];
      const one = credentials({ warn: (line) => warnings.push(line) });
      const refused = await one.proof();
      here.script('p', 'exit 3');
      assert.equal(await one.renew(refused), false);
      assert.deepEqual(warnings, ['refreshing credentials: exec: executable p failed with exit code 3']);
      assert.equal(await one.proof(), refused);
    });
  });
});
