import { Codec, CodecContext, Frame, Packet, Rational, getFFmpegInfo } from 'node-av/lib';
import type { HardwareFramesContext } from 'node-av/lib';
import {
  AVCOL_RANGE_MPEG,
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_CLOSED_GOP,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import { avcNalType, avcNalTypeOf } from '../../codecs/h264/nal-type.js';
import { viewAnnexBNalUnits } from '../../codecs/nal/annex-b.js';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import type { FrameRate } from '../../time/frame-rate.js';
import { rescale } from '../../time/rescale.js';
import type { EncodedFormat } from '../video-output.js';
import { DeviceMemory } from './device-memory.js';
import type { EncoderSetup } from './encoder-setup.js';
import { check, isPause } from './native.js';
import { isParameterSet, ParameterSets } from './parameter-sets.js';
import { RateBuffer } from './rate-buffer.js';

/** Ticks a second of the encoder's own clock, whatever the source's is: it stands in x264's SPS. */
const CLOCK = 90_000;

/**
 * Below this share of the cap's buffer an encoder that plans it is not told where the end is: it would spend what is left at
 * once, and the last pictures would have next to nothing.
 */
const SCARCE_SHARE = 0.5;

/** An encoded picture. */
export interface EncodedPicture {
  /** Presentation time in ticks. */
  readonly time: number;
  /** Whether it is an IDR picture. */
  readonly isSync: boolean;
  /** NAL units, each after its length in 4 bytes; an IDR picture's begin with the parameter sets. */
  readonly data: Uint8Array;
}

/** What an encoder is opened for. */
export interface EncoderTask {
  /** What the encoder is told. */
  readonly setup: EncoderSetup;
  /** What comes out. */
  readonly format: EncodedFormat;
  /** About how many frames a second there are. */
  readonly frameRate: FrameRate | undefined;
  /** Ticks a second of frame times. */
  readonly timescale: number;
  /** What all frames belong to, where they lie in a device's memory already. The encoder keeps a reference of its own. */
  readonly frames?: HardwareFramesContext | undefined;
}

/** An H.264 encoder of libavcodec, in software or hardware. */
export class VideoEncoder implements Disposable {
  /** The parameter sets in force; empty before the first picture with encoders that tell them no earlier. */
  readonly parameterSets: ParameterSets;
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #timescale: number;
  readonly #memory: DeviceMemory | undefined;
  /** Times of the frames that the encoder holds, by its own clock, and whether they must become IDR pictures. */
  readonly #held = new Map<number, { readonly time: number; readonly isForcedSync: boolean }>();
  #lastClock = -Infinity;
  /** Ticks of the encoder's clock from the frame before to the last one. */
  #interval = CLOCK / 30;
  /** What the encoder plans of the cap's buffer; undefined when it plans nothing. */
  readonly #buffer: RateBuffer | undefined;
  #lastDecodeClock: number | undefined;
  /** The last frame, where it may be needed once more. */
  readonly #lastFrame = new Frame();

  /**
   * Opens an encoder.
   * @param task - what for.
   * @throws {UnsupportedMediaError | EngineError} when there is no such encoder, or it does not take the settings.
   */
  constructor({ setup, format, frameRate, timescale, frames }: EncoderTask) {
    const codec = Codec.findEncoderByName(setup.codecName as never);
    if (codec === null) {
      throw new UnsupportedMediaError(`This engine has no encoder "${setup.codecName}".`);
    }
    this.#timescale = timescale;
    this.#packet.alloc();
    this.#lastFrame.alloc();
    if (setup.bufferShare !== undefined) this.#buffer = new RateBuffer(format, setup.bufferShare);
    const context = this.#context;
    context.allocContext3(codec);
    try {
      applyFormat(context, setup, format, frameRate);
      for (const [name, value] of Object.entries(setup.options)) {
        check(context.setOption(name, value), `Setting the encoder's ${name}`);
      }
      if (frames === undefined) {
        this.#memory = DeviceMemory.open(setup, format);
        this.#memory?.give(context);
      } else {
        context.pixelFormat = frames.format;
        context.hwFramesCtx = frames;
      }
      check(context.open2Sync(codec, null), `Opening the encoder ${setup.codecName}`);
      this.parameterSets = new ParameterSets(
        viewAnnexBNalUnits(Uint8Array.from(context.extraData ?? [])).filter(isParameterSet),
      );
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Encodes a frame.
   * @param frame - in the encoder's format; its time must be above that of the frame before.
   * @param time - presentation time in ticks.
   * @param isForcedSync - whether it must become an IDR picture.
   * @param take - takes pictures that are ready, in decode order.
   * @throws {EngineError} when it cannot.
   */
  encode(frame: Frame, time: number, isForcedSync: boolean, take: (picture: EncodedPicture) => void): void {
    // Rate control goes by this clock; the time itself waits here, exact, until its picture comes out.
    const clock = Math.max(rescale(time, this.#timescale, CLOCK), this.#lastClock + 1);
    if (this.#lastClock !== -Infinity) this.#interval = clock - this.#lastClock;
    this.#lastClock = clock;
    this.#held.set(clock, { time, isForcedSync });
    const given = this.#memory?.upload(frame) ?? frame;
    if (this.#buffer !== undefined) {
      this.#lastFrame.unref();
      check(this.#lastFrame.ref(given), 'Keeping a frame');
    }
    this.#send(given, clock, isForcedSync, take);
  }

  /** Takes out what the encoder still holds. Once, after the last frame. */
  drain(take: (picture: EncodedPicture) => void): void {
    if (this.#buffer !== undefined && this.#buffer.share < SCARCE_SHARE) this.#follow(take);
    if (this.#held.size > 0) {
      check(this.#context.sendFrameSync(null), 'Ending the encoder');
      this.#receive(take);
    }
    if (this.#held.size > 0) throw new EngineError(`The encoder kept ${this.#held.size} frames to itself.`);
  }

  /**
   * Gives the last frame once more, as the IDR picture that the next stretch begins with: the encoder, which plans for all that
   * it has in sight, leaves something for it. More of them would only take longer.
   */
  #follow(take: (picture: EncodedPicture) => void): void {
    if (this.#held.size > 0) this.#send(this.#lastFrame, this.#lastClock + this.#interval, true, take);
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#packet.free();
    this.#lastFrame.free();
    this.#context.freeContext();
    this.#memory?.[Symbol.dispose]();
  }

  #send(frame: Frame, clock: number, isForcedSync: boolean, take: (picture: EncodedPicture) => void): void {
    frame.pts = BigInt(clock);
    frame.pictType = isForcedSync ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    for (;;) {
      const code = this.#context.sendFrameSync(frame);
      if (!isPause(code)) {
        check(code, 'Encoding');
        break;
      }
      // Hardware may be full until something was taken out.
      if (this.#receive(take) === 0) throw new EngineError('The encoder neither takes nor gives.');
    }
    this.#receive(take);
  }

  /** Returns how many pictures came. What only followed the wanted ones, and so comes after them, is left where it is. */
  #receive(take: (picture: EncodedPicture) => void): number {
    const packet = this.#packet;
    for (let count = 0; ; count++) {
      if (count > 0 && this.#held.size === 0) return count;
      const code = this.#context.receivePacketSync(packet);
      if (isPause(code)) return count;
      check(code, 'Encoding');
      const clock = Number(packet.pts);
      this.#noteSize(packet);
      const held = this.#held.get(clock);
      if (held === undefined) throw new EngineError(`The encoder made up a picture at ${clock}.`);
      this.#held.delete(clock);
      const picture = this.#frameNalUnits(packet.data!);
      if (held.isForcedSync && !picture.isSync) {
        throw new EngineError('The encoder made no IDR picture where one was asked for.');
      }
      take({ time: held.time, ...picture });
      packet.unref();
    }
  }

  #noteSize(packet: Packet): void {
    if (this.#buffer === undefined) return;
    const clock = Number(packet.dts);
    const since = this.#lastDecodeClock === undefined ? 0 : clock - this.#lastDecodeClock;
    this.#lastDecodeClock = clock;
    this.#buffer.take(packet.size, since / CLOCK);
  }

  /** The one copy of an encoded picture: out of libavcodec's memory, start codes replaced by lengths. */
  #frameNalUnits(stream: Uint8Array): { isSync: boolean; data: Uint8Array } {
    const all = viewAnnexBNalUnits(stream);
    const coded = all.filter(isKept);
    const isSync = coded.some((nal) => avcNalTypeOf(nal) === avcNalType.idrSlice);
    const units = isSync ? [...this.parameterSets.take(all.filter(isParameterSet)), ...coded] : coded;
    const data = new Uint8Array(units.reduce((size, nal) => size + 4 + nal.byteLength, 0));
    const view = new DataView(data.buffer);
    let position = 0;
    for (const nal of units) {
      view.setUint32(position, nal.byteLength);
      data.set(nal, position + 4);
      position += 4 + nal.byteLength;
    }
    return { isSync, data };
  }
}

/**
 * Describes an encoder so that two descriptions are the same only if the encoders make the same bytes of the same
 * source, on the same kind of processor and device.
 */
export function describeVideoEncoder(
  { codecName, threads, options }: EncoderSetup,
  format: EncodedFormat,
): string {
  const { version, libraries } = getFFmpegInfo();
  return [
    `${codecName} threads=${threads} maxrate=${format.maxBitRate} bufsize=${format.bufferBits}`,
    ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
    `ffmpeg ${version} libavcodec ${libraries.avcodec} libavfilter ${libraries.avfilter} libswscale ${libraries.swscale}`,
  ].join(' ');
}

function applyFormat(
  context: CodecContext,
  setup: EncoderSetup,
  format: EncodedFormat,
  frameRate: FrameRate | undefined,
): void {
  const { width, height, color, pixelAspectRatio, maxBitRate, bufferBits } = format;
  const { numerator, denominator } = frameRate ?? { numerator: 30, denominator: 1 };
  context.width = width;
  context.height = height;
  context.pixelFormat = setup.pixelFormat === 'nv12' ? AV_PIX_FMT_NV12 : AV_PIX_FMT_YUV420P;
  context.sampleAspectRatio = new Rational(...pixelAspectRatio);
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = color.primaries as never;
  context.colorTrc = color.transfer as never;
  context.colorSpace = color.matrix as never;
  context.timeBase = new Rational(1, CLOCK);
  context.framerate = new Rational(numerator, denominator);
  context.rcMaxRate = BigInt(maxBitRate);
  context.rcBufferSize = bufferBits;
  context.threadCount = setup.threads;
  context.flags = (AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_CLOSED_GOP) as never;
}

/**
 * Kept are slices and messages that belong to pictures. Left out are delimiters, ends and filler, of which MP4 has no
 * need, and messages of an encoder's own: x264 names itself and its options, 700 bytes that each job would repeat.
 */
function isKept(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  const userDataUnregistered = 5;
  if (type === avcNalType.sei) return nal[1] !== userDataUnregistered;
  return type >= avcNalType.slice && type <= avcNalType.idrSlice;
}
