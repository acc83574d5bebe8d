/**
 * What only a diagnosis asks for: to which nodes volumes are attached, which CSI drivers the kubelets of nodes know, and
 * when a set was changed.
 */
import type { Part } from '#src/objects/snapshot.ts';
import type { Attachment, NodeDrivers, Pod, StatefulSet } from '#src/objects/types.ts';
import type { Cause, Trouble } from './causes.ts';

/** What only a diagnosis reads; a part is undefined where nothing asked for it, or the server gave no answer in time. */
export interface Facts {
  attachments: Part<{ volume: string; node: string }> | undefined;
  drivers: Part<{ node: string; drivers: readonly string[] }> | undefined;
  /** All pods of the nodes that do not know a driver. */
  pods: Part<Pod> | undefined;
  /** With their managedFields, the sets whose controller has not observed their newest generation, or more sets. */
  managed: Part<StatefulSet> | undefined;
  /** The nodes whose drivers and pods were not read, because there were too many nodes. */
  passedOver: readonly string[];
}

export const noFacts: Facts = {
  attachments: undefined,
  drivers: undefined,
  pods: undefined,
  managed: undefined,
  passedOver: [],
};

/** What causes ask for. `drivers`: of these nodes; `managed`: the managedFields of the set. */
export function asked(causes: readonly Cause[]): Asked {
  const troubles = causes.map(({ what }) => what);
  const nodes = troubles.flatMap((what) => (what.kind === 'mount' ? (what.driver?.node ?? []) : []));
  const has = (kind: Trouble['kind']) => troubles.some((what) => what.kind === kind);
  return { attachments: has('attach'), drivers: [...new Set(nodes)], managed: has('not observed') };
}

interface Asked {
  attachments: boolean;
  drivers: readonly string[];
  managed: boolean;
}

export function attachedIn(part: Part<Attachment>): Facts['attachments'] {
  const items = part.items.flatMap(({ spec, status }) => {
    const volume = spec?.source?.persistentVolumeName;
    return volume && spec?.nodeName && status?.attached ? { volume, node: spec.nodeName } : [];
  });
  return { ...part, items };
}

export function knownDrivers({ metadata, spec }: NodeDrivers): { node: string; drivers: string[] } {
  return { node: metadata.name, drivers: (spec?.drivers ?? []).map(({ name }) => name) };
}

/**
 * What files hold of it: only what the causes ask for. The pods of a node are not among it: a dump of one namespace does
 * not hold those of others.
 */
export function factsInFiles(
  files: { attachments: Part<Attachment>; drivers: Part<NodeDrivers> },
  causes: readonly Cause[],
): Facts {
  const { attachments, drivers } = asked(causes);
  return {
    ...noFacts,
    attachments: attachments ? attachedIn(files.attachments) : undefined,
    drivers: drivers.length > 0 ? { ...files.drivers, items: files.drivers.items.map(knownDrivers) } : undefined,
  };
}
