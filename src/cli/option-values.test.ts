import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { bytesOption, originOption } from './option-values.js';

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

  it('are origins, as many as are given', () => {
    assert.deepEqual(originOption('https://b.example/', originOption('http://a.example')), [
      'http://a.example',
      'https://b.example',
    ]);
    assert.throws(() => originOption('a.example'), InvalidArgumentError);
  });
});
