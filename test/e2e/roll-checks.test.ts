import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedStand } from '../runner/stand-variables.ts';
import { type CoreDns, startCoreDns } from './dns/coredns.ts';
import { dnsServices } from './dns/pods.ts';
import { resolved } from './dns/resolver.ts';
import { addressesOf, published, service } from './dns/sets.ts';
import { type Relay, relayTo } from './endurance/relay.ts';
import { eventually } from './eventually.ts';
import type { Going } from './going.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { ownHistory } from './roll/history.ts';
import { endRolls, eventsIn, goOn, mendable, roll, rolled, rolling } from './roll/rolls.ts';
import { roomsFor } from './roll/rooms.ts';
import { allow, briefly, budget, counted, held, rollSet, settled, sicken, uidsOf } from './roll/sets.ts';
import { sideBySide } from './roll/side-by-side.ts';

describe('a budget in the way of a roll', () => {
  const namespace = ownNamespace('roll-budgets');
  const history = ownHistory(namespace);
  const { test, begin } = sideBySide();

  before(async () => {
    await apply(namespace, [
      ...['patient', 'hurried', 'hasty', 'forced'].flatMap((name) => [
        // Of four pods, two are to be healthy, and two are.
        rollSet(name, { replicas: 2, parallel: true, labels: { tier: name } }),
        rollSet(`${name}-sick`, { replicas: 2, parallel: true, labels: { tier: name }, annotations: held }),
        budget(`keeps-${name}`, { tier: name }, { minAvailable: 2 }),
      ]),
    ]);
    await settled(namespace, 'patient', 'hurried', 'hasty', 'forced');
    await counted(namespace, 'keeps-patient', 'keeps-hurried', 'keeps-hasty', 'keeps-forced');
    begin();
  });
  after(endRolls);

  const loosen = (name: string): Promise<string> => {
    const patch = JSON.stringify({ spec: { minAvailable: 1 } });
    return kubectl(['patch', 'pdb', `keeps-${name}`, '-n', namespace, '--type=merge', '-p', patch]);
  };

  test('is named with its reason and waited for, and then the roll goes on', async () => {
    const { gone } = await history.during(['patient'], async () => {
      const before = await uidsOf(namespace, 'patient');
      const going = rolling(namespace, ['patient']);
      await going.line(/patient-1 {2}blocked: .*\bkeeps-patient needs 2 healthy pods and has 2\b/);
      assert.deepEqual(await uidsOf(namespace, 'patient'), before);
      await loosen('patient');
      assert.equal((await going.end()).code, 0, going.stderr());
      const blocked = going.lines().flatMap((line) => /patient-1 {2}blocked.*/.exec(line) ?? []);
      assert.deepEqual(blocked, [...new Set(blocked)], 'each reason is told once');
    });
    assert.deepEqual(gone, ['patient-1', 'patient-0']);
  });

  test('is waited for until --timeout at most; then nothing has gone, and the command that is printed goes on', async () => {
    const sets = ['hurried', 'hasty'];
    const before = await Promise.all(sets.map((set) => uidsOf(namespace, set)));
    const { gone } = await history.during(sets, async () => {
      const [text, json] = await Promise.all([
        roll(namespace, ['hurried', '--timeout', '8s']),
        roll(namespace, ['hasty', '--timeout', '8s', '-o', 'json', '--no-lease']),
      ]);
      assert.deepEqual([text.code, json.code], [1, 1], text.stderr + json.stderr);
      assert.match(text.stderr, /^error: roll .* stopped at hurried-1: --timeout is over .*keeps-hurried needs 2/m);
      assert.match(text.stderr, /0 of 2 pods restarted; not begun: hurried-1, hurried-0$/m);
      const events = eventsIn(json.stdout);
      const blocked = events.find(({ event }) => event === 'blocked');
      assert.equal(blocked?.['pod'], 'hasty-1');
      assert.match(String(blocked?.['message']), /keeps-hasty needs 2/);
      const { result, reason, done, halfWay, notBegun, resume } = events.at(-1) as Record<string, unknown>;
      assert.deepEqual([result, reason, done, halfWay], ['stopped', 'timedOut', [], []]);
      assert.deepEqual(notBegun, ['hasty-1', 'hasty-0']);
      assert.deepEqual(await Promise.all(sets.map((set) => uidsOf(namespace, set))), before);
      await Promise.all(sets.map(loosen));
      await Promise.all([goOn(text.stderr), goOn(`go on: ${resume}`)]);
    });
    assert.deepEqual(gone.toSorted(), ['hasty-0', 'hasty-1', 'hurried-0', 'hurried-1']);
  });

  test('is not asked by --disable-eviction', async () => {
    const { gone, mostAway } = await history.during(['forced'], () =>
      rolled(namespace, ['forced', '--disable-eviction']),
    );
    assert.deepEqual([gone, mostAway], [['forced-1', 'forced-0'], 1]);
  });
});

