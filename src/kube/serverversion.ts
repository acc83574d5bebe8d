/** The API server's version, and `--match-server-version`: whether kubectl has the same. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Client } from './client.ts';
import { ConfigError, StatusError } from './errors.ts';
import { kubectlCall } from './programs/call.ts';
import type { Environment } from './programs/environment.ts';

interface Version {
  gitVersion?: string;
}

const versionShape: Shape<Version> = { fields: { gitVersion: 'string' } };
const kubectlShape: Shape<{ clientVersion?: Version }> = { fields: { clientVersion: versionShape } };

/**
 * Compares the server's version with that of `kubectl version --client`, since the plugin has no version of Kubernetes.
 * Source: `MatchesServerVersion`, k8s.io/client-go/discovery/helper.go.
 *
 * @throws {ConfigError} when the versions differ, or when one of them is unknown
 * @throws {StatusError} when the server refuses to tell its version
 */
export async function checkServerVersion(client: Client, env: Environment): Promise<void> {
  const [server, kubectl] = await Promise.all([client.version(), kubectlVersion(env)]);
  if (server instanceof StatusError) throw server;
  const version = gitVersionOf(server);
  if (version === kubectl) return;
  throw new ConfigError(`error: server version (${version ?? 'unknown'}) differs from client version (${kubectl})`);
}

/** @returns what `/version` answered; undefined when it tells no version */
export function gitVersionOf(answer: object): string | undefined {
  return misfit(answer, versionShape) === undefined ? (answer as Version).gitVersion : undefined;
}

async function kubectlVersion(env: Environment): Promise<string> {
  try {
    const call = kubectlCall(['version', '--client', '--output=json'], env);
    const { stdout } = 'fault' in call ? { stdout: '' } : await promisify(execFile)(call.file, call.args, call.options);
    const answer: { clientVersion?: Version } = JSON.parse(stdout);
    if (misfit(answer, kubectlShape) === undefined) return answer.clientVersion?.gitVersion ?? 'unknown';
  } catch {
    // Reported below, whatever the reason.
  }
  throw new ConfigError(
    "error: cannot compare the server's version with kubectl's: `kubectl version --client` gives none",
  );
}
