/**
 * The object that kubectl and a credential plugin exchange: `ExecCredential` of client.authentication.k8s.io
 * (k8s.io/client-go/pkg/apis/clientauthentication). Messages are those of `refreshCredsLocked`,
 * k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go, and of its decoder.
 */
import { isRecord } from '#src/objects/shape.ts';
import { ConnectionError } from '../errors.ts';
import { isYamlFault } from '../yamlfault.ts';
import { bearerHeader, keyPairFault, type Proof } from './credentials.ts';

/** The cluster as a plugin may be told of it: `spec.cluster` of the ExecCredential. */
export interface ExecCluster {
  server: string;
  'tls-server-name'?: string | undefined;
  'insecure-skip-tls-verify'?: boolean | undefined;
  /** PEM in base64, also when the kubeconfig names a file. */
  'certificate-authority-data'?: string | undefined;
  'proxy-url'?: string | undefined;
  'disable-compression'?: boolean | undefined;
  /** The cluster's extension `client.authentication.k8s.io/exec`. */
  config?: unknown;
}

const group = 'client.authentication.k8s.io';

/** The versions of the protocol that kubectl speaks. */
export const execVersions: readonly unknown[] = [`${group}/v1`, `${group}/v1beta1`];

export interface ExecCredential {
  proof: Proof;
  /** Milliseconds since the epoch. */
  expires: number;
}

/** The plugin did not return credentials. */
export class PluginError extends ConnectionError {
  /** The message without kubectl's words around it. */
  readonly reason: string;

  constructor(reason: string) {
    super(`Unable to connect to the server: getting credentials: ${reason}`);
    this.reason = reason;
  }
}

/** The value of KUBERNETES_EXEC_INFO for a plugin. As in Go's JSON, empty fields are left out, except `config`. */
export function encodeExecInfo(apiVersion: string, interactive: boolean, cluster: ExecCluster | undefined): string {
  const about = cluster && {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] || undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
    'certificate-authority-data': cluster['certificate-authority-data'] || undefined,
    'proxy-url': cluster['proxy-url'] || undefined,
    'disable-compression': cluster['disable-compression'] || undefined,
    config: cluster.config ?? null,
  };
  return `${JSON.stringify({ kind: 'ExecCredential', apiVersion, spec: { cluster: about, interactive } })}\n`;
}

/** Whether the text is a complete JSON object, so that nothing more can follow. */
export function isWholeObject(text: string): boolean {
  if (!isObjectText(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** client-go reads a text that begins with a brace as JSON, and any other as YAML. */
function isObjectText(text: string): boolean {
  return /^\s*\{/.test(text);
}

/**
 * Reads a plugin's output.
 *
 * @param apiVersion the version that the kubeconfig asks for
 * @throws {PluginError} when the output holds no credentials
 * @throws {ConnectionError} when no header can hold the token
 */
export async function decodeExecCredential(text: string, apiVersion: string): Promise<ExecCredential> {
  const document = await parse(text);
  const kind = document['kind'] || 'ExecCredential';
  const version = document['apiVersion'] || `${group}/__internal`;
  if (kind !== 'ExecCredential' || !(execVersions.includes(version) || version === `${group}/__internal`)) {
    throw undecodable(
      `no kind ${brief(kind)} is registered for version ${brief(version)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (version !== apiVersion) {
    throw new PluginError(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${version}`,
    );
  }
  const status = document['status'] ?? undefined;
  if (status === undefined) throw new PluginError("exec plugin didn't return a status field");
  if (!isRecord(status)) {
    throw wrongType(status, `ExecCredential.status of type ${apiVersion.slice(group.length + 1)}.ExecCredentialStatus`);
  }

  const token = textIn(status, 'token');
  const cert = textIn(status, 'clientCertificateData');
  const key = textIn(status, 'clientKeyData');
  const expires = expiration(status);
  if (!token && !cert && !key) throw new PluginError("exec plugin didn't return a token or cert/key pair");
  if (!cert !== !key) throw new PluginError('exec plugin returned only certificate or key, not both');
  const fault = cert && keyPairFault({ cert, key });
  if (fault) throw new PluginError(`failed parsing client key/certificate: ${fault}`);
  return { proof: { ...(token && { authorization: bearerHeader(token) }), ...(cert && { cert, key }) }, expires };
}

/** Most plugins print JSON. */
async function yamlIn(text: string): Promise<unknown> {
  const { load } = await import('js-yaml');
  return load(text, { json: true });
}

/** No message quotes the output: it may be a token. */
async function parse(text: string): Promise<Record<string, unknown>> {
  const failed = (why: string) => undecodable(`couldn't get version/kind; json parse error: ${why}`);
  let parsed: unknown;
  try {
    parsed = isObjectText(text) ? JSON.parse(text) : text.trim() && (await yamlIn(text));
  } catch (error) {
    if (isYamlFault(error)) {
      throw failed(`error converting YAML to JSON: yaml: line ${(error.mark?.line ?? 0) + 1}`);
    }
    throw failed(isCut(text) ? 'unexpected end of JSON input' : 'invalid character');
  }
  // Go reads an empty text as an object without fields.
  if (!parsed) return {};
  if (isRecord(parsed)) return parsed;
  throw failed(
    `json: cannot unmarshal ${typeOf(parsed)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

function isCut(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/gs, '');
  return bare.includes('"') || bare.split(/[{[]/).length > bare.split(/[}\]]/).length;
}

function textIn(status: Record<string, unknown>, field: string): string {
  const value = status[field] ?? '';
  if (typeof value === 'string') return value;
  throw wrongType(value, `ExecCredentialStatus.status.${field} of type string`);
}

/** Milliseconds since the epoch; infinite when there is no time, or Go's zero time. */
function expiration(status: Record<string, unknown>): number {
  if ((status['expirationTimestamp'] ?? undefined) === undefined) return Number.POSITIVE_INFINITY;
  const text = textIn(status, 'expirationTimestamp');
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text.replace(',', '.'))
    : Number.NaN;
  if (Number.isNaN(time)) throw undecodable(`parsing time ${brief(text)} as "2006-01-02T15:04:05Z07:00"`);
  return time === zeroTime ? Number.POSITIVE_INFINITY : time;
}

const zeroTime = Date.parse('0001-01-01T00:00:00Z');

function undecodable(why: string): PluginError {
  return new PluginError(`decoding stdout: ${why}`);
}

function wrongType(value: unknown, wanted: string): PluginError {
  return undecodable(`json: cannot unmarshal ${typeOf(value)} into Go struct field ${wanted}`);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function brief(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : typeOf(value);
}
