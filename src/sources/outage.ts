/** Tells when a cluster stops answering and when it answers again, put together from all that ask it something. */
import { ConnectionError, StatusError } from '#src/kube/errors.ts';

export interface Outage {
  /** @param who the asker that got no usable answer */
  begin(who: string, error: Error): void;
  /** @param who the asker that has an answer again */
  end(who: string): void;
}

export type OutageNews = { kind: 'lost'; error: Error } | { kind: 'recovered' };

/** Failures of several askers at the same time are one outage. It ends when all of them have an answer again. */
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

/** Whether the server or the network failed, so that a later try may succeed. */
export function mayPass(error: unknown): error is StatusError | ConnectionError {
  return error instanceof StatusError || error instanceof ConnectionError;
}
