/** A client for the Kubernetes API. It knows nothing of StatefulSets. */
import type { Duplex } from 'node:stream';
import { type ConnectionDeps, connect } from './config/connection.ts';
import type { ConnectionOptions } from './config/connectionoptions.ts';
import { openTransport, type Transport, type TransportDeps } from './http/transport.ts';
import type { Execution, PodName } from './podstream.ts';
import { type Reads, readsOn } from './reads.ts';
import { type Writes, writesOn } from './writes.ts';

/** Both throw a StatusError when the server refuses, and a ConnectionError when there is no usable answer. */
interface PodStreams {
  /** A connection to a port of a pod. */
  forwardPort(pod: PodName, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Runs a program in a container of a pod. */
  execute(pod: PodName, container: string, command: readonly string[], signal: AbortSignal): Promise<Execution>;
}

export interface Client extends Reads, Writes, PodStreams {
  /** The namespace of the flags, else of the kubeconfig's context. */
  readonly namespace: string;
  /** Resolves when the first request is under way: there is time for something else. */
  readonly asked: Promise<void>;
  /** The server's time in milliseconds since the epoch, by its latest answer. */
  serverTime(): number;
  /** Ends the connections and the requests on them, so that the process can end. */
  close(): void;
}

export type ClientDeps = ConnectionDeps & TransportDeps;

/** @throws {ConfigError} when the options and the kubeconfig lead to no server */
export async function openClient(options: ConnectionOptions, deps: ClientDeps): Promise<Client> {
  const connection = await connect(options, deps);
  const transport = openTransport(connection, deps);
  return {
    namespace: connection.namespace,
    ...readsOn(transport),
    ...writesOn(transport),
    ...podStreamsOn(transport),
    asked: transport.asked,
    serverTime: () => transport.serverTime(),
    close: () => transport.close(),
  };
}

/** Loads the code for streams when the first one is opened: most commands need none. */
function podStreamsOn(transport: Transport): PodStreams {
  return {
    async forwardPort(pod, port, signal) {
      const { forwardPort } = await import('./podstream.ts');
      return forwardPort(transport, pod, port, signal);
    },
    async execute(pod, container, command, signal) {
      const { execute } = await import('./podstream.ts');
      return execute(transport, pod, container, command, signal);
    },
  };
}
