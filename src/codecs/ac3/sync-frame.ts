import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { ac3SampleRates } from './channels.js';

/** What the header of an AC-3 syncframe says. */
export interface Ac3SyncFrame {
  /** fscod: index of the sample rate. */
  readonly sampleRateCode: number;
  /** frmsizecod, 0 to 37. */
  readonly frameSizeCode: number;
  /** bsid: 8 as a rule, 9 and 10 at half and quarter rate. */
  readonly bsid: number;
  /** bsmod: kind of service. */
  readonly bsmod: number;
  /** acmod: channel layout. */
  readonly acmod: number;
  /** lfeon. */
  readonly hasLfe: boolean;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Bytes of the whole frame. */
  readonly frameSize: number;
}

/** kbit/s for frmsizecod / 2. ETSI TS 102 366, table 4.13. */
const bitRates: readonly number[] = [
  32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
];

/** Samples of the six blocks in every AC-3 frame. */
export const ac3FrameSamples = 1536;

/**
 * Parses the header of an AC-3 syncframe.
 * @param frame - bytes that begin with the syncword 0x0b77.
 * @throws {MalformedMediaError} when the syncword is missing, a value reserved, or the stream is E-AC-3.
 * @see ETSI TS 102 366, sections 4.3 and 4.4
 */
export function parseAc3SyncFrame(frame: Uint8Array): Ac3SyncFrame {
  const reader = new BitReader(frame, 'AC-3 syncframe');
  if (reader.bits(16) !== 0x0b77) throw malformed('does not begin with its syncword');
  reader.skip(16); // crc1
  const sampleRateCode = reader.bits(2);
  const frameSizeCode = reader.bits(6);
  const bsid = reader.bits(5);
  if (bsid > 10) throw malformed(`has bitstream identification ${bsid}, which is not AC-3`);
  const bsmod = reader.bits(3);
  const acmod = reader.bits(3);
  if ((acmod & 1) !== 0 && acmod !== 1) reader.skip(2); // cmixlev
  if ((acmod & 4) !== 0) reader.skip(2); // surmixlev
  if (acmod === 2) reader.skip(2); // dsurmod
  const hasLfe = reader.flag();
  const baseRate = ac3SampleRates[sampleRateCode];
  const bitRate = bitRates[frameSizeCode >> 1];
  if (baseRate === undefined || bitRate === undefined)
    throw malformed('has a reserved sample rate or frame size');
  return {
    sampleRateCode,
    frameSizeCode,
    bsid,
    bsmod,
    acmod,
    hasLfe,
    sampleRate: baseRate >> Math.max(bsid - 8, 0),
    frameSize: frameSizeOf(bitRate, baseRate, frameSizeCode & 1),
  };
}

/** 1536 samples at the bit rate, in 16-bit words; at 44.1 kHz odd codes are a word longer. */
function frameSizeOf(bitRate: number, baseRate: number, odd: number): number {
  const words = Math.floor((bitRate * 1000 * ac3FrameSamples) / baseRate / 16);
  return 2 * (words + (baseRate === 44100 ? odd : 0));
}

/** Whether bytes begin with an E-AC-3 syncframe; AC-3 has bsid at the same place. */
export function isEac3SyncFrame(frame: Uint8Array): boolean {
  return frame.length > 5 && frame[0] === 0x0b && frame[1] === 0x77 && frame[5]! >> 3 > 10;
}

function malformed(fault: string): MalformedMediaError {
  return new MalformedMediaError(`The AC-3 syncframe ${fault}.`, {
    context: { spec: 'ETSI TS 102 366, section 4.4.1' },
  });
}
