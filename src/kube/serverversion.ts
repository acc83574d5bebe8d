/** `--match-server-version`: whether the server is of the same version as the kubectl that the plugin belongs to. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Client } from './client.ts';
import { ConfigError, StatusError } from './errors.ts';

interface Version {
  gitVersion?: string;
}

const versionShape: Shape<Version> = { fields: { gitVersion: 'string' } };
const kubectlShape: Shape<{ clientVersion?: Version }> = { fields: { clientVersion: versionShape } };

/**
 * Source: `MatchesServerVersion`, k8s.io/client-go/discovery/helper.go. The plugin has no version of Kubernetes:
 * kubectl is asked for its own.
 *
 * @throws {ConfigError} when they differ, or one of them is not known
 */
export async function checkServerVersion(client: Client, env: NodeJS.ProcessEnv): Promise<void> {
  const [server, kubectl] = await Promise.all([client.version(), kubectlVersion(env)]);
  if (server instanceof StatusError) throw server;
  const version = misfit(server, versionShape) === undefined ? (server as Version).gitVersion : undefined;
  if (version === kubectl) return;
  throw new ConfigError(`error: server version (${version ?? 'unknown'}) differs from client version (${kubectl})`);
}

async function kubectlVersion(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['version', '--client', '--output=json'], { env });
    const answer: { clientVersion?: Version } = JSON.parse(stdout);
    if (misfit(answer, kubectlShape) === undefined) return answer.clientVersion?.gitVersion ?? 'unknown';
  } catch {
    // Said below: whatever kept it from answering, its version is not known.
  }
  throw new ConfigError("error: the server's version cannot be compared: kubectl does not tell its own");
}
