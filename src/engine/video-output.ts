import { RequestError } from '../errors.js';
import type { VideoColor } from '../media/track.js';
import type { FrameRate } from '../time/frame-rate.js';
import type { VideoDevice } from './video-device.js';

/** What a container says about pictures before any is decoded. A video track of `media/` is one. */
export interface VideoGeometry {
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** Shape of one pixel, horizontal over vertical; [1, 1] is square. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Colour, where it is known. */
  readonly color: VideoColor | undefined;
}

/** How video is to be encoded. */
export interface VideoOutput {
  /** The codec. */
  readonly codec: 'h264';
  /** The encoder; what the pool chooses when absent. Hardware that fails is helped out by x264. */
  readonly encoder?: 'libx264' | VideoDevice | undefined;
  /** The most pixels across; the picture is scaled down to fit, its shape kept. The source's own by default. */
  readonly width?: number | undefined;
  /** The most pixels down. */
  readonly height?: number | undefined;
  /** Quality on the scale of x264's constant rate factor, 1 to 51: lower is better. */
  readonly crf: number;
  /** The most bits a second, which a picture that is hard to code does not pass; {@link maxBitRateOf} when absent. */
  readonly maxBitRate?: number | undefined;
  /** Speed against size, by the names of x264's presets. */
  readonly preset: 'ultrafast' | 'superfast' | 'veryfast' | 'faster' | 'fast' | 'medium';
  /**
   * About how many frames a second there are. The level and the bit rate's cap depend on it, the frames' times do not;
   * 30 when absent.
   */
  readonly frameRate?: FrameRate | undefined;
}

/** What is made when nobody asks for anything else. docs/video.md gives the reasons. */
export const DEFAULT_VIDEO_OUTPUT: VideoOutput = { codec: 'h264', crf: 21, preset: 'veryfast' };

/** What is fixed about encoded pictures before any is decoded: a pure function of geometry and output. */
export interface EncodedFormat {
  /** Width in pixels; even. */
  readonly width: number;
  /** Height in pixels; even. */
  readonly height: number;
  /** Shape of one pixel. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Colour: always limited range, never HDR. */
  readonly color: VideoColor;
  /** The most bits a second. */
  readonly maxBitRate: number;
  /** Bits that may come at once: a decoder's buffer that fills at `maxBitRate`. */
  readonly bufferBits: number;
}

/** The picture of H.264 level 5.2, in either orientation; above it there are next to no decoders. */
const MAX_PIXELS = 4096 * 2304;

/** H.264 at level 5.2 has at most 8 times 36,864 macroblocks of 16 across or down: the root, in pixels. */
const MAX_SIDE = 8688;

/** Sides that are believed: libavcodec takes no more than 16 bits either. */
const MAX_SOURCE_SIDE = 32_767;

/** Bits a second that 1080p at 30 frames may take; what other sizes may follows from it. */
const FULL_HD_BIT_RATE = 8_000_000;

/** The highest cap that can be asked for, in bits a second: that of level 5.2 in the High profile. */
const MAX_BIT_RATE = 300_000_000;

/** Seconds of `maxBitRate` that may come at once. */
const BUFFER_SECONDS = 2;

/** H.273 code points: SDR, as it is broadcast in HD. */
const BT709: VideoColor = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };
/** The same for 525 lines (SMPTE ST 170). */
const BT601_525: VideoColor = { primaries: 6, transfer: 6, matrix: 6, fullRange: false };
/** The same for 625 lines (BT.470 B and G). */
const BT601_625: VideoColor = { primaries: 5, transfer: 6, matrix: 5, fullRange: false };

/** H.273 code point for "unspecified". */
const UNSPECIFIED = 2;

/** Primaries whose gamut is about that of BT.709, and that are kept. */
const SDR_PRIMARIES = new Set([1, 4, 5, 6, 7]);
/** Transfer characteristics of SDR that are kept. */
const SDR_TRANSFERS = new Set([1, 4, 5, 6, 7, 11, 13]);
/** Matrices that are kept: BT.709, FCC, both of BT.601, SMPTE ST 240. */
const SDR_MATRICES = new Set([1, 4, 5, 6, 7]);

/**
 * Tells the format in which pictures come out.
 * @param geometry - what the container says of the source.
 * @param output - what is wanted.
 * @throws {RequestError} when sizes or rates make no sense.
 */
export function encodedFormatOf(geometry: VideoGeometry, output: VideoOutput): EncodedFormat {
  checkSize('source', geometry.width, geometry.height);
  checkRate(output);
  const { width, height } = fitSize(geometry, output);
  const maxBitRate = output.maxBitRate ?? maxBitRateOf(width, height, output.frameRate);
  return {
    width,
    height,
    pixelAspectRatio: reduceRatio(geometry.pixelAspectRatio),
    color: outputColorOf(geometry),
    maxBitRate,
    bufferBits: maxBitRate * BUFFER_SECONDS,
  };
}

