/**
 * Acting as another user than the one who logs in:
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
import { headerValue } from '../login/credentials.ts';
import type { User } from './kubeconfig.ts';

export type Impersonation = Readonly<Record<string, string | string[]>>;

/**
 * The headers that every request carries; none when nobody is impersonated.
 *
 * @throws {ConnectionError} when a header cannot hold a name
 */
export function impersonationOf({
  as,
  'as-uid': uid,
  'as-groups': groups,
  'as-user-extra': extras,
}: User): Impersonation {
  if (!as) return {};
  const values = (name: string, texts: readonly string[] = []) => texts.map((text) => headerValue(name, text));
  const extra = Object.entries(extras ?? {}).map(([key, texts]) => [
    `impersonate-extra-${headerKey(key)}`,
    values(`Impersonate-Extra-${headerKey(key)}`, texts),
  ]);
  return {
    'impersonate-user': headerValue('Impersonate-User', as),
    ...(uid && { 'impersonate-uid': headerValue('Impersonate-Uid', uid) }),
    ...(groups?.length && { 'impersonate-group': values('Impersonate-Group', groups) }),
    ...Object.fromEntries(extra),
  };
}

/**
 * Escapes the bytes that a header's name cannot hold: `headerKeyEscape` of
 * k8s.io/client-go/transport/round_trippers.go.
 */
function headerKey(key: string): string {
  return Buffer.from(key, 'utf8')
    .toString('latin1')
    .replace(
      /[^!#$&'*+\-.^_`|~0-9A-Za-z]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
