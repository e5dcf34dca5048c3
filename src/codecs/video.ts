import { UnsupportedMediaError } from '../errors.js';
import type { VideoTrack } from '../media/track.js';
import { configureAv1 } from './av1/configure.js';
import { inspectAv1Sample } from './av1/inspect-sample.js';
import { viewWithoutTemporalDelimiter } from './av1/obu.js';
import type { InspectVideoSample, VideoConfiguration } from './configuration.js';
import { avcLengthSize, configureAvc } from './h264/configure.js';
import { createAvcInspector } from './h264/inspect-sample.js';
import { configureHevc, createHevcTrackInspector, hevcLengthSize } from './hevc/configure.js';
import { createHevcPictureOrder } from './hevc/order-pictures.js';
import { createAvcPictureOrder } from './h264/order-pictures.js';
import { createMpeg2PictureOrder } from './mpeg2/order-pictures.js';
import { createMpeg4PictureOrder } from './mpeg4/order-pictures.js';
import { convertAnnexBToLengthPrefixed } from './nal/annex-b.js';
import { widenNalLengths, type NalLengthSize } from './nal/length-prefixed.js';
import type { OrderPicture } from './picture-order.js';
import { configureVp8 } from './vp8/configure.js';
import { inspectVp8Sample } from './vp8/inspect-sample.js';
import { configureVp9 } from './vp9/configure.js';
import { inspectVp9Sample } from './vp9/inspect-sample.js';

/** Brings one sample from the form in which its container stores it into MP4's. */
export type ConvertSample = (data: Uint8Array) => Uint8Array;

/**
 * Declares a video track for an init segment.
 * @param track - the track as its container describes it.
 * @param firstSample - its first sample as the container stores it, best a random access point; needed for VP8 and
 * VP9, and for the others when the track's private data lacks parameter sets. Not kept.
 * @returns the declaration. Where the private data is complete, `decoder.payload` is that same memory, unless it states other
 * lengths than the four bytes that samples are sent with.
 * @throws {UnsupportedMediaError} when the codec cannot be copied into MP4 for a browser.
 * @throws {MalformedMediaError | LimitExceededError} when private data or sample break the codec's rules.
 */
export function configureVideo(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  switch (track.codec) {
    case 'h264':
      return configureAvc(track, firstSample);
    case 'hevc':
      return configureHevc(track, firstSample);
    case 'av1':
      return configureAv1(track, firstSample);
    case 'vp9':
      return configureVp9(track, firstSample);
    case 'vp8':
      return configureVp8(track, firstSample);
    default:
      throw cannotCopy(track);
  }
}

/**
 * Makes the inspector of a track's samples. It reads them as the container stores them, before {@link
 * createVideoConverter}'s conversion.
 * @throws {UnsupportedMediaError} when the codec is none of H.264, HEVC, AV1, VP9 and VP8.
 * @throws {MalformedMediaError | LimitExceededError} when the private data break the codec's rules.
 */
export function createVideoInspector(track: VideoTrack): InspectVideoSample {
  switch (track.codec) {
    case 'h264':
      return createAvcInspector(avcLengthSize(track.codecPrivate));
    case 'hevc':
      return createHevcTrackInspector(track);
    case 'av1':
      return inspectAv1Sample;
    case 'vp9':
      return inspectVp9Sample;
    case 'vp8':
      return inspectVp8Sample;
    default:
      throw cannotCopy(track);
  }
}

/**
 * Makes the conversion of a track's samples into MP4's form.
 * @returns undefined when samples are to be sent as they are, which is the rule. H.264 and HEVC in Annex B, or with
 * lengths of one or two bytes, are copied into a new buffer with four-byte lengths; AV1 gives a view without the leading temporal delimiter.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the private data break the codec's
 * rules. The conversion itself throws LimitExceededError for a sample of absurdly many NAL units.
 */
export function createVideoConverter(track: VideoTrack): ConvertSample | undefined {
  switch (track.codec) {
    case 'h264':
      return nalConverter(avcLengthSize(track.codecPrivate));
    case 'hevc':
      return nalConverter(hevcLengthSize(track.codecPrivate));
    case 'av1':
      return viewWithoutTemporalDelimiter;
    default:
      return undefined;
  }
}

/**
 * Makes what tells the order of a track's pictures.
 * @returns undefined for codecs that do not state it in their pictures.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the private data break the codec's
 * rules.
 */
export function createPictureOrder(track: VideoTrack): OrderPicture | undefined {
  switch (track.codec) {
    case 'h264':
      return createAvcPictureOrder(track.codecPrivate);
    case 'hevc':
      return createHevcPictureOrder(track.codecPrivate);
    case 'mpeg4':
      return createMpeg4PictureOrder(track.codecPrivate);
    case 'mpeg1video':
    case 'mpeg2video':
      return createMpeg2PictureOrder();
    default:
      return undefined;
  }
}

/** Four-byte lengths are what the track is declared with. */
function nalConverter(lengthSize: NalLengthSize | undefined): ConvertSample | undefined {
  if (lengthSize === undefined) return convertAnnexBToLengthPrefixed;
  return lengthSize === 4 ? undefined : (data) => widenNalLengths(data, lengthSize);
}

function cannotCopy(track: VideoTrack): UnsupportedMediaError {
  const name = track.codec === 'unknown' ? track.codecTag : `${track.codec} (${track.codecTag})`;
  return new UnsupportedMediaError(
    `Video in ${name} cannot be copied into MP4 for a browser; it has to be re-encoded.`,
    {
      context: { track: track.id, codec: track.codec },
    },
  );
}