/**
 * The cap on the bit rate of pictures of a size: 8 Mbit/s at 1080p and 30 frames a second. It grows more slowly than
 * the pixels, since neighbours in larger pictures are more alike, and with the root of the frame rate.
 * @returns bits a second, in whole tens of thousands.
 */
export function maxBitRateOf(width: number, height: number, frameRate?: FrameRate): number {
  const rate = frameRate === undefined ? 30 : frameRate.numerator / frameRate.denominator;
  const size = ((width * height) / (1920 * 1080)) ** 0.75;
  const bitRate = FULL_HD_BIT_RATE * size * Math.sqrt(Math.min(Math.max(rate, 10), 120) / 30);
  return Math.max(300_000, Math.round(bitRate / 10_000) * 10_000);
}

/** Colour to assume where neither container nor bitstream says it: by the picture's size, as players do. */
export function assumedColorOf({ width, height }: { width: number; height: number }): VideoColor {
  if (width > 1024 || height > 576) return BT709;
  return height === 576 || height === 288 ? BT601_625 : BT601_525;
}

/** Colour is kept where it is SDR that every player shows right, and becomes BT.709 where it is not. */
function outputColorOf(geometry: VideoGeometry): VideoColor {
  const declared = geometry.color;
  if (declared === undefined) return assumedColorOf(geometry);
  const family = declared.matrix === 1 ? BT709 : assumedColorOf(geometry);
  const color = {
    primaries: declared.primaries === UNSPECIFIED ? family.primaries : declared.primaries,
    transfer: declared.transfer === UNSPECIFIED ? family.transfer : declared.transfer,
    matrix: declared.matrix === UNSPECIFIED ? family.matrix : declared.matrix,
    fullRange: false,
  };
  const isKept =
    SDR_PRIMARIES.has(color.primaries) && SDR_TRANSFERS.has(color.transfer) && SDR_MATRICES.has(color.matrix);
  return isKept ? color : BT709;
}

function fitSize(geometry: VideoGeometry, output: VideoOutput): { width: number; height: number } {
  const { width, height } = geometry;
  checkSize('output', output.width ?? width, output.height ?? height);
  const scale = Math.min(
    1,
    (output.width ?? width) / width,
    (output.height ?? height) / height,
    Math.sqrt(MAX_PIXELS / (width * height)),
    MAX_SIDE / Math.max(width, height),
  );
  // An odd last column or row is cut off, not squeezed in: that would blur the whole picture.
  if (scale === 1) return { width: evenBelow(width), height: evenBelow(height) };
  return { width: evenNear(width * scale), height: evenNear(height * scale) };
}

function evenBelow(pixels: number): number {
  return Math.max(2, pixels - (pixels % 2));
}

function evenNear(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

function checkSize(what: string, width: number, height: number): void {
  for (const side of [width, height]) {
    if (Number.isInteger(side) && side >= 1 && side <= MAX_SOURCE_SIDE) continue;
    throw new RequestError(
      `Pictures of ${width} x ${height} cannot be encoded: the ${what}'s sides must have 1 to ${MAX_SOURCE_SIDE} pixels.`,
    );
  }
}

function checkRate({ crf, maxBitRate, frameRate }: VideoOutput): void {
  const isQuality = crf >= 1 && crf <= 51;
  const isCap = maxBitRate === undefined || (maxBitRate >= 10_000 && maxBitRate <= MAX_BIT_RATE);
  const terms = frameRate === undefined ? [] : [frameRate.numerator, frameRate.denominator];
  const isFrameRate = terms.every((term) => Number.isInteger(term) && term >= 1 && term <= 0x7fff_ffff);
  if (isQuality && isCap && isFrameRate) return;
  throw new RequestError(
    `Video cannot be encoded at CRF ${crf}, ${maxBitRate ?? 'any'} bits and ${terms.join('/') || 'any'} frames a second.`,
  );
}

/** In lowest terms, and square where the source states nothing that makes sense. VUI has 16 bits for each. */
function reduceRatio([horizontal, vertical]: readonly [number, number]): readonly [number, number] {
  if (!(horizontal > 0 && vertical > 0)) return [1, 1];
  const common = greatestCommonDivisor(horizontal, vertical);
  const ratio = [horizontal / common, vertical / common] as const;
  const largest = Math.max(...ratio);
  if (largest <= 0xffff) return ratio;
  const shrink = largest / 0xffff;
  return [Math.max(1, Math.round(ratio[0] / shrink)), Math.max(1, Math.round(ratio[1] / shrink))];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
