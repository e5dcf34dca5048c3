import type { Av1SequenceHeader } from './sequence-header.js';

/**
 * Writes the `codecs` parameter of an AV1 track, such as `av01.0.04M.10.0.110.09.16.09.0`. The part after the bit
 * depth is left out when it says what is assumed without it: 4:2:0, BT.709, limited range. Colour that the stream
 * does not state counts as that, since 2 ("unspecified") would tell a player less than the default.
 * @see AV1 Codec ISO Media File Format Binding, section 5
 */
export function av1CodecString(header: Av1SequenceHeader): string {
  const { color } = header;
  const two = (value: number): string => value.toString().padStart(2, '0');
  const tier = header.isHighTier ? 'H' : 'M';
  const short = `av01.${header.profile}.${two(header.level)}${tier}.${two(color.bitDepth)}`;
  const position = color.subsamplingX === 1 && color.subsamplingY === 1 ? color.chromaSamplePosition : 0;
  const optional = [
    color.isMonochrome ? '1' : '0',
    `${color.subsamplingX}${color.subsamplingY}${position}`,
    ...[color.color.primaries, color.color.transfer, color.color.matrix].map(two),
    color.color.fullRange === true ? '1' : '0',
  ].join('.');
  const isDefault = /^0\.110\.(01\.01\.01|02\.02\.02)\.0$/.test(optional);
  return isDefault ? short : `${short}.${optional}`;
}
