import { BitReader } from '../../bytes/bit-reader.js';

/** What the header of a DTS core frame says of its length. */
export interface DtsCoreFrame {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Samples a channel that the frame gives. */
  readonly samples: number;
}

/** Rates for SFREQ. ETSI TS 102 114, table 5-5. */
const sampleRates: readonly number[] = [
  0, 8000, 16000, 32000, 0, 0, 11025, 22050, 44100, 0, 0, 12000, 24000, 48000, 96000, 192000,
];

/** Bytes in which everything that is read stands, also when only 14 of 16 bits are used. */
const headerBytes = 16;

/**
 * Parses the header of a core frame, in any of the four forms in which cores are stored: 16 or 14 bits in a word, either
 * byte order.
 * @param frame - bytes that begin with a core frame.
 * @returns undefined when there is none.
 * @see ETSI TS 102 114, section 5.3
 */
export function parseDtsCoreFrame(frame: Uint8Array): DtsCoreFrame | undefined {
  if (frame.length < headerBytes) return undefined;
  const header = normaliseWords(frame);
  if (header === undefined) return undefined;
  const reader = new BitReader(header, 'DTS core frame');
  reader.skip(32 + 1 + 5 + 1); // SYNC, FTYPE, SHORT, CPF
  const blocks = reader.bits(7) + 1;
  reader.skip(14 + 6); // FSIZE, AMODE
  const sampleRate = sampleRates[reader.bits(4)]!;
  return sampleRate === 0 || blocks < 6 ? undefined : { sampleRate, samples: blocks * 32 };
}

/** Brings the first words into the form of 16 bits, big-endian; undefined without a syncword. */
function normaliseWords(frame: Uint8Array): Uint8Array | undefined {
  const word = (at: number): number => (frame[at]! << 8) | frame[at + 1]!;
  const swapped = (at: number): number => (frame[at + 1]! << 8) | frame[at]!;
  if (word(0) === 0x7ffe && word(2) === 0x8001) return frame.subarray(0, headerBytes);
  if (swapped(0) === 0x7ffe && swapped(2) === 0x8001) return packWords(swapped, 16);
  if (word(0) === 0x1fff && word(2) === 0xe800) return packWords(word, 14);
  if (swapped(0) === 0x1fff && swapped(2) === 0xe800) return packWords(swapped, 14);
  return undefined;
}

function packWords(wordAt: (at: number) => number, bits: 14 | 16): Uint8Array {
  const packed = new Uint8Array(headerBytes);
  let position = 0;
  for (let at = 0; at < headerBytes; at += 2) {
    for (let bit = bits - 1; bit >= 0; bit--, position++) {
      if ((wordAt(at) >> bit) & 1) packed[position >> 3]! |= 0x80 >> (position & 7);
    }
  }
  return packed;
}
