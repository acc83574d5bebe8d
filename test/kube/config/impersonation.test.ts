import assert from 'node:assert/strict';
import { impersonationOf } from '#src/kube/config/impersonation.ts';
import { ConnectionError } from '#src/kube/errors.ts';

describe('who is impersonated', () => {
  it('is nobody without a name', () => {
    assert.deepEqual(impersonationOf({ token: 'x' }), {});
    assert.deepEqual(impersonationOf({ as: '', 'as-groups': ['a'] }), {});
  });

  it('is said in all of its parts', () => {
    assert.deepEqual(
      impersonationOf({
        as: 'carol',
        'as-uid': '17',
        'as-groups': ['a', 'b,c'],
        'as-user-extra': { scopes: ['view', 'edit'] },
      }),
      {
        'impersonate-user': 'carol',
        'impersonate-uid': '17',
        'impersonate-group': ['a', 'b,c'],
        'impersonate-extra-scopes': ['view', 'edit'],
      },
    );
  });

  // headerKeyEscape of client-go, by its own test cases (transport/round_trippers_test.go).
  const keys: [key: string, escaped: string][] = [
    ['alice', 'alice'],
    ['example.com/Key%', 'example.com%2FKey%25'],
    ['test 5', 'test%205'],
    ['ab cd:ef', 'ab%20cd%3Aef'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ["!#$&'*+-.^_`|~", "!#$&'*+-.^_`|~"],
    ['a\r\nb', 'a%0D%0Ab'],
  ];
  for (const [key, escaped] of keys) {
    it(`has the extra key ${JSON.stringify(key)} as ${escaped}`, () => {
      const headers = impersonationOf({ as: 'carol', 'as-user-extra': { [key]: ['x'] } });
      assert.deepEqual(Object.keys(headers), ['impersonate-user', `impersonate-extra-${escaped}`]);
    });
  }

  it('is sent as the bytes of UTF-8, which Node takes as one character each', () => {
    const headers = impersonationOf({
      as: 'jürgen',
      'as-uid': '数',
      'as-groups': ['größer'],
      'as-user-extra': { a: ['→'] },
    });
    const sent = Object.values(headers).flat();
    assert.deepEqual(
      sent.map((value) => Buffer.from(value, 'latin1').toString('utf8')),
      ['jürgen', '数', 'größer', '→'],
    );
  });

  const unfit: [header: string, user: object][] = [
    ['Impersonate-User', { as: 'a\nb' }],
    ['Impersonate-Uid', { as: 'a', 'as-uid': '\u0000' }],
    ['Impersonate-Group', { as: 'a', 'as-groups': ['b', 'c\r\nAuthorization: x'] }],
    ['Impersonate-Extra-k', { as: 'a', 'as-user-extra': { k: ['\u001b'] } }],
  ];
  for (const [header, user] of unfit) {
    it(`is refused where no header may hold it: ${header}`, () => {
      assert.throws(() => impersonationOf(user), {
        constructor: ConnectionError,
        message: `Unable to connect to the server: net/http: invalid header field value for "${header}"`,
      });
    });
  }
});
