import assert from 'node:assert/strict';
import { serverClock } from '#src/kube/http/serverclock.ts';
import { quickClock } from '../quick-clock.ts';

describe('the clock of the server', () => {
  /** How far the server is ahead of this machine, in milliseconds. */
  let ahead: number;
  let own: ReturnType<typeof quickClock>;
  let server: ReturnType<typeof serverClock>;

  beforeEach(() => {
    ahead = 90_000;
    own = quickClock();
    server = serverClock(own);
  });

  /** An answer comes, so many milliseconds after the server has dated it. */
  function hear(delay = 0): void {
    const dated = own.now() + ahead;
    own.pass(delay);
    server.heard(new Date(dated).toUTCString());
  }

  const late = () => own.now() + ahead - server.now();

  it('is that of this machine before the first answer, and after one without a date', () => {
    assert.equal(server.now(), own.now());
    server.heard(undefined);
    server.heard('soon');
    assert.equal(server.now(), own.now());
  });

  it('is never early, and less late with each answer that tells more', () => {
    own.pass(870);
    hear(20);
    assert.equal(late(), 890);
    own.pass(400);
    hear();
    assert.ok(late() >= 0 && late() < 300, String(late()));
    const before = late();
    own.pass(650);
    hear(200);
    assert.equal(late(), before, 'a worse answer makes it no worse');
  });

  it('follows a clock that was set, forward or back', () => {
    hear();
    for (const jump of [3_600_000, -3_600_000]) {
      ahead += jump;
      hear();
      assert.ok(late() >= 0 && late() < 1_000, String(late()));
    }
  });
});
