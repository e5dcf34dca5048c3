import type { AudioCodec } from '../../media/codec.js';

/** What is known of an audio track, from its declaration and one packet. */
export interface KnownAudio {
  /** The codec. */
  readonly codec: AudioCodec;
  /** Number of channels. */
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Bytes of its first packet. */
  readonly packetBytes: number;
  /** Samples of its first packet, where that is known. */
  readonly packetSamples: number | undefined;
  /** Bits a second, where the source states them. */
  readonly statedBitRate: number | undefined;
}

/** Codecs whose packets are all of one size, or nearly so, in the files that there are. */
const constantCodecs: ReadonlySet<AudioCodec> = new Set<AudioCodec>([
  'ac3',
  'eac3',
  'dts',
  'mp1',
  'mp2',
  'mp3',
  'pcm_u8',
  'pcm_s16le',
  'pcm_s16be',
  'pcm_s24le',
  'pcm_s24be',
  'pcm_s32le',
  'pcm_s32be',
  'pcm_f32le',
  'pcm_f64le',
  'pcm_alaw',
  'pcm_mulaw',
]);

const losslessCodecs: ReadonlySet<AudioCodec> = new Set<AudioCodec>([
  'flac',
  'truehd',
  'mlp',
  'alac',
  'tta',
  'wavpack',
  'wmalossless',
]);

// Guesses are on the low side. They are taken from what stands between two keyframes, and added again where the track is
// copied: what a guess leaves out is then still counted, with the video.

/** Bits of a sample that lossless coding leaves of a film's sound, with its quiet stretches. */
const losslessBits = 6;

/** Bits a second of a channel in lossy codecs. */
const lossyBitRate = 40_000;

/** The same in AAC, which films mostly have at 128 kbit/s in stereo. */
const aacBitRate = 50_000;

/** How far segments of some seconds rise above the average: little where encoders mostly hold a rate, as those of AAC do. */
const spreads = { constant: 0, aac: 0.05, lossy: 0.1, lossless: 0.2 };

/** An audio track's bits a second. */
export interface EstimatedBitRate {
  /** On average. */
  readonly bitRate: number;
  /** How far its segments rise above that, as a share of it. */
  readonly spread: number;
}

/**
 * The bit rate of an audio track: what the source states, else that of the first packet where all are alike, else what
 * the codec takes at least, as a rule.
 * @param audio - what is known.
 */
export function estimateBitRate(audio: KnownAudio): EstimatedBitRate {
  const { codec, channels, sampleRate, packetBytes, packetSamples, statedBitRate } = audio;
  const isConstant = constantCodecs.has(codec);
  const isLossless = losslessCodecs.has(codec);
  const spread =
    spreads[isConstant ? 'constant' : isLossless ? 'lossless' : codec === 'aac' ? 'aac' : 'lossy'];
  if (statedBitRate !== undefined) return { bitRate: statedBitRate, spread };
  if (isConstant && packetSamples !== undefined && packetSamples > 0) {
    return { bitRate: (packetBytes * 8 * sampleRate) / packetSamples, spread };
  }
  const channelRate = isLossless ? losslessBits * sampleRate : codec === 'aac' ? aacBitRate : lossyBitRate;
  return { bitRate: channels * channelRate, spread };
}
