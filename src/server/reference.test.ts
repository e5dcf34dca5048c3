import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RequestError } from '../errors.js';
import { checkPath, parseReference, writeReference } from './reference.js';

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof RequestError);
    return error.reason;
  }
  return 'accepted';
}

describe('reference', () => {
  it('names a file by base64url of root and path', () => {
    // printf '0/a b/é.mkv' | base64 | tr '+/' '-_' | tr -d '='
    assert.equal(writeReference({ root: 0, path: 'a b/é.mkv' }), 'MC9hIGIvw6kubWt2');
    assert.deepEqual(parseReference('MC9hIGIvw6kubWt2'), { root: 0, path: 'a b/é.mkv' });
  });

  it('never accepts a path that climbs, whatever it is made of', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '.hidden', 'b.mkv', '\0', '\\', '..\\', '%2e%2e');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        if (reasonOf(() => parseReference(base64url(`0/${path}`))) !== 'accepted') return;
        assert.ok(path.split('/').every((each) => each !== '' && !each.startsWith('.')));
        assert.ok(!path.includes('\0'));
      }),
    );
  });

  const cases: [string, string][] = [
    [base64url('0/../secret.mkv'), 'forbidden'],
    [base64url('0/a/../../secret.mkv'), 'forbidden'],
    [base64url('0//etc/passwd'), 'forbidden'],
    [base64url('0/.git/config'), 'not_found'],
    [base64url('0/a\0.mkv'), 'not_found'],
    [base64url('0/'), 'not_found'],
    [base64url('00/a.mkv'), 'not_found'],
    [base64url('-1/a.mkv'), 'not_found'],
    [base64url('a.mkv'), 'not_found'],
    [`${base64url('0/a.mkv')}=`, 'not_found'],
    [Buffer.from([0x30, 0x2f, 0xff, 0xfe]).toString('base64url'), 'not_found'],
    ['', 'not_found'],
    ['*', 'not_found'],
    ['A'.repeat(10_000), 'not_found'],
  ];
  for (const [ref, reason] of cases) {
    it(`answers ${ref.slice(0, 40)} with ${reason}`, () => {
      assert.equal(
        reasonOf(() => parseReference(ref)),
        reason,
      );
    });
  }

  it('takes backslashes for what they are on this system', () => {
    const reason = reasonOf(() => checkPath('..\\..\\secret.mkv'));
    assert.equal(reason, process.platform === 'win32' ? 'forbidden' : 'not_found');
  });
});
