import { Codec, CodecContext, Packet, Rational, getFFmpegInfo, type Frame } from 'node-av/lib';
import {
  AVCOL_RANGE_MPEG,
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import { buildAvcDecoderConfigurationRecord } from '../../codecs/h264/avc-decoder-configuration-record.js';
import { avcNalType, avcNalTypeOf } from '../../codecs/h264/nal-type.js';
import { parseAvcSequenceParameterSet } from '../../codecs/h264/sps.js';
import { viewAnnexBNalUnits } from '../../codecs/nal/annex-b.js';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import type { EncodedFormat, VideoOutput } from '../video-output.js';
import { check, isPause } from './native.js';

/**
 * x264's threads. With more than one its rate control, where the cap of the bit rate takes hold, depends on which thread
 * is first: the same job then gives other bytes each time.
 */
const THREADS = 1;

/** Ticks a second of the encoder's own clock, whatever the source's is: it stands in the SPS. */
const CLOCK = 90_000;

/**
 * Options that make the same bytes of the same pictures everywhere, and that let encoded stretches be joined, also to
 * copied ones: parameter sets with the number of the source's (0, as a rule) would stay in force behind them.
 */
const X264_PARAMETERS = 'cpu-independent=1:stitchable=1:keyint=infinite:open-gop=0:sps-id=31';

/** An encoded picture. */
export interface EncodedPicture {
  /** Presentation time in ticks. */
  readonly time: number;
  /** Whether it is an IDR picture. */
  readonly isSync: boolean;
  /** NAL units, each after its length in 4 bytes; an IDR picture's begin with the parameter sets. */
  readonly data: Uint8Array;
}

/** An H.264 encoder. */
export class VideoEncoder implements Disposable {
  /** AVCDecoderConfigurationRecord. */
  readonly avcC: Uint8Array;
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #timescale: number;
  readonly #parameterSets: readonly Uint8Array[];
  /** Times of the frames that the encoder holds, by its own clock. */
  readonly #times = new Map<number, number>();
  #lastClock = -Infinity;

  /**
   * Opens an encoder.
   * @param output - what is wanted.
   * @param format - what is fixed about it.
   * @param timescale - ticks a second of frame times.
   * @throws {UnsupportedMediaError | EngineError} when there is no x264, or it does not take the settings.
   */
  constructor(output: VideoOutput, format: EncodedFormat, timescale: number) {
    const codec = Codec.findEncoderByName('libx264' as never);
    if (codec === null) throw new UnsupportedMediaError('This engine has no H.264 encoder.');
    this.#timescale = timescale;
    this.#packet.alloc();
    const context = this.#context;
    context.allocContext3(codec);
    try {
      applyFormat(context, output, format);
      for (const [name, value] of Object.entries(x264Options(output))) {
        check(context.setOption(name, value), `Setting the encoder's ${name}`);
      }
      check(context.open2Sync(codec, null), 'Opening the H.264 encoder');
      this.#parameterSets = viewAnnexBNalUnits(Uint8Array.from(context.extraData ?? [])).filter(
        isParameterSet,
      );
      this.avcC = buildAvcC(this.#parameterSets);
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
   */
  encode(frame: Frame, time: number, isForcedSync: boolean, take: (picture: EncodedPicture) => void): void {
    // Rate control goes by this clock; the time itself waits here, exact, until its picture comes out.
    const clock = Math.max(rescale(time, this.#timescale, CLOCK), this.#lastClock + 1);
    this.#lastClock = clock;
    this.#times.set(clock, time);
    frame.pts = BigInt(clock);
    frame.pictType = isForcedSync ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    check(this.#context.sendFrameSync(frame), 'Encoding');
    this.#receive(take);
  }

  /** Takes out what the encoder still holds. Once, after the last frame. */
  drain(take: (picture: EncodedPicture) => void): void {
    check(this.#context.sendFrameSync(null), 'Ending the encoder');
    this.#receive(take);
    if (this.#times.size > 0) throw new EngineError(`The encoder kept ${this.#times.size} frames to itself.`);
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#packet.free();
    this.#context.freeContext();
  }

  #receive(take: (picture: EncodedPicture) => void): void {
    const packet = this.#packet;
    for (;;) {
      const code = this.#context.receivePacketSync(packet);
      if (isPause(code)) return;
      check(code, 'Encoding');
      const clock = Number(packet.pts);
      const time = this.#times.get(clock);
      if (time === undefined) throw new EngineError(`The encoder made up a picture at ${clock}.`);
      this.#times.delete(clock);
      take({ time, ...this.#frameNalUnits(packet.data!) });
      packet.unref();
    }
  }

  /** The one copy of an encoded picture: out of libavcodec's memory, start codes replaced by lengths. */
  #frameNalUnits(stream: Uint8Array): { isSync: boolean; data: Uint8Array } {
    const coded = viewAnnexBNalUnits(stream).filter((nal) => !isParameterSet(nal) && !isBanner(nal));
    const isSync = coded.some((nal) => avcNalTypeOf(nal) === avcNalType.idrSlice);
    const units = isSync ? [...this.#parameterSets, ...coded] : coded;
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
 * Describes the encoder so that two descriptions are the same only if the encoders make the same bytes of the same
 * source.
 */
export function describeVideoEncoder(output: VideoOutput, format: EncodedFormat): string {
  const { version, libraries } = getFFmpegInfo();
  const options = Object.entries(x264Options(output)).map(([name, value]) => `${name}=${value}`);
  return [
    `libx264 threads=${THREADS} maxrate=${format.maxBitRate} bufsize=${format.bufferBits}`,
    ...options,
    `ffmpeg ${version} libavcodec ${libraries.avcodec} libavfilter ${libraries.avfilter} libswscale ${libraries.swscale}`,
  ].join(' ');
}

function x264Options({ preset, crf }: VideoOutput): Record<string, string> {
  return { preset, profile: 'high', crf: String(crf), 'forced-idr': '1', 'x264-params': X264_PARAMETERS };
}

function applyFormat(context: CodecContext, output: VideoOutput, format: EncodedFormat): void {
  const { width, height, color, pixelAspectRatio, maxBitRate, bufferBits } = format;
  const { numerator, denominator } = output.frameRate ?? { numerator: 30, denominator: 1 };
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.sampleAspectRatio = new Rational(...pixelAspectRatio);
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = color.primaries as never;
  context.colorTrc = color.transfer as never;
  context.colorSpace = color.matrix as never;
  context.timeBase = new Rational(1, CLOCK);
  context.framerate = new Rational(numerator, denominator);
  context.rcMaxRate = BigInt(maxBitRate);
  context.rcBufferSize = bufferBits;
  context.threadCount = THREADS;
  context.flags = (AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT) as never;
}

function buildAvcC(parameterSets: readonly Uint8Array[]): Uint8Array {
  const sequence = parameterSets.filter((nal) => avcNalTypeOf(nal) === avcNalType.sequenceParameterSet);
  const picture = parameterSets.filter((nal) => avcNalTypeOf(nal) === avcNalType.pictureParameterSet);
  if (sequence.length !== 1 || picture.length !== 1) {
    throw new EngineError('The encoder gave no parameter sets.');
  }
  const first = parseAvcSequenceParameterSet(sequence[0]!);
  return buildAvcDecoderConfigurationRecord({ sequence, picture, first }, 4);
}

function isParameterSet(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  return type === avcNalType.sequenceParameterSet || type === avcNalType.pictureParameterSet;
}

/** The message in which x264 names itself and its options: 700 bytes that each job would repeat. */
function isBanner(nal: Uint8Array): boolean {
  const userDataUnregistered = 5;
  return avcNalTypeOf(nal) === avcNalType.sei && nal[1] === userDataUnregistered;
}
