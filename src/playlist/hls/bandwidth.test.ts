import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { estimateBitRate, type KnownAudio } from './audio-bit-rate.js';
import {
  audioRate,
  copiedVideoRate,
  encodedVideoPeak,
  variantBandwidth,
  type CopiedVideo,
} from './bandwidth.js';

/** A source in which each segment holds these bytes of packets, block headers included. */
function source(segments: readonly { video: number; audio: number }[], frames = { video: 144, audio: 281 }) {
  const seconds = 6;
  let offset = 5000;
  const offsets: number[] = [];
  for (const { video, audio } of segments) {
    offsets.push(offset);
    offset += video + audio + (frames.video + frames.audio) * 8 + 40;
  }
  const starts = segments.map((_, n) => n * seconds);
  const audioBytes = segments.reduce((sum, { audio }) => sum + audio, 0);
  const video: CopiedVideo = {
    times: { timescale: 1, starts, end: segments.length * seconds },
    offsets,
    endOffset: offset,
    samplesPerSecond: frames.video / seconds,
    bitRate: undefined,
    others: [
      { bitRate: (audioBytes * 8) / (segments.length * seconds), samplesPerSecond: frames.audio / seconds },
    ],
  };
  return { video, audioRate: (audioBytes * 8) / (segments.length * seconds), seconds, frames };
}

describe('copiedVideoRate', () => {
  it('takes what stands between keyframes, without the other tracks', () => {
    const { video } = source([
      { video: 600_000, audio: 96_000 },
      { video: 1_200_000, audio: 96_000 },
      { video: 300_000, audio: 96_000 },
    ]);
    const { peak, average } = copiedVideoRate(video);
    assert.ok(peak >= 1_602_000 && peak < 1.03 * 1_602_000, `${peak}`);
    assert.ok(Math.abs(average - 933_000) < 0.01 * 933_000, `${average}`);
  });

  it('is at least the rate of every segment with its sound, and not far above the highest', () => {
    const segment = fc.record({
      video: fc.integer({ min: 150_000, max: 8_000_000 }),
      audio: fc.integer({ min: 90_000, max: 110_000 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 40 }), (segments) => {
        const { video, audioRate: bitRate, seconds, frames } = source(segments);
        const sound = audioRate({ bitRate, samplesPerSecond: frames.audio / seconds, spread: 0.05 });
        const { bandwidth, averageBandwidth } = variantBandwidth(copiedVideoRate(video), [sound]);
        const real = segments.map(
          (one) => ((one.video + one.audio + 16 * frames.video + 4 * frames.audio + 300) * 8) / seconds,
        );
        const highest = Math.max(...real);
        const mean = real.reduce((a, b) => a + b, 0) / real.length;
        assert.ok(bandwidth >= highest && bandwidth < highest * 1.1, `${bandwidth} for ${highest}`);
        assert.ok(Math.abs(averageBandwidth - mean) < mean * 0.1);
      }),
    );
  });

  it('takes segments that begin in one Cluster together', () => {
    const { video } = source(Array.from({ length: 4 }, () => ({ video: 600_000, audio: 96_000 })));
    const offsets = [video.offsets[0]!, video.offsets[1]!, video.offsets[1]!, video.offsets[3]!];
    assert.ok(copiedVideoRate({ ...video, offsets }).peak < 1.03 * 820_000);
  });

  it('does without the end, and knows nothing where nothing is known', () => {
    const { video } = source([
      { video: 600_000, audio: 96_000 },
      { video: 600_000, audio: 96_000 },
    ]);
    const { peak, average } = copiedVideoRate({ ...video, endOffset: undefined });
    assert.ok(peak > 800_000 && average > 800_000);
    const unknown = copiedVideoRate({ ...video, offsets: [0, 0], endOffset: undefined });
    assert.ok(unknown.peak >= unknown.average && unknown.peak < 10_000);
  });

  it('leaves out of the last segment what comes after the video', () => {
    const { video, audioRate: bitRate } = source([
      { video: 600_000, audio: 96_000 },
      { video: 600_000, audio: 96_000 },
    ]);
    const endOffset = video.endOffset! + 96_000 * 5;
    const [sound] = video.others;
    const others = [{ ...sound!, bitRate, trailingSeconds: 30 }];
    const { peak, average } = copiedVideoRate({ ...video, endOffset, others });
    assert.ok(peak >= 802_000 && peak < 1.03 * 802_000 && average < peak, `${peak} ${average}`);
  });

  it('believes the average that the source states', () => {
    const { video } = source([{ video: 600_000, audio: 96_000 }]);
    const { average, peak } = copiedVideoRate({ ...video, bitRate: 900_000 });
    assert.ok(average > 900_000 && average < 905_000 && peak >= average);
  });
});

describe('variantBandwidth', () => {
  it('counts the most expensive audio rendition only', () => {
    const audio = [
      { peak: 200, average: 190 },
      { peak: 700, average: 640 },
      { peak: 400, average: 384 },
    ];
    assert.deepEqual(variantBandwidth({ peak: 5000, average: 3000 }, audio), {
      bandwidth: 5700,
      averageBandwidth: 3640,
    });
    assert.deepEqual(variantBandwidth(undefined, audio.slice(0, 1)), {
      bandwidth: 200,
      averageBandwidth: 190,
    });
    assert.deepEqual(variantBandwidth({ peak: 5, average: 3 }, []), { bandwidth: 5, averageBandwidth: 3 });
  });
});

describe('estimateBitRate', () => {
  const aac: KnownAudio = {
    codec: 'aac',
    channels: 2,
    sampleRate: 48_000,
    packetBytes: 20,
    packetSamples: 1024,
    statedBitRate: undefined,
  };
  const cases: [KnownAudio, number, number][] = [
    [{ ...aac, statedBitRate: 98_765 }, 98_765, 0.05],
    [aac, 100_000, 0.05], // its first packet is silence and says nothing
    [{ ...aac, codec: 'ac3', channels: 6, packetBytes: 1792, packetSamples: 1536 }, 448_000, 0],
    [{ ...aac, codec: 'flac', packetBytes: 14, packetSamples: 4096 }, 576_000, 0.2],
    [{ ...aac, codec: 'dts', channels: 6, packetSamples: undefined }, 240_000, 0],
  ];
  for (const [known, bitRate, spread] of cases) {
    it(`is ${bitRate} for ${known.codec}${known.statedBitRate === undefined ? '' : ' that states it'}`, () => {
      assert.deepEqual(estimateBitRate(known), { bitRate, spread });
    });
  }
});

describe('encodedVideoPeak', () => {
  const encoder = { maxBitRate: 3_000_000, bufferBits: 6_000_000, samplesPerSecond: 0 };
  const peakOf = (starts: number[], end: number): number =>
    encodedVideoPeak({ ...encoder, times: { timescale: 1, starts, end } });

  it('lets the buffer be filled anew in each segment, of which a short last one does not count', () => {
    assert.ok(Math.abs(peakOf([0, 6, 12], 13) - 4_000_000) < 1000);
    assert.ok(Math.abs(peakOf([0, 6, 18], 30) - 4_000_000) < 1000);
  });

  it('counts a segment that is alone, however short', () => {
    assert.ok(Math.abs(peakOf([0], 3) - 5_000_000) < 1000);
  });
});
