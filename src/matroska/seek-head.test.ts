import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, element, seekEntry, uint } from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { LimitExceededError } from '../errors.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import { parseSeekHead } from './seek-head.js';

describe('parseSeekHead', () => {
  it('reads what mkvmerge writes, positions relative to the Segment', () => {
    // mkvinfo: Seek ID 0x1549a966 (Info) at 4099, Seek ID 0x1c53bb6b (Cues) at 7096.
    const data = fromHex('4dbb8c 53ab84 1549a966 53ac82 1003 4dbb8c 53ab84 1c53bb6b 53ac82 1bb8');
    assert.deepEqual(parseSeekHead(data, 0, 52), [
      { id: ID.Info, offset: 4151 },
      { id: ID.Cues, offset: 7148 },
    ]);
  });

  it('leaves out entries that are not whole', () => {
    assert.deepEqual(
      parseSeekHead(bytes(element(ID.Seek, uint(ID.SeekPosition, 5)), element(ID.Seek)), 0, 0),
      [],
    );
  });

  it('refuses more entries than anyone writes', () => {
    const entry = seekEntry(ID.Cues, 1);
    const data = bytes(...new Array<Uint8Array>(LIMITS.seekEntries + 1).fill(entry));
    assert.throws(() => parseSeekHead(data, 0, 0), LimitExceededError);
  });
});
