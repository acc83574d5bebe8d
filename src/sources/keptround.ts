/** Keeps the second round of a live Snapshot: reads its parts again when other objects are needed, and now and then. */

import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Needs, Part } from '#src/objects/snapshot.ts';
import type { Claim } from '#src/objects/types.ts';
import { mayPass, type Outage } from './outage.ts';
import { type SecondRound, secondRound, unread } from './parts.ts';

export interface KeptRound {
  /** The parts for these needs. A part is read again only where other objects are needed, or where it is due. */
  at(needs: Needs, claims: readonly Claim[]): Promise<SecondRound>;
  /** The time of the clock at which a part is due to be read again. */
  due(): number;
}

/** Milliseconds until a part is read again in which something is missing or waits. */
const unsettledInterval = 5_000;
/** Milliseconds until any other part is read again. */
const settledInterval = 60_000;

export function keptRound(client: Client, namespace: string | undefined, clock: Clock, outage: Outage): KeptRound {
  const volumes = keptPart('volumes', clock, outage, unread.volumes, (needs) =>
    secondRound.volumes(client, namespace, needs),
  );
  const classes = keptPart('classes', clock, outage, unread.classes, (needs) =>
    secondRound.classes(client, namespace, needs),
  );
  const nodes = keptPart('nodes', clock, outage, unread.nodes, (needs) => secondRound.nodes(client, namespace, needs));
  const events = keptPart('events', clock, outage, unread.events, (needs) =>
    secondRound.events(client, namespace, needs),
  );

  return {
    async at(needs, claims) {
      const explained = [...needs.events, ...needs.warnings];
      const waiting = explained.length > 0;
      const parts = await Promise.all([
        volumes.at(needs, needs.volumes.length === 0 ? undefined : volumesKey(needs, claims), ({ items }) => {
          return items.filter(({ status }) => status?.phase === 'Bound').length >= needs.volumes.length;
        }),
        classes.at(needs, needs.classes.length === 0 ? undefined : needs.classes.join(), () => !waiting),
        nodes.at(needs, nodesKey(needs), () => false),
        events.at(needs, waiting ? explained.join() : undefined, () => false),
      ]);
      return { volumes: parts[0], classes: parts[1], nodes: parts[2], events: parts[3] };
    },
    due: () => Math.min(...[volumes, classes, nodes, events].map((part) => part.due())),
  };
}

/** Names the needed volumes and the versions of their claims: a claim changes when its volume is bound or grows. */
function volumesKey({ volumes }: Needs, claims: readonly Claim[]): string {
  const names = new Set(volumes);
  return claims
    .filter(({ spec }) => spec?.volumeName !== undefined && names.has(spec.volumeName))
    .map(({ metadata, spec }) => `${spec?.volumeName}@${metadata.resourceVersion}`)
    .join();
}

/** A node's name has no comma. */
function nodesKey({ nodes }: Needs): string | undefined {
  if (nodes === 'all') return nodes;
  return nodes.length === 0 ? undefined : `named ${nodes.join()}`;
}

interface KeptPart<T> {
  due(): number;
  /**
   * @param key names the objects that are needed; undefined where none is
   * @param isSettled whether the objects that were read will hardly change
   */
  at(needs: Needs, key: string | undefined, isSettled: (part: Part<T>) => boolean): Promise<Part<T>>;
}

/** @param nothing the part while none of its objects is needed */
function keptPart<T>(
  name: string,
  clock: Clock,
  outage: Outage,
  nothing: Part<T>,
  read: (needs: Needs) => Promise<Part<T>>,
): KeptPart<T> {
  let part = nothing;
  /** The key that `part` was read for; undefined while it is unread. */
  let readFor: string | undefined;
  let due = Number.POSITIVE_INFINITY;
  let failing = false;
  let first = true;

  return {
    due: () => due,
    async at(needs, key, isSettled) {
      if (key === undefined) {
        if (failing) outage.end(name);
        [part, readFor, due, failing, first] = [nothing, undefined, Number.POSITIVE_INFINITY, false, false];
        return part;
      }
      if (clock.now() >= due || (key !== readFor && !failing)) {
        try {
          part = await read(needs);
          readFor = key;
          failing = false;
          due = clock.now() + (part.others === 'forbidden' || isSettled(part) ? settledInterval : unsettledInterval);
          outage.end(name);
        } catch (error) {
          if (first || !mayPass(error)) throw error;
          failing = true;
          due = clock.now() + unsettledInterval;
          outage.begin(name, error);
        }
      }
      first = false;
      // A read for other objects says nothing about the absence of these.
      return key === readFor ? part : { items: part.items, others: 'not given' };
    },
  };
}
