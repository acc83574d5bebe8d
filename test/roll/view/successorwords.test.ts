import assert from 'node:assert/strict';
import type { OtherClaims, SuccessorRefusal } from '#src/roll/model/successors.ts';
import { otherClaimsWords, successorUnknownWords } from '#src/roll/view/successorwords.ts';
import type { ClaimChange } from '#src/statefulset/controller/successor.ts';

const web = { name: 'web', namespace: 'shop' };
const renamed: ClaimChange = {
  kind: 'claim missing',
  claim: 'data-web-2',
  ephemeral: false,
  instead: 'pgdata-web-2',
  ofTemplate: true,
};
const named: ClaimChange = { ...renamed, claim: 'all', instead: undefined, ofTemplate: false };

function words(changes: ClaimChange[], wedge?: { pod: string; isLowest: boolean }, more: Partial<OtherClaims> = {}) {
  const pods = [{ pod: 'web-2', changes, stay: [], go: [], ...more }];
  return otherClaimsWords(web, { kind: 'other claims', pods, wedge });
}

describe('the words for pods that would come back otherwise', () => {
  it('say on which volume a pod would come back, which one stays, and what a person can do', () => {
    assert.equal(
      words([renamed], { pod: 'web-0', isLowest: true }, { stay: ['data-web-2'] }),
      'web-2 is on data-web-2, and the set now gives it pgdata-web-2: it would come back on that volume, without its data; until web-0 is deleted by hand, the controller makes no pod at all; data-web-2 stays; to keep the data, delete the set with --cascade=orphan and create it with its former claim templates; to go on without it: kubectl delete pod web-0 -n shop, then the next one up',
    );
  });

  const cases: [what: string, said: string, expected: RegExp][] = [
    [
      'a claim that is not given any more',
      words([named], undefined, { go: ['all'] }),
      /^web-2 is on all, which the set no longer gives it: it would come back without that volume; all would go with the pod; mend the pod template, or if it is meant so: kubectl delete pod web-2 -n shop$/,
    ],
    [
      'a claim that is given now',
      words([{ kind: 'claim added', claim: 'wal-web-2' }], { pod: 'web-1', isLowest: false }),
      /^web-2 has no volume for wal-web-2, which the set now gives it; until web-1 is deleted by hand, the controller makes no pod above it; if it is meant so: kubectl delete pod web-1 -n shop, then the next one up$/,
    ],
    [
      'a mount',
      words([{ kind: 'mount missing', claim: 'data-web-2', container: 'db', path: '/data' }]),
      /^container db of web-2 has data-web-2 at \/data, and would not find the same there again; mend the pod template, or if/,
    ],
    ['many changes', words([renamed, named, named, named]), /; 2 more changes; /],
    [
      'a pod with a name that the set does not give',
      words([], { pod: 'web-02', isLowest: true }),
      /^web-2 is none of the pods that the set makes now; until web-02 is deleted/,
    ],
  ];
  for (const [what, said, expected] of cases) it(`tell of ${what}`, () => assert.match(said, expected));

  it('count the pods', () => {
    const pods = ['web-2', 'web-1'].map((pod) => ({ pod, changes: [renamed], stay: [], go: [] }));
    assert.match(
      otherClaimsWords(web, { kind: 'other claims', pods, wedge: undefined }),
      /^2 pods would not come back as they are; web-2 is on /,
    );
  });

  it('say why it is not known with which claims pods would come back', () => {
    const unknown: Extract<SuccessorRefusal, { kind: 'successor unknown' }> = {
      kind: 'successor unknown',
      pods: ['web-0'],
      revision: 'web-1',
      refusal: undefined,
    };
    const refusal = { verb: 'get', resource: 'controllerrevisions.apps', message: 'forbidden' };
    assert.equal(
      successorUnknownWords(unknown),
      'with which claims web-0 would come back is not known: the partition keeps it in revision web-1, which was not found',
    );
    assert.match(
      successorUnknownWords({ ...unknown, pods: ['a', 'b', 'c', 'd'], refusal }),
      /claims a and 3 more would .* keeps them in revision web-1, no right to get controllerrevisions.apps: forbidden$/,
    );
  });
});
