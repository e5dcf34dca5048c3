import type { DeviceFailure, VideoDevice } from './video-device.js';

/**
 * What a chain on a device is given: pictures of 8 bits, of 10 bits, in fields, or of 10 bits in HDR. What comes out are always
 * progressive ones of 8 bits in SDR.
 */
export type ChainVariant = 'plain' | 'deep' | 'interlaced' | 'hdr';

/** Kinds of hardware whose chains are known; AMF and V4L2 are not among them. */
export const CHAIN_DEVICES: readonly VideoDevice[] = ['nvenc', 'videotoolbox', 'qsv', 'vaapi'];

/** What chains are tried with, by codec: those that this package's engines can make pictures in, to have something to compare with. */
const VARIANTS: Readonly<Record<string, readonly ChainVariant[]>> = {
  h264: ['plain', 'interlaced'],
  hevc: ['plain', 'deep', 'hdr'],
  mpeg2video: ['plain', 'interlaced'],
  vp8: ['plain'],
  vp9: ['plain', 'deep', 'hdr'],
  av1: ['plain', 'deep', 'hdr'],
};

/** Codecs of which chains are tried. */
export const CHAIN_CODECS: readonly string[] = Object.keys(VARIANTS);

/**
 * What the chains of a codec are tried with.
 * @param codec - as `VideoTrack` names it.
 * @returns none for a codec of which none is tried.
 */
export function chainVariantsOf(codec: string): readonly ChainVariant[] {
  return Object.hasOwn(VARIANTS, codec) ? VARIANTS[codec]! : [];
}

/** What trying a chain told: decoding, filters and encoding, with frames that stay in the device's memory. */
export interface ChainReport {
  /** The codec that is decoded, as `VideoTrack` names it. */
  readonly codec: string;
  /** What its pictures are like. */
  readonly variant: ChainVariant;
  /** Whether the pictures that came out were right. */
  readonly isWorking: boolean;
  /** Why not, as kinds of failures go; absent where the device was not even asked. */
  readonly failure?: DeviceFailure | undefined;
  /** Why not, or how near they were, in words for a person. */
  readonly detail: string;
}
