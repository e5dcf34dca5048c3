import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBytes, formatTable, formatTime, printable } from './format.js';

describe('format', () => {
  it('writes times', () => {
    assert.equal(formatTime(0), '0:00.000');
    assert.equal(formatTime(59_999.6), '1:00.000');
    assert.equal(formatTime(3_723_456), '1:02:03.456');
  });

  it('writes sizes', () => {
    assert.equal(formatBytes(999), '999 bytes');
    assert.equal(formatBytes(1500), '1.5 kB');
    assert.equal(formatBytes(2e15), '2000.0 TB');
  });

  it('lays out columns', () => {
    assert.equal(
      formatTable([
        ['A', 'LONG'],
        ['bbb', 'c'],
      ]),
      'A    LONG\nbbb  c',
    );
  });

  it('lets no file speak to the terminal', () => {
    assert.equal(printable('a\u001b[31mred\u0007\u009b1m\u202eb\nc'), 'a [31mred 1m b c');
  });
});
