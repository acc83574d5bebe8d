import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, ConnectionError } from '#src/kube/errors.ts';
import {
  basic,
  bearer,
  bearerHeader,
  type Credentials,
  keyPair,
  keyPairFault,
  keyPairFiles,
  type Proof,
  readCredential,
  together,
  tokenFile,
} from '#src/kube/login/credentials.ts';
import { person, personKey } from '../../e2e/servers/certificates.ts';
import { certificate, key } from '../certificate.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from './programs.ts';

const shown = async (credentials: Credentials): Promise<string | undefined> =>
  (await credentials.proof()).authorization;

describe('credentials', () => {
  let here: Programs;
  let now: number;
  const time = () => now;
  beforeEach(() => {
    here = programs();
    now = 1_000_000;
  });
  afterEach(() => here.remove());

  describe('that never change', () => {
    it('are a token', async () => {
      assert.equal(await shown(bearer('abc')), 'Bearer abc');
      assert.equal(await bearer('abc').renew({ authorization: 'Bearer abc' }), false);
    });

    it('are a name and a password, in UTF-8', async () => {
      assert.equal(await shown(basic('jürgen', 'p:w')), `Basic ${Buffer.from('jürgen:p:w').toString('base64')}`);
      assert.equal(await shown(basic('a', '')), 'Basic YTo=');
    });

    it('are nobody’s', async () => {
      const nobody = together([]);
      assert.deepEqual(await nobody.proof(), {});
      assert.equal(await nobody.renew({}), false);
    });
  });

  it('send a token that is not of ASCII as the bytes of UTF-8', () => {
    assert.equal(Buffer.from(bearerHeader('größe→'), 'latin1').toString('utf8'), 'Bearer größe→');
  });

  for (const character of ['\u0000', '\n', '\r', '\u001b', '\u007f']) {
    it(`never send ${JSON.stringify(character)}, and do not say what they were`, () => {
      assert.throws(() => bearer(`${secretToken}${character}`), {
        constructor: ConnectionError,
        message: 'Unable to connect to the server: net/http: invalid header field value for "Authorization"',
      });
    });
  }

  describe('of a token in a file', () => {
    it('are read again after 50 seconds, and not before', async () => {
      const path = here.file('token', ' one\n');
      const credentials = tokenFile(path, time);
      assert.equal(await shown(credentials), 'Bearer one');
      here.file('token', 'two');
      now += 49_999;
      assert.equal(await shown(credentials), 'Bearer one');
      now += 1;
      assert.equal(await shown(credentials), 'Bearer two');
      here.file('token', 'three');
      now += 49_999;
      assert.equal(await shown(credentials), 'Bearer two');
    });

    it('are read again when they are refused: another token is worth another try, the same is not', async () => {
      const path = here.file('token', 'one');
      const credentials = tokenFile(path, time);
      const refused = await credentials.proof();
      assert.equal(await credentials.renew(refused), false);
      here.file('token', 'two');
      assert.equal(await credentials.renew(refused), true);
      assert.equal(await shown(credentials), 'Bearer two');
    });

    it('stay while the file is empty, or cannot be read', async () => {
      const path = here.file('token', 'one');
      const credentials = tokenFile(path, time);
      here.file('token', ' \n');
      now += 50_000;
      assert.equal(await shown(credentials), 'Bearer one');
      rmSync(path);
      now += 50_000;
      assert.equal(await shown(credentials), 'Bearer one');
      assert.equal(await credentials.renew({ authorization: 'Bearer one' }), false);
      here.file('token', 'two');
      now += 50_000;
      assert.equal(await shown(credentials), 'Bearer two');
    });

    it('stand before the token that is to be used without the file', async () => {
      assert.equal(await shown(tokenFile(here.file('token', 'one'), time, 'other')), 'Bearer one');
      const later = tokenFile(join(here.folder, 'later'), time, 'other');
      assert.equal(await shown(later), 'Bearer other');
      here.file('later', 'one');
      now += 50_000;
      assert.equal(await shown(later), 'Bearer one');
    });

    it('are refused where there is neither', () => {
      assert.throws(() => tokenFile('/nowhere/token', time), {
        constructor: ConfigError,
        message: 'error: open /nowhere/token: no such file or directory',
      });
    });
  });

  it('in a file that may not be read are refused with its path', () => {
    const path = here.file('token', 'one', 0);
    const open = here.file('open', 'two', 0o644);
    chmodSync(here.folder, 0o755);
    const isRoot = process.geteuid?.() === 0;
    // Root may read every file; nobody may not.
    if (isRoot) process.seteuid?.(65_534);
    try {
      assert.equal(readCredential(open), 'two');
      assert.throws(() => readCredential(path), { message: `error: open ${path}: permission denied` });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  const elliptic = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  });
  const edwards = generateKeyPairSync('ed25519');
  const garbage = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  // The words of tls.X509KeyPair.
  const pairs: [what: string, cert: string, key: string, fault: string | undefined][] = [
    ['a pair', certificate, key, undefined],
    ['a pair with text around it', `text\n${certificate}text`, `text\n${key}`, undefined],
    ['a chain', certificate + person, key, undefined],
    ['nothing', '', '', 'tls: failed to find any PEM data in certificate input'],
    ['no PEM', secretToken, key, 'tls: failed to find any PEM data in certificate input'],
    [
      'the wrong way round',
      key,
      certificate,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      'a public key for a certificate',
      elliptic.publicKey,
      key,
      'tls: failed to find "CERTIFICATE" PEM block in certificate input',
    ],
    ['no key', certificate, '', 'tls: failed to find any PEM data in key input'],
    ['a broken certificate', garbage, key, 'x509: malformed certificate'],
    ['a certificate for a key', certificate, certificate, 'tls: failed to parse private key'],
    ['a key with a password', certificate, elliptic.privateKey, 'tls: failed to parse private key'],
    ['a key of another', certificate, personKey, 'tls: private key does not match public key'],
    [
      'a key of another type',
      certificate,
      edwards.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'tls: private key type does not match public key type',
    ],
  ];
  for (const [what, cert, secret, fault] of pairs) {
    it(`of a certificate and key that are ${what} ${fault === undefined ? 'are good' : `have the fault ${fault}`}`, () => {
      assert.equal(keyPairFault({ cert, key: secret }), fault);
      if (fault === undefined) return;
      assert.throws(() => keyPair({ cert, key: secret }), { constructor: ConfigError, message: `error: ${fault}` });
    });
  }

  describe('of a certificate and key in files', () => {
    const files = () => keyPairFiles(() => ({ cert: here.read('cert'), key: here.read('key') }), time);
    const write = (cert: string, secret: string) => {
      here.file('cert', cert);
      here.file('key', secret);
    };

    it('are read again once a second, since both are replaced in place', async () => {
      write(certificate, key);
      const credentials = files();
      write(person, personKey);
      now += 999;
      assert.deepEqual(await credentials.proof(), { cert: certificate, key });
      now += 1;
      assert.deepEqual(await credentials.proof(), { cert: person, key: personKey });
      assert.equal(await credentials.renew({}), false);
    });

    it('are not used half replaced, and are again once they are a pair', async () => {
      write(certificate, key);
      const credentials = files();
      here.file('cert', person);
      now += 1_000;
      await assert.rejects(credentials.proof(), {
        constructor: ConnectionError,
        message: 'Unable to connect to the server: tls: private key does not match public key',
      });
      here.file('key', personKey);
      now += 1_000;
      assert.deepEqual(await credentials.proof(), { cert: person, key: personKey });
    });
  });

  describe('of several kinds', () => {
    /** Credentials that count what happens to them. */
    function counted(proof: Proof, isRenewed = false): Credentials & { refused: Proof[] } {
      const refused: Proof[] = [];
      return {
        refused,
        proof: async () => proof,
        async renew(proof) {
          refused.push(proof);
          return isRenewed;
        },
      };
    }

    it('are themselves where there is one', () => {
      const one = bearer('a');
      assert.equal(together([one]), one);
    });

    it('are shown together, of each part the first', async () => {
      const both = together([counted({ authorization: 'a' }), counted({ authorization: 'b', cert: 'c', key: 'k' })]);
      assert.deepEqual(await both.proof(), { authorization: 'a', cert: 'c', key: 'k' });
    });

    it('are renewed part by part, each by what it gave itself', async () => {
      const [a, b] = [{ authorization: 'a' }, { cert: 'c', key: 'k' }];
      const [one, two] = [counted(a), counted(b, true)];
      const both = together([one, two]);
      assert.equal(await both.renew(await both.proof()), true);
      assert.equal(one.refused[0], a);
      assert.equal(two.refused[0], b);
      const neither = together([counted(a), counted(b)]);
      assert.equal(await neither.renew(await neither.proof()), false);
    });
  });
});
