/**
 * Writes the `codecs` parameter of an H.264 track: profile_idc, constraint flags and level_idc in hexadecimal.
 * @param sampleEntry - `avc1` or `avc3`.
 * @see RFC 6381, section 3.3; ISO/IEC 14496-15, annex E
 */
export function avcCodecString(
  sampleEntry: string,
  sps: { readonly profile: number; readonly constraints: number; readonly level: number },
): string {
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  return `${sampleEntry}.${hex(sps.profile)}${hex(sps.constraints)}${hex(sps.level)}`;
}
