import { encodeAudio, OUTPUT_SAMPLE_RATE, type AudioOutput } from './audio-job.js';
import type { EnginePool } from './pool.js';

/**
 * Tells the AudioSpecificConfig of what a pool's engines encode. Only the encoder itself knows it: the first time, one
 * frame of silence is encoded; it is the same for every job with the same output, and is remembered with the pool.
 * @param pool - the engines.
 * @param output - what comes out.
 * @returns the config, not to be changed.
 * @throws {EngineError | OverloadedError} as {@link encodeAudio}; it is then asked for anew the next time.
 */
export function audioSpecificConfigOf(pool: EnginePool, output: AudioOutput): Promise<Uint8Array> {
  return pool.remember(`AudioSpecificConfig ${JSON.stringify(output)}`, () => encodeSilence(pool, output));
}

// Without a signal: several streams may wait for the same answer, and it takes a few milliseconds.
async function encodeSilence(pool: EnginePool, output: AudioOutput): Promise<Uint8Array> {
  const { audioSpecificConfig } = await encodeAudio(pool, {
    decoder: {
      codec: 'pcm_s16le',
      codecTag: 'silence',
      codecPrivate: undefined,
      sampleRate: OUTPUT_SAMPLE_RATE,
      channels: output.channels,
      bitDepth: 16,
    },
    packets: [],
    timescale: OUTPUT_SAMPLE_RATE,
    firstFrame: 0,
    frameCount: 1,
    output,
  });
  return audioSpecificConfig;
}
