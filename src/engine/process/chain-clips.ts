import { InvariantError } from '../../errors.js';
import type { VideoColor } from '../../media/track.js';
import type { ChainVariant } from '../device-chain.js';
import type { SynthesizedVideo } from '../synthesis.js';

/** Pictures that a chain is tried with. */
export interface ChainClip {
  /** How they are made. */
  readonly video: SynthesizedVideo;
  /** Their colour. */
  readonly color: VideoColor;
}

/** Size of the pictures: every kind of hardware takes it. */
export const CLIP_SIZE = { width: 640, height: 360 } as const;

/** So many pictures that a device with too few places for frames runs out of them. */
export const CLIP_MS = 1600;

/** H.273 code points: SDR as in HD and in SD, and PQ in the gamut of BT.2020. */
const BT709: VideoColor = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };
const BT601: VideoColor = { primaries: 6, transfer: 6, matrix: 6, fullRange: false };
const PQ: VideoColor = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };

const SIZE = `size=${CLIP_SIZE.width}x${CLIP_SIZE.height}`;
const MOVING = `testsrc2=${SIZE}:rate=30,boxblur=3:1,scroll=horizontal=0.02`;
/** Two fields of different times in each picture. */
const FIELDS = `testsrc2=${SIZE}:rate=60,boxblur=3:1,scroll=horizontal=0.01,interlace=scan=tff:lowpass=0`;
/** Brightness of a film and not of the sun: PQ goes up to 10,000 cd/m2. */
const BRIGHT = `${MOVING},format=yuv420p10le,lutyuv=y='64+(val-64)*0.6':u='512+(val-512)*0.4':v='512+(val-512)*0.4'`;

/** How each codec is made of which chains can be tried. B frames where it has them, so that order matters. */
const ENCODERS: Readonly<Record<string, Omit<SynthesizedVideo, 'source'>>> = {
  h264: { encoder: 'libx264', maxBFrames: 2, options: { preset: 'ultrafast', crf: '12' } },
  hevc: {
    encoder: 'libx265',
    options: { preset: 'ultrafast', crf: '12', 'x265-params': 'bframes=2:log-level=none' },
  },
  mpeg2video: { encoder: 'mpeg2video', maxBFrames: 2, bitRate: 12_000_000 },
  vp8: { encoder: 'libvpx', bitRate: 6_000_000, options: { deadline: 'realtime', 'cpu-used': '8' } },
  vp9: { encoder: 'libvpx-vp9', bitRate: 6_000_000, options: { deadline: 'realtime', 'cpu-used': '8' } },
  av1: { encoder: 'libsvtav1', options: { preset: '12', crf: '20' } },
};

/**
 * The pictures that a chain is tried with.
 * @param codec - as `VideoTrack` names it.
 * @param variant - what they are like.
 * @throws {InvariantError} for a codec of which no chain is tried.
 */
export function chainClipOf(codec: string, variant: ChainVariant): ChainClip {
  const encoder = ENCODERS[codec];
  if (encoder === undefined) throw new InvariantError(`No chain is tried with ${codec}.`);
  return {
    video: { ...encoder, ...sourceOf(variant, encoder.options) },
    // VP8 knows no other.
    color: variant === 'hdr' ? PQ : codec === 'vp8' ? BT601 : BT709,
  };
}

function sourceOf(
  variant: ChainVariant,
  options: SynthesizedVideo['options'],
): Pick<SynthesizedVideo, 'source' | 'pixelFormat' | 'options'> {
  if (variant === 'interlaced') {
    return { source: FIELDS, options: { ...options, flags: '+ildct+ilme' } };
  }
  if (variant === 'plain') return { source: MOVING };
  return { source: variant === 'hdr' ? BRIGHT : MOVING, pixelFormat: 'yuv420p10le' };
}
