import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DamageLog } from './damage-log.js';
import { LIMITS } from './limits.js';

describe('DamageLog', () => {
  it('remembers the first places, counts all, and never loses a truncation', () => {
    const log = new DamageLog();
    for (let i = 0; i < LIMITS.damageEntries + 50; i++) log.add('unreadable', i, 1, 'garbage');
    log.add('truncated', 5000, 10, 'cut');
    assert.equal(log.count, LIMITS.damageEntries + 51);
    assert.equal(log.entries.length, LIMITS.damageEntries + 1);
    assert.equal(log.entries.at(-1)?.kind, 'truncated');
  });

  it('counts a place once when it is read twice', () => {
    const log = new DamageLog();
    log.add('dropped', 10, 1, 'lacing');
    log.add('dropped', 10, 1, 'lacing');
    log.add('checksum', 10, 1, 'CRC-32');
    assert.equal(log.count, 2);
  });
});
