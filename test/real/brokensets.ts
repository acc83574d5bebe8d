/** Sets that break on real nodes. */
import { glibcImage } from '../stand/real/images.ts';
import type { SetOptions } from './pods.ts';

type Options = Omit<SetOptions, 'image'> & { image?: string };

const shell = (script: string) => ({ command: ['sh', '-c', script] });

const helper = (name: string, exitCode: number) => ({
  name,
  image: glibcImage,
  imagePullPolicy: 'Never',
  ...shell(`echo ${name} begins; exit ${exitCode}`),
});

const probing = (answer: string) => ({
  exec: shell(`echo ${answer}; exit 1`),
  periodSeconds: 1,
  failureThreshold: 2,
});

/** By their names. */
export const failing: Readonly<Record<string, Options>> = {
  ends: { container: shell('echo opening the database; echo no such table: users >/dev/termination-log; exit 3') },
  greedy: {
    container: {
      // The shell itself holds it all: the kernel has nothing else to kill.
      ...shell("held=$(head -c 40m /dev/zero | tr '\\0' x); touch /tmp/begun; sleep infinity"),
      resources: { limits: { memory: '24Mi' } },
      readinessProbe: { exec: { command: ['test', '-e', '/tmp/begun'] }, periodSeconds: 1 },
    },
  },
  imageless: { image: 'stand.kubectl-sts/none:1' },
  misnamed: { image: 'Not/A:Name:At:All' },
  // Nothing listens at this port of the node.
  unpulled: { image: '127.0.0.1:1/none:1', container: { imagePullPolicy: 'IfNotPresent' } },
  unready: { container: { readinessProbe: probing('still loading') } },
  liveness: { container: { livenessProbe: probing('no answer') } },
  startup: { container: { startupProbe: probing('no answer') } },
  unmigrated: { pod: { initContainers: [helper('migrate', 4)] } },
  unproxied: { pod: { initContainers: [{ ...helper('proxy', 5), restartPolicy: 'Always' }] } },
  commandless: { container: { command: ['pg_nonesuch'] } },
  full: {
    storageClass: 'local',
    container: {
      ...shell('dd if=/dev/zero of=/data/file bs=1M || exit 6'),
      terminationMessagePolicy: 'FallbackToLogsOnError',
    },
  },
  deaf: {
    container: shell("trap '' TERM; while :; do sleep 1; done"),
    // Long enough to be looked at meanwhile.
    pod: { terminationGracePeriodSeconds: 40 },
  },
};

/** A Secret and a ConfigMap, each without a key that a set wants. */
export const present: readonly object[] = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { user: 'anna' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'place' }, data: { zone: 'a' } },
];

export interface Supply {
  options: Options;
  /** Of the cause, and how its sentence ends. */
  kind: 'mount' | 'containerNotCreated';
  missing: string;
  /** What the first command lists. */
  list: 'secrets' | 'configmaps';
  /** What is in capitals in the change, and what is filled in for it. */
  fill: [capitals: string, words: string];
  /** Shows in the pod that it has got it. */
  read: readonly string[];
  value: string;
}

const mounted = (source: object): Options => ({
  container: { volumeMounts: [{ name: 'conf', mountPath: '/conf' }] },
  pod: { volumes: [{ name: 'conf', ...source }] },
});

const lists = { Secret: 'secrets', ConfigMap: 'configmaps' } as const;

/** A set that lacks the object `mounted` at /conf, or `environment` in its environment. */
function lacks(object: keyof typeof lists, name: 'mounted' | 'environment', options: Options): Supply {
  const isMounted = name === 'mounted';
  return {
    options,
    kind: isMounted ? 'mount' : 'containerNotCreated',
    missing: `the ${object} ${name} is missing`,
    list: lists[object],
    fill: ['KEY=VALUE', 'host=db.example'],
    read: isMounted ? ['cat', '/conf/host'] : ['printenv', 'host'],
    value: 'db.example',
  };
}

const environment = { name: 'environment' };

/** Sets that lack an object or a key, by their names. */
export const supplies: Readonly<Record<string, Supply>> = {
  'secret-mounted': lacks('Secret', 'mounted', mounted({ secret: { secretName: 'mounted' } })),
  'config-mounted': lacks('ConfigMap', 'mounted', mounted({ configMap: { name: 'mounted' } })),
  'secret-in-env': lacks('Secret', 'environment', { container: { envFrom: [{ secretRef: environment }] } }),
  'config-in-env': lacks('ConfigMap', 'environment', { container: { envFrom: [{ configMapRef: environment }] } }),
  'key-mounted': {
    options: mounted({ secret: { secretName: 'login', items: [{ key: 'password', path: 'password' }] } }),
    kind: 'mount',
    missing: 'the Secret login has no key password',
    list: 'secrets',
    fill: ['VALUE', 's3cret'],
    read: ['cat', '/conf/password'],
    value: 's3cret',
  },
  'key-in-env': {
    options: {
      container: { env: [{ name: 'RACK', valueFrom: { configMapKeyRef: { name: 'place', key: 'rack' } } }] },
    },
    kind: 'containerNotCreated',
    missing: 'the ConfigMap place has no key rack',
    list: 'configmaps',
    fill: ['VALUE', 'rack-7'],
    read: ['printenv', 'RACK'],
    value: 'rack-7',
  },
};
