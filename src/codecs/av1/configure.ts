import { MalformedMediaError } from '../../errors.js';
import type { VideoTrack } from '../../media/track.js';
import type { VideoConfiguration } from '../configuration.js';
import {
  buildAv1CodecConfigurationRecord,
  findSequenceHeader,
  viewConfigObus,
} from './av1-codec-configuration-record.js';
import { av1CodecString } from './codec-string.js';
import { av1Chroma } from './color-config.js';
import { findAv1HdrMetadata } from './metadata.js';

/**
 * Configures an AV1 track. A record with a sequence header is kept byte for byte; else one is built from the first
 * sample.
 * @throws {MalformedMediaError} when there is no sequence header to be had, or it cannot be read.
 */
export function configureAv1(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  const sample = firstSample ?? new Uint8Array(0);
  const configObus =
    track.codecPrivate === undefined || track.codecPrivate.length === 0
      ? new Uint8Array(0)
      : viewConfigObus(track.codecPrivate);
  const declared = findSequenceHeader(configObus);
  const sequence = declared ?? findSequenceHeader(sample);
  if (sequence === undefined) {
    throw new MalformedMediaError(
      'The AV1 track has no sequence header, neither in its private data nor in its first sample.',
      { context: { track: track.id, spec: 'AV1 in ISO BMFF, section 2.3.4' } },
    );
  }
  const { header } = sequence;
  const fromConfig = findAv1HdrMetadata(configObus);
  const fromSample = findAv1HdrMetadata(sample);
  return {
    sampleEntry: 'av01',
    codecString: av1CodecString(header),
    decoder: {
      kind: 'box',
      type: 'av1C',
      payload:
        declared === undefined
          ? buildAv1CodecConfigurationRecord(header, sequence.payload)
          : track.codecPrivate!,
    },
    width: header.width,
    height: header.height,
    pixelAspectRatio: undefined,
    color: header.color.color,
    masteringDisplay: fromConfig.masteringDisplay ?? fromSample.masteringDisplay,
    contentLight: fromConfig.contentLight ?? fromSample.contentLight,
    dolbyVision: track.dolbyVision,
    // Hidden frames travel inside the temporal unit that shows a later one: samples are in order of presentation.
    reorderDepth: 0,
    bitDepth: header.color.bitDepth,
    chroma: av1Chroma(header.color),
  };
}
