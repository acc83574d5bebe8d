import assert from 'node:assert/strict';
import type { JudgedName } from '#src/dns/model/verdicts.ts';
import { nameChanges } from '#src/dns/view/changes.ts';
import { acting, nasty } from '../../tree/view/arbitrary.ts';
import { heard, podName, setOf } from './judged.ts';

const fqdn = 'web-0.web.shop.svc.cluster.local';
const second = (number: number) => `2026-01-01T00:00:0${number}.250Z`;

/** What is written of web-0 as it is at each second. */
function log(...names: (JudgedName | undefined)[]): string[] {
  const next = nameChanges();
  return names
    .map((name, number) => next([setOf(name ? [name] : [])], second(number)))
    .join('')
    .split('\n')
    .slice(0, -1);
}

const old = podName(0, { expected: ['10.0.1.1'] });
const replaced = podName(0, { expected: ['10.0.1.2'] });
const lagging = podName(0, {
  expected: ['10.0.1.2'],
  heard: [heard('coredns-0', '10.0.1.1')],
  verdicts: [{ kind: 'stale', got: ['10.0.1.1'], servers: ['coredns-0'] }],
});
const unready = podName(0, { verdicts: [{ kind: 'not published' }], unpublished: { kind: 'not ready' } });
const outdated = podName(0, {
  heard: [heard('coredns-0', '10.0.1.1')],
  verdicts: [{ kind: 'stale', got: ['10.0.1.1'], servers: ['coredns-0'] }],
  unpublished: { kind: 'not ready' },
});

describe('what a watch of DNS names writes into a pipe', () => {
  it('is all names first, and then those of which something else is to be said', () => {
    assert.deepEqual(log(old, old, unready, unready), [
      `2026-01-01T00:00:00Z  ${fqdn}  ok`,
      `2026-01-01T00:00:02Z  ${fqdn}  not published: the pod is not ready`,
    ]);
  });

  it('says how long DNS lagged behind a pod that was replaced', () => {
    assert.deepEqual(log(old, lagging, lagging, lagging, replaced, replaced), [
      `2026-01-01T00:00:00Z  ${fqdn}  ok`,
      `2026-01-01T00:00:01Z  ${fqdn}  stale: coredns-0 still gives 10.0.1.1`,
      `2026-01-01T00:00:04Z  ${fqdn}  ok, now 10.0.1.2, DNS lagged 3s`,
    ]);
  });

  it('says how long DNS gave the address of a pod that was not ready any more', () => {
    assert.equal(
      log(old, outdated, unready)[2],
      `2026-01-01T00:00:02Z  ${fqdn}  not published: the pod is not ready, DNS lagged 1s`,
    );
  });

  it('says the new address alone where DNS followed before anybody looked', () => {
    assert.equal(log(old, replaced)[1], `2026-01-01T00:00:01Z  ${fqdn}  ok, now 10.0.1.2`);
  });

  it('does not say how long DNS lagged behind what changed before the watch', () => {
    assert.equal(log(lagging, replaced)[1], `2026-01-01T00:00:01Z  ${fqdn}  ok`);
  });

  it('says that a name is gone', () => {
    assert.deepEqual(log(old, undefined, undefined).slice(1), [`2026-01-01T00:00:01Z  ${fqdn}  gone`]);
  });

  it('never lets a character through that acts on a terminal', () => {
    for (const odd of nasty) {
      const lines = log({
        ...podName(0),
        fqdn: `${odd}x`,
        verdicts: [{ kind: 'refused', rcode: odd, servers: [odd] }],
      });
      assert.equal(lines.length, 1);
      assert.doesNotMatch(lines.join(), acting);
    }
  });
});
