/** Which version of HTTP the server speaks, and the connections that requests share where that is HTTP/2. */
import type { Socket } from 'node:net';
import { eventsSeen } from '../turn.ts';
import { attempt, briefly, unlessAborted } from './attempt.ts';
import type { SharedConnection } from './http2.ts';
import { openLanes } from './lanes.ts';
import type { Course } from './timelimit.ts';

/** A connection, and the protocol that the handshake chose. */
export type Negotiated = Socket & { alpnProtocol?: string | false | null };

export interface Negotiation {
  /** Begins to make the connection, for requests that are about to come. Whatever fails is told to the first of them. */
  begin(): void;
  /**
   * The connection that takes the next request.
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
export const nothingShared: Negotiation = {
  begin() {},
  shared: async () => undefined,
  keepToHttp1() {},
  spare: () => undefined,
};

/**
 * Milliseconds after which a connection that is still being made shows that the server is far away. TCP sends some 15 kB
 * in the first round trip of a connection, and twice as much in the next: over two connections, answers need fewer
 * round trips. To a near server a second one would only cost a handshake.
 */
const patience = 20;

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
  let waiting = 0;
  let spare: Socket | undefined;
  const lanes = openLanes();
  const opening = attempt(open);
  /** The second connection, as long as it is worth waiting for. */
  let widening: Promise<void> | undefined;

  async function open(): Promise<void> {
    let isOver = false;
    const impatient = setTimeout(async () => {
      // This process may have been busy itself, and the connection may be there.
      await eventsSeen();
      // One request fills no two connections.
      if (!isOver && waiting > 1) widening = add().catch(() => {});
    }, patience);
    try {
      await add();
    } finally {
      isOver = true;
      clearTimeout(impatient);
    }
    // It began a little later, so it should be there a little later.
    if (widening !== undefined) widening = briefly(widening, 2 * patience);
  }

  async function add(): Promise<void> {
    const connecting = connect(['h2', 'http/1.1']);
    // The code is loaded while the server is waited for, so its first word to the server comes before.
    const loading = eventsSeen().then(() => import('./http2.ts'));
    const [socket, { shareConnection }] = await Promise.all([connecting, loading]);
    signal.throwIfAborted();
    const isShared = socket.alpnProtocol === 'h2';
    if (isShared && !speaksHttp1) {
      lanes.add(shareConnection(socket, server, signal));
      onShared(true);
    } else if (!isShared && !speaksHttp1 && !lanes.isOpen()) {
      spare = socket;
      keepToHttp1();
    } else {
      // The first connection has shown how the server is spoken to.
      socket.destroy();
    }
  }

  function keepToHttp1(): void {
    speaksHttp1 = true;
    onShared(false);
  }

  return {
    begin: opening.begin,
    async shared({ signal: wanted, reach }) {
      if (!speaksHttp1 && !lanes.isOpen()) {
        reach('connecting');
        waiting++;
        await opening.wait(wanted).finally(() => waiting--);
      }
      if (widening !== undefined && lanes.isOpen() && !lanes.isFree()) await unlessAborted(wanted, widening);
      if (speaksHttp1) return undefined;
      reach('waiting');
      return lanes.take();
    },
    keepToHttp1,
    spare() {
      // It may have been closed since, and a request on it would never end.
      const socket = spare?.destroyed ? undefined : spare;
      spare = undefined;
      return socket;
    },
  };
}
