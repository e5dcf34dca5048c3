import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RequestError } from '../errors.js';
import { checkProxyRange, trustProxies } from './trusted-proxies.js';

describe('proxies that are trusted', () => {
  it('are those in a range, however an address is written', () => {
    const isTrusted = trustProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.255.0.9', '::ffff:10.1.2.3', 'fd12::1'])
      assert.ok(isTrusted(address), address);
    for (const address of ['127.0.0.2', '11.0.0.1', '::1', 'fe80::1', '', 'unknown', '10.0.0.1:80', '10.0.0'])
      assert.ok(!isTrusted(address), address);
    assert.ok(!trustProxies([])('127.0.0.1'));
  });

  it('are named by addresses and ranges, and are never everyone', () => {
    for (const range of ['192.168.1.1', '172.16.0.0/12', '::1', 'fd00::/8'])
      assert.equal(checkProxyRange(range), range);
    for (const range of [
      '',
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '10/8',
      'nginx',
      'fd00::/129',
    ])
      assert.throws(() => checkProxyRange(range), RequestError, range);
  });
});
