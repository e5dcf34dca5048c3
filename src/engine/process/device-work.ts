import type { VideoColor } from '../../media/track.js';
import type { ChainVariant } from '../device-chain.js';
import type { VideoGeometry } from '../video-output.js';
import { isGamutNarrowed, isHdr, type FrameFormat, type PictureFormat } from './video-filter-chain.js';

/** What filters on a device have to do with frames. */
export interface DeviceWork {
  /** What the frames are like. */
  readonly variant: ChainVariant;
  /** Whether the size changes. */
  readonly isScaled: boolean;
  /** Width that comes out, in pixels. */
  readonly width: number;
  /** Height that comes out. */
  readonly height: number;
}

/** Planes of 4:2:0 as devices have them, with 8 and with 10 bits. */
const PLAIN_FORMATS = new Set(['nv12', 'yuv420p']);
const DEEP_FORMATS = new Set(['p010le', 'yuv420p10le']);

/** H.273 code points of matrices: BT.709, BT.601 for 625 and 525 lines. */
const BT709 = 1;
const BT601_625 = 5;
const BT601_525 = 6;

/**
 * Tells what has to be done with frames so that the encoder can take them. Filters on devices know less of colours and of
 * edges than those of the processor.
 * @param frame - what the frames are like; the pixel format is that in the device's memory.
 * @param size - size of the source by its container.
 * @param format - what comes out.
 * @returns the work, or why it is the processor's, in words for a person.
 */
export function deviceWorkOf(
  frame: FrameFormat,
  size: Pick<VideoGeometry, 'width' | 'height'>,
  format: PictureFormat,
): DeviceWork | string {
  const { color, pixelFormat } = frame;
  const isDeep = DEEP_FORMATS.has(pixelFormat);
  if (!isDeep && !PLAIN_FORMATS.has(pixelFormat)) return `pixels are ${pixelFormat}`;
  if (frame.width !== size.width || frame.height !== size.height) {
    return `pictures have ${frame.width} x ${frame.height} pixels, and their track ${size.width} x ${size.height}`;
  }
  if (frame.width % 2 !== 0 || frame.height % 2 !== 0) return 'a column or a row has to be cut off';
  if (isHdr(color) && !(isDeep && format.color.matrix === BT709))
    return 'HDR has to be mapped in another way';
  if (color.fullRange === true) return 'the range of values has to be converted';
  if (!isHdr(color) && (isGamutNarrowed(color, format.color) || matrixOf(color) !== matrixOf(format.color))) {
    return 'colours have to be converted';
  }
  if (isDeep && frame.isInterlaced) return 'fields have 10 bits';
  return {
    variant: isHdr(color) ? 'hdr' : isDeep ? 'deep' : frame.isInterlaced ? 'interlaced' : 'plain',
    isScaled: frame.width !== format.width || frame.height !== format.height,
    width: format.width,
    height: format.height,
  };
}

/** The two of BT.601, for 625 and for 525 lines, are one. */
function matrixOf({ matrix }: VideoColor): number {
  return matrix === BT601_525 ? BT601_625 : matrix;
}
