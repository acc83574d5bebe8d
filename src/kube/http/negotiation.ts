/** Which version of HTTP the server speaks, and the connection that requests share where that is HTTP/2. */
import type { Socket } from 'node:net';
import type { SharedConnection } from './http2.ts';
import type { Course } from './timelimit.ts';

/** A connection, and the protocol that the handshake chose. */
export type Negotiated = Socket & { alpnProtocol?: string | false | null };

export interface Negotiation {
  /**
   * The connection that takes further requests.
   *
   * @returns undefined where requests go by HTTP/1.1
   */
  shared(course: Course): Promise<SharedConnection | undefined>;
  /** From now on requests go by HTTP/1.1. */
  keepToHttp1(): void;
  /** The connection that showed that the server speaks HTTP/1.1, for its first request. */
  spare(): Socket | undefined;
}

/** For servers that are not asked. */
export const nothingShared: Negotiation = { shared: async () => undefined, keepToHttp1() {}, spare: () => undefined };

/**
 * @param connect makes a connection over which one of the protocols is spoken
 * @param onShared is called with whether requests share a connection, when that is known and when it changes
 * @param signal ends the connections
 */
export function negotiation(
  server: URL,
  connect: (protocols: readonly string[]) => Promise<Negotiated>,
  onShared: (isShared: boolean) => void,
  signal: AbortSignal,
): Negotiation {
  let speaksHttp1 = false;
  let spare: Socket | undefined;
  let connection: SharedConnection | undefined;
  let opening: Promise<void> | undefined;

  async function open(): Promise<void> {
    // The code is loaded while the server is waited for.
    const [socket, { shareConnection }] = await Promise.all([connect(['h2', 'http/1.1']), import('./http2.ts')]);
    if (socket.alpnProtocol === 'h2') {
      connection = shareConnection(socket, server, signal);
      onShared(true);
      return;
    }
    keepToHttp1();
    spare = socket;
  }

  function keepToHttp1(): void {
    speaksHttp1 = true;
    onShared(false);
  }

  return {
    async shared({ signal: wanted, reach }) {
      if (!speaksHttp1 && !connection?.isOpen()) {
        reach('connecting');
        opening ??= open().finally(() => {
          opening = undefined;
        });
        await unlessAborted(wanted, opening);
      }
      if (speaksHttp1) return undefined;
      reach('waiting');
      return connection;
    },
    keepToHttp1,
    spare() {
      const socket = spare;
      spare = undefined;
      // It may have been closed since, and a request on it would never end.
      return socket?.destroyed ? undefined : socket;
    },
  };
}

/** Waits for what others wait for too: the signal ends the waiting, and nothing else. */
function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
