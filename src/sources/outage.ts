/** Whether a cluster answers, put together from all that ask it something. */
import { ConnectionError, StatusError } from '#src/kube/errors.ts';

export interface Outage {
  /** @param who asked in vain */
  begin(who: string, error: Error): void;
  /** @param who has got an answer */
  end(who: string): void;
}

export type OutageNews = { kind: 'lost'; error: Error } | { kind: 'recovered' };

/** When all ask in vain at once, that is one outage: it is told once, and its end when all have an answer again. */
export function outageOf(tell: (news: OutageNews) => void): Outage {
  const without = new Set<string>();
  return {
    begin(who, error) {
      if (without.size === 0) tell({ kind: 'lost', error });
      without.add(who);
    },
    end(who) {
      if (without.delete(who) && without.size === 0) tell({ kind: 'recovered' });
    },
  };
}

/** Whether it is the server's or the network's fault, and may pass. */
export function mayPass(error: unknown): error is StatusError | ConnectionError {
  return error instanceof StatusError || error instanceof ConnectionError;
}
