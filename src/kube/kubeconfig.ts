/** Which API server, as whom, and in which namespace: read from the kubeconfig. */
import { Agent, type OutgoingHttpHeaders } from 'node:http';
import type { AgentOptions, RequestOptions } from 'node:https';
// Not the package's index: it evaluates the generated client of every API, 150 ms for nothing.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { YAMLException } from 'js-yaml';
import { ConfigError } from './errors.ts';

/** What a person says about the connection; everything else is the kubeconfig's. */
export interface ConnectionFlags {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
}

/** All that is needed to talk to an API server as somebody. Holds credentials: never print it. */
export interface Connection {
  server: URL;
  /** The namespace of the flags, else of the context, else `default`. */
  namespace: string;
  tls: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  headers: OutgoingHttpHeaders;
  /** What connects through the cluster's proxy, where it has one. */
  proxy?: Agent;
}

/**
 * Reads the kubeconfig (`--kubeconfig`, else `KUBECONFIG`, else `~/.kube/config`, else the service account of the pod).
 *
 * @throws {ConfigError} when there is none that can be used
 */
export async function connect(flags: ConnectionFlags): Promise<Connection> {
  const config = load(flags);
  const name = config.getCurrentContext();
  const context = config.getContextObject(name);
  if (!context) {
    throw new ConfigError(
      name
        ? `Error in configuration: context was not found for specified context: ${name}`
        : 'error: current-context is not set: choose one with --context',
    );
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new ConfigError(`error: cluster "${context.cluster}" does not exist`);
  // client-node refuses a server without TLS (config.ts:createAgent) unless told not to verify what is not there.
  if (cluster.server.startsWith('http:')) config.clusters = [{ ...cluster, skipTLSVerify: true }];

  const { ca, cert, key, servername, rejectUnauthorized, auth, headers, agent } = await requestOptions(config);
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return {
    server: urlOf(cluster.server),
    namespace: flags.namespace ?? context.namespace ?? 'default',
    // Said outright: Node would else take it from NODE_TLS_REJECT_UNAUTHORIZED.
    tls: defined({ ca, cert, key, servername, rejectUnauthorized: rejectUnauthorized ?? true }),
    headers: Array.isArray(headers) ? basic : { ...headers, ...basic },
    // Without a proxy client-node's agent brings nothing: it keeps no connection alive.
    ...(cluster.proxyUrl && agent instanceof Agent ? { proxy: agent } : {}),
  };
}

function urlOf(server: string): URL {
  if (!URL.canParse(server)) throw new ConfigError(`error: not a URL of a server: ${JSON.stringify(server)}`);
  return new URL(server);
}

function load(flags: ConnectionFlags): KubeConfig {
  const config = new KubeConfig();
  try {
    if (flags.kubeconfig !== undefined) config.loadFromFile(flags.kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    throw new ConfigError(`error: error loading config file: ${withoutSource(error)}`);
  }
  if (flags.context !== undefined) config.setCurrentContext(flags.context);
  return config;
}

async function requestOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new ConfigError(`error: cannot use the credentials of the kubeconfig: ${withoutSource(error)}`);
  }
  return options;
}

/** A YAML parser quotes the lines around a fault, and in a kubeconfig those may hold a token. */
function withoutSource(error: unknown): string {
  if (error instanceof YAMLException) return `line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`;
  return error instanceof Error ? error.message : String(error);
}

/** Node takes an option that is there but undefined for a wrong one. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
