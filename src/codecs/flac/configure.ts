import { MalformedMediaError } from '../../errors.js';
import type { AudioTrack } from '../../media/track.js';
import type { AudioConfiguration } from '../configuration.js';
import { buildDfla } from './dfla.js';
import { parseFlacStreamInfo } from './streaminfo.js';

/**
 * Configures a FLAC track from its STREAMINFO.
 * @throws {MalformedMediaError} when that is missing or cannot be read.
 */
export function configureFlac(track: AudioTrack): AudioConfiguration {
  if (track.codecPrivate === undefined) {
    throw new MalformedMediaError('The FLAC track has no STREAMINFO.', {
      context: { track: track.id, spec: 'RFC 9639, section 8.2' },
    });
  }
  const info = parseFlacStreamInfo(track.codecPrivate);
  if (info.sampleRate === 0) {
    throw new MalformedMediaError('The FLAC STREAMINFO has a sample rate of 0.', {
      context: { track: track.id, spec: 'RFC 9639, section 8.2' },
    });
  }
  return {
    sampleEntry: 'fLaC',
    // Lower case, as all browsers take it in MSE; the sample entry alone is `fLaC`.
    codecString: 'flac',
    decoder: { kind: 'box', type: 'dfLa', payload: buildDfla(info) },
    sampleRate: info.sampleRate,
    channels: info.channels,
    sampleSize: info.bitDepth,
    preRoll: 0,
  };
}
