import { MalformedMediaError } from '../../errors.js';
import type { AudioTrack } from '../../media/track.js';
import type { AudioConfiguration } from '../configuration.js';
import { buildDops } from './dops.js';
import { parseOpusHead } from './opus-head.js';

/** Opus is decoded at 48 kHz, whatever was encoded. */
export const opusSampleRate = 48000;

/** 80 ms, after which a decoder that started anywhere has converged. RFC 7845, section 4.6. */
const preRoll = 3840;

/**
 * Configures an Opus track from its OpusHead.
 * @throws {MalformedMediaError | UnsupportedMediaError} when that is missing or cannot be read.
 */
export function configureOpus(track: AudioTrack): AudioConfiguration {
  if (track.codecPrivate === undefined) {
    throw new MalformedMediaError('The Opus track has no identification header.', {
      context: { track: track.id, spec: 'RFC 7845, section 5.1' },
    });
  }
  const head = parseOpusHead(track.codecPrivate);
  return {
    sampleEntry: 'Opus',
    // Lower case, as all browsers take it in MSE; the sample entry alone is `Opus`.
    codecString: 'opus',
    decoder: { kind: 'box', type: 'dOps', payload: buildDops(head) },
    sampleRate: opusSampleRate,
    channels: head.channels,
    sampleSize: 16,
    preRoll,
  };
}
