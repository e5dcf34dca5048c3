import type { ByteWriter } from '../../bytes/byte-writer.js';
import { checkLimit } from '../../bytes/limits.js';
import { fullBox, type Box } from '../box.js';
import type { ByteCursor } from '../../bytes/cursor.js';
import { openFullBox, type BoxView } from '../box-view.js';

const ES_DESCRIPTOR = 0x03;
const DECODER_CONFIG_DESCRIPTOR = 0x04;
const DECODER_SPECIFIC_INFO = 0x05;
const SL_CONFIG_DESCRIPTOR = 0x06;

/** streamType AudioStream (5) in six bits, upStream 0, and the reserved bit 1. */
const AUDIO_STREAM = (0x05 << 2) | 1;
/** SLConfigDescriptor: the set of values that MP4 files use. */
const SL_PREDEFINED_MP4 = 2;
/**
 * ESDBox of an audio sample entry: an ES_Descriptor whose ES_ID is 0, as it must be in files, and whose buffer size and
 * bit rates are 0, which means unknown.
 * @param objectType - objectTypeIndication: 0x40 MPEG-4 audio, 0x6b MPEG-1 audio, 0x69 MPEG-2 audio.
 * @param specificInfo - AudioSpecificConfig; undefined when the object type has none.
 * @throws {LimitExceededError} when `specificInfo` cannot be held.
 * @see ISO/IEC 14496-14 - 6.7; ISO/IEC 14496-1 - 7.2.6.5 to 7.2.6.8 and 8.3.3 (expandable sizes)
 */
export function buildEsds(objectType: number, specificInfo: Uint8Array | undefined): Box {
  checkLimit('size of the decoder specific information', specificInfo?.byteLength ?? 0, 2 ** 24);
  const specificSize = specificInfo === undefined ? 0 : descriptorSize(specificInfo.byteLength);
  const decoderConfigBody = 13 + specificSize;
  const slConfigBody = 1;
  const esBody = 3 + descriptorSize(decoderConfigBody) + descriptorSize(slConfigBody);

  return fullBox('esds', 0, 0, descriptorSize(esBody), (writer) => {
    writeDescriptorHeader(writer, ES_DESCRIPTOR, esBody);
    writer.u16(0); // ES_ID
    writer.u8(0); // flags and stream priority

    writeDescriptorHeader(writer, DECODER_CONFIG_DESCRIPTOR, decoderConfigBody);
    writer.u8(objectType);
    writer.u8(AUDIO_STREAM);
    writer.u24(0); // bufferSizeDB
    writer.u32(0); // maxBitrate
    writer.u32(0); // avgBitrate
    if (specificInfo !== undefined) {
      writeDescriptorHeader(writer, DECODER_SPECIFIC_INFO, specificInfo.byteLength);
      writer.bytes(specificInfo);
    }

    writeDescriptorHeader(writer, SL_CONFIG_DESCRIPTOR, slConfigBody);
    writer.u8(SL_PREDEFINED_MP4);
  });
}

/** Bytes of a descriptor with tag and size. */
function descriptorSize(bodySize: number): number {
  return 1 + expandableSizeLength(bodySize) + bodySize;
}

function expandableSizeLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

function writeDescriptorHeader(writer: ByteWriter, tag: number, bodySize: number): void {
  writer.u8(tag);
  for (let group = expandableSizeLength(bodySize) - 1; group >= 0; group--) {
    writer.u8((group > 0 ? 0x80 : 0) | ((bodySize >>> (7 * group)) & 0x7f));
  }
}

/** What an elementary stream descriptor says of its codec. */
export interface ElementaryStream {
  /** objectTypeIndication: 0x20 MPEG-4 video, 0x40 MPEG-4 audio, 0x6b MPEG-1 audio, … */
  readonly objectType: number;
  /** Bits a second on average; 0 when not known. */
  readonly bitRate: number;
  /** DecoderSpecificInfo, a view; undefined when there is none. */
  readonly specificInfo: Uint8Array | undefined;
}

/**
 * Parses an ESDBox.
 * @throws {MalformedMediaError} when it is cut off or describes no decoder.
 * @see ISO/IEC 14496-1 - 7.2.6.5 to 7.2.6.7
 */
export function parseEsds(box: BoxView): ElementaryStream {
  const { cursor } = openFullBox(box);
  let header = readDescriptorHeader(cursor);
  if (header.tag === ES_DESCRIPTOR) {
    cursor.skip(2);
    const flags = cursor.u8();
    if ((flags & 0x80) !== 0) cursor.skip(2); // dependsOn_ES_ID
    if ((flags & 0x40) !== 0) cursor.skip(cursor.u8()); // URL
    if ((flags & 0x20) !== 0) cursor.skip(2); // OCR_ES_Id
    header = readDescriptorHeader(cursor);
  }
  if (header.tag !== DECODER_CONFIG_DESCRIPTOR) throw cursor.malformed('describes no decoder');
  const objectType = cursor.u8();
  cursor.skip(8);
  const bitRate = cursor.u32();
  if (cursor.remaining < 2) return { objectType, bitRate, specificInfo: undefined };
  const { tag, size } = readDescriptorHeader(cursor);
  const isInfo = tag === DECODER_SPECIFIC_INFO && size > 0;
  // Some files state a size beyond the box; what is there is then all that there is.
  const specificInfo = isInfo ? cursor.view(Math.min(size, cursor.remaining)) : undefined;
  return { objectType, bitRate, specificInfo };
}

function readDescriptorHeader(cursor: ByteCursor): { tag: number; size: number } {
  const tag = cursor.u8();
  let size = 0;
  for (let group = 0; group < 4; group++) {
    const byte = cursor.u8();
    size = (size << 7) | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return { tag, size };
}
