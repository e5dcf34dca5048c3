import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { viewerOf } from './viewer.js';

function viewer(ip: string, agent?: string, subject?: string): string {
  return viewerOf({ ip, headers: agent === undefined ? {} : { 'user-agent': agent }, subject });
}

describe('who a viewer is', () => {
  it('is an address with a program', () => {
    assert.notEqual(viewer('192.0.2.1', 'VLC'), viewer('192.0.2.2', 'VLC'));
    assert.notEqual(viewer('192.0.2.1', 'VLC'), viewer('192.0.2.1', 'Safari'));
    assert.equal(viewer('192.0.2.1'), viewer('::ffff:192.0.2.1'));
    assert.ok(viewer('192.0.2.1', 'x'.repeat(10_000)).length < 300);
  });

  it('is a network of IPv6, however it is written', () => {
    const [first, ...others] = ['2001:db8:0:1::7', '2001:db8:0:1:ffff:2:3:4', '2001:db8::1:0:0:0:9'].map(
      (ip) => viewer(ip),
    );
    for (const other of others) assert.equal(other, first);
    assert.notEqual(viewer('2001:db8:0:2::7'), first);
    assert.notEqual(viewer('::1'), viewer('fe80::1'));
  });

  it('is the subject of a signed link, wherever it is', () => {
    assert.equal(viewer('192.0.2.1', 'VLC', 'anna'), viewer('192.0.2.9', 'Safari', 'anna'));
    assert.notEqual(viewer('192.0.2.1', 'VLC', 'anna'), viewer('192.0.2.1', 'VLC', 'bert'));
  });
});
