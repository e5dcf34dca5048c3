import type { BitReader } from '../../bytes/bit-reader.js';

/** What of bsi() follows the fixed fields and matters for declaring the track. */
export interface Eac3Information {
  /** chanmap of a dependent substream, the left channel in the highest bit; undefined when there is none. */
  readonly channelMap: number | undefined;
  /** bsmod: kind of service; 0 when not stated. */
  readonly bsmod: number;
  /** Complexity index of Dolby Atmos (joint object coding); undefined without it. */
  readonly jocComplexity: number | undefined;
}

/** The fields before, on which the layout depends. */
export interface Eac3FixedFields {
  /** strmtyp. */
  readonly streamType: number;
  /** fscod is 3. */
  readonly isHalvedRate: boolean;
  /** Audio blocks in the frame. */
  readonly blocks: number;
  /** acmod. */
  readonly acmod: number;
  /** lfeon. */
  readonly hasLfe: boolean;
}

/**
 * Reads bsi() from dialnorm to addbsi.
 * @see ETSI TS 102 366, section E.1.2.2; for Atmos ETSI TS 103 420, section 8.3
 */
export function readEac3Information(reader: BitReader, fixed: Eac3FixedFields): Eac3Information {
  const isDualMono = fixed.acmod === 0;
  for (let i = 0; i < (isDualMono ? 2 : 1); i++) {
    reader.skip(5); // dialnorm
    if (reader.flag()) reader.skip(8); // compr
  }
  const channelMap = fixed.streamType === 1 && reader.flag() ? reader.bits(16) : undefined;
  if (reader.flag()) skipMixing(reader, fixed);
  const bsmod = reader.flag() ? readInformationalMetadata(reader, fixed) : 0;
  if (fixed.streamType === 0 && fixed.blocks !== 6) reader.skip(1); // convsync
  if (fixed.streamType === 2) {
    const isConverted = fixed.blocks === 6 || reader.flag();
    if (isConverted) reader.skip(6); // frmsizecod
  }
  return { channelMap, bsmod, jocComplexity: reader.flag() ? readJocComplexity(reader) : undefined };
}

/** Mixing metadata, mixmdate. */
function skipMixing(reader: BitReader, fixed: Eac3FixedFields): void {
  const { acmod } = fixed;
  if (acmod > 2) reader.skip(2); // dmixmod
  if ((acmod & 1) !== 0 && acmod > 2) reader.skip(6); // centre mix levels
  if ((acmod & 4) !== 0) reader.skip(6); // surround mix levels
  if (fixed.hasLfe && reader.flag()) reader.skip(5); // lfemixlevcod
  if (fixed.streamType !== 0) return;
  for (let i = 0; i < (acmod === 0 ? 2 : 1); i++) {
    if (reader.flag()) reader.skip(6); // pgmscl
  }
  if (reader.flag()) reader.skip(6); // extpgmscl
  switch (reader.bits(2)) {
    case 1:
      reader.skip(5);
      break;
    case 2:
      reader.skip(12);
      break;
    case 3:
      reader.skip(8 * (reader.bits(5) + 2));
      break;
  }
  if (acmod < 2) {
    for (let i = 0; i < (acmod === 0 ? 2 : 1); i++) {
      if (reader.flag()) reader.skip(14); // panmean, paninfo
    }
  }
  if (reader.flag()) skipBlockMixing(reader, fixed.blocks);
}

function skipBlockMixing(reader: BitReader, blocks: number): void {
  if (blocks === 1) {
    reader.skip(5);
    return;
  }
  for (let block = 0; block < blocks; block++) {
    if (reader.flag()) reader.skip(5);
  }
}

/** Informational metadata, infomdate; its first field is bsmod. */
function readInformationalMetadata(reader: BitReader, fixed: Eac3FixedFields): number {
  const { acmod } = fixed;
  const bsmod = reader.bits(3);
  reader.skip(2); // copyrightb, origbs
  if (acmod === 2) reader.skip(4); // dsurmod, dheadphonmod
  if (acmod >= 6) reader.skip(2); // dsurexmod
  for (let i = 0; i < (acmod === 0 ? 2 : 1); i++) {
    if (reader.flag()) reader.skip(8); // mixlevel, roomtyp, adconvtyp
  }
  if (!fixed.isHalvedRate) reader.skip(1); // sourcefscod
  return bsmod;
}

/** addbsi: the lowest bit of its first byte is flag_ec3_extension_type_a, its second byte the complexity index. */
function readJocComplexity(reader: BitReader): number | undefined {
  const bytes = reader.bits(6) + 1;
  if (bytes < 2) return undefined;
  reader.skip(7);
  return reader.flag() ? reader.bits(8) : undefined;
}
