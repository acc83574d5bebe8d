import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Budget, Lease } from '#src/objects/types.ts';
import { randomOf } from '../roll/model/simulation/world.ts';
import { eventually } from './eventually.ts';
import { getJson, kubectl } from './kubectl.ts';
import { mendable } from './roll/rolls.ts';
import { type IsIt, isEviction, ofLease, type Way } from './roll/watched-relay.ts';
import type { GoingRoll } from './roll/watched-rolls.ts';
import { ownScenes, type Scene } from './roll/watched-scenes.ts';

/** Of each set's rolls. */
const kills = 10;
/** Milliseconds from when a roll goes on until it is killed, at most: longer than a pod takes. */
const longest = 1_500;

describe('a roll', () => {
  const scene = ownScenes('roll-broken');
  // Nobody but the roll keeps a second pod from going.
  const bare = { budget: undefined };

  for (const [what, order, args, set] of [
    ['with claims', [3, 2, 1, 0], [], { replicas: 4, claims: ['data'] }],
    ['in an order of its own', [1, 2, 0], ['--order', '1,2,0'], { parallel: true }],
    [
      'of some pods',
      [2, 3, 4, 0],
      ['--ordinals', '0,2-4', '--order', 'forward', '--last', '0'],
      { ...bare, replicas: 5 },
    ],
  ] as const) {
    scene(`${what}, killed at ${kills} random moments, restarts each pod once and in order`, set, async (scene) => {
      const seed = randomInt(2 ** 31);
      const pods = order.map((ordinal) => `${scene.set.name}-${ordinal}`);
      await killedAgainAndAgain(scene, { args, pods, random: randomOf(seed) }).catch((error: Error) => {
        error.message = `seed ${seed}: ${error.message}`;
        throw error;
      });
    });
  }

  for (const [moment, side, isIt, nth] of [
    ['before it writes down that a pod goes', 'request', ofLease('PUT'), 1],
    ['between writing down that a pod goes and its eviction', 'answer', ofLease('PUT'), 1],
    ['while an eviction is on its way', 'request', isEviction, 2],
    ['while the answer to an eviction is on its way', 'answer', isEviction, 2],
    ['before it removes the Lease', 'request', ofLease('DELETE'), 1],
  ] as const) {
    scene(`killed ${moment} is ended by --resume on another machine`, bare, async ({ way, roll, resume, done }) => {
      const first = way();
      const { held } = first.hold(side, isIt, nth);
      await killed(roll([], first), held);
      await done(resume());
    });
  }

  scene(
    'that slept while somebody else went on says who holds the Lease, and evicts nothing more',
    bare,
    async (set) => {
      const [ours, theirs] = [set.way(), set.way()];
      const go = await set.stays(set.pods[0]);
      const first = set.roll([], ours);
      await first.says(/-2 {2}evicted/);
      first.signal('SIGSTOP');
      await go();
      const last = theirs.hold('request', isEviction, 2);
      const second = set.resume(theirs);
      await second.says(/going on with roll .* taken over from /);
      await last.held();
      const { spec } = await set.lease();
      // Nobody has told these processes who their person is.
      assert.match(spec?.holderIdentity ?? '', /^(?!unknown)\w+@/);
      const before = evictionsOn(ours);
      first.signal('SIGCONT');
      assert.equal(await first.ended, 1, first.stderr());
      assert.ok(first.stderr().includes(`its Lease is held by ${spec?.holderIdentity} now`), first.stderr());
      assert.equal(evictionsOn(ours), before);
      last.open();
      await set.done(second);
    },
  );

  scene('that slept for longer than its Lease lasts, and nobody took it, goes on', {}, async (set) => {
    const { roll, lease, done } = set;
    const go = await set.stays(set.pods[0]);
    const first = roll();
    await first.says(/-2 {2}evicted/);
    first.signal('SIGSTOP');
    await go();
    await eventually('a Lease that is silent', async () => {
      const { spec } = await lease();
      assert.ok(Date.now() - Date.parse(spec?.renewTime ?? '') > 7_000, JSON.stringify(spec));
    });
    first.signal('SIGCONT');
    await done(first);
  });

  for (const how of ['asleep', 'cut off'] as const) {
    scene(
      `that is ${how} between the Lease’s write and the eviction while somebody takes over does not evict`,
      bare,
      async (set) => {
        const ours = set.way();
        const isOfEviction: IsIt = async (request) => ofLease('PUT')(request) && isUnderWay(await set.lease());
        const { held, open } = ours.hold('answer', isOfEviction);
        const first = set.roll([], ours);
        await held();
        if (how === 'asleep') {
          first.signal('SIGSTOP');
          open();
        }
        const go = await set.stays(set.pods[0]);
        const second = set.resume();
        await second.says(/-2 {2}evicted/);
        if (how === 'asleep') first.signal('SIGCONT');
        else open();
        assert.equal(await first.ended, 1, first.stdout());
        assert.match(first.stderr(), /its Lease is held by .+ now, who goes on with it or has begun another roll/);
        await go();
        assert.equal(evictionsOn(ours), 0);
        await set.done(second);
      },
    );
  }

  scene('whose eviction comes late, after somebody took over, takes no new pod away', bare, async (set) => {
    const ours = set.way();
    const { held, open } = ours.hold('request', isEviction);
    const first = set.roll([], ours);
    await held();
    first.signal('SIGSTOP');
    const second = set.resume();
    await second.says(/-2 {2}done/);
    open();
    await set.done(second);
    first.signal('SIGCONT');
    assert.equal(await first.ended, 1, first.stdout());
    assert.equal(evictionsOn(ours), 1);
  });

  scene('is refused while another one of the set is under way', {}, async ({ roll, done }) => {
    const [file, check] = mendable();
    const first = roll(['--check', check]);
    // All pods are ready: the Lease alone is in the way.
    await first.says(/-2 {2}check /);
    const second = roll();
    assert.equal(await second.ended, 2, second.stdout());
    const [line = '', ...more] = second.stderr().trim().split('\n');
    assert.match(line, /^error: statefulset\/\w+ is not rolled: roll \w+ of statefulset\/\w+ is under way/);
    assert.deepEqual([second.stdout(), more], ['', []]);
    writeFileSync(file, '');
    await done(first);
  });

  scene('cannot be resumed while it is under way', {}, async ({ roll, done }) => {
    const [file, check] = mendable();
    const first = roll(['--check', check]);
    await first.says(/-2 {2}check /);
    const second = roll(['--resume', '--check', check]);
    assert.equal(await second.ended, 2, second.stdout());
    assert.match(second.stderr(), /^error: roll \w+ of statefulset\/\w+ goes on already: it is held by /m);
    writeFileSync(file, '');
    await done(first);
  });

  scene('that two people begin at once, one of them begins', {}, async ({ way, roll, done }) => {
    const rolls = await atOnce([way(), way()], ofLease('POST'), (by) => roll([], by));
    const [winner, loser] = await winnerOf(rolls);
    assert.match(
      loser.stderr(),
      /^error: statefulset\/\w+ is not rolled: somebody else has just begun a roll of it\n$/,
    );
    await done(winner);
  });

  scene('that two people resume at once, one of them goes on with', {}, async ({ way, roll, resume, done }) => {
    const dead = roll();
    await killed(dead, () => dead.says(/-2 {2}evicted/));
    const rolls = await atOnce([way(), way()], ofLease('PUT'), (by) => resume(by));
    const [winner, loser] = await winnerOf(rolls);
    assert.match(loser.stderr(), /^error: roll \w+ of statefulset\/\w+ goes on already/m);
    await done(winner);
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    scene(
      `that gets ${signal} ends the pod that is under way, and then; the command that it says goes on`,
      {},
      async (set) => {
        const go = await set.stays(set.pods[0]);
        const roll = set.roll();
        await roll.says(/-2 {2}evicted/);
        roll.signal(signal);
        await roll.says(/interrupted: no other pod will go/);
        await go();
        assert.equal(await roll.ended, exitCode, roll.stderr());
        assert.match(roll.stdout(), /-2 {2}done/);
        const { went, down } = await set.sinceThen();
        assert.deepEqual({ went, down }, { went: set.pods.slice(0, 1), down: [] });
        await set.goesOn(roll);
      },
    );

    scene(
      `that gets ${signal} a second time ends at once, and --resume goes on after the Lease’s duration`,
      {},
      async (set) => {
        const go = await set.stays(set.pods[0]);
        const roll = set.roll();
        await roll.says(/-2 {2}evicted/);
        roll.signal(signal);
        await roll.says(/interrupted: no other pod will go/);
        const begun = performance.now();
        roll.signal(signal);
        assert.equal(await roll.ended, exitCode, roll.stderr());
        const milliseconds = performance.now() - begun;
        assert.ok(milliseconds < 2_000, `${milliseconds.toFixed(0)} ms`);
        assert.ok(!roll.stdout().includes('done'), roll.stdout());
        assert.match(roll.stderr(), /^left at once; go on: kubectl sts roll \w+ --resume /m);
        await go();
        await set.done(set.resume());
      },
    );
  }

  scene(
    'that a budget holds up hears Ctrl-C, and takes no pod',
    {},
    async ({ namespace, set, way, roll, sinceThen, goesOn }) => {
      const disrupts = async (disruptedPods: Record<string, string> | null) => {
        const patch = JSON.stringify({ status: { disruptedPods } });
        const words = ['patch', 'poddisruptionbudget', set.name, '-n', namespace, '--subresource=status'];
        await kubectl([...words, '--type=merge', '-p', patch]);
      };
      const soon = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+/, '');
      await disrupts({ [`${set.name}-0`]: soon });
      await eventually('a budget that lets nobody go', async () => {
        const { status } = await getJson<Budget>([`poddisruptionbudget/${set.name}`, '-n', namespace]);
        assert.equal(status?.disruptionsAllowed, 0);
      });
      const ours = way();
      const again = ours.hold('request', isEviction, 2);
      const first = roll([], ours);
      await first.says(/-2 {2}blocked/);
      // It has waited, looked again, and asked a second time.
      await again.held();
      again.open();
      first.signal('SIGINT');
      assert.equal(await first.ended, 130, first.stderr());
      assert.deepEqual((await sinceThen()).went, []);
      await disrupts(null);
      await goesOn(first);
    },
  );
});

