/** Tests of rolls that go side by side, each with a set of its own. */
import assert from 'node:assert/strict';
import type { Lease } from '#src/objects/types.ts';
import { leaseName } from '#src/roll/model/leaserules.ts';
import { unexplained } from '../../roll/model/simulation/trace.ts';
import { type As, kubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import { ownNamespace } from '../namespace.ts';
import { goOn } from './rolls.ts';
import { leasesIn } from './sets.ts';
import { ownWays, type Way } from './watched-relay.ts';
import { type GoingRoll, ownRolls } from './watched-rolls.ts';
import { makeSlowSets, ownImpatientBudgets, type SlowSet } from './watched-sets.ts';
import { type Happened, happened, ownWatcher, traceOf } from './watcher.ts';

/** What counts as gone is soon known, and new pods soon count. */
export const quick = ['--lease-duration', '2s', '--stable', '200ms'];

export interface Scene {
  namespace: string;
  set: SlowSet;
  /** The set's pods from the highest ordinal down, as they are rolled unless asked otherwise. */
  pods: string[];
  /** Begins a roll of the set, on a machine of its own. */
  roll(flags?: readonly string[], as?: As): GoingRoll;
  resume(as?: As): GoingRoll;
  /** A new way to the API server, for one roll. */
  way(): Way;
  /** What became of the set's pods since the test began: never two were down at once, and the model has all of it. */
  sinceThen(): Promise<Happened>;
  /** Waits until a roll ends, which must be that it is done. */
  done(roll: Pick<GoingRoll, 'ended' | 'stdout' | 'stderr'>): Promise<void>;
  /** Whether these pods were restarted once each, in this order, and nothing is left of the roll. */
  restarted(pods: readonly string[]): Promise<void>;
  /** What happened so far counts no more. */
  anew(): void;
  /** Does what the roll said goes on with it, which then is done. */
  goesOn(roll: GoingRoll): Promise<void>;
  lease(): Promise<Lease>;
  hasLease(): Promise<boolean>;
  /** Lets a pod take so long to end. */
  takesLonger(pod: string, end: string): Promise<void>;
  /** Keeps a pod Terminating until the function that this returns is called. */
  stays(pod: string | undefined): Promise<() => Promise<void>>;
}

type Test = (scene: Scene) => Promise<void>;

interface Planned {
  set: SlowSet;
  begun: boolean;
  begin: () => void;
  outcome: Promise<void>;
}

/** How many go on at a time. */
const atATime = 5;

/** A namespace with sets for the tests that are named by what this returns, in the `describe` that it is called in. */
export function ownScenes(what: string) {
  const namespace = ownNamespace(what);
  const planned: Planned[] = [];
  before(function () {
    this.timeout(120_000);
    return makeSlowSets(
      namespace,
      planned.map(({ set }) => set),
    );
  });
  ownImpatientBudgets(namespace);
  const watcher = ownWatcher(namespace);
  const start = ownRolls(namespace);
  const way = ownWays();
  /** Mocha's turn. */
  let turn = 0;
  let going = 0;

  /** Begins the test whose turn it is, and as many of those behind it as may go on beside it. */
  function beginNext(): void {
    for (const [at, one] of planned.entries()) {
      if (at < turn || one.begun || (going >= atATime && at > turn)) continue;
      one.begun = true;
      going++;
      one.begin();
      const over = () => {
        going--;
        beginNext();
      };
      one.outcome.then(over, over);
    }
  }

  function sceneOf(set: SlowSet): Scene {
    const { name, replicas } = set;
    let from = watcher.trace.length;
    const pods = Array.from({ length: replicas }, (_, at) => `${name}-${replicas - 1 - at}`);
    const roll = (flags: readonly string[] = [], as: As = {}) => start([name, ...quick, ...flags], as);
    const scene: Scene = {
      namespace,
      set,
      pods,
      roll,
      resume: (as) => roll(['--resume'], as),
      way,
      async sinceThen() {
        await watcher.caughtUp();
        const all = happened(watcher.trace, set, from);
        assert.ok(all.mostDown.length <= 1, `down at once: ${all.mostDown.join(', ')}`);
        const { parallel = false, replicas } = set;
        assert.deepEqual(unexplained(traceOf(watcher.trace, set), { parallel, replicas }), []);
        return all;
      },
      async done({ ended, stdout, stderr }) {
        assert.equal(await ended, 0, `${stdout()}${stderr()}`);
        await scene.restarted(pods);
      },
      async restarted(pods) {
        const { went, down } = await scene.sinceThen();
        assert.deepEqual({ went, down }, { went: pods, down: [] });
        assert.equal(await scene.hasLease(), false, 'the Lease is left');
      },
      anew() {
        from = watcher.trace.length;
      },
      async goesOn(roll) {
        const { code, stdout, stderr } = await goOn(roll.stderr());
        await scene.done({ ended: Promise.resolve(code), stdout: () => stdout, stderr: () => stderr });
      },
      lease: () => looked<Lease>(`${paths.leases(namespace)}/${leaseName(name)}`),
      async hasLease() {
        return (await leasesIn(namespace)).includes(leaseName(name));
      },
      async takesLonger(pod, end) {
        await kubectl(['annotate', 'pod', pod, '-n', namespace, '--overwrite', `stand.kubectl-sts/end-after=${end}`]);
      },
      async stays(pod = '') {
        await scene.takesLonger(pod, '8760h');
        return () => scene.takesLonger(pod, '1ms');
      },
    };
    return scene;
  }

  return (title: string, set: Partial<SlowSet>, test: Test): void => {
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const whole = { replicas: 3, name: `set${planned.length}`, ...set };
    const outcome = begun.then(() => test(sceneOf(whole)));
    const at = planned.push({ set: whole, begun: false, begin, outcome }) - 1;
    it(title, function () {
      this.timeout(240_000);
      turn = at;
      beginNext();
      return outcome;
    });
  };
}
