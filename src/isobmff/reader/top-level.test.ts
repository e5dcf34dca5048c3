import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ascii, box, FTYP, join, u32, u64 } from '../../../test/support/mp4-writer.js';
import { isIsobmff } from './top-level.js';

describe('isIsobmff', () => {
  it('knows the boxes that files begin with', () => {
    for (const file of [
      FTYP,
      box('moov'),
      box('wide'),
      box('styp', u32(0)),
      join(u32(1), ascii('mdat'), u64(999)),
    ]) {
      assert.equal(isIsobmff(file.subarray(0, 16)), true);
    }
    assert.equal(isIsobmff(join(u32(0), ascii('mdat'))), true);
  });

  it('knows nothing else', () => {
    const others = [
      [],
      [0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0],
      ascii('RIFF    AVI LIST'),
      ascii('OggS0123'),
      box('uuid'),
    ];
    for (const bytes of others) assert.equal(isIsobmff(Uint8Array.from(bytes)), false);
    assert.equal(isIsobmff(join(u32(3), ascii('ftyp'))), false);
  });
});
