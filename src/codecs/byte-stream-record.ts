import { SegmintError } from '../errors.js';
import { buildAvcDecoderConfigurationRecord } from './h264/avc-decoder-configuration-record.js';
import { avcNalType, avcNalTypeOf } from './h264/nal-type.js';
import { parseAvcSequenceParameterSet } from './h264/sps.js';
import {
  buildHevcDecoderConfigurationRecord,
  isParameterSet,
} from './hevc/hevc-decoder-configuration-record.js';
import { hevcNalType, hevcNalTypeOf } from './hevc/nal-type.js';
import { parseHevcSequenceParameterSet } from './hevc/sps.js';
import { viewAnnexBNalUnits } from './nal/annex-b.js';
import { isAnnexBTrack } from './nal/framing.js';
import { uniqueNalUnits } from './nal/parameter-sets.js';

/**
 * Builds the configuration record of a track whose private data are a byte stream of parameter sets: with it the track
 * is the same one with NAL unit lengths of four bytes.
 * @param codec - the track's codec.
 * @param codecPrivate - the private data; not kept.
 * @returns avcC or hvcC, owned by the caller; undefined when the private data are no byte stream, or say less or more than
 * a record can.
 */
export function buildRecordOfByteStream(
  codec: string,
  codecPrivate: Uint8Array | undefined,
): Uint8Array | undefined {
  if (codecPrivate === undefined || !isAnnexBTrack(codecPrivate)) return undefined;
  try {
    const units = viewAnnexBNalUnits(codecPrivate);
    if (codec === 'h264') return buildAvcRecord(units);
    return codec === 'hevc' ? buildHevcRecord(units) : undefined;
  } catch (error) {
    // What cannot be read stays as it is, for those who may make something of it.
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function buildAvcRecord(units: readonly Uint8Array[]): Uint8Array | undefined {
  const ofType = (type: number): Uint8Array[] => units.filter((nal) => avcNalTypeOf(nal) === type);
  const sequence = ofType(avcNalType.sequenceParameterSet);
  const picture = ofType(avcNalType.pictureParameterSet);
  if (sequence.length + picture.length < units.length) return undefined;
  if (sequence.length === 0 || sequence.length > 31) return undefined;
  if (picture.length === 0 || picture.length > 255) return undefined;
  return buildAvcDecoderConfigurationRecord(
    { sequence, picture, first: parseAvcSequenceParameterSet(sequence[0]!) },
    4,
  );
}

function buildHevcRecord(units: readonly Uint8Array[]): Uint8Array | undefined {
  const ofType = (type: number): Uint8Array[] =>
    uniqueNalUnits(units.filter((nal) => hevcNalTypeOf(nal) === type));
  const video = ofType(hevcNalType.videoParameterSet);
  const sequence = ofType(hevcNalType.sequenceParameterSet);
  const picture = ofType(hevcNalType.pictureParameterSet);
  if (!units.every((nal) => isParameterSet(hevcNalTypeOf(nal)))) return undefined;
  if (video.length === 0 || video.length > 16) return undefined;
  if (sequence.length === 0 || sequence.length > 16) return undefined;
  if (picture.length === 0 || picture.length > 64) return undefined;
  // Whether pictures bring others is not known.
  return buildHevcDecoderConfigurationRecord(
    { video, sequence, picture, first: parseHevcSequenceParameterSet(sequence[0]!) },
    { lengthSize: 4, isComplete: false },
  );
}
