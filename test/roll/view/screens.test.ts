import fc from 'fast-check';
import type { Admission } from '#src/roll/model/admission.ts';
import type { PlannedPod, RollPlan } from '#src/roll/model/plan.ts';
import type { RollRecord } from '#src/roll/model/record.ts';
import type { Phase } from '#src/roll/model/state.ts';
import { boardOf } from '#src/roll/view/board.ts';
import { type RollStatus, statusTable } from '#src/roll/view/list.ts';
import { planTable } from '#src/roll/view/plantable.ts';
import { admissionWords, stayWords } from '#src/roll/view/words.ts';
import { anyName, assertTold, sentence, widths } from '../../drawing/flatscreens.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { careful, rollOf, unchecked } from '../model/rolls.ts';

const name = anyName(52);
const revision = fc.constantFrom(undefined, '5d8f7b6c9', '7c9f8d7b65');

const admission: fc.Arbitrary<Admission | undefined> = fc.option(
  fc.oneof(
    fc.constant({ kind: 'admitted' as const }),
    fc.record({ kind: fc.constantFrom('would wait' as const, 'refused' as const), why: sentence }),
  ),
  { nil: undefined },
);
const stays = fc.constantFrom<RollPlan['left'][number]['why']>(
  'not chosen',
  'up to date',
  'held back',
  'not old enough',
);

const anyPlan = fc.record({
  set: name,
  going: fc.array(fc.record({ now: revision, next: revision, admission }), { minLength: 1, maxLength: 5 }),
  staying: fc.array(stays, { maxLength: 3 }),
});

const lost = fc.option(
  fc.oneof(
    fc.constantFrom({ kind: 'set gone' as const }, { kind: 'set changed' as const }, { kind: 'ordered set' as const }),
    sentence.map((why) => ({ kind: 'unreadable' as const, why })),
    name.map((pod) => ({ kind: 'strange pod' as const, pod })),
  ),
  { nil: undefined },
);
const anyRolls = fc.array(
  fc.record({
    set: name,
    pods: fc.nat(3),
    lost,
    holder: fc.constantFrom(undefined, 'ada@laptop', 'ada@ip-10-0-117-23.eu-central-1.compute.internal/41f0c3'),
    renewed: fc.constantFrom('2026-03-09T11:00:00.123456Z', undefined),
  }),
  { minLength: 1, maxLength: 3 },
);

const phase: fc.Arbitrary<Phase> = fc.oneof(
  sentence.map((why) => ({ kind: 'blocked' as const, until: 0, why })),
  fc.constantFrom<Phase>(
    { kind: 'waits' },
    { kind: 'confirm' },
    { kind: 'pre-check' },
    { kind: 'evicting' },
    { kind: 'ending', since: 0 },
    { kind: 'coming' },
    { kind: 'coming', uid: 'new', readySince: 0 },
    { kind: 'check', uid: 'new' },
    { kind: 'dns', uid: 'new' },
    { kind: 'back', uid: 'new', since: 0 },
    { kind: 'done', uid: 'new' },
  ),
);

describe('the screens of any roll', () => {
  it('of a plan are not too wide, and cut no pod and no reason', () =>
    fc.assert(
      fc.asyncProperty(anyPlan, async ({ set: setName, going, staying }) => {
        const set = statefulSet(setName, { replicas: going.length + staying.length });
        const pods = going.map(({ now, next }, ordinal): PlannedPod => {
          const of = (hash: string | undefined) => hash && `${setName}-${hash}`;
          return { name: `${setName}-${ordinal}`, ordinal, uid: '', revision: { now: of(now), next: of(next) } };
        });
        const left = staying.map((why, at) => {
          const ordinal = going.length + at;
          return { pod: `${setName}-${ordinal}`, ordinal, why };
        });
        const admissions = new Map(
          going.flatMap(({ admission: said }, at) => (said ? [[`${setName}-${at}`, said]] : [])),
        );
        const rows = [
          ...pods.map((pod) => {
            const said = admissions.get(pod.name);
            return { names: [pod.name], sentence: said ? admissionWords(said) : 'restarts' };
          }),
          ...left.map(({ pod, why }) => ({ names: [pod], sentence: stayWords(why) })),
        ];
        for (const width of [...widths, undefined]) {
          const plan = { pods, leader: undefined, left, refusals: [], warnings: [] };
          assertTold(rows, await planTable(set, plan, admissions, { colour: false, width }), width);
        }
      }),
      { numRuns: runs(200) },
    ));

  it('of the rolls that Leases tell of are not too wide, and cut no set, no pod, no holder and no reason', () =>
    fc.assert(
      fc.asyncProperty(anyRolls, async (rolls) => {
        const all = rolls.map(({ set, pods, lost: why, holder, renewed }): RollStatus => {
          const steps = Array.from({ length: pods }, (_, ordinal) => ({ pod: `${set}-${ordinal}`, uid: '' }));
          const record: RollRecord = { ...recorded, steps };
          return {
            ...{
              set,
              namespace: 'shop',
              holder,
              lost: why,
              uids: undefined,
              state: { kind: holder ? 'running' : 'stopped' },
            },
            lease: { metadata: { name: '' }, spec: { ...(renewed !== undefined && { renewTime: renewed }) } },
            record: why?.kind === 'unreadable' ? { unreadable: why.why } : record,
          };
        });
        const rows = all.map(({ set, record, holder, lost: why }) => {
          const next = 'steps' in record ? record.steps[0]?.pod : undefined;
          const reason = why?.kind === 'unreadable' ? [why.why] : why?.kind === 'strange pod' ? [why.pod] : [];
          return { names: [set, next ?? '-'], sentence: holder ?? reason[0] ?? 'nobody' };
        });
        for (const width of [...widths, undefined]) {
          assertTold(rows, await statusTable(all, { colour: false, width, allNamespaces: false }), width);
        }
      }),
      { numRuns: runs(200) },
    ));

  it('of a roll under way are not too wide, and cut no pod, no reason and no notice', () =>
    fc.assert(
      fc.property(name, fc.array(phase, { minLength: 1, maxLength: 5 }), sentence, (setName, phases, message) => {
        const set = statefulSet(setName, { replicas: phases.length });
        const state = rollOf(setName, phases, 1);
        const pods = phases.map((_, ordinal) => podOf(set, ordinal, { metadata: { uid: 'new' } }));
        const subject = { id: '7f3a', set, handling: recorded.handling };
        const rows = state.steps.map(({ pod, phase: { kind, ...more } }) => {
          return { names: [pod], sentence: 'why' in more ? more.why : kind === 'done' ? 'done' : '' };
        });
        for (const width of widths) {
          const board = boardOf(subject);
          const view = { readAt: 0, time: 0, set, pods, claims: [] };
          board.take({ kind: 'look', state, view }, 0);
          board.take({ kind: 'lost', message }, 0);
          const { text = '', notice = '' } = board.picture({ width, height: 200, colour: false }, 20_000) ?? {};
          assertTold([{ names: [], sentence: `roll 7f3a of statefulset/${setName}` }, ...rows], text, width);
          assertTold([{ names: [], sentence: message }], notice, width);
        }
      }),
      { numRuns: runs(200) },
    ));
});

const recorded: RollRecord = {
  id: '7f3a',
  set: { uid: 'set', generation: 1 },
  settings: careful,
  handling: {
    ...unchecked,
    check: 'pg_isready -q -h localhost -p 5432 && test -f /var/lib/postgresql/data/standby.signal',
    checkTimeout: 60_000,
  },
  fieldManager: undefined,
  steps: [],
};
