import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RequestError } from '../errors.js';
import { parseLinkSecret, signLink, verifySignature, type LinkSecret } from './signed-link.js';

const secret: LinkSecret = { id: 'k1', key: '0123456789abcdef0123456789abcdef' };
const other: LinkSecret = { id: 'k2', key: 'fedcba9876543210fedcba9876543210' };
const expires = new Date(1_900_000_000_000);
const item = { root: 0, path: 'films/A film.mkv' };
const ref = Buffer.from('0/films/A film.mkv').toString('base64url');
const before = expires.getTime() - 1;

function signatureIn(link: string): string {
  return /^\/s\/([^/]+)\/m\//.exec(link)![1]!;
}

function isRefused(secrets: readonly LinkSecret[], signature: string, of: string, nowMs: number): boolean {
  try {
    verifySignature(secrets, signature, of, nowMs);
    return false;
  } catch (error) {
    assert.ok(error instanceof RequestError && error.reason === 'forbidden');
    return true;
  }
}

describe('signed links', () => {
  const link = signLink(secret, { item, expires, file: 'master.m3u8', subject: 'alice' });
  const signature = signatureIn(link);

  it('are what OpenSSL makes of the same words', () => {
    const claims = `k1.1900000000.${Buffer.from('alice').toString('base64url')}`;
    const mac = execFileSync('openssl', ['dgst', '-sha256', '-hmac', secret.key, '-binary'], {
      input: `segmint-link-1\n${claims}\n/m/${ref}/`,
    }).toString('base64url');
    assert.equal(link, `/s/${claims}.${mac}/m/${ref}/master.m3u8`);
  });

  it('open their item until the second in which they expire', () => {
    assert.deepEqual(verifySignature([other, secret], signature, ref, before), {
      subject: 'alice',
      expires: 1_900_000_000,
    });
    assert.throws(() => verifySignature([secret], signature, ref, expires.getTime()), /expired/);
  });

  it('open no other item, and none under another secret, be its id the same', () => {
    const otherRef = Buffer.from('0/films/Another.mkv').toString('base64url');
    assert.ok(isRefused([secret], signature, otherRef, before));
    assert.ok(isRefused([other], signature, ref, before));
    assert.ok(isRefused([{ ...other, id: 'k1' }], signature, ref, before));
    assert.ok(isRefused([], signature, ref, before));
  });

  it('stay valid while one secret takes the place of another', () => {
    const next = signatureIn(signLink(other, { item, expires }));
    for (const each of [signature, next]) assert.ok(!isRefused([other, secret], each, ref, before));
  });

  it('are refused when any bit of them is another', () => {
    const bytes = Buffer.from(signature, 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assert.ok(isRefused([secret, other], changed.toString('latin1'), ref, before), `bit ${bit}`);
    }
  });

  it('are refused when anything is put in, left out or moved', () => {
    const at = fc.integer({ min: 0, max: signature.length });
    fc.assert(
      fc.property(at, at, fc.string({ maxLength: 4 }), (from, to, put) => {
        const changed = signature.slice(0, from) + put + signature.slice(to);
        fc.pre(changed !== signature);
        assert.ok(isRefused([secret, other], changed, ref, before));
      }),
    );
  });

  it('are made for whatever a library can hold', () => {
    const path = fc.array(fc.stringMatching(/^[^/\\.:\0][^/\\:\0]{0,20}$/u), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, fc.string({ unit: 'grapheme', maxLength: 20 }), (parts, subject) => {
        const made = signLink(secret, { item: { root: 3, path: parts.join('/') }, expires, subject });
        const [, , made1, , made2] = made.split('/');
        assert.equal(verifySignature([secret], made1!, made2!, before).subject ?? '', subject);
      }),
    );
  });

  it('are not made of what opens nothing, or everything', () => {
    const weak = { id: 'k1', key: 'short' };
    assert.throws(() => signLink(weak, { item, expires }), /openssl/);
    assert.throws(() => signLink(secret, { item, expires: new Date(NaN) }), RequestError);
    assert.throws(() => signLink(secret, { item: { root: 0, path: '../x.mkv' }, expires }), RequestError);
    assert.throws(() => signLink(secret, { item: 'not base64', expires }), RequestError);
    assert.throws(() => signLink(secret, { item, expires, file: '../x' }), RequestError);
    assert.throws(() => signLink(secret, { item, expires, subject: 'x'.repeat(129) }), RequestError);
    for (const text of [
      '',
      'k1',
      ':0123456789abcdef0123456789abcdef',
      'k1:short',
      'a b:0123456789abcdef0123456789abcdef',
    ]) {
      assert.throws(
        () => parseLinkSecret(text),
        (error: Error) => !error.message.includes('short'),
      );
    }
  });
});
