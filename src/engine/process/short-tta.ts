import { ttaFrameSamples } from '../../codecs/tta/frame-samples.js';
import { ttaPacketSamples } from '../../codecs/tta/packet-samples.js';
import type { AudioDecoderConfig } from '../audio-job.js';
import { AudioDecoder, type FrameSink } from './audio-decoder.js';

/** Where a TTA header states the number of samples, by which the decoder knows how long the last frame is. */
const SAMPLES_OFFSET = 14;

/**
 * Decodes the last frame of TTA, which is shorter than the others, where the header does not state by how much: Matroska has no
 * header, and its duration is rounded.
 */
export class ShortTtaDecoder {
  readonly #config: Omit<AudioDecoderConfig, 'codecPrivate'>;
  readonly #header: Uint8Array;
  readonly #timescale: number;

  /**
   * @param config - the codec, and what the container says about it.
   * @param header - the decoder's extradata.
   * @param timescale - ticks a second of packet times.
   */
  constructor(config: Omit<AudioDecoderConfig, 'codecPrivate'>, header: Uint8Array, timescale: number) {
    this.#config = config;
    this.#header = header;
    this.#timescale = timescale;
  }

  /**
   * Decodes the frame by a header of its own.
   * @param data - the frame.
   * @param start - its presentation time in ticks.
   * @param sink - takes what comes out.
   * @returns false when it cannot be decoded either.
   */
  decode(data: Uint8Array, start: number, sink: FrameSink): boolean {
    const { channels, sampleRate } = this.#config;
    const samples = ttaPacketSamples(data, channels, ttaFrameSamples(sampleRate));
    if (samples === undefined || this.#header.byteLength < SAMPLES_OFFSET + 4) return false;
    const ownHeader = Uint8Array.from(this.#header);
    new DataView(ownHeader.buffer).setUint32(SAMPLES_OFFSET, samples, true);
    using decoder = new AudioDecoder(this.#config, ownHeader, this.#timescale, data);
    return decoder.decode(data, start, sink);
  }
}
