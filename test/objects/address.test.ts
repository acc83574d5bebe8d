import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { inOrder, parseAddress, reverseName } from '#src/objects/address.ts';

describe('an IP address', () => {
  it('has one form, however it was written', () => {
    const forms = (...texts: string[]) => texts.map((text) => parseAddress(text)?.address);
    assert.deepEqual(forms('10.0.0.1', '010.000.0.01'), ['10.0.0.1', '10.0.0.1']);
    assert.deepEqual(forms('FD00:0:0:0::1', 'fd00::0001', 'fd00::0.0.0.1'), ['fd00::1', 'fd00::1', 'fd00::1']);
  });

  it('is no name, no part of a URL and no number', () => {
    for (const text of [
      '',
      'web',
      '1',
      '256.0.0.1',
      '1.2.3',
      '1.2.3.4.5',
      '::1]/x[',
      'fe80::1%eth0',
      ':::',
      '1::2::3',
    ]) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });

  it('is told by the same rule as Node’s', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/)), (text) => {
        const family = parseAddress(text)?.family;
        // Node takes no leading zeros, which the EndpointSlice controller does.
        if (isIP(text) !== 0 || family === 'IPv6') assert.equal(family, isIP(text) === 4 ? 'IPv4' : 'IPv6');
        const canonical = parseAddress(text)?.address;
        if (canonical !== undefined) assert.equal(parseAddress(canonical)?.address, canonical);
      }),
    );
  });

  it('stands in order: IPv4 first, by number, each once', () => {
    const texts = ['fd00::10', '10.0.0.10', 'fd00::2', '10.0.0.9', '10.0.0.10', 'fd00:0::2', '9.0.0.1'];
    const ordered = inOrder(texts.flatMap((text) => parseAddress(text) ?? []));
    assert.deepEqual(
      ordered.map(({ address }) => address),
      ['9.0.0.1', '10.0.0.9', '10.0.0.10', 'fd00::2', 'fd00::10'],
    );
  });

  it('has a reverse name', () => {
    assert.equal(reverseName({ family: 'IPv4', address: '10.0.2.1' }), '1.2.0.10.in-addr.arpa');
    // The example of RFC 3596, 2.5.
    const example = parseAddress('4321:0:1:2:3:4:567:89ab');
    assert.ok(example);
    assert.equal(reverseName(example), 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa');
    assert.match(reverseName({ family: 'IPv6', address: '::' }), /^(0\.){32}ip6\.arpa$/);
  });
});
