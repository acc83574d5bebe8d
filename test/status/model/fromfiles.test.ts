/** What a diagnosis says of files that lack what would tell the cause. */
import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Event, Pod } from '#src/objects/types.ts';
import { diagnose } from '#src/status/model/diagnosis.ts';
import { closeView } from '#src/status/view/closeview.ts';
import { statusWords } from '#src/status/view/words.ts';
import { topologies } from '#src/tree/model/topology.ts';
import {
  ago,
  boundClaim,
  headless,
  node,
  podOf,
  snapshotOf,
  statefulSet,
  time,
  warning,
} from '../../objects/snapshots.ts';

const web = statefulSet('web', { replicas: 1, status: { readyReplicas: 0 } });

/** As of a dump: what it does not hold was not given. */
function filed(parts: Parameters<typeof snapshotOf>[0]): Snapshot {
  const whole = snapshotOf({ statefulSets: [web], services: [headless('web')], nodes: [], ...parts });
  const given = Object.entries(whole).map(([name, part]) => [
    name,
    typeof part === 'number' ? part : { ...part, others: 'not given' },
  ]);
  return Object.fromEntries(given) as Snapshot;
}

function diagnosed(snapshot: Snapshot) {
  const [topology] = topologies(snapshot, snapshot.statefulSets.items);
  assert.ok(topology);
  const { causes, skipped } = diagnose(topology, snapshot);
  return { causes: causes.map(({ what, ground }) => [what.kind, ground]), skipped: skipped.map(({ what }) => what) };
}

/** The row of the set, and the lines below. */
function shown(snapshot: Snapshot): string {
  const [topology] = topologies(snapshot, snapshot.statefulSets.items);
  assert.ok(topology);
  const { status, reason } = statusWords(topology, time);
  const close = closeView(diagnose(topology, snapshot), { colour: false, width: undefined });
  return `${status.text}  ${reason.text}\n${close}`;
}

/** A pod that was killed again and again for nine minutes. */
function killed(livenessProbe: object | undefined): Pod {
  const terminated = { exitCode: 137, reason: 'Error', startedAt: ago(2), finishedAt: ago(1) };
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const container = { name: 'db', ready: false, restartCount: 7, image: '', imageID: '', state };
  const conditions = [{ type: 'Ready', status: 'False' as const, lastTransitionTime: ago(9) }];
  const status = { phase: 'Running', conditions, containerStatuses: [{ ...container, lastState: { terminated } }] };
  const pod = podOf(web, 0, { status });
  return { ...pod, spec: { ...pod.spec, containers: [{ name: 'db', ...(livenessProbe && { livenessProbe }) }] } };
}

describe('the diagnosis of files', () => {
  it('does not blame a program that a probe may have had killed, where no event is at hand', () => {
    const nodes = [node('node-1')];
    assert.deepEqual(diagnosed(filed({ pods: [killed({})], nodes })), {
      causes: [['crash', 'undetermined']],
      skipped: ['events'],
    });
    assert.deepEqual(diagnosed(filed({ pods: [killed(undefined)], nodes })).causes, [['crash', 'likely']]);
    const events = [{ ...warning(web, 'Other', 'other'), lastTimestamp: ago(1) }];
    assert.deepEqual(diagnosed(filed({ pods: [killed({})], nodes, events })).causes, [['crash', 'likely']]);
  });

  it('does not take the word of an event for a node that it does not hold', () => {
    const pod = podOf(web, 0, {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(9) }] },
    });
    const event: Event = {
      ...warning(pod, 'NodeNotReady', 'Node is not ready'),
      firstTimestamp: ago(9),
      lastTimestamp: ago(9),
    };
    assert.deepEqual(diagnosed(filed({ pods: [pod], events: [event] })), {
      causes: [['warning', 'undetermined']],
      skipped: ['nodes'],
    });
  });

  it('tells of a pod that is being deleted that nobody knows of its node, and which file would tell', () => {
    const made = podOf(web, 0, {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(9) }] },
    });
    const going = { deletionTimestamp: new Date(time + 20_000).toISOString(), deletionGracePeriodSeconds: 30 };
    const pods = [{ ...made, metadata: { ...made.metadata, ...going } }];
    const expected = { causes: [['does not end', 'undetermined']], skipped: ['events', 'nodes'] };
    assert.deepEqual(diagnosed(filed({ pods })), expected);
    assert.deepEqual(diagnosed(filed({ pods, nodes: [node('node-7')] })), expected);
    assert.deepEqual(diagnosed(filed({ pods, nodes: [node('node-1')] })), { causes: [], skipped: ['events'] });
  });

  it('says of old files how old they are, since the pods may have changed by now', () => {
    const at = (latest: number) => shown({ ...filed({ pods: [killed({})] }), latest });
    assert.match(at(time + 26 * 3_600_000), /^sts\/web in shop, in files whose newest time is 26h ago$/m);
    assert.match(at(time + 60_000), /^sts\/web in shop$/m);
  });

  it('says in the row of a set that its pods are not in the files, and not that nobody may list them', () => {
    assert.match(
      shown(filed({})),
      /NotReady {2}the pods are not in the files: these are the counts in the status of the set$/m,
    );
  });

  it('finds no cause for a pod that was never created, and says that events would tell', () => {
    const empty = { ...web, status: { ...web.status, replicas: 0 } };
    const bare = filed({ statefulSets: [empty], nodes: [node('node-1')] });
    assert.deepEqual(diagnosed(bare), { causes: [], skipped: ['pods', 'events'] });
  });

  it('does not know whether a Service is missing that it does not hold, whatever other Services there are', () => {
    const well = statefulSet('web', { replicas: 1 });
    const parts = { statefulSets: [well], pods: [podOf(well, 0)], claims: [boundClaim('data-web-0')] };
    assert.deepEqual(diagnosed(filed({ ...parts, services: [headless('other')] })), {
      causes: [],
      skipped: ['services'],
    });
    assert.deepEqual(diagnosed(filed(parts)), { causes: [], skipped: [] });
    assert.match(
      shown(filed({ ...parts, services: [headless('other')] })),
      /^ {2}skipped {2}services: web is not in the files$/m,
    );
    assert.match(shown(filed({ ...parts, services: [] })), /^ {2}skipped {2}services: not in the files$/m);
  });
});
