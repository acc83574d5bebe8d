/** How a Service is put back as it was before it was pinned: exactly, or not without being told how. */

import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import {
  type Drift,
  isSame,
  type PinRecord,
  patchOf,
  pinningOf,
  type ServicePatch,
  selectorOf,
  withoutPod,
} from './pinning.ts';

export interface UnpinWish {
  service: Service;
  /** Restore the original whatever was changed since. */
  force: boolean;
  /** Restore the original with what was changed since; goes before `force`, for it loses less. */
  keepChanges: boolean;
  /** To be given where nobody remembers the original. */
  selector?: Selector | undefined;
}

export type UnpinPlan =
  | (Change & {
      kind: 'unpin';
      record: PinRecord;
      /** What was changed since; `kept` tells whether it stays. */
      drift: Drift | undefined;
      kept: boolean;
    })
  /** Without a readable annotation: only the label goes away, or the selector is the one that was given. */
  | (Change & { kind: 'by hand'; pod: string | undefined })
  | { kind: 'not pinned'; service: Service }
  /** Somebody changed the selector since: `merged` is what it would be with these changes kept. */
  | { kind: 'drift'; service: Service; record: PinRecord; drift: Drift; current: Selector; merged: Selector }
  | { kind: 'refused'; service: Service; reason: UnpinRefusal };

interface Change {
  service: Service;
  patch: ServicePatch;
  before: Selector;
  after: Selector;
}

export type UnpinRefusal =
  | { kind: 'unreadable annotation'; why: string; text: string }
  /** An empty selector is none, and the Service would be without endpoints. */
  | { kind: 'nothing would be left' }
  /** A selector was given, and the annotation holds another one. */
  | { kind: 'original is known'; original: Selector };

export function planUnpin(wish: UnpinWish): UnpinPlan {
  const { service, selector } = wish;
  const refuse = (reason: UnpinRefusal): UnpinPlan => ({ kind: 'refused', service, reason });
  const change = (after: Selector): Change => ({
    service,
    patch: patchOf(service, after, null),
    before: selectorOf(service),
    after,
  });
  if (selector && isEmpty(selector)) return refuse({ kind: 'nothing would be left' });

  const pinning = pinningOf(service);
  switch (pinning.kind) {
    case 'not pinned':
      return { kind: 'not pinned', service };
    case 'unreadable':
      if (!selector) return refuse({ kind: 'unreadable annotation', why: pinning.why, text: pinning.text });
      return { ...change(selector), kind: 'by hand', pod: pinning.pod };
    case 'by hand': {
      const after = selector ?? withoutPod(selectorOf(service));
      if (isEmpty(after)) return refuse({ kind: 'nothing would be left' });
      return { ...change(after), kind: 'by hand', pod: pinning.pod };
    }
    case 'ours': {
      const { record } = pinning;
      if (selector && !isSame(selector, record.selector)) {
        return refuse({ kind: 'original is known', original: record.selector });
      }
      const current = selectorOf(service);
      // Somebody put the original back already: all that is left to do is to forget it.
      const drift = isSame(current, record.selector) ? undefined : pinning.drift;
      if (drift === undefined || (wish.force && !wish.keepChanges)) {
        return { ...change(record.selector), kind: 'unpin', record, drift, kept: false };
      }
      const merged = withChanges(record, current);
      if (!wish.keepChanges) return { kind: 'drift', service, record, drift, current, merged };
      if (isEmpty(merged)) return refuse({ kind: 'nothing would be left' });
      return { ...change(merged), kind: 'unpin', record, drift, kept: true };
    }
  }
}

/** The selector as somebody changed it, but for the pin: of that label the original has the say. */
function withChanges({ selector }: PinRecord, current: Selector): Selector {
  const pod = selector[podNameLabel];
  return { ...withoutPod(current), ...(pod === undefined ? {} : { [podNameLabel]: pod }) };
}
