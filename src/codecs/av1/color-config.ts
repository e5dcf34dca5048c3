import type { BitReader } from '../../bytes/bit-reader.js';
import type { VideoColor } from '../../media/track.js';
import type { VideoConfiguration } from '../configuration.js';

/** Sample format and colour of an AV1 sequence. */
export interface Av1ColorConfig {
  /** Bits a sample: 8, 10 or 12. */
  readonly bitDepth: 8 | 10 | 12;
  /** There are no chroma planes. */
  readonly isMonochrome: boolean;
  /** subsampling_x. */
  readonly subsamplingX: 0 | 1;
  /** subsampling_y. */
  readonly subsamplingY: 0 | 1;
  /** chroma_sample_position; 0 is unknown. */
  readonly chromaSamplePosition: number;
  /** Colour; code points 2 where the stream says nothing. */
  readonly color: VideoColor;
}

/** sRGB: BT.709 primaries, sRGB transfer, identity matrix. Its subsampling is not coded. */
const srgb = { primaries: 1, transfer: 13, matrix: 0 } as const;

/**
 * Reads color_config().
 * @see AV1 specification, section 5.5.2
 */
export function readAv1ColorConfig(reader: BitReader, profile: number): Av1ColorConfig {
  const isHighBitDepth = reader.flag();
  const isTwelve = profile === 2 && isHighBitDepth && reader.flag();
  const bitDepth = isTwelve ? 12 : isHighBitDepth ? 10 : 8;
  const isMonochrome = profile !== 1 && reader.flag();
  const described = reader.flag()
    ? { primaries: reader.bits(8), transfer: reader.bits(8), matrix: reader.bits(8) }
    : { primaries: 2, transfer: 2, matrix: 2 };
  const base = { bitDepth, isMonochrome } as const;
  if (isMonochrome) {
    const color = { ...described, fullRange: reader.flag() };
    return { ...base, subsamplingX: 1, subsamplingY: 1, chromaSamplePosition: 0, color };
  }
  const isSrgb =
    described.primaries === srgb.primaries &&
    described.transfer === srgb.transfer &&
    described.matrix === srgb.matrix;
  if (isSrgb) {
    const color = { ...described, fullRange: true };
    return { ...base, subsamplingX: 0, subsamplingY: 0, chromaSamplePosition: 0, color };
  }
  const color = { ...described, fullRange: reader.flag() };
  const [subsamplingX, subsamplingY] = readSubsampling(reader, profile, bitDepth);
  const chromaSamplePosition = subsamplingX === 1 && subsamplingY === 1 ? reader.bits(2) : 0;
  return { ...base, subsamplingX, subsamplingY, chromaSamplePosition, color };
}

function readSubsampling(reader: BitReader, profile: number, bitDepth: number): readonly [0 | 1, 0 | 1] {
  if (profile === 0) return [1, 1];
  if (profile === 1) return [0, 0];
  if (bitDepth < 12) return [1, 0];
  const x = reader.flag();
  const y = x && reader.flag();
  return [x ? 1 : 0, y ? 1 : 0];
}

/** Names the chroma format. */
export function av1Chroma(config: Av1ColorConfig): VideoConfiguration['chroma'] {
  if (config.isMonochrome) return '4:0:0';
  if (config.subsamplingX === 0) return '4:4:4';
  return config.subsamplingY === 1 ? '4:2:0' : '4:2:2';
}
