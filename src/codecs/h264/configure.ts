import { MalformedMediaError } from '../../errors.js';
import type { VideoTrack } from '../../media/track.js';
import { chromaFormats } from '../chroma-format.js';
import type { VideoConfiguration } from '../configuration.js';
import { viewAnnexBNalUnits } from '../nal/annex-b.js';
import { isAnnexBTrack, viewNalUnits } from '../nal/framing.js';
import { findHdrMetadata } from '../nal/hdr-metadata.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { areAllAmong, uniqueNalUnits } from '../nal/parameter-sets.js';
import {
  buildAvcDecoderConfigurationRecord,
  parseAvcDecoderConfigurationRecord,
} from './avc-decoder-configuration-record.js';
import { avcCodecString } from './codec-string.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { avcReorderDepth } from './reorder-depth.js';
import { hasSampleFormat, parseAvcSequenceParameterSet } from './sps.js';

/**
 * Bytes of the NAL unit lengths in the samples of an H.264 track, as its container stores them.
 * @returns undefined for samples in Annex B form.
 * @throws {MalformedMediaError | UnsupportedMediaError} when the configuration record is broken.
 */
export function avcLengthSize(codecPrivate: Uint8Array | undefined): NalLengthSize | undefined {
  return isAnnexBTrack(codecPrivate)
    ? undefined
    : parseAvcDecoderConfigurationRecord(codecPrivate!).lengthSize;
}

/**
 * Configures an H.264 track. A complete `avcC` is kept byte for byte, but for lengths that are widened; one that lacks parameter sets, or the fields of
 * the High profiles, is built anew with what the first sample holds.
 * @throws {MalformedMediaError} when there is no parameter set to be had, or one that cannot be read.
 */
export function configureAvc(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  const { record, declared, lengthSize } = parsePrivate(track.codecPrivate);
  const units = viewNalUnits(firstSample, lengthSize);
  const ofType = (list: readonly Uint8Array[], type: number): Uint8Array[] =>
    list.filter((nal) => avcNalTypeOf(nal) === type);
  const declaredSps = ofType(declared, avcNalType.sequenceParameterSet);
  const declaredPps = ofType(declared, avcNalType.pictureParameterSet);
  const inBandSps = ofType(units, avcNalType.sequenceParameterSet);
  const inBandPps = ofType(units, avcNalType.pictureParameterSet);
  const isDeclared = declaredSps.length > 0 && declaredPps.length > 0;
  const sequence = (isDeclared ? declaredSps : uniqueNalUnits(declaredSps, inBandSps)).slice(0, 31);
  const picture = (isDeclared ? declaredPps : uniqueNalUnits(declaredPps, inBandPps)).slice(0, 255);
  if (sequence.length === 0 || picture.length === 0) {
    throw new MalformedMediaError(
      'The H.264 track has no complete parameter sets, neither in its private data nor in its first picture.',
      { context: { track: track.id, spec: 'ISO/IEC 14496-15, section 5.3.3' } },
    );
  }
  const first = parseAvcSequenceParameterSet(sequence[0]!);
  const isComplete =
    isDeclared && record !== undefined && (record.hasSampleFormat || !hasSampleFormat(first.profile));
  const isConstant = areAllAmong(inBandSps, sequence) && areAllAmong(inBandPps, picture);
  const sampleEntry = isConstant ? 'avc1' : 'avc3';
  const hdr = findHdrMetadata(ofType(units, avcNalType.sei), 1);
  return {
    sampleEntry,
    codecString: avcCodecString(sampleEntry, first),
    decoder: {
      kind: 'box',
      type: 'avcC',
      payload: isComplete
        ? withFourByteLengths(track.codecPrivate!)
        : buildAvcDecoderConfigurationRecord({ sequence, picture, first }, 4),
    },
    width: first.width,
    height: first.height,
    pixelAspectRatio: first.vui?.pixelAspectRatio,
    color: first.vui?.color,
    masteringDisplay: hdr.masteringDisplay,
    contentLight: hdr.contentLight,
    dolbyVision: track.dolbyVision,
    reorderDepth: avcReorderDepth(first),
    bitDepth: first.bitDepthLuma,
    chroma: chromaFormats[first.chromaFormat]!,
  };
}

/** lengthSizeMinusOne is the lowest two bits of the fifth byte. */
function withFourByteLengths(record: Uint8Array): Uint8Array {
  if ((record[4]! & 3) === 3) return record;
  const copy = record.slice();
  copy[4]! |= 3;
  return copy;
}

function parsePrivate(codecPrivate: Uint8Array | undefined): {
  record: ReturnType<typeof parseAvcDecoderConfigurationRecord> | undefined;
  declared: readonly Uint8Array[];
  lengthSize: NalLengthSize | undefined;
} {
  if (isAnnexBTrack(codecPrivate)) {
    const declared = codecPrivate === undefined ? [] : viewAnnexBNalUnits(codecPrivate);
    return { record: undefined, declared, lengthSize: undefined };
  }
  const record = parseAvcDecoderConfigurationRecord(codecPrivate!);
  return {
    record,
    declared: [...record.sequenceParameterSets, ...record.pictureParameterSets],
    lengthSize: record.lengthSize,
  };
}
