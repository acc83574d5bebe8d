/** Pods in every state that `kubectl get pods` has a word for: the branches of `printPod`, Kubernetes 1.36. */

interface Init {
  name: string;
  /** Restarted for as long as the pod lives (KEP-753). */
  sidecar?: boolean;
}

export interface PodCase {
  /** What it shows, as a statement's end: a pod whose … is shown as STATUS. */
  what: string;
  /** kubectl's own word, so that the table can be read; kubectl itself is the judge. */
  word: string;
  init?: Init[];
  /** Names of the ordinary containers; one unless given. */
  containers?: string[];
  status: object;
  deleted?: boolean;
}

type State = { running?: object; waiting?: object; terminated?: object };

const begin = '2020-01-01T00:00:00Z';
const end = '2020-01-02T00:00:00Z';
// So long ago that the text "… ago" stays the same while the tests run.
const lastYear = '2023-03-04T05:06:07Z';
const earlier = '2021-03-04T05:06:07Z';

const running: State = { running: { startedAt: begin } };
const waiting = (reason?: string): State => ({ waiting: reason === undefined ? {} : { reason } });
const terminated = (exitCode: number, more: { reason?: string; signal?: number } = {}): State => ({
  terminated: { exitCode, startedAt: begin, finishedAt: end, ...more },
});
const completed = terminated(0, { reason: 'Completed' });

function container(name: string, state: State, more: object = {}): object {
  return { name, image: 'busybox', imageID: '', ready: false, restartCount: 0, state, ...more };
}

const up = (name: string, more: object = {}): object =>
  container(name, running, { ready: true, started: true, ...more });
const restarted = (count: number, finishedAt?: string): object => ({
  restartCount: count,
  lastState: finishedAt === undefined ? {} : { terminated: { exitCode: 1, startedAt: begin, finishedAt } },
});
const condition = (type: string, status: string, reason?: string): object => ({
  type,
  status,
  ...(reason === undefined ? {} : { reason }),
});
const ready = condition('Ready', 'True');
const initialized = condition('Initialized', 'True');
const main = (state: State, more: object = {}): object[] => [container('main', state, more)];

const plain: PodCase[] = [
  { what: 'has no status yet', word: 'Pending', status: {} },
  { what: 'waits for a node', word: 'Pending', status: { phase: 'Pending' } },
  {
    what: 'runs and is ready',
    word: 'Running',
    status: { phase: 'Running', conditions: [ready], containerStatuses: [up('main')] },
  },
  { what: 'runs and is not ready', word: 'Running', status: { phase: 'Running', containerStatuses: main(running) } },
  {
    what: 'is ready and does not run',
    word: 'Running',
    status: { phase: 'Running', containerStatuses: main({}, { ready: true }) },
  },
  { what: 'has succeeded and lost its containers', word: 'Succeeded', status: { phase: 'Succeeded' } },
  { what: 'has failed and lost its containers', word: 'Failed', status: { phase: 'Failed' } },
  { what: 'is in an unknown phase', word: 'Unknown', status: { phase: 'Unknown' } },
  { what: 'was evicted', word: 'Evicted', status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } },
  { what: 'was refused by its node', word: 'OutOfcpu', status: { phase: 'Failed', reason: 'OutOfcpu' } },
  { what: 'outlived its deadline', word: 'DeadlineExceeded', status: { phase: 'Failed', reason: 'DeadlineExceeded' } },
  {
    what: 'is on a lost node',
    word: 'NodeLost',
    status: { phase: 'Running', reason: 'NodeLost', conditions: [ready], containerStatuses: [] },
  },
  {
    what: 'has a reason and a container that waits',
    word: 'ContainerCreating',
    status: { phase: 'Pending', reason: 'Something', containerStatuses: main(waiting('ContainerCreating')) },
  },
  {
    what: 'waits behind a scheduling gate',
    word: 'SchedulingGated',
    status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] },
  },
  {
    what: 'no node can take',
    word: 'Pending',
    status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] },
  },
  {
    what: 'was evicted and stood behind a gate',
    word: 'SchedulingGated',
    status: { phase: 'Failed', reason: 'Evicted', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] },
  },
];

const waits: PodCase[] = [
  'ContainerCreating',
  'PodInitializing',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
].map((reason) => ({
  what: `waits for ${reason}`,
  word: reason,
  status: { phase: 'Pending', containerStatuses: main(waiting(reason)) },
}));

