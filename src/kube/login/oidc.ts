/**
 * Tokens of an OpenID Connect provider, for kubeconfigs of `auth-provider: oidc`. A token that has expired is renewed
 * by kubectl itself: with it a provider may replace the refresh token, which must then be kept in the kubeconfig, and
 * two programs that both write it would lock a person out. client-node 2.0.1 cannot do it (oidc_auth.js:159 passes a
 * string where its library wants a URL).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ConfigError } from '../errors.ts';
import { bearerHeader, type Credentials } from './credentials.ts';

export type OidcSettings = Readonly<Record<string, string>>;

/** Milliseconds before its end from which a token counts as expired (`expiryDelta`, client-go's oidc.go). */
const leeway = 10_000;

/**
 * @param renewed the settings after kubectl has renewed the token
 * @param now milliseconds
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

/** Milliseconds since the epoch at which a token ends (RFC 7519, `exp`). */
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

/** Lets kubectl make a request, for which it renews the token and keeps the new one. */
export async function renewByKubectl(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const kubectl = spawn('kubectl', ['get', '--raw', '/version', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  // Its last words are what is wanted.
  let said = '';
  kubectl.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-10_000);
  });
  try {
    const [code] = await once(kubectl, 'close');
    if (code === 0) return;
  } catch (error) {
    throw new ConfigError(
      `error: the token has expired, and kubectl, which could renew it, cannot be run: ${error instanceof Error ? error.message : error}`,
    );
  }
  const last = said.trimEnd().split('\n').at(-1);
  throw new ConfigError(last || 'error: the token has expired, and kubectl could not renew it');
}
