import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { agreesWithCrc32, crc32 } from './crc32.js';

describe('crc32', () => {
  it('gives the check value of the CRC catalogue', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
    assert.equal(crc32(new Uint8Array(0)), 0);
  });

  // CRC-32, TimestampScale 1,000,000, MuxingApp "Lavf".
  // The checksum of the last 14 bytes is that of python's zlib.crc32, stored little-endian.
  const data = fromHex('bf84 f271a809 2ad7b1830f4240 4d8084 4c617666');

  it('agrees with what other programs store', () => {
    assert.equal(agreesWithCrc32(data), true);
  });

  it('notices one changed bit', () => {
    const changed = data.slice();
    changed[9]! ^= 1;
    assert.equal(agreesWithCrc32(changed), false);
  });

  it('has nothing to disagree with where there is no CRC-32', () => {
    assert.equal(agreesWithCrc32(fromHex('2ad7b1830f4240')), true);
    assert.equal(agreesWithCrc32(new Uint8Array(0)), true);
  });
});
