/**
 * Tokens of an OpenID Connect provider, for kubeconfigs with `auth-provider: oidc`. kubectl itself renews an expired
 * token: the provider may replace the refresh token at that moment, the kubeconfig must then hold the new one, and two
 * programs that both write it could lock a person out. client-node 2.0.1 cannot renew a token (oidc_auth.js:159 passes
 * a string where its library wants a URL).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ConfigError } from '../errors.ts';
import { kubectlCall } from '../programs/call.ts';
import type { Environment } from '../programs/environment.ts';
import { bearerHeader, type Credentials } from './credentials.ts';

export type OidcSettings = Readonly<Record<string, string>>;

/** Milliseconds. A token counts as expired this long before its end (`expiryDelta`, client-go's oidc.go). */
const leeway = 10_000;

/**
 * @param settings `auth-provider.config` of the kubeconfig's user
 * @param renewed renews the token, and returns the settings with the new one
 * @param now milliseconds since the epoch
 * @throws {ConfigError} when a required setting is missing
 */
export function oidcCredentials(
  settings: OidcSettings,
  renewed: () => Promise<OidcSettings>,
  now: () => number,
): Credentials {
  for (const required of ['idp-issuer-url', 'client-id']) {
    if (!settings[required]) throw new ConfigError(`error: Must provide ${required}`);
  }
  let current = settings;
  let renewing: Promise<OidcSettings> | undefined;

  async function freshToken(): Promise<string> {
    const token = current['id-token'];
    if (token && expiry(token) > now() + leeway) return token;
    if (!current['refresh-token']) {
      throw new ConfigError(
        'Unable to connect to the server: No valid id-token, and cannot refresh without refresh-token',
      );
    }
    renewing ??= renewed().finally(() => {
      renewing = undefined;
    });
    current = await renewing;
    return current['id-token'] ?? '';
  }

  return {
    proof: async () => ({ authorization: bearerHeader(await freshToken()) }),
    renew: async () => false,
  };
}

/** When a token ends, in milliseconds since the epoch (RFC 7519, `exp`). */
function expiry(token: string): number {
  const parts = token.split('.');
  if (parts.length !== 3) throw new ConfigError('Unable to connect to the server: ID Token is not a valid JWT');
  try {
    const { exp } = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as { exp?: unknown };
    return Number(exp) * 1_000;
  } catch {
    throw new ConfigError('Unable to connect to the server: parsing claims: it is not JSON');
  }
}

/**
 * Makes kubectl send a small request. kubectl then renews the token, and writes the new one to the kubeconfig.
 *
 * @param args kubectl's global flags for the connection
 * @throws {ConfigError} with kubectl's last line when it fails, or when it cannot be started
 */
export async function renewByKubectl(args: readonly string[], env: Environment): Promise<void> {
  const cannotRun = (why: string) =>
    new ConfigError(`error: cannot renew the expired token: cannot run kubectl: ${why} (is kubectl on the PATH?)`);
  const call = kubectlCall(['get', '--raw', '/version', ...args], env);
  if ('fault' in call) throw cannotRun(call.fault);
  const kubectl = spawn(call.file, call.args, { ...call.options, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  kubectl.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-10_000);
  });
  try {
    const [code] = await once(kubectl, 'close');
    if (code === 0) return;
  } catch (error) {
    throw cannotRun(error instanceof Error ? error.message : String(error));
  }
  const last = said.trimEnd().split('\n').at(-1);
  throw new ConfigError(
    last ||
      'error: cannot renew the expired token: kubectl failed without a message (try `kubectl get --raw /version`)',
  );
}
