import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
} from 'node-av/constants';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import type { AacEncoder } from '../aac-encoder.js';
import { FRAME_SAMPLES, OUTPUT_SAMPLE_RATE } from '../audio-job.js';
import { check, isPause } from './native.js';

/** What the encoder is to make. */
export interface AacEncoderSettings {
  /** Which encoder. */
  readonly encoder: AacEncoder;
  /** Stereo or 5.1. */
  readonly channels: 2 | 6;
  /** Bits a second. */
  readonly bitRate: number;
}

/** An AAC encoder of libavcodec that is fed frame by frame of the global grid. */
export class AacFrameEncoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  readonly #isFloat: boolean;

  /**
   * Opens an encoder.
   * @param settings - what to make.
   * @throws {UnsupportedMediaError} when this build of libavcodec lacks the encoder.
   */
  constructor({ encoder, channels, bitRate }: AacEncoderSettings) {
    const codec = Codec.findEncoderByName(encoder.name as never);
    if (codec === null) {
      throw new UnsupportedMediaError(`This engine has no AAC encoder "${encoder.name}".`);
    }
    this.#isFloat = encoder.name === 'aac';
    const format = this.#isFloat ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16;
    const mask = channels === 2 ? 0x3n : 0x3fn;
    const layout = { nbChannels: channels, order: AV_CHANNEL_ORDER_NATIVE, mask };
    this.#packet.alloc();
    this.#frame.alloc();
    const context = this.#context;
    context.allocContext3(codec);
    try {
      context.sampleRate = OUTPUT_SAMPLE_RATE;
      context.channelLayout = layout;
      context.sampleFormat = format;
      context.bitRate = BigInt(bitRate);
      context.timeBase = new Rational(1, OUTPUT_SAMPLE_RATE);
      context.threadCount = 1;
      // Bit-exact: otherwise the first access unit of every job would carry the library's version as a comment.
      context.flags = (AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT) as never;
      for (const [name, value] of Object.entries(encoder.options)) {
        check(context.setOption(name, value), `Setting ${name} of the ${encoder.name} encoder`);
      }
      check(context.open2Sync(codec, null), `Opening the ${encoder.name} encoder`);
      this.#frame.format = format;
      this.#frame.channelLayout = layout;
      this.#frame.sampleRate = OUTPUT_SAMPLE_RATE;
      this.#frame.nbSamples = FRAME_SAMPLES;
      check(this.#frame.allocBuffer(), 'Allocating the encoder’s frame');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The stream's AudioSpecificConfig; a copy. */
  get audioSpecificConfig(): Uint8Array {
    const extradata = this.#context.extraData;
    if (extradata === null) throw new EngineError('The AAC encoder gives no AudioSpecificConfig.');
    return Uint8Array.from(extradata);
  }

  /**
   * Encodes one frame.
   * @param index - its place on the grid, which gives it its time.
   * @param planes - samples, one array a channel.
   * @param offset - where the frame's samples begin there.
   * @param take - is given each access unit that is ready, with its place on the grid; the bytes are valid in the call.
   */
  encode(
    index: number,
    planes: readonly Float32Array[],
    offset: number,
    take: (index: number, accessUnit: Uint8Array) => void,
  ): void {
    const frame = this.#frame;
    // The encoder may still hold the samples of the frame before.
    check(frame.makeWritable(), 'Preparing the encoder’s frame');
    const data = frame.data!;
    if (this.#isFloat) copyPlanes(planes, offset, data);
    else interleave(planes, offset, data[0]!);
    frame.pts = BigInt(index * FRAME_SAMPLES);
    check(this.#context.sendFrameSync(frame), 'Encoding AAC');
    const packet = this.#packet;
    for (;;) {
      const code = this.#context.receivePacketSync(packet);
      if (isPause(code)) return;
      check(code, 'Encoding AAC');
      take(Number(packet.pts) / FRAME_SAMPLES, packet.data!);
      packet.unref();
    }
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }
}

function copyPlanes(planes: readonly Float32Array[], offset: number, data: readonly Buffer[]): void {
  for (let channel = 0; channel < planes.length; channel++) {
    const target = data[channel]!;
    const view = new Float32Array(target.buffer, target.byteOffset, FRAME_SAMPLES);
    view.set(planes[channel]!.subarray(offset, offset + FRAME_SAMPLES));
  }
}

function interleave(planes: readonly Float32Array[], offset: number, target: Buffer): void {
  const channels = planes.length;
  const view = new Int16Array(target.buffer, target.byteOffset, FRAME_SAMPLES * channels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[channel]!;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const sample = Math.round(plane[offset + i]! * 32768);
      view[i * channels + channel] = sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample;
    }
  }
}
