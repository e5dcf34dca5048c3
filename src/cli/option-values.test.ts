import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { bitRateOption, bytesOption, crfOption, heightOption, originOption } from './option-values.js';

describe('values of options', () => {
  it('are sizes in units of 1024', () => {
    for (const [text, bytes] of [
      ['0', 0],
      ['4096', 4096],
      ['64k', 65_536],
      ['512M', 536_870_912],
      ['2GiB', 2_147_483_648],
    ] as const) {
      assert.equal(bytesOption(text), bytes, text);
    }
    for (const text of ['', 'M', '-1', '1.5G', '1 G', '1P', '1e3', '9999999999']) {
      assert.throws(() => bytesOption(text), InvalidArgumentError, text);
    }
  });

  it('are bit rates in units of 1000', () => {
    for (const [text, bitRate] of [
      ['192000', 192_000],
      ['192k', 192_000],
      ['2.5M', 2_500_000],
    ] as const) {
      assert.equal(bitRateOption(text), bitRate, text);
    }
    for (const text of ['', 'k', '-1', '1.2345M', '1G']) {
      assert.throws(() => bitRateOption(text), InvalidArgumentError, text);
    }
  });

  it('are qualities and heights', () => {
    assert.equal(crfOption('21'), 21);
    assert.equal(crfOption('18.5'), 18.5);
    for (const text of ['0', '52', '', 'x', '-3'])
      assert.throws(() => crfOption(text), InvalidArgumentError, text);
    assert.equal(heightOption('720'), 720);
    assert.equal(heightOption('720p'), 720);
    for (const text of ['0', '8', '9000', '72.5', 'p']) {
      assert.throws(() => heightOption(text), InvalidArgumentError, text);
    }
  });

  it('are origins', () => {
    assert.equal(originOption('https://b.example/'), 'https://b.example');
    assert.throws(() => originOption('a.example'), InvalidArgumentError);
  });
});
