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

/** Bits of a sample that lossless coding leaves of a film's sound, with its quiet stretches. */
const losslessBits = 9;

/** Bits a second of a channel, as lossy codecs mostly use them. */
const lossyBitRate = 64_000;

/**
 * The bit rate of an audio track: what the source states, else that of the first packet where all are alike, else what
 * the codec usually takes.
 * @param audio - what is known.
 * @returns bits a second, and whether they are the same everywhere.
 */
export function estimateBitRate(audio: KnownAudio): {
  readonly bitRate: number;
  readonly isConstant: boolean;
} {
  const { codec, channels, sampleRate, packetBytes, packetSamples, statedBitRate } = audio;
  const isConstant = constantCodecs.has(codec);
  if (statedBitRate !== undefined) return { bitRate: statedBitRate, isConstant };
  if (isConstant && packetSamples !== undefined && packetSamples > 0) {
    return { bitRate: (packetBytes * 8 * sampleRate) / packetSamples, isConstant };
  }
  const bitRate = channels * (losslessCodecs.has(codec) ? losslessBits * sampleRate : lossyBitRate);
  return { bitRate, isConstant: false };
}
