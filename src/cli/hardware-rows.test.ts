import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hardwareRows } from './hardware-rows.js';

describe('hardwareRows', () => {
  const nvenc = { device: 'nvenc', isWorking: true, detail: 'h264_nvenc' } as const;

  it('says below an encoder what is decoded beside it, what is not, and why', () => {
    const plain = { codec: 'hevc', variant: 'plain', isWorking: true, detail: '48 test pictures' } as const;
    const hdr = { codec: 'hevc', variant: 'hdr', isWorking: false, detail: 'No\u001b filter' } as const;
    assert.deepEqual(hardwareRows({ ...nvenc, chains: [plain, hdr] }), [
      ['nvenc', 'yes', 'h264_nvenc'],
      ['  decoding hevc', 'yes', '48 test pictures'],
      ['  decoding hevc, HDR', 'no', 'the processor decodes: No  filter'],
    ]);
  });

  it('says so where the processor decodes everything, and nothing where nothing works', () => {
    assert.deepEqual(hardwareRows({ device: 'amf', isWorking: true, detail: '', chains: [] })[1], [
      ...['  decoding', 'no', 'the processor decodes for this kind'],
    ]);
    assert.equal(hardwareRows({ ...nvenc, isWorking: false, chains: [] }).length, 1);
  });
});
