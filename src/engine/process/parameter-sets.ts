import { buildAvcDecoderConfigurationRecord } from '../../codecs/h264/avc-decoder-configuration-record.js';
import { avcNalType, avcNalTypeOf } from '../../codecs/h264/nal-type.js';
import { parseAvcSequenceParameterSet, type AvcSequenceParameterSet } from '../../codecs/h264/sps.js';
import { EngineError } from '../../errors.js';

/** Profiles that whoever decodes High decodes too: Baseline as encoders make it, Main, High. */
const PROFILES = new Set([66, 77, 100]);

/** An encoder's parameter sets: told when it was opened, or before its first IDR picture. */
export class ParameterSets {
  #units: readonly Uint8Array[];

  /** @param units - what the encoder told when it was opened; may be empty. */
  constructor(units: readonly Uint8Array[]) {
    this.#units = units.map((nal) => nal.slice());
  }

  /**
   * Gives what must stand before an IDR picture.
   * @param found - parameter sets that came with it; they are in force from here on.
   * @throws {EngineError} when the encoder never told any.
   */
  take(found: readonly Uint8Array[]): readonly Uint8Array[] {
    if (found.length > 0) this.#units = found.map((nal) => nal.slice());
    this.#first(avcNalType.sequenceParameterSet);
    this.#first(avcNalType.pictureParameterSet);
    return this.#units;
  }

  /**
   * Builds the AVCDecoderConfigurationRecord.
   * @throws {EngineError} when the encoder told no parameter sets.
   */
  buildAvcC(): Uint8Array {
    const sequence = this.#first(avcNalType.sequenceParameterSet);
    const picture = this.#first(avcNalType.pictureParameterSet);
    const first = parseAvcSequenceParameterSet(sequence);
    return buildAvcDecoderConfigurationRecord({ sequence: [sequence], picture: [picture], first }, 4);
  }

  /** What the sequence parameter set says. */
  get sequence(): AvcSequenceParameterSet {
    return parseAvcSequenceParameterSet(this.#first(avcNalType.sequenceParameterSet));
  }

  /**
   * Whether a decoder that was chosen by a declaration can decode what these announce.
   * @param declared - what stands in the init segment.
   */
  fits(declared: AvcSequenceParameterSet): boolean {
    const own = this.sequence;
    return (
      PROFILES.has(own.profile) &&
      own.level <= declared.level &&
      own.width === declared.width &&
      own.height === declared.height &&
      own.isFrameOnly
    );
  }

  #first(type: number): Uint8Array {
    const unit = this.#units.find((nal) => avcNalTypeOf(nal) === type);
    if (unit === undefined) throw new EngineError('The encoder gave no parameter sets.');
    return unit;
  }
}

/** Whether a NAL unit is a sequence or picture parameter set. */
export function isParameterSet(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  return type === avcNalType.sequenceParameterSet || type === avcNalType.pictureParameterSet;
}
