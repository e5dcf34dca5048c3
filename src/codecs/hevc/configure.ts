import { MalformedMediaError } from '../../errors.js';
import type { DolbyVision, VideoTrack } from '../../media/track.js';
import { chromaFormats } from '../chroma-format.js';
import type { InspectVideoSample, VideoConfiguration } from '../configuration.js';
import { viewAnnexBNalUnits } from '../nal/annex-b.js';
import { isAnnexBTrack, viewNalUnits } from '../nal/framing.js';
import { findHdrMetadata } from '../nal/hdr-metadata.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { areAllAmong, uniqueNalUnits } from '../nal/parameter-sets.js';
import { hevcCodecString } from './codec-string.js';
import {
  buildHevcDecoderConfigurationRecord,
  isParameterSet,
  markArraysComplete,
  parseHevcDecoderConfigurationRecord,
} from './hevc-decoder-configuration-record.js';
import { createHevcInspector } from './inspect-sample.js';
import { hevcNalType, hevcNalTypeOf } from './nal-type.js';
import { parseHevcSequenceParameterSet } from './sps.js';

/** What a track's private data holds. */
interface HevcPrivate {
  /** Whether it is an `hvcC` record, and not a byte stream or nothing. */
  readonly isRecord: boolean;
  readonly units: readonly Uint8Array[];
  readonly lengthSize: NalLengthSize | undefined;
}

/**
 * Bytes of the NAL unit lengths in the samples of an HEVC track, as its container stores them.
 * @returns undefined for samples in Annex B form.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the configuration record is broken.
 */
export function hevcLengthSize(codecPrivate: Uint8Array | undefined): NalLengthSize | undefined {
  return parsePrivate(codecPrivate).lengthSize;
}

/**
 * Views the parameter sets in the private data of an HEVC track.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the configuration record is broken.
 */
export function viewHevcParameterSets(codecPrivate: Uint8Array | undefined): readonly Uint8Array[] {
  return parsePrivate(codecPrivate).units;
}

/**
 * Configures an HEVC track. A complete `hvcC` is kept but for its completeness flags; one that lacks parameter sets
 * is built anew with what the first sample holds. The sample entry is `hvc1`, as Safari demands, unless the first
 * sample carries other parameter sets than the record.
 * @throws {MalformedMediaError} when there is no parameter set to be had, or one that cannot be read.
 */
export function configureHevc(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  const declared = parsePrivate(track.codecPrivate);
  const inBand = viewNalUnits(firstSample, declared.lengthSize);
  const isComplete = (['videoParameterSet', 'sequenceParameterSet', 'pictureParameterSet'] as const).every(
    (kind) => ofType(declared.units, hevcNalType[kind]).length > 0,
  );
  const pick = (type: number, most: number): Uint8Array[] =>
    uniqueNalUnits(ofType(declared.units, type), isComplete ? [] : ofType(inBand, type)).slice(0, most);
  const video = pick(hevcNalType.videoParameterSet, 16);
  const sequence = pick(hevcNalType.sequenceParameterSet, 16);
  const picture = pick(hevcNalType.pictureParameterSet, 64);
  if (video.length === 0 || sequence.length === 0 || picture.length === 0) {
    throw new MalformedMediaError(
      'The HEVC track has no complete parameter sets, neither in its private data nor in its first picture.',
      { context: { track: track.id, spec: 'ISO/IEC 14496-15, section 8.3.3' } },
    );
  }
  const first = parseHevcSequenceParameterSet(sequence[0]!);
  const isConstant = areAllAmong(
    inBand.filter((nal) => isBaseParameterSet(nal)),
    [...video, ...sequence, ...picture],
  );
  const hdr = findHdrMetadata(ofType([...declared.units, ...inBand], hevcNalType.prefixSei), 2);
  const sampleEntry = sampleEntryOf(track.dolbyVision, isConstant);
  const payload =
    isComplete && declared.isRecord
      ? keepRecord(track.codecPrivate!, isConstant)
      : buildHevcDecoderConfigurationRecord(
          { video, sequence, picture, first },
          { lengthSize: 4, isComplete: isConstant },
        );
  return {
    sampleEntry,
    codecString:
      codecStringOf(sampleEntry, track.dolbyVision) ?? hevcCodecString(sampleEntry, first.profileTierLevel),
    decoder: { kind: 'box', type: 'hvcC', payload },
    width: first.width,
    height: first.height,
    pixelAspectRatio: first.vui?.pixelAspectRatio,
    color: first.vui?.color,
    masteringDisplay: hdr.masteringDisplay,
    contentLight: hdr.contentLight,
    dolbyVision: track.dolbyVision,
    reorderDepth: first.maxReorderPictures,
    bitDepth: first.bitDepthLuma,
    chroma: chromaFormats[first.chromaFormat]!,
  };
}

