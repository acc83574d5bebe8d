import { join } from 'node:path';
import { definitionFolder } from './folders.ts';
import { type KubernetesMinor, newest, releases } from './kubernetes.ts';

type Module = {
  /** Executable's name to the Go package that it is built from. */
  readonly executables: Readonly<Record<string, string>>;
  readonly ldflags: readonly string[];
  readonly tags?: readonly string[];
  /** The platform that it is built for, where it is not this one. */
  readonly target?: { readonly os: string; readonly arch: string };
  /** The Go module, where it is not of the same name. */
  readonly folder?: string;
  /** The Go module whose go.mod and go.sum it is built by, where these are not its own. */
  readonly dependencies?: string;
};

const small = ['-s', '-w'];

const controlPlane = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
};

/** Each in a Go module of its own, so that their dependencies do not meet. */
const table = {
  kubernetes: {
    executables: {
      ...controlPlane,
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    ldflags: kubernetesFlags(newest),
  },
  // What people on Windows call the plugin by, for the emulator.
  'kubectl-windows': {
    folder: 'kubernetes',
    executables: { 'kubectl.exe': 'k8s.io/kubernetes/cmd/kubectl' },
    ldflags: kubernetesFlags(newest),
    target: { os: 'windows', arch: 'amd64' },
  },
  'kubernetes-1.36': olderControlPlane('1.36'),
  'kubernetes-1.35': olderControlPlane('1.35'),
  'kubernetes-1.34': olderControlPlane('1.34'),
  'controller-1.37': controller('1.37'),
  'controller-1.36': controller('1.36'),
  'controller-1.35': controller('1.35'),
  'controller-1.34': controller('1.34'),
  // What only real nodes need, apart: not every run has any.
  kubelet: {
    folder: 'kubernetes',
    executables: {
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      agnhost: 'k8s.io/kubernetes/test/images/agnhost',
    },
    ldflags: kubernetesFlags(newest),
  },
  containerd: {
    executables: {
      containerd: 'github.com/containerd/containerd/v2/cmd/containerd',
      'containerd-shim-runc-v2': 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
      ctr: 'github.com/containerd/containerd/v2/cmd/ctr',
    },
    // File systems whose parts in C this build leaves out.
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
    ldflags: small,
  },
  etcd: { executables: { etcd: '.' }, ldflags: small },
  kwok: {
    executables: { kwok: 'sigs.k8s.io/kwok/cmd/kwok', kwokctl: 'sigs.k8s.io/kwok/cmd/kwokctl' },
    ldflags: small,
  },
  coredns: { executables: { coredns: '.' }, ldflags: small },
  // Checks the workflows of GitHub.
  actionlint: { executables: { actionlint: 'github.com/rhysd/actionlint/cmd/actionlint' }, ldflags: small },
  krew: {
    executables: {
      krew: 'sigs.k8s.io/krew/cmd/krew',
      'validate-krew-manifest': 'sigs.k8s.io/krew/cmd/validate-krew-manifest',
    },
    ldflags: small,
  },
} as const satisfies Record<string, Module>;

export type ModuleName = keyof typeof table;

/** The executables of these modules, by name. */
export type ExecutableName<M extends ModuleName = ModuleName> = {
  [Each in M]: keyof (typeof table)[Each]['executables'] & string;
}[M];

/** What every stand needs to run. krew is built only for the tests of packaging. */
export const standModules = ['etcd', 'coredns', 'kwok', 'kubernetes'] as const satisfies readonly ModuleName[];

/** What a stand of an older Kubernetes runs instead of the newest control plane. */
export function olderModule(
  minor: KubernetesMinor,
): `kubernetes-${Exclude<KubernetesMinor, typeof newest>}` | undefined {
  return minor === newest ? undefined : `kubernetes-${minor}`;
}

/** What a stand with real nodes needs besides. */
export const realModules = ['kubelet', 'containerd'] as const satisfies readonly ModuleName[];

/** The controller of StatefulSets by itself, as the judge of what a sync does (test/judge/controller.ts). */
export function controllerModule<Minor extends KubernetesMinor>(minor: Minor): `controller-${Minor}` {
  return `controller-${minor}`;
}

/** What all tests need: those on a stand, on real nodes, of packaging, on emulators, and on these other versions of Kubernetes. */
export function testModules(versions: readonly KubernetesMinor[]): ModuleName[] {
  const others = versions.flatMap((minor) => [olderModule(minor) ?? [], controllerModule(minor)].flat());
  return [
    ...standModules,
    controllerModule(newest),
    ...realModules,
    'krew',
    'actionlint',
    'kubectl-windows',
    ...others,
  ];
}

export function moduleFolder(name: ModuleName): string {
  return join(definitionFolder, 'modules', moduleDefinition(name).folder ?? name);
}

/** The folder of the go.mod and go.sum that a module is built by. */
export function dependenciesFolder(name: ModuleName): string {
  const { dependencies } = moduleDefinition(name);
  return dependencies === undefined ? moduleFolder(name) : join(definitionFolder, 'modules', dependencies);
}

export function moduleDefinition(name: ModuleName): Module {
  return table[name];
}

function olderControlPlane(minor: KubernetesMinor) {
  return { executables: controlPlane, ldflags: kubernetesFlags(minor) };
}

/** Built after the control plane of its version, of which it takes nearly all packages. */
function controller<Minor extends KubernetesMinor>(minor: Minor) {
  const executable: `controller-${Minor}` = `controller-${minor}`;
  return {
    folder: 'controller',
    dependencies: olderModule(minor) ?? 'kubernetes',
    executables: { [executable]: '.' } as Record<typeof executable, string>,
    // What differs between the versions is in files of its own.
    tags: [`kubernetes${minor}`],
    ldflags: small,
  };
}

/** As released executables are built: without these the API server and every User-Agent say v0.0.0. */
function kubernetesFlags(of: KubernetesMinor): string[] {
  const [major, minor] = of.split('.');
  const values = { gitVersion: releases[of], gitMajor: major, gitMinor: minor };
  const versions = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((at) =>
    Object.entries(values).flatMap(([name, value]) => ['-X', `${at}.${name}=${value}`]),
  );
  return [...small, ...versions];
}
