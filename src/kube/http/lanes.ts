/** The connections to one server that requests share by HTTP/2: each request goes to the one that was asked least. */
import type { SharedConnection } from './http2.ts';

export interface Lanes {
  add(connection: SharedConnection): void;
  isOpen(): boolean;
  /** Whether there is a connection that was asked nothing yet. */
  isFree(): boolean;
  /**
   * The connection for one request.
   *
   * @returns a closed one where all are: it refuses the request, which is then made anew
   */
  take(): SharedConnection | undefined;
}

interface Lane {
  connection: SharedConnection;
  /** How many requests it was given. */
  asked: number;
}

export function openLanes(): Lanes {
  let lanes: Lane[] = [];
  function open(): Lane[] {
    // Where the network has vanished, the others are as dead, and would be found so one after the other.
    if (lanes.some(({ connection }) => connection.isLost())) lanes = [];
    return lanes.filter(({ connection }) => connection.isOpen());
  }

  const leastAsked = () => open().sort((one, other) => one.asked - other.asked)[0];
  return {
    add(connection) {
      lanes = [...open(), { connection, asked: 0 }];
    },
    isOpen: () => open().length > 0,
    isFree: () => leastAsked()?.asked === 0,
    take() {
      const lane = leastAsked() ?? lanes.at(-1);
      if (lane !== undefined) lane.asked++;
      return lane?.connection;
    },
  };
}