/** Rolls until a roll is done after the last kill. */
async function killedAgainAndAgain(
  { roll, resume, hasLease, restarted, anew }: Scene,
  { args, pods, random }: { args: readonly string[]; pods: readonly string[]; random: () => number },
): Promise<void> {
  for (let killed = 0; killed < kills; ) {
    anew();
    let going = roll(args);
    for (;;) {
      if (killed < kills) {
        await Promise.race([going.says(/one at a time/), going.ended]);
        await Promise.race([delay(random() * longest), going.ended]);
        going.signal('SIGKILL');
      }
      const code = await going.ended;
      const said = `${going.stdout()}${going.stderr()}`;
      assert.ok(code === null || code === 0, `exit code ${code}: ${said}`);
      if (code === null) killed++;
      if (!(await hasLease())) break;
      assert.equal(code, null, `it is done, and its Lease is left: ${said}`);
      going = resume();
    }
    await restarted(pods);
  }
}

async function killed(roll: GoingRoll, when: () => Promise<unknown>): Promise<void> {
  await when();
  roll.signal('SIGKILL');
  await roll.ended;
}

function evictionsOn({ seen }: Way): number {
  return seen.filter(isEviction).length;
}

/** Whether the Lease says of a pod that it goes. */
function isUnderWay({ metadata: { annotations } }: Lease): boolean {
  const { steps } = JSON.parse(annotations?.['kubectl-sts/roll'] ?? '') as { steps: { held?: [] }[] };
  return steps.some(({ held }) => held !== undefined);
}

/** Rolls on these ways, whose requests of a kind go on as soon as all of them have made one. */
async function atOnce(ways: readonly Way[], isIt: IsIt, start: (by: Way) => GoingRoll): Promise<GoingRoll[]> {
  const fences = ways.map((way) => way.hold('request', isIt));
  const rolls = ways.map(start);
  await Promise.all(fences.map(({ held }) => held()));
  for (const { open } of fences) open();
  return rolls;
}

/** Who goes on, and who is refused. */
async function winnerOf(rolls: readonly GoingRoll[]): Promise<[GoingRoll, GoingRoll]> {
  const codes = await Promise.all(rolls.map(({ ended }) => ended));
  const said = rolls.map(({ stdout, stderr }) => `${stdout()}${stderr()}`).join('\n');
  assert.deepEqual(codes.toSorted(), [0, 2], said);
  const [winner, loser] = [rolls[codes.indexOf(0)], rolls[codes.indexOf(2)]];
  assert.ok(winner && loser);
  return [winner, loser];
}
