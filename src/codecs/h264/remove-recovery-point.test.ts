import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { withoutRecoveryPoints } from './remove-recovery-point.js';

const remove = (hex: string): string => toHex(withoutRecoveryPoints(fromHex(hex)));
const plain = (hex: string): string => hex.replaceAll(' ', '');

// The first bytes of a packet of libx264 with open-gop=1: recovery_frame_cnt is 0.
const recovery = '00000005 060601c480';
const slice = '00000008 41889a037fd4d445';
// pic_timing, as x264 writes it with nal-hrd=vbr.
const timing = '060104 00000410 80';

describe('withoutRecoveryPoints', () => {
  it('drops a unit that holds nothing else', () => {
    assert.equal(remove(`${recovery} ${slice}`), plain(slice));
    assert.equal(remove(`00000002 0930 ${recovery} ${slice}`), plain(`00000002 0930 ${slice}`));
  });

  it('keeps the other messages of a unit, escaped as they were', () => {
    const both = '0000000c 0601040000030110 0601c480';
    assert.equal(remove(`${both} ${slice}`), plain(`00000009 0601040000030110 80 ${slice}`));
  });

  it('gives the same bytes back without copying when there is none', () => {
    const sample = fromHex(`00000008 ${timing} ${slice}`);
    assert.equal(withoutRecoveryPoints(sample), sample);
  });

  it('looks no further than the first slice', () => {
    const sample = fromHex(`${slice} ${recovery}`);
    assert.equal(withoutRecoveryPoints(sample), sample);
  });

  it('leaves what is broken', () => {
    for (const hex of ['0000ffff 060601c480', '00000003 0606ff', '00000004 06060980', '000000', '']) {
      const sample = fromHex(hex);
      assert.equal(withoutRecoveryPoints(sample), sample);
    }
  });
});
