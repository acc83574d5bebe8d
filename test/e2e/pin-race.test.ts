import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type LoggedRequest, requestsOfPlugin } from './audit-log.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { apply, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import {
  done,
  entrance,
  lasting,
  pinAnnotation,
  podLabel,
  type Selector,
  selectorOf,
  serviceOf,
} from './pin/services.ts';
import type { Ran } from './ran.ts';
import { personEnv, sandbox } from './sandbox.ts';

interface Write extends LoggedRequest {
  requestReceivedTimestamp: string;
  responseStatus: { code: number };
}

function isWrite(request: LoggedRequest): request is Write {
  return request.verb === 'patch' && 'responseStatus' in request;
}

interface Racer {
  /** Its field manager: the audit log tells by it whose a write is. */
  name: string;
  /** The pod that it pins to; undefined for one that unpins. */
  pod: string | undefined;
  ran: Ran;
  writes: Write[];
}

/** What a Service was, one after the other, as a watch from outside tells it. */
interface Watched {
  /** From how it was at the start; `remembered` is what the annotation holds of the selector. */
  states(): { selector: Selector; remembered: Selector | undefined }[];
  end(): void;
}

function watched(namespace: string, name: string): Watched {
  const columns = `{.spec.selector}{"|"}{.metadata.annotations['${pinAnnotation}']}{"\\n"}`;
  const args = ['get', 'service', name, '-n', namespace, '-w', '-o', `jsonpath=${columns}`];
  const child = spawn(join(sandbox(), 'bin', 'kubectl'), args, { env: personEnv() });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    states: () =>
      said
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [selector = '', note] = line.split('|');
          return { selector: JSON.parse(selector), remembered: note ? JSON.parse(note).selector : undefined };
        }),
    end: () => void child.kill(),
  };
}

describe('20 people who pin and unpin one Service at once', () => {
  const namespace = ownNamespace('pin-race');
  const name = 'web-lb';
  const original: Selector = { app: 'web', tier: 'data' };

  before(async () => {
    await apply(namespace, [service('web'), set('web', { replicas: 3, labels: { tier: 'data' } })]);
    const manifest = JSON.stringify(entrance(name, '', { selector: original }));
    const args = ['apply', '--server-side', '--field-manager=fleet', '-n', namespace, '-f', '-'];
    await tryKubectl(args, { stdin: manifest });
    await published(namespace, name, ['web-0', 'web-1', 'web-2']);
  });

  async function race(round: number): Promise<Racer[]> {
    const racers = Array.from({ length: 20 }, (_, number) => ({
      name: `racer-${round}-${number}`,
      // Every fourth one unpins.
      pod: number % 4 === 3 ? undefined : `web-${number % 4}`,
    }));
    const ran = new Map<string, Ran>();
    const requests = await requestsOfPlugin(namespace, async () => {
      await Promise.all(
        racers.map(async ({ name: manager, pod }) => {
          const args = pod === undefined ? ['unpin', name] : ['pin', name, pod, '--wait=false'];
          ran.set(manager, await sts([...args, '--field-manager', manager, '-n', namespace]));
        }),
      );
    });
    const writes = requests.filter(isWrite);
    return racers.map((racer) => ({
      ...racer,
      ran: ran.get(racer.name) ?? assert.fail(racer.name),
      writes: writes.filter(({ requestURI }) => new RegExp(`fieldManager=${racer.name}(&|$)`).test(requestURI)),
    }));
  }

  for (const round of [1, 2]) {
    it(`are each told what has become of it, and nobody loses the original (round ${round})`, async () => {
      const before = await serviceOf(namespace, name);
      const watch = watched(namespace, name);
      after(watch.end);
      await eventually('a watch', async () => assert.equal(watch.states().length, 1));
      const racers = await race(round);
      const told = (racer: Racer) => `${racer.name} ${racer.pod ?? 'unpin'}: ${JSON.stringify(racer)}`;

      // Each write has the version that it read for a condition, so it came after the one before it was done: those
      // that were let through went in the order in which they were received.
      const written = racers
        .flatMap((racer) => racer.writes.map((write) => ({ racer, write })))
        .filter(({ write }) => write.responseStatus.code === 200)
        .sort((a, b) => a.write.requestReceivedTimestamp.localeCompare(b.write.requestReceivedTimestamp));

      for (const racer of racers) {
        const { ran, pod, writes } = racer;
        const successes = writes.filter(({ responseStatus }) => responseStatus.code === 200).length;
        const conflicts = writes.filter(({ responseStatus }) => responseStatus.code === 409).length;
        assert.equal(successes + conflicts, writes.length, told(racer));
        if (ran.code !== 0) {
          assert.equal(successes, 0, `it failed and has written: ${told(racer)}`);
          assert.ok(conflicts > 0, `nothing came in its way: ${told(racer)}`);
          assert.match(ran.stderr, /^error: .*changed/im, told(racer));
        } else if (successes > 0) {
          // The second write of an unpin gives up co-ownership.
          assert.ok(successes <= (pod === undefined ? 2 : 1), told(racer));
          // Who comes between the two writes of another unpin finds the original selector.
          const unpinned = /^service\/web-lb unpinned(?: without a change of its selector: .*)?$/m;
          const said = pod === undefined ? unpinned : new RegExp(` pinned to pod/${pod} `);
          assert.match(ran.stdout, said, told(racer));
        } else {
          // It was as it was to be: another one has brought that about, or it was so from the start.
          const others = written.filter((other) => other.racer.pod === pod && other.racer !== racer);
          assert.ok(pod === undefined || others.length > 0, `it was never so: ${told(racer)}`);
        }
      }
      assert.ok(written.length > 0);
      assert.ok(racers.flatMap(({ writes }) => writes).length > 1, 'a race');

      // What was there after each write is what its writer wanted, and the first original was never lost.
      const wanted = ({ pod }: Racer) => (pod === undefined ? original : { ...original, [podLabel]: pod });
      // A write that changes nothing is let through, and is nothing to a watch: so for two who unpin at once.
      const states = await eventually('all writes in the watch', async () => {
        const seen = watch.states().slice(1);
        assert.deepEqual(
          turns([original, ...seen.map(({ selector }) => selector)]),
          turns([original, ...written.map(({ racer }) => wanted(racer))]),
        );
        return seen;
      });
      watch.end();
      for (const { selector, remembered } of states) {
        if (remembered !== undefined || selector[podLabel] !== undefined) assert.deepEqual(remembered, original);
      }

      await done(['unpin', name, '-n', namespace]);
      assert.deepEqual(await selectorOf(namespace, name), original);
      assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
    });
  }
});

/** Each but those that are as the one before. */
function turns<T>(all: readonly T[]): T[] {
  return all.filter((one, index) => index === 0 || !isDeepStrictEqual(one, all[index - 1]));
}