const several: PodCase[] = [
  { what: 'waits without a reason', word: 'Pending', status: { phase: 'Pending', containerStatuses: main(waiting()) } },
  {
    what: 'has two containers in trouble: the first tells',
    word: 'ImagePullBackOff',
    containers: ['main', 'second'],
    status: {
      phase: 'Pending',
      containerStatuses: [
        container('main', waiting('ImagePullBackOff')),
        container('second', waiting('CrashLoopBackOff')),
      ],
    },
  },
  {
    what: 'has one container ready and one in a crash loop',
    word: 'CrashLoopBackOff',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      containerStatuses: [up('main'), container('second', waiting('CrashLoopBackOff'), restarted(7, lastYear))],
    },
  },
  {
    what: 'has one container ready and one not',
    word: 'Running',
    containers: ['main', 'second'],
    status: { phase: 'Running', containerStatuses: [up('main'), container('second', running)] },
  },
  {
    what: 'has statuses in another order than containers',
    word: 'ErrImagePull',
    containers: ['main', 'second'],
    status: { phase: 'Pending', containerStatuses: [container('second', waiting('ErrImagePull')), up('main')] },
  },
];

const ended: PodCase[] = [
  { what: 'has completed', word: 'Completed', status: { phase: 'Succeeded', containerStatuses: main(completed) } },
  {
    what: 'has failed with Error',
    word: 'Error',
    status: { phase: 'Failed', containerStatuses: main(terminated(1, { reason: 'Error' })) },
  },
  {
    what: 'ran out of memory',
    word: 'OOMKilled',
    status: { phase: 'Failed', containerStatuses: main(terminated(137, { reason: 'OOMKilled' })) },
  },
  {
    what: 'ended with a code and no reason',
    word: 'ExitCode:3',
    status: { phase: 'Failed', containerStatuses: main(terminated(3)) },
  },
  {
    what: 'ended with code 0 and no reason',
    word: 'ExitCode:0',
    status: { phase: 'Succeeded', containerStatuses: main(terminated(0)) },
  },
  {
    what: 'was ended by a signal',
    word: 'Signal:9',
    status: { phase: 'Failed', containerStatuses: main(terminated(137, { signal: 9 })) },
  },
  {
    what: 'was ended by a signal, with a reason',
    word: 'Error',
    status: { phase: 'Failed', containerStatuses: main(terminated(137, { signal: 9, reason: 'Error' })) },
  },
  {
    what: 'failed first and completed then',
    word: 'Error',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      containerStatuses: [container('main', terminated(1, { reason: 'Error' })), container('second', completed)],
    },
  },
  {
    what: 'completed first and failed then',
    word: 'Error',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      containerStatuses: [container('main', completed), container('second', terminated(1, { reason: 'Error' }))],
    },
  },
  {
    what: 'completed, beside failures with a code and with a signal',
    word: 'ExitCode:4',
    containers: ['main', 'second', 'third'],
    status: {
      phase: 'Running',
      containerStatuses: [
        container('main', completed),
        container('second', terminated(4)),
        container('third', terminated(137, { signal: 9 })),
      ],
    },
  },
  {
    what: 'has one container completed and one running, and is ready',
    word: 'Running',
    containers: ['main', 'second'],
    status: { phase: 'Running', conditions: [ready], containerStatuses: [container('main', completed), up('second')] },
  },
  {
    what: 'has one container completed and one running, and is not ready',
    word: 'NotReady',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      conditions: [condition('Ready', 'False')],
      containerStatuses: [container('main', completed), up('second')],
    },
  },
  {
    what: 'has one completed, one failed and one running container, and is not ready',
    word: 'Error',
    containers: ['main', 'second', 'third'],
    status: {
      phase: 'Running',
      containerStatuses: [
        container('main', completed),
        container('second', terminated(2, { reason: 'Error' })),
        up('third'),
      ],
    },
  },
  {
    what: 'has one completed, one failed and one running container, and is ready',
    word: 'Running',
    containers: ['main', 'second', 'third'],
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [
        container('main', completed),
        container('second', terminated(2, { reason: 'Error' })),
        up('third'),
      ],
    },
  },
  {
    what: 'has one container completed and one running that is not ready itself',
    word: 'Completed',
    containers: ['main', 'second'],
    status: { phase: 'Running', containerStatuses: [container('main', completed), container('second', running)] },
  },
  {
    what: 'has failed, beside one container that runs',
    word: 'Error',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [container('main', terminated(1, { reason: 'Error' })), up('second')],
    },
  },
];

const two: Init[] = [{ name: 'first' }, { name: 'then' }];
const waitingMain = main(waiting('PodInitializing'));

function initCase(what: string, word: string, initContainerStatuses: object[], more: object = {}): PodCase {
  const status = { phase: 'Pending', initContainerStatuses, containerStatuses: waitingMain, ...more };
  return { what, word, init: two, status };
}

