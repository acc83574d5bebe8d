/** Puts into words how far a rollout is, and what a set or a pod waits for. */
import type { Blocker, Rollout } from '#src/statefulset/rollout.ts';
import { absence, type Cell } from './cells.ts';
import { listed } from './sentences.ts';

export interface RolloutWords {
  status: Cell;
  /** The reason for the status, or what is left to do; may be empty. */
  detail: string;
}

export function rolloutWords(rollout: Rollout): RolloutWords {
  switch (rollout.state) {
    case 'no status':
      return { status: absence('not given'), detail: '' };
    case 'deleting':
      return warning('Terminating', 'the set is being deleted');
    case 'unseen':
      return warning('Pending', 'the controller has not seen the latest change');
    case 'stuck':
      return { status: { text: 'Stuck', tone: 'bad' }, detail: stuckWords(rollout) };
    case 'scaling':
      return warning('Scaling', listed(scalingWords(rollout), rollout.blocker && waitsFor(rollout.blocker)));
    case 'updating': {
      const updated = `${rollout.updated} of ${rollout.target} updated`;
      return warning('Updating', listed(updated, rollout.blocker && waitsFor(rollout.blocker)));
    }
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

function warning(text: string, detail: string): RolloutWords {
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
  // The advice stands first, because a narrow terminal cuts the end.
  return endangered === undefined
    ? `delete ${pod}: ${why}`
    : `save the data of ${pod}: its claim ${endangered} is being deleted and goes with the pod; ${why}`;
}

/** @param blocker without a word where the pod is missing */
export function waitsFor(blocker: Blocker | { pod: string }): string {
  const word = 'word' in blocker ? blocker.word : '';
  return `waits for ${blocker.pod}${word && ` (${word})`}`;
}

function stateOf(blocker: Blocker | undefined): string | undefined {
  return blocker && `${blocker.pod} is ${blocker.word || 'without status'}`;
}