/**
 * Makes the inspector for a track's samples as its container stores them.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the configuration record is broken.
 */
export function createHevcTrackInspector(track: VideoTrack): InspectVideoSample {
  const { units, lengthSize } = parsePrivate(track.codecPrivate);
  const sps = ofType(units, hevcNalType.sequenceParameterSet)[0];
  return createHevcInspector({ lengthSize, highestTemporalId: sps && highestTemporalId(sps) });
}

/** sps_max_sub_layers_minus1 stands in the byte after the NAL unit header. ITU-T H.265, section 7.3.2.2.1. */
function highestTemporalId(sps: Uint8Array): number | undefined {
  return sps.length > 2 ? (sps[2]! >> 1) & 7 : undefined;
}

function parsePrivate(codecPrivate: Uint8Array | undefined): HevcPrivate {
  if (isAnnexBTrack(codecPrivate)) {
    const units = codecPrivate === undefined ? [] : viewAnnexBNalUnits(codecPrivate);
    return { isRecord: false, units: units.filter((nal) => nal.length > 2), lengthSize: undefined };
  }
  return { isRecord: true, ...parseHevcDecoderConfigurationRecord(codecPrivate!) };
}

/** NAL units of one type in the base layer. */
function ofType(units: readonly Uint8Array[], type: number): Uint8Array[] {
  return units.filter((nal) => hevcNalTypeOf(nal) === type && isBaseLayer(nal));
}

function isBaseParameterSet(nal: Uint8Array): boolean {
  return isParameterSet(hevcNalTypeOf(nal)) && isBaseLayer(nal);
}

function isBaseLayer(nal: Uint8Array): boolean {
  return nal.length > 2 && (nal[0]! & 1) === 0 && nal[1]! >> 3 === 0;
}

/**
 * The version byte is set too: some early files have 0 there, and players refuse it. lengthSizeMinusOne is the lowest two
 * bits of byte 21; samples are sent with lengths of four bytes.
 */
function keepRecord(record: Uint8Array, isConstant: boolean): Uint8Array {
  const marked = isConstant ? markArraysComplete(record) : record;
  if (marked[0] === 1 && (marked[21]! & 3) === 3) return marked;
  const copy = marked.slice();
  copy[0] = 1;
  copy[21]! |= 3;
  return copy;
}

/**
 * Dolby Vision profile 5 has a base layer that plain HEVC decoders show in wrong colours, so it is declared as Dolby
 * Vision alone; profiles 7 and 8 stay HEVC for those who know no better.
 */
function sampleEntryOf(dolbyVision: DolbyVision | undefined, isConstant: boolean): string {
  if (dolbyVisionProfile(dolbyVision) === 5) return isConstant ? 'dvh1' : 'dvhe';
  return isConstant ? 'hvc1' : 'hev1';
}

/** `dvh1.05.06`: profile and level of Dolby Vision, two decimal digits each. */
function codecStringOf(sampleEntry: string, dolbyVision: DolbyVision | undefined): string | undefined {
  if (!sampleEntry.startsWith('dv') || dolbyVision === undefined) return undefined;
  const level = ((dolbyVision.record[2]! & 1) << 5) | (dolbyVision.record[3]! >> 3);
  return `${sampleEntry}.05.${level.toString().padStart(2, '0')}`;
}

/** dv_profile is the highest seven bits after the two version bytes. */
function dolbyVisionProfile(dolbyVision: DolbyVision | undefined): number | undefined {
  const record = dolbyVision?.record;
  return record !== undefined && record.length >= 4 ? record[2]! >> 1 : undefined;
}