const initializing: PodCase[] = [
  initCase('has its first init container waiting', 'Init:0/2', [
    container('first', waiting('PodInitializing')),
    container('then', waiting('PodInitializing')),
  ]),
  initCase('has its first init container running', 'Init:0/2', [
    container('first', running),
    container('then', waiting('PodInitializing')),
  ]),
  initCase('has its first init container done', 'Init:1/2', [
    container('first', completed),
    container('then', running),
  ]),
  initCase('has an init container that waits without a reason', 'Init:0/2', [container('first', waiting())]),
  initCase('has all init containers done', 'PodInitializing', [
    container('first', completed),
    container('then', completed),
  ]),
  initCase('has an init container without a state', 'Init:1/2', [container('first', completed), container('then', {})]),
  initCase('lacks an init image', 'Init:ImagePullBackOff', [container('first', waiting('ImagePullBackOff'))]),
  initCase('has an init container in a crash loop', 'Init:CrashLoopBackOff', [
    container('first', completed),
    container('then', waiting('CrashLoopBackOff'), restarted(4, lastYear)),
  ]),
  initCase('has an init container that failed', 'Init:Error', [
    container('first', terminated(1, { reason: 'Error' }), restarted(2)),
    container('then', waiting('PodInitializing')),
  ]),
  initCase('has an init container that failed with a code', 'Init:ExitCode:3', [container('first', terminated(3))]),
  initCase('has an init container that a signal ended', 'Init:Signal:15', [
    container('first', terminated(143, { signal: 15 })),
  ]),
  initCase('has two init containers in trouble: the first tells', 'Init:ErrImagePull', [
    container('first', waiting('ErrImagePull')),
    container('then', waiting('ImagePullBackOff')),
  ]),
  initCase(
    'was initialized, and its init container runs once more',
    'Init:0/2',
    [container('first', running, restarted(3, earlier)), container('then', completed)],
    { phase: 'Running', conditions: [initialized, ready], containerStatuses: [up('main', restarted(1, lastYear))] },
  ),
  initCase(
    'was initialized, and its init container failed since',
    'Init:Error',
    [container('first', terminated(1, { reason: 'Error' }), restarted(5, lastYear))],
    { phase: 'Running', conditions: [initialized], containerStatuses: [up('main')] },
  ),
  initCase(
    'is not initialized, and a container is in trouble: it does not count yet',
    'Init:0/2',
    [container('first', running, restarted(2, earlier))],
    { containerStatuses: main(waiting('CrashLoopBackOff'), restarted(9, lastYear)) },
  ),
  initCase(
    'had restarts of init containers that no longer count',
    'Running',
    [container('first', completed, restarted(6, lastYear)), container('then', completed, restarted(1, earlier))],
    { phase: 'Running', conditions: [initialized, ready], containerStatuses: [up('main')] },
  ),
  initCase('was evicted while it initialized', 'Init:0/2', [container('first', running)], {
    phase: 'Failed',
    reason: 'Evicted',
  }),
];

const withSidecar: Init[] = [{ name: 'proxy', sidecar: true }, { name: 'then' }];
const bothSidecars: Init[] = [
  { name: 'proxy', sidecar: true },
  { name: 'logs', sidecar: true },
];

