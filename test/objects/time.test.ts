import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatExactTime, formatTime, humanDuration, parseTime } from '#src/objects/time.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

describe('an age, as kubectl puts it', () => {
  const table: [milliseconds: number, text: string][] = [
    [-2 * second, '<invalid>'],
    [-1999, '0s'],
    [-1, '0s'],
    [0, '0s'],
    [999, '0s'],
    [59 * second, '59s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [3 * minute + 20 * second, '3m20s'],
    [9 * minute + 59 * second, '9m59s'],
    [10 * minute + 30 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 5 * minute, '3h5m'],
    [7 * hour + 59 * minute, '7h59m'],
    [8 * hour + 30 * minute, '8h'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [2 * day + 4 * hour, '2d4h'],
    [7 * day + 23 * hour, '7d23h'],
    [8 * day + 5 * hour, '8d'],
    [729 * day, '729d'],
    [2 * year, '2y'],
    [2 * year + 35 * day, '2y35d'],
    [7 * year + 364 * day, '7y364d'],
    [8 * year + 100 * day, '8y'],
    [Number.NaN, '<unknown>'],
  ];
  for (const [milliseconds, text] of table) {
    it(`of ${milliseconds} ms is ${text}`, () => assert.equal(humanDuration(milliseconds), text));
  }

  it('has at most two units, whatever the duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 * year }), (milliseconds) => {
        assert.match(humanDuration(milliseconds), /^\d+[smhdy](\d+[smhd])?$/);
      }),
    );
  });
});

describe('a time in an object', () => {
  it('is RFC 3339, with or without fractions and zones', () => {
    assert.equal(parseTime('1970-01-01T00:00:01Z'), 1000);
    assert.equal(parseTime('1970-01-01T00:00:01.5Z'), 1500);
    assert.equal(parseTime('1970-01-01T01:00:00.000000+01:00'), 0);
  });

  it('is written as RFC 3339 in UTC, with whole seconds or with milliseconds', () => {
    assert.equal(formatTime(1_500), '1970-01-01T00:00:01Z');
    // A dump may say that a grace period began before there was time.
    assert.equal(formatTime(-1e308), '-271821-04-20T00:00:00Z');
    assert.equal(formatTime(Number.NaN), '<unknown>');
    assert.equal(formatExactTime(1_500), '1970-01-01T00:00:01.500Z');
  });

  it('is NaN when it is none', () => {
    for (const text of ['', 'yesterday', '2026-13-45T00:00:00Z']) assert.ok(Number.isNaN(parseTime(text)), text);
  });
});
