import type { AudioConfiguration } from '../codecs/configuration.js';
import { OUTPUT_SAMPLE_RATE, type AudioOutput } from '../engine/audio-job.js';
import { audioSpecificConfigOf } from '../engine/audio-specific-config.js';
import type { EnginePool } from '../engine/pool.js';
import { abortable } from '../io/abortable.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import type { AudioTrack } from '../media/track.js';

/** The `codecs` parameter of audio that is encoded: AAC-LC. */
export const ENCODED_AUDIO_CODEC = 'mp4a.40.2';

/**
 * Declares an audio track whose packets are copied.
 * @param track - the source's track.
 * @param trackId - track_ID in the output.
 * @param timescale - ticks a second of its samples.
 * @param configuration - how its codec is declared.
 */
export function declareCopiedAudio(
  { language, name }: AudioTrack,
  trackId: number,
  timescale: number,
  configuration: AudioConfiguration,
): MuxAudioTrack {
  return { type: 'audio', trackId, timescale, language, name, isDefault: true, configuration };
}

/**
 * Declares an audio track that is encoded as AAC; the encoder is asked for its configuration.
 * @param track - the source's track.
 * @param trackId - track_ID in the output.
 * @param pool - who encodes.
 * @param output - what comes out.
 * @param signal - ends the waiting.
 * @throws {EngineError | OverloadedError} when the encoder cannot be asked.
 */
export async function declareEncodedAudio(
  track: AudioTrack,
  trackId: number,
  pool: EnginePool,
  output: AudioOutput,
  signal: AbortSignal,
): Promise<MuxAudioTrack> {
  const audioSpecificConfig = await abortable(audioSpecificConfigOf(pool, output), signal);
  return declareCopiedAudio(track, trackId, OUTPUT_SAMPLE_RATE, {
    sampleEntry: 'mp4a',
    codecString: ENCODED_AUDIO_CODEC,
    decoder: { kind: 'descriptor', objectType: 0x40, specificInfo: audioSpecificConfig },
    sampleRate: OUTPUT_SAMPLE_RATE,
    channels: output.channels,
    sampleSize: 16,
    preRoll: 0,
  });
}
