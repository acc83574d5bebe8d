/** The tools that write Services from manifests, each in its own way of applying. */
import { kubectl, tryKubectl } from '../kubectl.ts';
import type { Ran } from '../ran.ts';
import { entrance, type Selector } from './services.ts';

export interface Manifest {
  name: string;
  /** What changes from one apply to the next, besides the selector. */
  version: string;
  selector: Selector;
}

export interface Applier {
  /** Writes the manifest for the first time. */
  create(manifest: Manifest): Promise<unknown>;
  /** Writes it again, after `before`. */
  again(manifest: Manifest, before: Manifest): Promise<Ran>;
}

interface Marks {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export function appliersIn(namespace: string) {
  const objectOf = ({ name, version, selector }: Manifest, { labels, annotations }: Marks = {}) => {
    const { metadata, ...rest } = entrance(name, '', { selector }) as { metadata: object };
    return { ...rest, metadata: { ...metadata, labels: { ...labels, version }, ...(annotations && { annotations }) } };
  };
  const run = (args: readonly string[], object: object) =>
    tryKubectl([...args, '-n', namespace, '-f', '-'], { stdin: JSON.stringify(object) });

  /** `kubectl apply`, and Argo CD, which applies by kubectl's own code. */
  function clientSide(manager?: string, marks?: Marks): Applier {
    const args = ['apply', ...(manager === undefined ? [] : [`--field-manager=${manager}`])];
    const write = (manifest: Manifest) => run(args, objectOf(manifest, marks));
    return { create: write, again: write };
  }

  function serverSide(manager: string, { force = false, ...marks }: Marks & { force?: boolean } = {}): Applier {
    const args = ['apply', '--server-side', `--field-manager=${manager}`, ...(force ? ['--force-conflicts'] : [])];
    const write = (manifest: Manifest) => run(args, objectOf(manifest, marks));
    return { create: write, again: write };
  }

  /** Argo CD with `Replace=true`. */
  function replacing(manager: string, marks: Marks): Applier {
    const write = (verb: string) => (manifest: Manifest) =>
      run([verb, `--field-manager=${manager}`], objectOf(manifest, marks));
    return { create: write('create'), again: write('replace') };
  }

  /**
   * Helm 3: a three-way strategic merge patch of the old manifest, the new one and the live object, without an
   * annotation (`createPatch`, helm.sh/helm/v3/pkg/kube/client.go). kubectl makes the same patch by the same function of
   * apimachinery, from the old manifest in its annotation, which is there only meanwhile.
   */
  function helm3(manager: string, marks: Marks): Applier {
    const annotate = (name: string, text: string) =>
      kubectl(['annotate', 'service', name, '--overwrite', `--field-manager=${manager}`, '-n', namespace, text]);
    return {
      create: (manifest) => run(['create', `--field-manager=${manager}`], objectOf(manifest, marks)),
      async again(manifest, before) {
        await annotate(manifest.name, `${lastApplied}=${JSON.stringify(objectOf(before, marks))}`);
        const ran = await run(['apply', `--field-manager=${manager}`], objectOf(manifest, marks));
        await annotate(manifest.name, `${lastApplied}-`);
        return ran;
      },
    };
  }

  return { clientSide, serverSide, replacing, helm3 };
}
