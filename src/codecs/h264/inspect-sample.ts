import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import type { InspectVideoSample, VideoSampleTraits } from '../configuration.js';
import { findStartCode } from '../nal/annex-b.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { nalLengthAt, type NalLengthSize } from '../nal/length-prefixed.js';
import { parseRecoveryFrameCount, seiPayloadType, viewSeiPayload } from '../nal/sei.js';
import { avcNalType } from './nal-type.js';

/** A recovery point message stands among the first; a longer SEI unit is read no further than this. */
const maxSeiBytes = 4096;

/**
 * Makes the inspector for samples of an H.264 track. It stops at the first coded slice: all slices of a picture
 * agree in what is asked.
 * @param lengthSize - bytes of the NAL unit lengths; undefined for samples in Annex B form.
 */
export function createAvcInspector(lengthSize: NalLengthSize | undefined): InspectVideoSample {
  return lengthSize === undefined ? inspectAnnexB : (sample) => inspectLengthPrefixed(sample, lengthSize);
}

/** A unit that passes the end of its sample still counts: its header is there. Nothing after it does. */
function inspectLengthPrefixed(sample: Uint8Array, lengthSize: NalLengthSize): VideoSampleTraits {
  let flags = 0;
  let at = 0;
  while (at + lengthSize < sample.length) {
    const start = at + lengthSize;
    const end = start + nalLengthAt(sample, at, lengthSize);
    if (end > start) {
      flags |= inspectNal(sample, start, Math.min(end, sample.length), flags);
      if ((flags & seen.picture) !== 0) break;
    }
    at = end;
  }
  return traitsOf(flags);
}

function inspectAnnexB(sample: Uint8Array): VideoSampleTraits {
  let flags = 0;
  let code = findStartCode(sample, 0);
  while (code >= 0 && code + 3 < sample.length) {
    const start = code + 3;
    // A slice is recognised by its header alone; only an SEI message must be delimited.
    const isSei = (sample[start]! & 0x1f) === avcNalType.sei;
    const next = isSei ? findStartCode(sample, start) : -1;
    flags |= inspectNal(sample, start, next < 0 ? sample.length : next, flags);
    if ((flags & seen.picture) !== 0) break;
    code = isSei ? next : findStartCode(sample, start);
  }
  return traitsOf(flags);
}

/** What was met in a sample, as bits; `intra` is looked for only after a recovery point. */
const seen = { picture: 1, idr: 2, intra: 4, disposable: 8, parameterSets: 16, recoveryPoint: 32 } as const;

function inspectNal(sample: Uint8Array, start: number, end: number, before: number): number {
  const header = sample[start]!;
  const type = header & 0x1f;
  switch (type) {
    case avcNalType.idrSlice:
      return seen.picture | seen.idr;
    case avcNalType.slice:
    case avcNalType.dataPartitionA:
      return (
        seen.picture |
        ((header & 0x60) === 0 ? seen.disposable : 0) |
        ((before & seen.recoveryPoint) !== 0 && isIntraSlice(sample, start, end) ? seen.intra : 0)
      );
    case avcNalType.dataPartitionB:
    case avcNalType.dataPartitionC:
      return seen.picture;
    case avcNalType.sequenceParameterSet:
    case avcNalType.pictureParameterSet:
      return seen.parameterSets;
    case avcNalType.sei:
      return isRecoveryPoint(sample.subarray(start + 1, Math.min(end, start + maxSeiBytes)))
        ? seen.recoveryPoint
        : 0;
    default:
      return 0;
  }
}

function traitsOf(flags: number): VideoSampleTraits {
  const isRecovery = (flags & seen.recoveryPoint) !== 0 && (flags & seen.intra) !== 0;
  return {
    hasPicture: (flags & seen.picture) !== 0,
    randomAccess: (flags & seen.idr) !== 0 ? 'start' : isRecovery ? 'recovery' : 'none',
    leading: 'none',
    isDisposable: (flags & seen.disposable) !== 0,
    hasParameterSets: (flags & seen.parameterSets) !== 0,
  };
}

/** slice_type is the second Exp-Golomb code; 2, 4, 7 and 9 are I and SI. ITU-T H.264, section 7.4.3. */
function isIntraSlice(sample: Uint8Array, start: number, end: number): boolean {
  // Two codes fit in 16 bytes; a start of emulation prevention among them is harmless after removal.
  const head = removeEmulationPrevention(sample.subarray(start + 1, Math.min(end, start + 17)));
  const reader = new BitReader(head, 'H.264 slice header');
  try {
    reader.ue();
    const type = reader.ue() % 5;
    return type === 2 || type === 4;
  } catch (error) {
    return falseIfMalformed(error);
  }
}

/** With frames to go until the output is right (gradual refresh), nothing can start at a recovery point. */
function isRecoveryPoint(sei: Uint8Array): boolean {
  const payload = viewSeiPayload(removeEmulationPrevention(sei), seiPayloadType.recoveryPoint);
  if (payload === undefined) return false;
  try {
    return parseRecoveryFrameCount(payload) === 0;
  } catch (error) {
    return falseIfMalformed(error);
  }
}

/** A damaged header is no reason to stop a stream: it only is no random access point. */
function falseIfMalformed(error: unknown): false {
  if (error instanceof MalformedMediaError) return false;
  throw error;
}
