/** The tools that write Services from manifests: by which field managers and marks they are known, and how they apply. */
import type { Service } from '#src/objects/types.ts';

/**
 * How a tool writes an object that it wrote before:
 * `merges`, three ways between what it applied last, the object and the manifest (`CreateThreeWayMergePatch`,
 * k8s.io/apimachinery): what others added stays, and every value of the manifest is put back;
 * `conflicts`, by server-side apply, which fails where others own a field that it would change, unless it is forced;
 * `forces`, by server-side apply that is always forced;
 * `replaces`, by replacing it as a whole, with its annotations;
 * `never`, it was told to leave the object alone;
 * `unknown`, that depends on how it is set up.
 */
export type Way = 'merges' | 'conflicts' | 'forces' | 'replaces' | 'never' | 'unknown';

export interface Tool {
  name: string;
  /** Matches the names of its field managers. */
  managers: RegExp;
  /** How it writes where managedFields note its writes as `Update`, and as `Apply`. */
  Update: Way;
  Apply: Way;
  /** Whether it leaves its manifest in kubectl's annotation where it merges. */
  leavesManifest: boolean;
  /** Labels and annotations that it puts on all objects that it applies. */
  marks: readonly Mark[];
  /** An annotation by which people tell it to write the object in other ways: the first value that matches counts. */
  setting?: { key: string; values: readonly { value: RegExp; way: Way }[] };
}

interface Mark {
  in: 'label' | 'annotation';
  key: string;
  /** Undefined when any value will do. */
  value?: string;
  /** Whether other tools leave it too: charts hold it, whoever applies them, and others merge as kubectl does. */
  isShared?: true;
}

const managedByLabel = 'app.kubernetes.io/managed-by';
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Flux forces (`ForceOwnership`, fluxcd/pkg/ssa), and so does Argo CD
 * (https://argo-cd.readthedocs.io/en/stable/proposals/server-side-apply/). Helm 3 merges (`createPatch`,
 * helm.sh/helm/v3/pkg/kube); Helm 4 applies on the server's side, unless Helm 3 made the release, and does not force
 * unless told (https://helm.sh/community/hips/hip-0023). Flux and Argo CD come first, since they apply charts too.
 */
const tools: readonly Tool[] = [
  {
    name: 'Flux',
    managers: /^kustomize-controller$/,
    Update: 'forces',
    Apply: 'forces',
    leavesManifest: false,
    marks: [{ in: 'label', key: 'kustomize.toolkit.fluxcd.io/name' }],
    // https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
    setting: { key: 'kustomize.toolkit.fluxcd.io/reconcile', values: [{ value: /^disabled$/i, way: 'never' }] },
  },
  {
    name: 'Flux',
    managers: /^helm-controller$/,
    // It merges as Helm does, and may correct drift.
    Update: 'unknown',
    Apply: 'unknown',
    leavesManifest: false,
    marks: [{ in: 'label', key: 'helm.toolkit.fluxcd.io/name' }],
  },
  {
    name: 'Argo CD',
    managers: /^argocd-controller$/,
    Update: 'merges',
    Apply: 'forces',
    leavesManifest: true,
    marks: [
      { in: 'annotation', key: 'argocd.argoproj.io/tracking-id' },
      { in: 'label', key: 'argocd.argoproj.io/instance' },
    ],
    // https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
    setting: {
      key: 'argocd.argoproj.io/sync-options',
      values: [
        { value: /(^|,)\s*Replace=true\s*(,|$)/, way: 'replaces' },
        { value: /(^|,)\s*ServerSideApply=true\s*(,|$)/, way: 'forces' },
      ],
    },
  },
  {
    name: 'Helm',
    // Helm calls itself by the name of the program that it is part of (`getManagedFieldsManager`).
    managers: /^(helm|terraform-provider-helm.*)$/,
    Update: 'merges',
    Apply: 'conflicts',
    leavesManifest: false,
    marks: [
      { in: 'annotation', key: 'meta.helm.sh/release-name' },
      { in: 'label', key: managedByLabel, value: 'Helm', isShared: true },
    ],
  },
  {
    name: 'kubectl apply',
    managers: /^(kubectl-client-side-apply|kubectl)$/,
    Update: 'merges',
    Apply: 'conflicts',
    leavesManifest: true,
    marks: [{ in: 'annotation', key: lastApplied, isShared: true }],
  },
];

/** `kubectl` alone is also what old versions of kubectl's other commands called themselves, which people type. */
export function toolBy(manager: string, operation: 'Apply' | 'Update'): Tool | undefined {
  if (manager === 'kubectl' && operation === 'Update') return undefined;
  return tools.find(({ managers }) => managers.test(manager));
}

/** Whether a field manager that wrote by `Update` is a program, which may write again; people type kubectl's commands. */
export function isProgram(manager: string): boolean {
  return manager !== 'before-first-apply' && !/^kubectl/.test(manager);
}

/** How the tool writes the Service the next time. */
export function wayOf(tool: Tool, operation: 'Apply' | 'Update', { metadata }: Service): Way {
  const text = tool.setting && metadata.annotations?.[tool.setting.key];
  const told = text === undefined ? undefined : tool.setting?.values.find(({ value }) => value.test(text));
  return told?.way ?? tool[operation];
}

export interface MarkedBy {
  tool: Tool;
  /** `label app.kubernetes.io/managed-by` */
  mark: string;
  isShared: boolean;
}

/** The value of the label that names a manager, where that is none of the tools. */
export function otherManager({ metadata }: Service): { name: string; mark: string } | undefined {
  const name = metadata.labels?.[managedByLabel];
  const isTool = tools.some(({ marks }) => marks.some(({ key, value }) => key === managedByLabel && value === name));
  return name === undefined || name === '' || isTool ? undefined : { name, mark: `label ${managedByLabel}=${name}` };
}

/** The tools whose marks the Service has, each with the first one. */
export function markedBy({ metadata }: Service): MarkedBy[] {
  return tools.flatMap((tool) => {
    const mark = tool.marks.find(({ in: where, key, value }) => {
      const found = (where === 'label' ? metadata.labels : metadata.annotations)?.[key];
      return found !== undefined && (value === undefined || found === value);
    });
    return mark ? [{ tool, mark: `${mark.in} ${mark.key}`, isShared: mark.isShared ?? false }] : [];
  });
}
