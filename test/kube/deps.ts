import { systemClock } from '#src/cli/clock.ts';
import type { ClientDeps } from '#src/kube/client.ts';
import { requestLog } from '#src/kube/http/requestlog.ts';

/** What a client uses besides the connection, in a test: no variables, no terminal, no pod. */
export function clientDeps(other: Partial<ClientDeps> = {}): ClientDeps {
  return {
    version: '1.2.3',
    env: {},
    clock: systemClock,
    now: Date.now,
    serviceAccount: '/nowhere',
    stdin: { fd: 0, isTerminal: false },
    stderr: 2,
    warn: () => {},
    ask: async (field) => {
      throw new Error(`asked for the ${field}`);
    },
    remarks: { warning() {}, waits() {}, log: requestLog(0, () => {}, Date.now, 1) },
    ...other,
  };
}
