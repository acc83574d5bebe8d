import assert from 'node:assert/strict';
import { readRecord, writeRecord } from '#src/pin/model/record.ts';
import { readersOf01, recordedPin } from '../../recorded-0.1/recorded.ts';

describe('a pin', () => {
  it('of version 0.1 is read whole', () => {
    assert.deepEqual(readRecord(recordedPin), JSON.parse(recordedPin));
  });

  it('of this version is read by 0.1 with all that undoes it', async () => {
    const { readRecord: by01 } = await readersOf01();
    const owner = { manager: 'helm', operation: 'Apply', apiVersion: 'v1', time: '2026-11-29T12:00:00Z' } as const;
    const record = { selector: { app: 'db' }, pod: 'db-2', set: 'db', since: '2026-11-29T12:00:00Z', owners: [owner] };
    assert.deepEqual(by01(writeRecord(record)), record);
  });

  it('of a newer version, with more in it, is read by this one and by 0.1', async () => {
    const newer = JSON.stringify({ ...JSON.parse(recordedPin), weight: { 'web-2': 10 } });
    const { readRecord: by01 } = await readersOf01();
    for (const read of [readRecord, by01]) assert.deepEqual(read(newer), JSON.parse(recordedPin));
  });

  it('of a newer version, without what undoes it, is called unreadable by both', async () => {
    const newer = JSON.stringify({ ...JSON.parse(recordedPin), pod: undefined, pods: ['web-1', 'web-2'] });
    const { readRecord: by01 } = await readersOf01();
    for (const read of [readRecord, by01]) assert.deepEqual(read(newer), { unreadable: 'it names no pod' });
  });
});