describe('a new pod', () => {
  const namespace = ownNamespace('roll-back');
  const history = ownHistory(namespace);
  const { test, begin } = sideBySide();

  before(async () => {
    await apply(namespace, [
      rollSet('calm', { replicas: 2, parallel: true }),
      rollSet('slow', { replicas: 2, parallel: true, spec: { minReadySeconds: 2 } }),
      rollSet('wavering', { replicas: 1 }),
    ]);
    await settled(namespace, 'calm', 'slow', 'wavering');
    begin();
  });
  after(endRolls);

  test('has to stay ready for --stable, or minReadySeconds, before the next one goes', async () => {
    const [calm, slow] = await Promise.all([
      history.during(['calm'], () => rolled(namespace, ['calm', '--stable', '2s'])),
      history.during(['slow'], () => rolled(namespace, ['slow', '--stable', '0s'])),
    ]);
    for (const [set, { gone, leastRest }] of Object.entries({ calm, slow })) {
      assert.deepEqual(gone, [`${set}-1`, `${set}-0`]);
      // Whoever watches hears of it a moment later.
      assert.ok(leastRest > 1_000 && leastRest < 60_000, `${set}: ${leastRest} ms`);
    }
  });

  test('that is not ready any more within that time has to be so for all of it anew', async () => {
    const going = rolling(namespace, ['wavering', '--stable', '4s', '-o', 'json']);
    await going.line(/"event":"ready"/);
    await sicken(namespace, 'wavering-0');
    await going.line(/"event":"unready"/);
    assert.ok(!going.lines().some((line) => line.includes('"event":"done"')));
    await allow(namespace, 'wavering-0');
    assert.equal((await going.end()).code, 0, going.stderr());
    const events = eventsIn(`${going.lines().join('\n')}\n`).flatMap(({ event }) => event ?? []);
    assert.deepEqual(events, ['begun', 'evicted', 'gone', 'ready', 'unready', 'ready', 'done']);
  });
});

