import { decoderPreRollMs, type AudioDecoderConfig } from '../engine/audio-job.js';
import type { AudioTrack } from '../media/track.js';

/** The most decoder pre-roll that a container is believed, in milliseconds. */
const maxStatedPreRollMs = 1000;

/** What a decoder must know of a track. */
export function audioDecoderOf(track: AudioTrack): AudioDecoderConfig {
  const { codec, codecTag, codecPrivate, sampleRate, channels, bitDepth, blockAlign } = track;
  return { codec, codecTag, codecPrivate, sampleRate, channels, bitDepth, blockAlign };
}

/** How much of a track must be decoded before the first sample that counts, in milliseconds. */
export function audioPreRollMs(track: AudioTrack): number {
  const statedMs = Math.ceil((track.seekPreRoll * 1000) / track.timescale);
  return Math.max(decoderPreRollMs(track.codec), Math.min(statedMs, maxStatedPreRollMs));
}
