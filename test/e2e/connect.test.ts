import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkout } from '../runner/files.ts';
import { needs } from '../runner/needs.ts';
import { type Case, type Compared, compare, type Outcome } from './connect/compare.ts';
import { removePeople } from './connect/configs.ts';
import { credentialCases } from './connect/credentials.ts';
import { flagCases } from './connect/flags.ts';
import { kubeconfigCases } from './connect/kubeconfigs.ts';
import { networkCases } from './connect/network.ts';
import { proxyCases } from './connect/proxies.ts';
import { troubleCases } from './connect/troubles.ts';
import { standAdmin } from './servers/stand-proxy.ts';

/** In the order in which they begin: some of the first take seconds. */
const groups: Record<string, readonly Case[]> = {
  'where a list of StatefulSets meets': troubleCases,
  'with the flag or flags': flagCases,
  'with the kubeconfig': kubeconfigCases,
  'with the credentials': credentialCases,
  'over the network': networkCases,
  'through the proxy': proxyCases,
};
const cases = Object.values(groups).flat();

/** How many cases run at a time: they wait for servers more than they work. */
const sideBySide = 6;

describe('the plugin connects exactly as kubectl does', function () {
  // A case waits for those before it.
  this.timeout(180_000);
  const waiting = new Map(cases.map((one) => [one, Promise.withResolvers<Compared>()]));

  before(() => {
    // One that failed before its test has begun to wait is not unhandled.
    for (const { promise } of waiting.values()) promise.catch(() => {});
    const together = cases.filter(({ alone }) => !alone);
    const workers = Array.from({ length: sideBySide }, () => work(together));
    void Promise.all(workers).then(() => work(cases.filter(({ alone }) => alone)));
  });
  after(async () => {
    standAdmin().agent.destroy();
    await removePeople();
  });

  async function work(queue: Case[]): Promise<void> {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      if ((await one.needs?.()) !== undefined) continue;
      const outcome = compare(one);
      await outcome.catch(() => {});
      waiting.get(one)?.resolve(outcome);
    }
  }

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

describe('docs/kubectl-differences.md', () => {
  const text = readFileSync(join(checkout, 'docs', 'kubectl-differences.md'), 'utf8');
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const named = new Set(cases.flatMap(({ differs }) => differs?.heading ?? []));

  it('says why there is each difference that the cases expect', () => {
    for (const heading of named) assert.ok(headings.includes(heading), heading);
  });

  it('names no difference that no case shows', () => {
    assert.deepEqual(
      headings.filter((heading) => !named.has(heading ?? '')),
      // Each case that fails shows it.
      ['Exit code 2'],
    );
  });
});
