import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deriveMp4CacheKey } from './mp4-cache-key.js';

describe('deriveMp4CacheKey', () => {
  // Expected values: printf %s 'mp4:file_id:abc' | sha256sum | cut -c1-16, and likewise.
  it('prefers the file identifier', () => {
    assert.equal(deriveMp4CacheKey({ fileId: 'abc', chatId: 1, messageId: 2 }), '64b01f56dc450e3a');
  });
  it('falls back to chat and message', () => {
    assert.equal(deriveMp4CacheKey({ chatId: -100123, messageId: 42 }), '109f9ae21bbce608');
    assert.equal(deriveMp4CacheKey({ fileId: '', chatId: 0, messageId: 0 }), 'fb4990292f77ef79');
  });
  it('is empty when nothing identifies the file', () => {
    assert.equal(deriveMp4CacheKey({}), '');
    assert.equal(deriveMp4CacheKey({ chatId: 5 }), '');
    assert.equal(deriveMp4CacheKey({ messageId: 5 }), '');
  });
});
