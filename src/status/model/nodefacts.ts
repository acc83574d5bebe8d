/** What only a diagnosis asks for: to which nodes volumes are attached, and which CSI drivers the kubelets of nodes know. */
import type { Part } from '#src/objects/snapshot.ts';
import type { Attachment, NodeDrivers } from '#src/objects/types.ts';
import type { Diagnosis, Facts } from './diagnosis.ts';

/** What causes ask for. `drivers`: of these nodes. */
export function asked(diagnoses: readonly Diagnosis[]): { attachments: boolean; drivers: readonly string[] } {
  const troubles = diagnoses.flatMap(({ causes }) => causes.map(({ what }) => what));
  const nodes = troubles.flatMap((what) => (what.kind === 'mount' ? (what.driver?.node ?? []) : []));
  return { attachments: troubles.some(({ kind }) => kind === 'attach'), drivers: [...new Set(nodes)] };
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
  diagnoses: readonly Diagnosis[],
): Facts {
  const { attachments, drivers } = asked(diagnoses);
  return {
    attachments: attachments ? attachedIn(files.attachments) : undefined,
    pods: undefined,
    unobserved: [],
    drivers: drivers.length > 0 ? { ...files.drivers, items: files.drivers.items.map(knownDrivers) } : undefined,
  };
}
