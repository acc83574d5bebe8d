/** How the state of a set, and what its pods wait for, are put into words. */
import type { Blocker, Rollout } from '#src/statefulset/rollout.ts';
import type { Unschedulable } from '#src/statefulset/scheduling.ts';
import { absence, type Cell, listed } from './cells.ts';

export interface Verdict {
  status: Cell;
  /** What stands behind the word. */
  detail: string;
}

/** The state of a set, and what it waits for. */
export function rolloutWords(rollout: Rollout): Verdict {
  switch (rollout.state) {
    case 'no status':
      return { status: absence('not given'), detail: '' };
    case 'deleting':
      return { status: { text: 'Terminating', tone: 'warning' }, detail: 'the set is being deleted' };
    case 'unseen':
      return warning('Pending', 'the controller has not seen the latest change');
    case 'stuck':
      return { status: { text: 'Stuck', tone: 'bad' }, detail: stuckWords(rollout) };
    case 'scaling':
      return warning('Scaling', listed(scalingWords(rollout), waitsFor(rollout.blocker)));
    case 'updating':
      return warning('Updating', listed(`${rollout.updated} of ${rollout.target} updated`, waitsFor(rollout.blocker)));
    case 'waits for deletion': {
      const updated = `${rollout.updated} of ${rollout.wanted} updated`;
      return warning('Outdated', listed(stateOf(rollout.blocker), updated, 'OnDelete waits for pods to be deleted'));
    }
    case 'not ready':
      return warning('NotReady', stateOf(rollout.blocker) ?? '');
    case 'done': {
      const detail = rollout.heldBack > 0 ? `${rollout.heldBack} held back by the partition` : '';
      return { status: { text: 'Updated', tone: 'good' }, detail };
    }
  }
}

function warning(text: string, detail: string): Verdict {
  return { status: { text, tone: 'warning' }, detail };
}

function scalingWords({ pods, wanted }: Extract<Rollout, { state: 'scaling' }>): string {
  return pods < wanted ? `${pods} of ${wanted} pods are there` : `${pods} pods are there, ${wanted} wanted`;
}

function stuckWords({ blocker, cause, endangered }: Extract<Rollout, { state: 'stuck' }>): string {
  const { pod, word } = blocker;
  if (cause === 'broken in the update revision') {
    return `${pod} is ${word} in the update revision: the update goes no further`;
  }
  const why = `${word} in an older revision, which the controller never replaces`;
  // What to do, or not to do, comes first: a narrow terminal cuts the end.
  return endangered === undefined
    ? `delete ${pod}: ${why}`
    : `save the data of ${pod}: its claim ${endangered} is being deleted and goes with the pod; ${why}`;
}

export function waitsFor(blocker: Blocker | undefined): string | undefined {
  return blocker && `waits for ${blocker.pod}${blocker.word && ` (${blocker.word})`}`;
}

function stateOf(blocker: Blocker | undefined): string | undefined {
  return blocker && `${blocker.pod} is ${blocker.word || 'without status'}`;
}

/** Messages of the cluster are sentences, at times several and on several lines. */
export function inOneLine(message: string): string {
  return message.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
}

export function unschedulableWords({ scheduler, volume }: Unschedulable): string {
  if (volume === undefined) return inOneLine(scheduler);
  const { place, nodes } = volume;
  const [only] = nodes;
  if (only && nodes.length === 1) {
    const there = only.name === place ? '' : `in ${place ?? 'one place'} `;
    return `its volume lives ${there}on ${only.name}, which is ${only.state}`;
  }
  const lives = `its volume lives ${place === undefined ? 'elsewhere' : `in ${place}`}`;
  if (nodes.length === 0) return `${lives}, where the cluster has no node`;
  const states = nodes.slice(0, 3).map(({ name, state }) => `${name} is ${state}`);
  return `${lives}: ${listed(...states, nodes.length > 3 && `${nodes.length - 3} more`)}`;
}
