/** Which pod of a node registers a driver, by the manifests of drivers as they are published. */
import assert from 'node:assert/strict';
import type { Pod } from '#src/objects/types.ts';
import { driverPod } from '#src/status/model/driverpod.ts';
import { crashing } from '../../objects/snapshots.ts';

type Spec = NonNullable<Pod['spec']>;

const registration = '/var/lib/kubelet/plugins_registry/';

interface Manifest {
  args?: string[];
  paths?: string[];
  container?: Partial<Spec['containers'][number]>;
  status?: Pod['status'];
  metadata?: Partial<Pod['metadata']>;
}

function pod(name: string, { args = [], paths = [registration], container, status, metadata }: Manifest): Pod {
  const volumes = paths.map((path, nth) => ({ name: `v${nth}`, hostPath: { path } }));
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'csi-node', uid: 'u', controller: true };
  return {
    metadata: { name, namespace: 'storage', ownerReferences: [owner], ...metadata },
    spec: { nodeName: 'node-1', containers: [{ name: 'registrar', args, ...container }, { name: 'driver' }], volumes },
    status: status ?? { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

const nameOf = (driver: string, ...pods: Pod[]) => {
  const found = driverPod(driver, pods);
  return found === 'none' ? found : found.name;
};

describe('the pod that registers a CSI driver on a node', () => {
  it('is found by the folder of its socket, where the arguments lead through the environment', () => {
    const ebs = pod('ebs', {
      args: ['--csi-address=$(ADDRESS)', '--kubelet-registration-path=$(DRIVER_REG_SOCK_PATH)'],
      paths: ['/var/lib/kubelet', '/var/lib/kubelet/plugins/ebs.csi.aws.com/', registration],
    });
    assert.equal(nameOf('ebs.csi.aws.com', ebs), 'ebs');
    assert.equal(nameOf('csi.aws.com', ebs), 'none');
    assert.equal(nameOf('kubelet.example', ebs), 'none');
  });

  it('is found by its arguments, where the folder has another name', () => {
    const longhorn = pod('longhorn', {
      args: ['--kubelet-registration-path=/snap/var/lib/kubelet/plugins/driver.longhorn.io/csi.sock'],
      paths: [],
    });
    assert.equal(nameOf('driver.longhorn.io', longhorn), 'longhorn');
    const hostpath = pod('hostpath', {
      args: ['--drivername=hostpath.csi.k8s.io'],
      paths: ['/var/lib/kubelet/plugins/csi-hostpath', registration],
    });
    assert.equal(nameOf('hostpath.csi.k8s.io', hostpath), 'hostpath');
    const apart = pod('apart', { container: { command: ['/driver', '--driver-name', 'apart.example'] } });
    assert.equal(nameOf('apart.example', apart), 'apart');
  });

  it('is found on Windows', () => {
    const path = 'C:\\var\\lib\\kubelet\\plugins\\ebs.csi.aws.com\\';
    const windows = pod('windows', { paths: [path, 'C:\\var\\lib\\kubelet\\plugins_registry\\'] });
    assert.equal(nameOf('ebs.csi.aws.com', windows), 'windows');
  });

  it('is none that only uses the folder, or that registers another driver', () => {
    const reader = pod('reader', { paths: ['/var/lib/kubelet/plugins/ebs.csi.aws.com'] });
    const controller = pod('controller', { args: ['--driver=ebs.csi.aws.com'], paths: [] });
    assert.equal(nameOf('ebs.csi.aws.com', reader, controller), 'none');
    const other = pod('other', {
      args: ['--kubelet-registration-path=/var/lib/kubelet/plugins/nfs.csi.k8s.io/csi.sock'],
    });
    assert.equal(nameOf('ebs.csi.aws.com', reader, other), 'none');
  });

  it('is told with its controller and kubectl’s words, and of several it is the one that fails, and does not go', () => {
    const args = ['--drivername=x.example'];
    const metadata = { deletionTimestamp: '2026-03-09T12:00:00Z' };
    const going = pod('going', { args, metadata, status: crashing() });
    const ended = pod('ended', { args, status: { phase: 'Failed', reason: 'Evicted' } });
    const well = pod('well', { args });
    assert.deepEqual(driverPod('x.example', [going, ended, well, pod('failing', { args, status: crashing() })]), {
      namespace: 'storage',
      name: 'failing',
      controller: 'DaemonSet/csi-node',
      word: 'CrashLoopBackOff',
      ready: 0,
      containers: 2,
    });
    assert.equal(nameOf('x.example', going, ended, well), 'well');
  });
});
