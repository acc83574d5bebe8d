import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigError } from '#src/kube/errors.ts';
import { type OidcSettings, oidcCredentials, renewByKubectl } from '#src/kube/login/oidc.ts';
import { anyText } from '../../properties.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from './programs.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const base = { 'idp-issuer-url': 'https://issuer.test', 'client-id': 'c' };

/** @param seconds from now until it ends */
function idToken(seconds: number, mark = 'signature'): string {
  return jwt(JSON.stringify({ exp: now / 1_000 + seconds }), mark);
}

function jwt(claims: string, mark = 'signature'): string {
  return `e30.${Buffer.from(claims).toString('base64url')}.${mark}`;
}

const never = (): Promise<OidcSettings> => assert.fail('it was renewed');

describe('an OpenID Connect token', () => {
  it('is used until ten seconds before its end', async () => {
    const token = idToken(11);
    const credentials = oidcCredentials({ ...base, 'id-token': token }, never, () => now);
    assert.deepEqual(await credentials.proof(), { authorization: `Bearer ${token}` });
    assert.equal(await credentials.renew({}), false);
  });

  for (const seconds of [10, 0, -3_600]) {
    it(`is renewed ${seconds} s before its end, once for all who wait`, async () => {
      let times = 0;
      const fresh = idToken(3_600);
      const renewed = async () => {
        times++;
        return { ...base, 'id-token': fresh };
      };
      const settings = { ...base, 'id-token': idToken(seconds), 'refresh-token': 'r' };
      const credentials = oidcCredentials(settings, renewed, () => now);
      const proofs = await Promise.all([credentials.proof(), credentials.proof()]);
      proofs.push(await credentials.proof());
      for (const { authorization } of proofs) assert.equal(authorization, `Bearer ${fresh}`);
      assert.equal(times, 1);
    });
  }

  it('is asked for where there is none yet', async () => {
    const fresh = idToken(3_600);
    const credentials = oidcCredentials(
      { ...base, 'refresh-token': 'r' },
      async () => ({ 'id-token': fresh }),
      () => now,
    );
    assert.equal((await credentials.proof()).authorization, `Bearer ${fresh}`);
  });

  it('is asked for again after it could not be had', async () => {
    let times = 0;
    const fresh = idToken(3_600);
    const renewed = async () => {
      if (times++ === 0) throw new Error('the provider is not there');
      return { 'id-token': fresh };
    };
    const credentials = oidcCredentials({ ...base, 'refresh-token': 'r' }, renewed, () => now);
    await assert.rejects(credentials.proof(), { message: 'the provider is not there' });
    assert.equal((await credentials.proof()).authorization, `Bearer ${fresh}`);
  });

  it('cannot be renewed without a token for that', async () => {
    const credentials = oidcCredentials({ ...base, 'id-token': idToken(0) }, never, () => now);
    await assert.rejects(credentials.proof(), {
      constructor: ConfigError,
      message: 'Unable to connect to the server: No valid id-token, and cannot refresh without refresh-token',
    });
  });

  for (const required of ['idp-issuer-url', 'client-id']) {
    it(`needs ${required}`, () => {
      assert.throws(() => oidcCredentials({ ...base, [required]: '' }, never, () => now), {
        constructor: ConfigError,
        message: `error: Must provide ${required}`,
      });
    });
  }

  it('is refused in one line that does not hold it, or used, whatever it is', async () => {
    const claims = fc.oneof(fc.json(), anyText(), fc.constantFrom('null', '{"exp":"x"}', '{"exp":[]}'));
    const token = fc.oneof(
      claims.map((text) => jwt(text, secretToken)),
      fc.constant(secretToken),
      fc.constant(`.${secretToken}.`),
    );
    await fc.assert(
      fc.asyncProperty(token, async (token) => {
        const credentials = oidcCredentials({ ...base, 'id-token': token }, never, () => now);
        const error: unknown = await credentials.proof().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error === undefined) return;
        assert.ok(error instanceof ConfigError, String(error));
        assert.doesNotMatch(error.message, /[\r\n]/);
        assert.ok(!error.message.includes(secretToken));
      }),
    );
  });
});

describe('a token’s renewal by kubectl', () => {
  let here: Programs;
  beforeEach(() => {
    here = programs();
  });
  afterEach(() => here.remove());

  const renewal = (args: string[] = []) => renewByKubectl(args, { PATH: `${here.folder}:/usr/bin:/bin`, MARK: 'm' });

  it('is a small request as the same user to the same server, in the same environment', async () => {
    here.script('kubectl', 'printf "%s\\n" "$MARK" "$@" > "$HERE/asked"; echo a lot; echo a warning >&2');
    await renewal(['--context=a b', '--as=c']);
    assert.deepEqual(here.read('asked').trimEnd().split('\n'), [
      'm',
      'get',
      '--raw',
      '/version',
      '--context=a b',
      '--as=c',
    ]);
  });

  it('that fails says kubectl’s last line', async () => {
    here.script('kubectl', 'echo "E0101 memcache.go: x" >&2; echo "Unable to connect to the server: no" >&2; exit 1');
    await assert.rejects(renewal(), { constructor: ConfigError, message: 'Unable to connect to the server: no' });
  });

  it('that fails without a word says so', async () => {
    here.script('kubectl', 'exit 3');
    await assert.rejects(renewal(), {
      constructor: ConfigError,
      message:
        'error: cannot renew the expired token: kubectl failed without a message (try `kubectl get --raw /version`)',
    });
  });

  it('needs kubectl', async () => {
    await assert.rejects(renewByKubectl([], { PATH: here.folder }), {
      constructor: ConfigError,
      message:
        'error: cannot renew the expired token: cannot run kubectl: exec: "kubectl": executable file not found in $PATH (is kubectl on the PATH?)',
    });
  });
});
