import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioCodec, subtitleCodec, videoCodec } from './codec-mapping.js';

describe('codec names', () => {
  const video = [
    ['V_MPEG4/ISO/AVC', 'h264'],
    ['V_MPEGH/ISO/HEVC', 'hevc'],
    ['V_AV1', 'av1'],
    ['V_MPEG4/ISO/ASP', 'mpeg4'],
    ['V_REAL/RV40', 'rv40'],
    ['V_SOMETHING', 'unknown'],
    ['', 'unknown'],
  ] as const;
  for (const [id, codec] of video) it(`${id} is ${codec}`, () => assert.equal(videoCodec(id), codec));

  const audio = [
    ['A_AAC', undefined, 'aac'],
    ['A_AAC/MPEG4/LC/SBR', undefined, 'aac'],
    ['A_AC3/BSID9', undefined, 'ac3'],
    ['A_EAC3', undefined, 'eac3'],
    ['A_DTS/EXPRESS', undefined, 'dts'],
    ['A_OPUS/EXPERIMENTAL', undefined, 'opus'],
    ['A_MPEG/L3', undefined, 'mp3'],
    ['A_PCM/INT/LIT', 8, 'pcm_u8'],
    ['A_PCM/INT/LIT', 16, 'pcm_s16le'],
    ['A_PCM/INT/BIG', 24, 'pcm_s24be'],
    ['A_PCM/INT/BIG', 32, 'pcm_s32be'],
    ['A_PCM/INT/LIT', undefined, 'unknown'],
    ['A_PCM/FLOAT/IEEE', 32, 'pcm_f32le'],
    ['A_PCM/FLOAT/IEEE', 64, 'pcm_f64le'],
    ['A_PCM/FLOAT/IEEE', 16, 'unknown'],
    ['A_REAL/COOK', undefined, 'unknown'],
    ['A_QUICKTIME', undefined, 'unknown'],
  ] as const;
  for (const [id, bits, codec] of audio) {
    it(`${id} of ${bits} bits is ${codec}`, () => assert.equal(audioCodec(id, bits), codec));
  }

  const subtitles = [
    ['S_TEXT/UTF8', 'subrip'],
    ['S_TEXT/ASS', 'ass'],
    ['S_HDMV/PGS', 'hdmv_pgs_subtitle'],
    ['D_WEBVTT/SUBTITLES', 'webvtt'],
    ['S_UNKNOWN', 'unknown'],
  ] as const;
  for (const [id, codec] of subtitles) it(`${id} is ${codec}`, () => assert.equal(subtitleCodec(id), codec));
});
