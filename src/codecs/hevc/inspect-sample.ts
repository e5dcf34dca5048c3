import type { InspectVideoSample, VideoSampleTraits } from '../configuration.js';
import { findStartCode } from '../nal/annex-b.js';
import { nalLengthAt, type NalLengthSize } from '../nal/length-prefixed.js';
import { hevcNalType } from './nal-type.js';

/** How the samples of an HEVC track are stored, and what its SPS says of temporal layers. */
export interface HevcSampleLayout {
  /** Bytes of the NAL unit lengths; undefined for samples in Annex B form. */
  readonly lengthSize: NalLengthSize | undefined;
  /** TemporalId of the highest sub-layer; undefined when it is not known. */
  readonly highestTemporalId: number | undefined;
}

/**
 * Makes the inspector for samples of an HEVC track. It stops at the first coded slice of the base layer: all slices
 * of a picture have the same type. Enhancement layers (Dolby Vision profile 7, MV-HEVC) are passed over.
 * @see ITU-T H.265, section 7.4.2.2
 */
export function createHevcInspector(layout: HevcSampleLayout): InspectVideoSample {
  const { lengthSize, highestTemporalId } = layout;
  return lengthSize === undefined
    ? (sample) => inspectAnnexB(sample, highestTemporalId)
    : (sample) => inspectLengthPrefixed(sample, lengthSize, highestTemporalId);
}

/** A unit that passes the end of its sample still counts: its header is there. Nothing after it does. */
function inspectLengthPrefixed(
  sample: Uint8Array,
  lengthSize: NalLengthSize,
  highestTemporalId: number | undefined,
): VideoSampleTraits {
  let hasParameterSets = false;
  let at = 0;
  while (at + lengthSize + 1 < sample.length) {
    const start = at + lengthSize;
    const length = nalLengthAt(sample, at, lengthSize);
    const kind = length < 2 ? 'other' : kindOf(sample, start);
    if (kind === 'slice') return traitsOf(sample, start, hasParameterSets, highestTemporalId);
    if (kind === 'parameterSet') hasParameterSets = true;
    at = start + length;
  }
  return withoutPicture(hasParameterSets);
}

function inspectAnnexB(sample: Uint8Array, highestTemporalId: number | undefined): VideoSampleTraits {
  let hasParameterSets = false;
  let code = findStartCode(sample, 0);
  while (code >= 0 && code + 4 < sample.length) {
    const kind = kindOf(sample, code + 3);
    if (kind === 'slice') return traitsOf(sample, code + 3, hasParameterSets, highestTemporalId);
    if (kind === 'parameterSet') hasParameterSets = true;
    code = findStartCode(sample, code + 3);
  }
  return withoutPicture(hasParameterSets);
}

function kindOf(sample: Uint8Array, start: number): 'slice' | 'parameterSet' | 'other' {
  const header = sample[start]!;
  const isBaseLayer = (header & 1) === 0 && sample[start + 1]! >> 3 === 0;
  if (!isBaseLayer) return 'other';
  const type = (header >> 1) & 0x3f;
  if (type <= hevcNalType.lastVcl) return 'slice';
  return type <= hevcNalType.pictureParameterSet ? 'parameterSet' : 'other';
}

function traitsOf(
  sample: Uint8Array,
  start: number,
  hasParameterSets: boolean,
  highestTemporalId: number | undefined,
): VideoSampleTraits {
  const type = (sample[start]! >> 1) & 0x3f;
  const temporalId = (sample[start + 1]! & 7) - 1;
  const isIrap = type >= hevcNalType.firstIrap && type <= hevcNalType.lastIrap;
  const isSkipped = type === hevcNalType.raslN || type === hevcNalType.raslR;
  const isDecodable = type === hevcNalType.radlN || type === hevcNalType.radlR;
  // "Non-reference" speaks of the picture's own sub-layer only; higher ones may still refer to it.
  const isNonReference = type <= hevcNalType.lastNonReference && type % 2 === 0;
  return {
    hasPicture: true,
    randomAccess: isIrap ? 'start' : 'none',
    leading: isSkipped ? 'skipped' : isDecodable ? 'decodable' : 'none',
    isDisposable: isNonReference && temporalId === highestTemporalId,
    hasParameterSets,
  };
}

function withoutPicture(hasParameterSets: boolean): VideoSampleTraits {
  return { hasPicture: false, randomAccess: 'none', leading: 'none', isDisposable: false, hasParameterSets };
}
