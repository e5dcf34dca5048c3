import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { ac3SampleRates } from '../ac3/channels.js';
import { readEac3Information, type Eac3Information } from './bit-stream-information.js';

/** What the header of an E-AC-3 syncframe says. */
export interface Eac3SyncFrame extends Eac3Information {
  /** strmtyp: 0 independent, 1 dependent, 2 independent and once AC-3. */
  readonly streamType: number;
  /** substreamid. */
  readonly substreamId: number;
  /** Bytes of the whole frame. */
  readonly frameSize: number;
  /** fscod as stored: 3 for the halved rates. */
  readonly sampleRateCode: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Audio blocks of 256 samples: 1, 2, 3 or 6. */
  readonly blocks: number;
  /** acmod: channel layout. */
  readonly acmod: number;
  /** lfeon. */
  readonly hasLfe: boolean;
  /** bsid: 16, and 11 to 15 for what is compatible with it. */
  readonly bsid: number;
}

/** Blocks for numblkscod. */
const blockCounts: readonly number[] = [1, 2, 3, 6];

/**
 * Parses the header of an E-AC-3 syncframe, bit stream information included.
 * @param frame - bytes that begin with the syncword 0x0b77.
 * @throws {MalformedMediaError} when the syncword is missing, a value reserved, or the stream is not E-AC-3.
 * @see ETSI TS 102 366, section E.1.2
 */
export function parseEac3SyncFrame(frame: Uint8Array): Eac3SyncFrame {
  const reader = new BitReader(frame, 'E-AC-3 syncframe');
  if (reader.bits(16) !== 0x0b77) throw malformed('does not begin with its syncword');
  const streamType = reader.bits(2);
  const substreamId = reader.bits(3);
  const frameSize = 2 * (reader.bits(11) + 1);
  const sampleRateCode = reader.bits(2);
  const isHalved = sampleRateCode === 3;
  const code = reader.bits(2); // fscod2 for the halved rates, else numblkscod
  const baseRate = ac3SampleRates[isHalved ? code : sampleRateCode];
  if (baseRate === undefined || streamType === 3)
    throw malformed('has a reserved stream type or sample rate');
  const blocks = isHalved ? 6 : blockCounts[code]!;
  const acmod = reader.bits(3);
  const hasLfe = reader.flag();
  const bsid = reader.bits(5);
  if (bsid < 11 || bsid > 16) throw malformed(`has bitstream identification ${bsid}, which is not E-AC-3`);
  return {
    streamType,
    substreamId,
    frameSize,
    sampleRateCode,
    sampleRate: isHalved ? baseRate / 2 : baseRate,
    blocks,
    acmod,
    hasLfe,
    bsid,
    ...readEac3Information(reader, { streamType, isHalvedRate: isHalved, blocks, acmod, hasLfe }),
  };
}

function malformed(fault: string): MalformedMediaError {
  return new MalformedMediaError(`The E-AC-3 syncframe ${fault}.`, {
    context: { spec: 'ETSI TS 102 366, section E.1.2.2' },
  });
}
