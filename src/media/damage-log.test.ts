import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DamageLog } from './damage-log.js';

describe('DamageLog', () => {
  it('remembers the first places, counts all, and never loses a truncation', () => {
    const log = new DamageLog();
    for (let i = 0; i < 150; i++) log.add('unreadable', i, 1, 'garbage');
    log.add('truncated', 5000, 10, 'cut');
    log.add('truncated', 4000, 20, 'cut, as another reader sees it');
    assert.equal(log.count, 151);
    assert.equal(log.entries.length, 101);
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
