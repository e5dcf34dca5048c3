import { MalformedMediaError } from '../../errors.js';
import type { VideoTrack } from '../../media/track.js';
import type { VideoConfiguration } from '../configuration.js';
import { buildVpcc, vpCodecString } from '../vp9/vpcc.js';
import { parseVp8KeyFrameHeader } from './frame-header.js';

/** VP8 is BT.601 in limited range (RFC 6386, section 9.2), and nothing else can be stated. */
const bt601 = { primaries: 6, transfer: 6, matrix: 6, fullRange: false } as const;

/**
 * Configures a VP8 track. Chromium and Safari play VP8 in WebM only, so a pipeline for browsers re-encodes it; other
 * players take the `vp08` sample entry.
 * @throws {MalformedMediaError} when the first sample is missing or not a key frame.
 */
export function configureVp8(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  const header = firstSample === undefined ? undefined : parseVp8KeyFrameHeader(firstSample);
  if (header === undefined) {
    throw new MalformedMediaError(
      'The VP8 track does not begin with a key frame, which alone tells its size.',
      {
        context: { track: track.id },
      },
    );
  }
  const configuration = {
    profile: header.version,
    level: 0,
    bitDepth: 8,
    chromaSubsampling: 0,
    color: track.color ?? bt601,
  };
  return {
    sampleEntry: 'vp08',
    codecString: vpCodecString('vp08', configuration),
    decoder: { kind: 'box', type: 'vpcC', payload: buildVpcc(configuration) },
    width: header.width,
    height: header.height,
    pixelAspectRatio: undefined,
    color: configuration.color,
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: undefined,
    reorderDepth: 0,
    bitDepth: 8,
    chroma: '4:2:0',
  };
}
