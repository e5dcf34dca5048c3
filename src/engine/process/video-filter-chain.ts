import type { VideoColor } from '../../media/track.js';
import { assumedColorOf, type EncodedFormat } from '../video-output.js';

/** What matters of a decoded frame for how it is filtered; frames of which this is the same share a filter graph. */
export interface FrameFormat {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** libavutil's name of the pixel format. */
  readonly pixelFormat: string;
  /** Colour, every part of it known. */
  readonly color: VideoColor;
  /** Whether frames that are marked interlaced are to be made progressive. */
  readonly isInterlaced: boolean;
}

/** What comes out of the filters. */
export interface PictureFormat extends Pick<EncodedFormat, 'width' | 'height' | 'color'> {
  /** Each picture goes in alone: there are none before or behind it that tell what moves. False when absent. */
  readonly isAlone?: boolean;
}

/** H.273 code points: matrix of RGB, "unspecified", BT.2020 with its matrix, PQ and HLG. */
const RGB = 0;
const UNSPECIFIED = 2;
const BT2020 = 9;
const PQ = 16;
const HLG = 18;

/** Primaries of gamuts so much wider than BT.709 that their colours would look faded: BT.2020, P3 in both forms. */
const WIDE_PRIMARIES = new Set([BT2020, 11, 12]);

/** libswscale: cubic, with the rounding that is the same in C and in every SIMD variant. */
const SCALE_FLAGS = 'bicubic+accurate_rnd+full_chroma_int+bitexact';

/** libswscale's names of matrices by H.273 code point; for all others BT.709 is meant. */
const MATRIX_NAMES: Readonly<Record<number, string>> = {
  1: 'bt709',
  4: 'fcc',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  9: 'bt2020nc',
  10: 'bt2020nc',
};

/**
 * Completes what is said of a frame's colour: what the bitstream says counts, then what the container does, then what
 * players assume.
 * @param said - H.273 code points of the frame; `fullRange` undefined where it does not say.
 * @param declared - what the container says.
 * @param frame - size and libavutil's name of the pixel format.
 * @returns every part known.
 */
export function completeColor(
  said: VideoColor,
  declared: VideoColor | undefined,
  frame: { readonly width: number; readonly height: number; readonly pixelFormat: string },
): VideoColor {
  const assumed = assumedColorOf(frame);
  const isRgb = isRgbFormat(frame.pixelFormat);
  const first = (...codes: (number | undefined)[]): number =>
    codes.find((code) => code !== undefined && isSpecified(code)) ?? UNSPECIFIED;
  const primaries = first(said.primaries, declared?.primaries);
  // 0 as well, the matrix of RGB: of planes of YUV it says nothing.
  const matrix = first(said.matrix, declared?.matrix);
  const likely = primaries === BT2020 ? BT2020 : assumed.matrix;
  return {
    primaries: first(primaries, matrix === BT2020 ? BT2020 : matrix === 1 ? 1 : assumed.primaries),
    transfer: first(said.transfer, declared?.transfer, assumed.transfer),
    matrix: isRgb ? RGB : first(matrix, likely),
    fullRange:
      isRgb || frame.pixelFormat.startsWith('yuvj') || (said.fullRange ?? declared?.fullRange ?? false),
  };
}

/** Whether libavutil's name of a pixel format is one of red, green and blue; grey is none. */
export function isRgbFormat(name: string): boolean {
  return /rgb|bgr|gbr|pal8|bayer/.test(name);
}

/**
 * Writes libavfilter's chain that makes of a source's frames what the encoder takes: progressive, of the output's size
 * and colour, 8 bits, 4:2:0. One frame comes out for each that goes in.
 * @param frame - the frames that go in.
 * @param size - size of the source by its container, to which odd sides belong.
 * @param format - what comes out.
 * @returns filters, separated by commas.
 */
export function writeVideoFilterChain(
  frame: FrameFormat,
  size: { readonly width: number; readonly height: number },
  format: PictureFormat,
): string {
  return [
    ...(frame.isInterlaced ? [deinterlacer(format)] : []),
    ...fitPicture(frame, size, format),
    ...convertColor(frame, format),
  ].join(',');
}

/** Without neighbours, what is compared with them seems to stand still, and lines of two times stay beside each other. */
function deinterlacer({ isAlone = false }: PictureFormat): string {
  return isAlone
    ? 'estdif=mode=frame:parity=auto:deint=interlaced'
    : 'bwdif=mode=send_frame:parity=auto:deint=interlaced';
}

/** To the output's size; where only an odd last column or row is too much, it is cut off. */
function fitPicture(
  frame: FrameFormat,
  size: { readonly width: number; readonly height: number },
  { width, height }: PictureFormat,
): string[] {
  if (frame.width === width && frame.height === height) return [];
  const isCut =
    frame.width === size.width &&
    frame.height === size.height &&
    frame.width - width <= 1 && frame.height - height <= 1 &&
    frame.width >= width && frame.height >= height; // prettier-ignore
  if (isCut) return [`crop=w=${width}:h=${height}:x=0:y=0`];
  // RGB becomes YUV in the same step as everything else of its colour, later.
  return [`scale=w=${width}:h=${height}:flags=${SCALE_FLAGS}`];
}

/** Whether colours are of more brightness than SDR has: PQ or HLG. */
export function isHdr({ transfer }: VideoColor): boolean {
  return transfer === PQ || transfer === HLG;
}

/** Whether colours become those of a gamut so much narrower that they have to be converted. */
export function isGamutNarrowed(from: VideoColor, to: VideoColor): boolean {
  return WIDE_PRIMARIES.has(from.primaries) && !WIDE_PRIMARIES.has(to.primaries);
}

function convertColor({ color, pixelFormat }: FrameFormat, { color: target }: PictureFormat): string[] {
  const matrix = MATRIX_NAMES[target.matrix] ?? 'bt709';
  if (isHdr(color)) {
    return [
      `scale=flags=${SCALE_FLAGS}:out_color_matrix=bt2020nc:out_range=tv`,
      'format=yuv420p10le',
      'tonemapx=tonemap=bt2390:desat=0:peak=100:t=bt709:m=bt709:p=bt709:r=tv:format=yuv420p',
      ...(matrix === 'bt709' ? [] : [`scale=flags=${SCALE_FLAGS}:out_color_matrix=${matrix}`]),
    ];
  }
  const toYuv = `scale=flags=${SCALE_FLAGS}:out_color_matrix=${matrix}:out_range=tv`;
  if (isGamutNarrowed(color, target)) {
    return ['zscale=p=709:t=709:m=709:r=tv:d=none', 'format=yuv420p', toYuv];
  }
  return isRgbFormat(pixelFormat) ||
    pixelFormat !== 'yuv420p' ||
    color.fullRange === true ||
    color.matrix !== target.matrix
    ? [toYuv, 'format=yuv420p']
    : [];
}

function isSpecified(code: number): boolean {
  // 0 and 3 are reserved in H.273, but for a matrix of 0, which stands for RGB.
  return code !== UNSPECIFIED && code !== 0 && code !== 3;
}
