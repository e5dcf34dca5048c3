import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';

/** What the uncompressed header of a VP9 key frame says. */
export interface Vp9KeyFrameHeader {
  /** Profile 0 to 3. */
  readonly profile: number;
  /** Bits a sample: 8, 10 or 12. */
  readonly bitDepth: 8 | 10 | 12;
  /** color_space: 0 unknown, 1 BT.601, 2 BT.709, 3 SMPTE 170, 4 SMPTE 240, 5 BT.2020, 7 RGB. */
  readonly colorSpace: number;
  /** Samples use the full range. */
  readonly fullRange: boolean;
  /** Chroma format. */
  readonly chroma: '4:2:0' | '4:2:2' | '4:4:4';
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

const rgb = 7;

/**
 * Parses the uncompressed header of a key frame.
 * @param frame - the frame's bytes, or the superframe's of which it is the first.
 * @returns undefined when the frame is not a key frame.
 * @throws {MalformedMediaError} when it is no VP9 frame, or cut off.
 * @throws {UnsupportedMediaError} for 4:4:0, which MP4 cannot declare.
 * @see VP9 Bitstream Specification, section 6.2
 */
export function parseVp9KeyFrameHeader(frame: Uint8Array): Vp9KeyFrameHeader | undefined {
  const reader = new BitReader(frame, 'VP9 frame header');
  if (reader.bits(2) !== 2) {
    throw new MalformedMediaError('The sample is not a VP9 frame: its frame marker is not 2.', {
      context: { spec: 'VP9 Bitstream Specification, section 7.2' },
    });
  }
  const low = reader.bits(1);
  const profile = reader.bits(1) * 2 + low;
  if (profile === 3) reader.skip(1); // reserved_zero
  if (reader.flag()) return undefined; // show_existing_frame
  if (reader.flag()) return undefined; // frame_type 1: not a key frame
  reader.skip(2); // show_frame, error_resilient_mode
  if (reader.bits(24) !== 0x498342) {
    throw new MalformedMediaError('A VP9 key frame lacks its sync code.', {
      context: { spec: 'VP9 Bitstream Specification, section 6.2' },
    });
  }
  const color = readColorConfig(reader, profile);
  const width = reader.bits(16) + 1;
  return { profile, ...color, width, height: reader.bits(16) + 1 };
}

function readColorConfig(
  reader: BitReader,
  profile: number,
): Pick<Vp9KeyFrameHeader, 'bitDepth' | 'colorSpace' | 'fullRange' | 'chroma'> {
  const bitDepth = profile >= 2 ? (reader.flag() ? 12 : 10) : 8;
  const colorSpace = reader.bits(3);
  const isOddProfile = (profile & 1) === 1;
  if (colorSpace === rgb) {
    if (isOddProfile) reader.skip(1);
    return { bitDepth, colorSpace, fullRange: true, chroma: '4:4:4' };
  }
  const fullRange = reader.flag();
  if (!isOddProfile) return { bitDepth, colorSpace, fullRange, chroma: '4:2:0' };
  const x = reader.flag();
  const y = reader.flag();
  reader.skip(1); // reserved_zero
  if (!x && y) {
    throw new UnsupportedMediaError('VP9 video with 4:4:0 chroma cannot be declared in MP4.', {
      context: { spec: 'VP Codec ISO Media File Format Binding' },
    });
  }
  return { bitDepth, colorSpace, fullRange, chroma: x ? (y ? '4:2:0' : '4:2:2') : '4:4:4' };
}
