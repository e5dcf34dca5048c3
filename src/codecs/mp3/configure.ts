import { MalformedMediaError } from '../../errors.js';
import type { AudioTrack } from '../../media/track.js';
import type { AudioConfiguration } from '../configuration.js';
import { parseMpegAudioFrame } from './frame-header.js';

/** objectTypeIndication of MPEG-1 audio, and of MPEG-2 audio at half rates. ISO/IEC 14496-1, table 5. */
const objectType = { mpeg1: 0x6b, mpeg2: 0x69 } as const;

/**
 * Configures an MP3 track from the header of its first frame. Chromium plays this from a file (`mp4a.6B` in capitals,
 * as RFC 6381 writes it; tried in Chromium 156) but takes MP3 in MP4 through MSE under no name.
 * @throws {MalformedMediaError} when the first sample is missing or not an MPEG audio frame.
 */
export function configureMp3(track: AudioTrack, firstSample: Uint8Array | undefined): AudioConfiguration {
  const frame = firstSample === undefined ? undefined : parseMpegAudioFrame(firstSample);
  if (frame === undefined) {
    throw new MalformedMediaError('The MP3 track does not begin with an MPEG audio frame.', {
      context: { track: track.id, spec: 'ISO/IEC 11172-3, section 2.4.2.3' },
    });
  }
  const type = frame.version === 1 ? objectType.mpeg1 : objectType.mpeg2;
  return {
    sampleEntry: 'mp4a',
    codecString: `mp4a.${type.toString(16).toUpperCase()}`,
    decoder: { kind: 'descriptor', objectType: type, specificInfo: undefined },
    sampleRate: frame.sampleRate,
    channels: frame.channels,
    sampleSize: 16,
    preRoll: 0,
  };
}
