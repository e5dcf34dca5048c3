import { viewAnnexBNalUnits } from '../nal/annex-b.js';
import { isAnnexBTrack } from '../nal/framing.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { parseAvcDecoderConfigurationRecord } from './avc-decoder-configuration-record.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { parseAvcPictureParameterSet, type AvcPictureParameterSet } from './pps.js';
import type { AvcParameterSets } from './slice-header.js';
import { parseAvcSequenceParameterSet, type AvcSequenceParameterSet } from './sps.js';

/** The parameter sets in force, as a stream brings them. There are at most 32 and 256: ids are bounded. */
export class KnownParameterSets implements AvcParameterSets {
  readonly sequence = new Map<number, AvcSequenceParameterSet>();
  readonly picture = new Map<number, AvcPictureParameterSet>();

  /**
   * Takes a NAL unit, and leaves out what is no parameter set.
   * @param nal - the whole unit; not kept.
   * @throws {MalformedMediaError} when it breaks the rules.
   */
  take(nal: Uint8Array): void {
    if (nal.length === 0) return;
    const type = avcNalTypeOf(nal);
    if (type === avcNalType.sequenceParameterSet) {
      const sps = parseAvcSequenceParameterSet(nal);
      this.sequence.set(sps.id, sps);
    } else if (type === avcNalType.pictureParameterSet) {
      const pps = parseAvcPictureParameterSet(nal);
      this.picture.set(pps.id, pps);
    }
  }

  /**
   * Takes those of a track's private data.
   * @param codecPrivate - `avcC`, or a byte stream; undefined gives none.
   * @returns bytes of the NAL unit lengths; undefined where samples are byte streams.
   * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when they break the rules.
   */
  takePrivate(codecPrivate: Uint8Array | undefined): NalLengthSize | undefined {
    if (isAnnexBTrack(codecPrivate)) {
      if (codecPrivate !== undefined) viewAnnexBNalUnits(codecPrivate).forEach((nal) => this.take(nal));
      return undefined;
    }
    const record = parseAvcDecoderConfigurationRecord(codecPrivate!);
    for (const nal of [...record.sequenceParameterSets, ...record.pictureParameterSets]) this.take(nal);
    return record.lengthSize;
  }
}
