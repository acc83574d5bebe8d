import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { jsonText } from '#src/drawing/json.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import { diagnose } from '#src/status/model/diagnosis.ts';
import { goals } from '#src/status/model/gate.ts';
import { type GateState, setDocument, statusDocument } from '#src/status/view/document.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { snapshotOf, statefulSet, time } from '../../objects/snapshots.ts';
import { checkout } from '../../runner/files.ts';
import { anySnapshot } from '../../tree/view/arbitrary.ts';
import { scenarios, told, well } from '../../tree/view/scenarios.ts';

const options = { single: false, diagnosed: undefined, now: time };

const schema = JSON.parse(readFileSync(join(checkout, 'docs', 'output.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function assertDescribed(document: object): void {
  const read: unknown = JSON.parse(jsonText(document));
  assert.ok(validate(read), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.deepEqual(document, read, 'no field is undefined');
}

describe('the document of the status of StatefulSets', () => {
  for (const [title, snapshot] of Object.entries(scenarios)) {
    it(`${title} is as docs/output.schema.json has it`, () => {
      assertDescribed(
        statusDocument(told(snapshot), { single: true, diagnosed: (each) => diagnose(each, snapshot), now: time }),
      );
      assertDescribed(statusDocument(told(snapshot), options));
    });
  }

  it('is so whatever the objects hold', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) =>
        assertDescribed(
          statusDocument(told(snapshot), {
            ...options,
            // As where the server gave no answer in time.
            diagnosed: (each) => diagnose(each, { ...snapshot, budgets: notGiven }),
          }),
        ),
      ),
    );
  });

  it('tells each state of a gate as docs/output.schema.json has it', () => {
    const states: GateState[] = ['waiting', 'met', 'stuck', 'outdated', 'deleting', 'unknown', 'timed out'];
    const [topology] = told(well());
    assert.ok(topology);
    for (const goal of goals) {
      for (const standing of states) assertDescribed(setDocument(topology, time, { goal, standing }));
    }
  });

  it('counts the sets of each health', () => {
    const sets = [
      statefulSet('a', { replicas: 0, spec: { serviceName: '' } }),
      statefulSet('b', { replicas: 0 }),
      statefulSet('c', { replicas: 0, status: null }),
      statefulSet('d', { replicas: 0, metadata: { deletionTimestamp: '2026-03-09T12:00:00Z' } }),
    ];
    const document = statusDocument(topologies(snapshotOf({ statefulSets: sets }), sets), options);
    assert.deepEqual(document['counts'], { notKnown: 1, inDoubt: 1, underWay: 1, healthy: 1 });
  });
});
