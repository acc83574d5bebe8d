/** Tests of cases: whether the plugin makes of each the same as kubectl. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { needs } from '../../runner/needs.ts';
import { standAdmin } from '../servers/stand-proxy.ts';
import type { Groups } from './cases.ts';
import { type Case, type Compared, compare, type Outcome, type Plugin } from './compare.ts';
import { removePeople } from './configs.ts';

interface Options {
  /** How many cases run at a time: they wait for servers more than they work. */
  atATime: number;
  plugin?: Plugin;
  /** Whether loopback servers of TLS speak HTTP/2 too, as API servers do. */
  http2?: boolean;
}

export function describeCases(title: string, groups: Groups, { atATime, plugin, http2 = false }: Options): void {
  describe(title, function () {
    // A case waits for those before it.
    this.timeout(180_000);
    const queue = Object.values(groups).flat();
    const waiting = new Map(queue.map((one) => [one, Promise.withResolvers<Compared>()]));

    async function work(): Promise<void> {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        if ((await one.needs?.()) !== undefined) continue;
        const outcome = compare(one, plugin, http2);
        await outcome.catch(() => {});
        waiting.get(one)?.resolve(outcome);
      }
    }

    before(() => {
      // One that failed before its test has begun to wait is not unhandled.
      for (const { promise } of waiting.values()) promise.catch(() => {});
      for (let workers = 0; workers < atATime; workers++) void work();
    });
    after(async () => {
      standAdmin().agent.destroy();
      await removePeople();
    });

    for (const [title, members] of Object.entries(groups)) {
      describe(title, () => {
        for (const one of members) {
          it(one.name, async function () {
            const missing = await one.needs?.();
            needs(this, missing === undefined, missing ?? '');
            const compared = await waiting.get(one)?.promise;
            assert.ok(compared);
            check(one, compared);
          });
        }
      });
    }
  });
}

function check({ differs }: Case, { kubectl, plugin, codes }: Compared): void {
  // kubectl asks what the API has before it lists. When it came no further, how far the plugin came tells nothing.
  const same =
    kubectl.lists.length > 0
      ? kubectl
      : { ...kubectl, lists: plugin.lists, who: plugin.who.length > 0 ? kubectl.who : [] };
  const expected = differs ? { ...same, ...differs.plugin(kubectl) } : same;
  // A note or a question before it is no part of the message.
  const said = { ...plugin, words: plugin.words.slice(-Math.max(1, expected.words.length)) };
  const other = keys.filter((key) => !isDeepStrictEqual(said[key], expected[key]));
  assert.ok(other.length === 0, other.map((key) => contrast(key, kubectl, expected, plugin)).join(''));
  assert.ok(differs === undefined || !isDeepStrictEqual(said, same), `no difference any more: ${differs?.heading}`);
  assert.equal(codes.plugin, plugin.succeeded ? 0 : 2, `exit code ${codes.plugin ?? 'none: it did not end in time'}`);
}

const keys = ['succeeded', 'words', 'warnings', 'who', 'lists', 'found'] as const;

function contrast(key: (typeof keys)[number], kubectl: Outcome, expected: Outcome, plugin: Outcome): string {
  const line = (who: string, { [key]: value }: Outcome) => `\n  ${who} ${JSON.stringify(value)}`;
  const documented = isDeepStrictEqual(kubectl[key], expected[key]) ? '' : line('expected', expected);
  return `\n${key}:${line('kubectl ', kubectl)}${documented}${line('plugin  ', plugin)}`;
}