const sidecars: PodCase[] = [
  {
    what: 'has a sidecar that runs, and an init container after it',
    word: 'Init:1/2',
    init: withSidecar,
    status: {
      phase: 'Pending',
      initContainerStatuses: [up('proxy'), container('then', running)],
      containerStatuses: waitingMain,
    },
  },
  {
    what: 'has a sidecar that has not started',
    word: 'Init:0/2',
    init: withSidecar,
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        container('proxy', running, { started: false }),
        container('then', waiting('PodInitializing')),
      ],
      containerStatuses: waitingMain,
    },
  },
  {
    what: 'has a sidecar that crashes at its start',
    word: 'Init:CrashLoopBackOff',
    init: withSidecar,
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        container('proxy', waiting('CrashLoopBackOff'), { started: false, ...restarted(3, lastYear) }),
      ],
      containerStatuses: waitingMain,
    },
  },
  {
    what: 'runs with two sidecars, all ready',
    word: 'Running',
    init: bothSidecars,
    status: {
      phase: 'Running',
      conditions: [initialized, ready],
      initContainerStatuses: [up('proxy'), up('logs')],
      containerStatuses: [up('main')],
    },
  },
  {
    what: 'runs with two sidecars, one not ready',
    word: 'Running',
    init: bothSidecars,
    status: {
      phase: 'Running',
      conditions: [initialized],
      initContainerStatuses: [up('proxy'), container('logs', running, { started: true })],
      containerStatuses: [up('main')],
    },
  },
  {
    what: 'runs, and its sidecars were restarted: that counts',
    word: 'Running',
    init: bothSidecars,
    status: {
      phase: 'Running',
      conditions: [initialized, ready],
      initContainerStatuses: [up('proxy', restarted(2, lastYear)), up('logs', restarted(1, earlier))],
      containerStatuses: [up('main', restarted(4, earlier))],
    },
  },
  {
    what: 'runs, and its sidecar crashed since',
    word: 'Init:CrashLoopBackOff',
    init: bothSidecars,
    status: {
      phase: 'Running',
      conditions: [initialized],
      initContainerStatuses: [
        container('proxy', waiting('CrashLoopBackOff'), { started: false, ...restarted(8, lastYear) }),
        up('logs'),
      ],
      containerStatuses: [up('main')],
    },
  },
  {
    what: 'has ended, and its sidecar after it',
    word: 'Completed',
    init: [{ name: 'proxy', sidecar: true }],
    status: {
      phase: 'Succeeded',
      conditions: [initialized],
      initContainerStatuses: [container('proxy', completed, { started: false })],
      containerStatuses: main(completed),
    },
  },
  {
    what: 'has ended, and its sidecar with an error',
    word: 'Completed',
    init: [{ name: 'proxy', sidecar: true }],
    status: {
      phase: 'Succeeded',
      conditions: [initialized],
      initContainerStatuses: [container('proxy', terminated(137, { reason: 'Error' }), { started: true })],
      containerStatuses: main(completed),
    },
  },
];

const restarts: PodCase[] = [
  {
    what: 'was restarted',
    word: 'Running',
    status: { phase: 'Running', conditions: [ready], containerStatuses: [up('main', restarted(1, lastYear))] },
  },
  {
    what: 'was restarted, nobody knows when',
    word: 'Running',
    status: { phase: 'Running', conditions: [ready], containerStatuses: [up('main', restarted(12))] },
  },
  {
    what: 'was not restarted, though a container ended before',
    word: 'Running',
    status: { phase: 'Running', conditions: [ready], containerStatuses: [up('main', restarted(0, lastYear))] },
  },
  {
    what: 'had two containers restarted: the last time counts',
    word: 'Running',
    containers: ['main', 'second', 'third'],
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [
        up('main', restarted(1, earlier)),
        up('second', restarted(2, lastYear)),
        up('third', restarted(3, earlier)),
      ],
    },
  },
  {
    what: 'had two containers restarted, one nobody knows when',
    word: 'Running',
    containers: ['main', 'second'],
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [
        up('main', restarted(1, earlier)),
        up('second', { restartCount: 2, lastState: { terminated: { exitCode: 1 } } }),
      ],
    },
  },
  {
    what: 'was restarted after an end whose time is missing',
    word: 'Running',
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [up('main', { restartCount: 2, lastState: { terminated: { exitCode: 1 } } })],
    },
  },
];

const deleted: PodCase[] = [
  {
    what: 'runs',
    word: 'Terminating',
    status: { phase: 'Running', conditions: [ready], containerStatuses: [up('main')] },
  },
  { what: 'is pending', word: 'Terminating', status: { phase: 'Pending' } },
  {
    what: 'initializes',
    word: 'Terminating',
    init: two,
    status: { phase: 'Pending', initContainerStatuses: [container('first', running)] },
  },
  {
    what: 'crashes',
    word: 'Terminating',
    status: { phase: 'Running', containerStatuses: main(waiting('CrashLoopBackOff')) },
  },
  { what: 'has completed', word: 'Completed', status: { phase: 'Succeeded', containerStatuses: main(completed) } },
  {
    what: 'has failed',
    word: 'Error',
    status: { phase: 'Failed', containerStatuses: main(terminated(1, { reason: 'Error' })) },
  },
  { what: 'was evicted', word: 'Evicted', status: { phase: 'Failed', reason: 'Evicted' } },
  {
    what: 'is on a lost node',
    word: 'Unknown',
    status: { phase: 'Running', reason: 'NodeLost', containerStatuses: [up('main')] },
  },
  { what: 'failed on a lost node', word: 'Unknown', status: { phase: 'Failed', reason: 'NodeLost' } },
].map((one) => ({ ...one, what: `is being deleted and ${one.what}`, deleted: true }));

export const podCases: PodCase[] = [
  ...plain,
  ...waits,
  ...several,
  ...ended,
  ...initializing,
  ...sidecars,
  ...restarts,
  ...deleted,
];
