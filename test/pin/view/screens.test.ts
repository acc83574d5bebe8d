import fc from 'fast-check';
import { pinsOf } from '#src/pin/model/leading.ts';
import { type PinRecord, pinAnnotation, writeRecord } from '#src/pin/model/record.ts';
import { pinList } from '#src/pin/view/list.ts';
import { perPodState, pinState } from '#src/pin/view/words.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { anyName, assertTold, widths } from '../../drawing/flatscreens.ts';
import { forbidden, snapshotOf, statefulSet } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { external, member, now } from '../model/services.ts';

const user = fc.constantFrom('ada', 'arn:aws:sts::123456789012:assumed-role/operators/ada@example.com', 'admin');

/** A Service that is pinned, or was, or leads to one pod by itself; `ordinal` may be beyond the set. */
const anyService = fc.record({
  name: anyName(63),
  state: fc.constantFrom('pinned', 'undone', 'changed', 'unreadable', 'per-pod'),
  ordinal: fc.nat(3),
  since: fc.constantFrom(now, 'once'),
  user,
  label: anyName(40),
});

const anyPins = fc
  .record({
    set: anyName(60),
    namespaces: fc.uniqueArray(anyName(63), { minLength: 1, maxLength: 2 }),
    services: fc.uniqueArray(anyService, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    arePodsRead: fc.boolean(),
  })
  .map(({ set: name, namespaces, services, arePodsRead }) => {
    const sets = namespaces.map((namespace) => statefulSet(name, { replicas: 2, metadata: { namespace } }));
    // One more than the set wants.
    const pods = sets.flatMap((set) => [0, 1, 2].map((ordinal) => member(set, ordinal)));
    const shown = sets.flatMap(({ metadata: { namespace } }) =>
      services.map(({ name: service, state, ordinal, since, user: by, label }) => {
        const pod = `${name}-${ordinal}`;
        const original = { app: name };
        const selector = state === 'undone' ? original : { ...original, [podNameLabel]: pod };
        const record: PinRecord = { selector: original, pod, since, user: by, owners: [] };
        const annotation = state === 'unreadable' ? '{}' : writeRecord(record);
        return external(service, {
          metadata: {
            ...(namespace !== undefined && { namespace }),
            ...(state !== 'per-pod' && { annotations: { [pinAnnotation]: annotation } }),
          },
          spec: { selector: state === 'changed' ? { ...selector, tier: label } : selector },
        });
      }),
    );
    const read = snapshotOf({ statefulSets: sets, services: shown, pods });
    return pinsOf(shown, arePodsRead ? read : { ...read, pods: forbidden('pods') });
  });

describe('the screen of any pins', () => {
  it('is not too wide, and cuts no name of a Service or a pod and no state', () =>
    fc.assert(
      fc.asyncProperty(anyPins, fc.boolean(), async ({ pins, perPod }, allNamespaces) => {
        const namesOf = ({ metadata: { namespace = '', name } }: (typeof pins)[number]['service'], pod: string) => [
          ...(allNamespaces ? [namespace] : []),
          name,
          pod,
        ];
        const rows = [
          ...pins.map((pin) => ({
            names: namesOf(pin.service, pin.kind === 'undone' ? pin.record.pod : (pin.pod ?? '-')),
            sentence: pinState(pin).text,
          })),
          ...perPod.map((found) => ({
            names: namesOf(found.service, found.pod),
            sentence: ['per-pod Service', perPodState(found)].filter(Boolean).join(', '),
          })),
        ];
        for (const width of [...widths, undefined]) {
          const style = { allNamespaces, header: true, colour: false, width };
          assertTold(rows, await pinList(pins, perPod, style), width);
        }
      }),
      { numRuns: runs(200) },
    ));
});
