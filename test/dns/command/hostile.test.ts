import assert from 'node:assert/strict';
import { dnsWorld, nameOf, serviceName, type World } from './world.ts';

describe('names that a DNS server made up', () => {
  const evil = '\u001b[2J\u001b]0;pwned\u0007\u202egnp\r\n\u0085\u200b.example';
  let world: World;

  beforeEach(async () => {
    world = await dnsWorld();
    for (const { records } of world.servers) {
      records.set('1.0.0.10.in-addr.arpa', [evil]);
      records.set(`_db._tcp.${serviceName}`, [`5433 ${evil}`, `5433 ${nameOf(1)}`]);
    }
  });
  afterEach(() => world.close());

  for (const format of ['', '-o wide', '-o json', '-o yaml']) {
    it(`are shown and do not act on the terminal: dns --ptr --srv ${format}`, async () => {
      const { code, stdout, stderr } = await world.run(`dns --ptr --srv ${format}`);
      assert.equal(code, 1, stderr);
      const shown = stdout.match(/pwned/g) ?? [];
      // One for the address, one for the port.
      assert.ok(shown.length >= 2, stdout);
      assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}\u200b]/u);
    });
  }

  for (const format of ['-o hosts', '-o name']) {
    it(`stand in comments alone, where other programs read them: dns --ptr --srv ${format}`, async () => {
      const { stdout, stderr } = await world.run(`dns --ptr --srv ${format}`);
      assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}\u200b]/u);
      assert.doesNotMatch(stdout, /^[^#\n].*pwned/m);
    });
  }
});