describe('a check', () => {
  const namespace = ownNamespace('roll-checks');
  const history = ownHistory(namespace);
  const { test, begin } = sideBySide();
  const sets = ['late', 'roles', 'never', 'hangs', 'sided', 'evil', 'led', 'lonely'];
  let rooms: Record<string, string>;

  before(async () => {
    const side = { name: 'side', image: 'registry.example/side' };
    const main = { name: 'main', image: 'registry.example/main' };
    await apply(
      namespace,
      sets.map((name) =>
        rollSet(name, {
          replicas: name === 'lonely' ? 1 : 2,
          parallel: true,
          podSpec: name === 'sided' ? { containers: [main, side] } : {},
        }),
      ),
    );
    await settled(namespace, ...sets);
    const pods = ['late', 'roles', 'never', 'hangs', 'sided', 'led'].flatMap((name) => [`${name}-0`, `${name}-1`]);
    rooms = await roomsFor(namespace, pods);
    begin();
  });
  after(endRolls);

  const write = (pod: string, file: string, text = ''): void => writeFileSync(join(rooms[pod] ?? '', file), text);

  test('runs in the new pod until it succeeds, and the next pod does not go before', async () => {
    const { gone } = await history.during(['late'], async () => {
      const before = await uidsOf(namespace, 'late');
      const check = 'echo tried >> tries; test -e in-sync';
      const going = rolling(namespace, ['late', '--check', check]);
      for (const pod of ['late-1', 'late-0']) {
        await eventually(`two tries in ${pod}`, async () => {
          assert.ok(
            (await readFile(join(rooms[pod] ?? '', 'tries'), 'utf8').catch(() => '')).length > 'tried\n'.length,
          );
        });
        assert.ok(
          going.lines().some((line) => line.endsWith(`${pod}  check '${check}'`)),
          going.lines().join('\n'),
        );
        assert.ok(!going.lines().some((line) => line.includes(`${pod}  done`)));
        if (pod === 'late-1') assert.equal((await uidsOf(namespace, 'late'))['late-0'], before['late-0']);
        write(pod, 'in-sync');
        await going.line(new RegExp(`${pod} {2}done`));
      }
      assert.equal((await going.end()).code, 0, going.stderr());
    });
    assert.deepEqual(gone, ['late-1', 'late-0']);
  });

  test('before a pod goes runs in the old one, and that stays where it fails', async () => {
    write('roles-1', 'role', 'secondary');
    write('roles-0', 'role', 'primary');
    const check = 'test "$(cat role)" = secondary';
    const { gone, value } = await history.during(['roles'], () =>
      roll(namespace, ['roles', '--pre-check', check, '--check-timeout', '3s']),
    );
    assert.equal(value.code, 1, value.stderr);
    assert.deepEqual(gone, ['roles-1']);
    assert.ok(value.stdout.includes(`roles-0  pre-check '${check}'`), value.stdout);
    assert.match(value.stderr, /^error: .*stopped at roles-0: --pre-check failed: .*exit status 1.*\(for 3 s\)/m);
    assert.match(value.stderr, /1 of 2 pods restarted; not begun: roles-0$/m);
    write('roles-0', 'role', 'secondary');
    const { gone: rest } = await history.during(['roles'], () => goOn(value.stderr));
    assert.deepEqual(rest, ['roles-0'], 'and the printed command, with its quotes, goes on');
  });

  test('that never succeeds stops the roll, and the next pod is not touched', async () => {
    const { gone, value } = await history.during(['never'], () =>
      roll(namespace, ['never', '--check', 'exit 3', '--check-timeout', '3s', '-o', 'json']),
    );
    assert.equal(value.code, 1, value.stderr);
    assert.deepEqual(gone, ['never-1']);
    const { reason, pod, message, done, halfWay, notBegun } = eventsIn(value.stdout).at(-1) as Record<string, unknown>;
    assert.deepEqual([reason, pod, done, halfWay, notBegun], ['checkFailed', 'never-1', [], ['never-1'], ['never-0']]);
    assert.match(String(message), /--check failed: .*exit status 3 \(for 3 s\)/);
  });

  test('that hangs is given up when its time is over', async () => {
    write('hangs-1', 'hang');
    const { gone, value } = await history.during(['hangs'], () =>
      roll(namespace, ['hangs', '--check', 'while test -e hang; do sleep 0.1; done', '--check-timeout', '1s']),
    );
    rmSync(join(rooms['hangs-1'] ?? '', 'hang'));
    assert.equal(value.code, 1, value.stderr);
    assert.deepEqual(gone, ['hangs-1']);
    assert.match(value.stderr, /^error: .*stopped at hangs-1: --check failed: it did not end \(for 1 s\)/m);
  });

  test('runs in the container that is named', async () => {
    const check = 'test $CONTAINER = side';
    const { gone, value } = await history.during(['sided'], () =>
      roll(namespace, ['sided', '--pre-check', check, '--check-timeout', '1s']),
    );
    assert.deepEqual([value.code, gone], [1, []], 'the first one, unless told');
    await kubectl(['delete', 'lease', 'kubectl-sts-roll-sided', '-n', namespace]);
    await rolled(namespace, ['sided', '--pre-check', check, '--check', check, '--container', 'side']);
  });

  // The kubelet of this stand tells of every command that fails as of one that could not be run, without an exit code.
  test('of who leads takes no failure to run the command for a no, nor a command that hangs, and no pod goes', async () => {
    write('led-0', 'leads');
    const words = ['led', '--check-timeout', '3s', '--leader-check'];
    const { gone, value } = await history.during(['led'], async () => ({
      failed: await roll(namespace, [...words, 'test -e leads']),
      several: await roll(namespace, [...words, 'true']),
      hung: await roll(namespace, [...words, 'test -e leads || sleep 9']),
    }));
    assert.deepEqual(gone, []);
    for (const { stdout, code } of Object.values(value)) assert.deepEqual([stdout, code], ['', 2]);
    const not = (why: string) => new RegExp(`^error: statefulset/led is not rolled: --leader-check: ${why}`, 'm');
    const silent = 'a pod does not say whether it leads \\(led-0: exit code 0; led-1: ';
    assert.match(value.failed.stderr, not(`${silent}.*exit status 1\\) \\(for 3 s\\)`));
    assert.match(value.several.stderr, not('2 pods say that they lead \\(led-0: exit code 0; led-1: exit code 0\\)'));
    assert.match(value.hung.stderr, not(`${silent}it did not end\\)`));
  });

  test('of who leads is asked for the plan and before the eviction', async () => {
    const { gone, value } = await history.during(['lonely'], async () => ({
      planned: await rolled(namespace, ['lonely', '--leader-check', 'true', '--dry-run=server']),
      rolled: await rolled(namespace, ['lonely', '--leader-check', 'true']),
    }));
    assert.deepEqual(gone, ['lonely-0']);
    assert.match(value.planned.stdout, /lonely-0 .*admitted; it leads/);
    assert.match(value.rolled.stdout, /lonely-0 {2}leads$/m);
  });

  test('cannot put control characters on the terminal, neither by its words nor by what it says', async () => {
    const evil = "printf '\u001b[31m\u009b\u202e\u0007'; exit 1";
    for (const words of [[], ['-o', 'json']]) {
      const { stdout, stderr, code } = await roll(namespace, [
        ...['evil', '--ordinals', '1', '--check', evil, '--check-timeout', '3s', ...words],
      ]);
      assert.equal(code, 1);
      assert.match(stdout, /\\u001b\[31m/);
      assert.match(stdout + stderr, /failed: .*\\u001b\[31m.*\(for 3 s\)/, 'the kubelet repeats it');
      assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
      await kubectl(['delete', 'lease', 'kubectl-sts-roll-evil', '-n', namespace]);
    }
  });
});

describe('a roll that waits for names', () => {
  const namespace = ownNamespace('roll-names');
  const history = ownHistory(namespace);
  let relay: Relay;
  let relayed: CoreDns;
  let dns: string;

  before(async () => {
    await apply(namespace, [
      service('web'),
      rollSet('web', { replicas: 2, parallel: true }),
      service('lagging'),
      rollSet('lagging', { replicas: 2, parallel: true, onDelete: true, podSpec: onNode('node-0') }),
      rollSet('nameless', { replicas: 1 }),
    ]);
    relay = await relayTo(sharedStand().server);
    relayed = await startCoreDns({ server: relay.url });
    ({ dns } = await dnsServices(namespace, { dns: [relayed.port] }));
    await settled(namespace, 'web', 'lagging', 'nameless');
    // On the same node, a new pod may get the address of the old one: then a server that lags would be right.
    const template = JSON.stringify({ spec: { template: { spec: onNode('node-1') } } });
    await kubectl(['patch', 'statefulset', 'lagging', '-n', namespace, '--type=merge', '-p', template]);
    await settled(namespace, 'lagging');
    await published(namespace, 'web', ['web-0', 'web-1']);
    await published(namespace, 'lagging', ['lagging-0', 'lagging-1']);
  });
  after(async () => {
    await endRolls();
    relayed?.end();
    await relay?.close();
  });

  const onNode = (name: string) => ({ nodeSelector: { 'kubernetes.io/hostname': name } });
  const nameOf = (pod: string, set: string) => `${pod}.${set}.${namespace}.svc.cluster.local`;

  it('is held up by a server that lags, while another one goes on whose servers do not', async () => {
    await eventually('names at the server of this test', async () => {
      for (const pod of ['lagging-0', 'lagging-1']) {
        assert.equal((await resolved(relayed.port, nameOf(pod, 'lagging'), 'A')).code, undefined);
      }
    });
    const { gone } = await history.during(['web', 'lagging'], async () => {
      await relay.close();
      const going = rolling(namespace, ['lagging', '--wait-dns', '--dns-service', dns]);
      await going.line(/lagging-1 {2}waits for its name in DNS$/);
      const { stdout } = await rolled(namespace, ['web', '--wait-dns']);
      assert.match(stdout, /web-1 {2}waits for its name in DNS$/m);
      for (const pod of ['web-1', 'web-0']) {
        const [address = ''] = await addressesOf(namespace, pod);
        const { addresses } = await resolved(sharedStand().dnsPort, nameOf(pod, 'web'), 'A');
        assert.deepEqual(addresses, [address]);
      }
      assert.match(going.lines().at(-1) ?? '', /lagging-1 {2}waits/);
      await relay.open();
      await going.line(/lagging-1 {2}done/);
      assert.equal((await going.end()).code, 0, going.stderr());
    });
    assert.deepEqual(gone, ['lagging-1', 'web-1', 'web-0', 'lagging-0']);
  });

  it('is not begun where a pod has no name even now', async () => {
    const before = await uidsOf(namespace, 'nameless');
    const { code, stderr } = await roll(namespace, ['nameless', '--wait-dns', '--timeout', '2s']);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: statefulset\/nameless is not rolled: .*name/m);
    assert.deepEqual(await uidsOf(namespace, 'nameless'), before);
  });
});

describe('a roll stops', () => {
  const namespace = ownNamespace('roll-stops');
  const history = ownHistory(namespace);
  const sets: string[] = [];
  const { test: beside, begin } = sideBySide();

  /** @param scenario is given a set of its own */
  function test(name: string, scenario: (set: string) => Promise<void>): void {
    const set = `s${sets.length}`;
    sets.push(set);
    beside(name, () => scenario(set));
  }

  before(async () => {
    await apply(
      namespace,
      sets.map((name) => rollSet(name, { parallel: true, claims: ['data'], annotations: briefly })),
    );
    await settled(namespace, ...sets);
    begin();
  });
  after(endRolls);

  /** A roll that waits at its first pod, of three, for a check that can be mended. */
  async function paused(set: string, ...words: string[]): Promise<{ going: Going; mend: () => void }> {
    const [file, check] = mendable();
    const going = rolling(namespace, [set, '--check', check, ...words]);
    await going.line(new RegExp(`${set}-2 {2}check `));
    return { going, mend: () => writeFileSync(file, '') };
  }

  /** Waits for its end. @returns what it said */
  async function ended(going: Going, code: number): Promise<string> {
    const end = await going.end();
    assert.equal(end.code, code, going.stderr());
    return going.stderr();
  }

  const patch = (set: string, spec: object): Promise<string> =>
    kubectl(['patch', `statefulset/${set}`, '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec })]);

  const halfWay = (set: string): RegExp =>
    new RegExp(`: 0 of 3 pods restarted; half-way: ${set}-2; not begun: ${set}-1, ${set}-0$`, 'm');

  /** The half-way pod has been restarted; the others go once each when the printed command is run. */
  const onceEach = (set: string): string[] => [2, 1, 0].map((ordinal) => `${set}-${ordinal}`);

  test('when somebody changes the set, and the printed command begins anew with the pods that are left', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set);
      await patch(set, { minReadySeconds: 1 });
      const said = await ended(going, 1);
      assert.match(said, new RegExp(`^error: roll .* of statefulset/${set} stopped: the set was changed`, 'm'));
      assert.match(said, halfWay(set));
      mend();
      await settled(namespace, set);
      await goOn(said);
    });
    assert.deepEqual(gone, onceEach(set));
  });

  test('when somebody scales the set, and the pods that came are none of its own', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set);
      await patch(set, { replicas: 4 });
      const said = await ended(going, 1);
      assert.match(said, /the set was changed or scaled by somebody else/);
      mend();
      await settled(namespace, set);
      await goOn(said);
    });
    assert.deepEqual(gone, onceEach(set));
  });

  test('when somebody begins an update, and leaves the pods to it', async (set) => {
    const { going } = await paused(set);
    await patch(set, { template: { spec: { containers: [{ name: 'main', image: 'registry.example/newer' }] } } });
    assert.match(await ended(going, 1), /the set was changed or scaled by somebody else/);
    const { code, stderr } = await roll(namespace, [set, '--resume']);
    assert.equal(code, 2);
    assert.match(stderr, /changed or scaled since/);
  });

  test('when somebody deletes the set, and there is nothing to go on with', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going } = await paused(set);
      await kubectl(['delete', 'statefulset', set, '--cascade=orphan', '-n', namespace]);
      const said = await ended(going, 1);
      assert.match(said, /the set is being deleted, or gone/);
      assert.match(said, halfWay(set));
      assert.doesNotMatch(said, /^go on:/m);
    });
    assert.deepEqual(gone, [`${set}-2`]);
  });

  test('when another pod becomes unready, and the printed command goes on once that is mended', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set);
      await sicken(namespace, `${set}-0`);
      const said = await ended(going, 1);
      assert.match(said, new RegExp(`^error: .* stopped: ${set}-0 is not ready: 0 of 3`, 'm'));
      assert.match(said, halfWay(set));
      await allow(namespace, `${set}-0`);
      await settled(namespace, set);
      mend();
      const { stderr } = await goOn(said);
      assert.match(stderr, new RegExp(`^going on with roll [0-9a-f]{4} of statefulset/${set}$`, 'm'));
    });
    assert.deepEqual(gone, onceEach(set));
  });

  test('when a pod that was restarted before becomes unready again', async (set) => {
    const [last = '', next = '', first = ''] = onceEach(set);
    const rooms = await roomsFor(namespace, [last, next]);
    const { gone } = await history.during([set], async () => {
      const going = rolling(namespace, [set, '--check', 'test -e in-sync']);
      writeFileSync(join(rooms[last] ?? '', 'in-sync'), '');
      await going.line(new RegExp(`${next} {2}check `));
      await sicken(namespace, last);
      const said = await ended(going, 1);
      assert.match(said, new RegExp(`${last} is not ready: 1 of 3 .*half-way: ${next}; not begun: ${first}$`, 'm'));
    });
    assert.deepEqual(gone, [last, next]);
  });

  test('when one pod takes longer than --timeout, and the printed command goes on', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set, '--timeout', '8s');
      const said = await ended(going, 1);
      assert.match(
        said,
        new RegExp(`^error: .* stopped at ${set}-2: --timeout is over while it was being checked`, 'm'),
      );
      assert.match(said, halfWay(set));
      mend();
      await goOn(said);
    });
    assert.deepEqual(gone, onceEach(set));
  });

  test('at --deadline', async (set) => {
    const [, check] = mendable();
    const { code, stderr } = await roll(namespace, [set, '--check', check, '--deadline', '4s']);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: .* stopped: --deadline is over: 0 of 3 pods restarted; half-way/m);
    assert.match(stderr, new RegExp(`^go on: kubectl sts roll ${set} --resume `, 'm'));
  });

  test('before a pod whose claim is being deleted meanwhile', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set);
      await kubectl(['delete', 'pvc', `data-${set}-1`, '--wait=false', '-n', namespace]);
      mend();
      const said = await ended(going, 1);
      assert.match(said, new RegExp(`stopped at ${set}-1: its claim data-${set}-1 is being deleted`));
      assert.match(said, new RegExp(`1 of 3 pods restarted; not begun: ${set}-1, ${set}-0$`, 'm'));
    });
    assert.deepEqual(gone, [`${set}-2`]);
  });

  test('at Ctrl-C, once the pod that is under way is back, and the printed command goes on', async (set) => {
    const { gone } = await history.during([set], async () => {
      const { going, mend } = await paused(set);
      const { code } = await Promise.all([
        going.end('SIGINT'),
        going.line(/interrupted: no other pod will go/).then(mend),
      ]).then(([end]) => end);
      assert.equal(code, 130, going.stderr());
      const said = going.stderr();
      assert.match(
        said,
        new RegExp(`interrupted, as asked: 1 of 3 pods restarted; not begun: ${set}-1, ${set}-0$`, 'm'),
      );
      await goOn(said);
    });
    assert.deepEqual(gone, onceEach(set));
  });

  test('with words of Kubernetes in which control characters are shown, not sent', async (set) => {
    const evil = '\u001b[2J\u009b\u202e';
    const { going } = await paused(set);
    const waiting = { waiting: { reason: `Evil${evil}`, message: evil } };
    const main = { name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state: waiting };
    const status = { conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [main] };
    await kubectl([
      'patch',
      'pod',
      `${set}-0`,
      '-n',
      namespace,
      '--subresource=status',
      '-p',
      JSON.stringify({ status }),
    ]);
    const said = await ended(going, 1);
    assert.match(said, /-0 is Evil\\u001b\[2J/);
    assert.doesNotMatch(said + going.lines().join('\n'), /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
