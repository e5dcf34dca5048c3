import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { avcCodecString } from '../codecs/h264/codec-string.js';
import type { FrameRate } from '../time/frame-rate.js';
import { declaredCodecOf } from './declared-codec.js';
import { createEnginePool, type EnginePool } from './pool.js';
import { videoConfigurationOf } from './video-configuration.js';
import { DEFAULT_VIDEO_OUTPUT, type VideoOutput } from './video-output.js';

// What x264 itself says is the measure. Sizes, rates and caps lie at both sides of what parts one level from the next.

const rate = (numerator: number, denominator = 1): FrameRate => ({ numerator, denominator });
const SIZES = [
  ...[2, 2, 128, 96, 176, 144, 352, 288, 640, 360, 720, 480, 720, 576, 1280, 720, 1920, 1080],
  ...[1080, 1920, 2560, 1440, 3840, 2160, 4096, 2304, 8000, 400, 3000, 16],
].flatMap((width, i, all) => (i % 2 === 0 ? [{ width, height: all[i + 1]! }] : []));
const RATES = [undefined, rate(24_000, 1001), rate(25), rate(60_000, 1001), rate(120), rate(1000)];
const CAPS = [undefined, 10_000, 700_000, 26_000_000];
const PRESETS: readonly VideoOutput['preset'][] = ['ultrafast', 'superfast', 'medium'];

describe('declaredCodecOf', () => {
  let pool: EnginePool;
  before(() => {
    pool = createEnginePool({ size: 1 });
  });
  after(() => pool[Symbol.asyncDispose]());

  async function check(
    size: { width: number; height: number },
    changes: Partial<VideoOutput>,
  ): Promise<void> {
    const geometry = { ...size, pixelAspectRatio: [1, 1] as const, color: undefined };
    const output = { ...DEFAULT_VIDEO_OUTPUT, ...changes };
    const { avcC } = await videoConfigurationOf(pool, geometry, output);
    const [, profile, constraints, level] = avcC;
    const said = avcCodecString('avc1', { profile: profile!, constraints: constraints!, level: level! });
    assert.equal(declaredCodecOf(geometry, output), said, JSON.stringify([size, changes]));
  }

  it('tells what x264 says, for every size at every rate', async () => {
    for (const size of SIZES) for (const frameRate of RATES) await check(size, { frameRate });
  });

  it('tells what x264 says with other caps and presets', async () => {
    for (const size of SIZES) for (const maxBitRate of CAPS) await check(size, { maxBitRate });
    for (const preset of PRESETS) for (const size of SIZES) await check(size, { preset });
  });
});
