import { ByteWriter } from '../../bytes/byte-writer.js';
import type { VideoColor } from '../../media/track.js';

/** The fields of a `vpcC` box, for VP8 and VP9. */
export interface VpCodecConfiguration {
  /** Profile 0 to 3. */
  readonly profile: number;
  /** Ten times the level's number; 0 when not known. */
  readonly level: number;
  /** Bits a sample. */
  readonly bitDepth: number;
  /** 0 is 4:2:0 with chroma between lines, 1 is 4:2:0 with chroma on luma, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaSubsampling: number;
  /** Colour; code points 2 where it is not known. */
  readonly color: VideoColor;
}

/**
 * Builds the payload of a `vpcC` box, version and flags included.
 * @see VP Codec ISO Media File Format Binding, "VP Codec Configuration Box"
 */
export function buildVpcc(configuration: VpCodecConfiguration): Uint8Array {
  const { profile, level, bitDepth, chromaSubsampling, color } = configuration;
  const writer = new ByteWriter(12);
  writer.u32(0x01000000); // version 1
  writer.u8(profile);
  writer.u8(level);
  writer.u8((bitDepth << 4) | (chromaSubsampling << 1) | (color.fullRange === true ? 1 : 0));
  writer.u8(color.primaries);
  writer.u8(color.transfer);
  writer.u8(color.matrix);
  writer.u16(0); // codecInitializationDataSize: none for VP8 and VP9
  return writer.finish();
}

/**
 * Writes the `codecs` parameter of a VP8 or VP9 track, such as `vp09.02.10.10.01.09.16.09.00`.
 * @param sampleEntry - `vp08` or `vp09`.
 * @see VP Codec ISO Media File Format Binding, "Codecs Parameter String"
 */
export function vpCodecString(sampleEntry: string, configuration: VpCodecConfiguration): string {
  const { profile, level, bitDepth, chromaSubsampling, color } = configuration;
  const two = (value: number): string => value.toString().padStart(2, '0');
  const fields = [profile, level, bitDepth, chromaSubsampling, color.primaries, color.transfer, color.matrix];
  return `${sampleEntry}.${fields.map(two).join('.')}.${color.fullRange === true ? '01' : '00'}`;
}
