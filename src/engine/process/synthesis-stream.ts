import type { Packet } from 'node-av/lib';
import { Codec, CodecContext, Frame, Rational, avGetSampleFmtName } from 'node-av/lib';
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_NONE,
  AV_SAMPLE_FMT_S16,
} from 'node-av/constants';
import { UnsupportedMediaError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import type { SynthesizedAudio, SynthesizedVideo } from '../synthesis.js';
import { check, isPause } from './native.js';
import { SynthesisSource } from './synthesis-source.js';

/** One made track: a source and the encoder of its frames, pulled packet by packet. */
export class SynthesisStream implements Disposable {
  /** The encoder, open. */
  readonly encoder: CodecContext;
  /** ISO 639-2 language code. */
  readonly language: string | undefined;
  readonly #source: SynthesisSource;
  readonly #startTicks: bigint;
  readonly #frame = new Frame();
  #isFlushed = false;
  /** Time up to which the source has been drawn on, in seconds; decides whose turn it is. */
  position = 0;

  /** Takes over an open encoder and its source. */
  constructor(encoder: CodecContext, source: SynthesisSource, startMs: number, language: string | undefined) {
    this.encoder = encoder;
    this.#source = source;
    this.language = language;
    const { num, den } = encoder.timeBase;
    this.#startTicks = BigInt(rescale(startMs, 1000 * num, den));
    this.position = startMs / 1000;
    this.#frame.alloc();
  }

  /**
   * Draws the next frame and encodes it.
   * @param packet - is used for each packet.
   * @param take - is called for each packet that is ready.
   * @returns false when the track has ended.
   */
  advance(packet: Packet, take: () => void): boolean {
    if (this.#isFlushed) return false;
    const frame = this.#frame;
    if (this.#source.next(frame)) {
      frame.pts += this.#startTicks;
      frame.pictType = AV_PICTURE_TYPE_NONE;
      const { num, den } = this.encoder.timeBase;
      this.position = (Number(frame.pts) * num) / den;
      check(this.encoder.sendFrameSync(frame), 'Encoding');
      frame.unref();
    } else {
      this.#isFlushed = true;
      check(this.encoder.sendFrameSync(null), 'Ending the encoder');
    }
    for (;;) {
      const code = this.encoder.receivePacketSync(packet);
      if (isPause(code)) return !this.#isFlushed;
      check(code, 'Encoding');
      take();
      packet.unref();
    }
  }

  /** Frees the native parts, the encoder included. */
  [Symbol.dispose](): void {
    this.#frame.free();
    this.encoder.freeContext();
    this.#source[Symbol.dispose]();
  }
}

/**
 * Opens a picture track.
 * @param video - what to make.
 * @param durationMs - how much of it.
 * @throws {UnsupportedMediaError | EngineError} when there is no such encoder, or it or the source fails.
 */
export function openVideoStream(video: SynthesizedVideo, durationMs: number): SynthesisStream {
  const codec = findEncoder(video.encoder);
  const end = (durationMs / 1000).toFixed(6);
  const source = new SynthesisSource(
    `${video.source},trim=end=${end},format=${video.pixelFormat ?? 'yuv420p'}`,
    'video',
  );
  const context = new CodecContext();
  context.allocContext3(codec);
  try {
    const { sink } = source;
    context.width = sink.buffersinkGetWidth();
    context.height = sink.buffersinkGetHeight();
    context.pixelFormat = sink.buffersinkGetFormat() as never;
    context.sampleAspectRatio = sink.buffersinkGetSampleAspectRatio();
    context.framerate = sink.buffersinkGetFrameRate();
    context.timeBase = sink.buffersinkGetTimeBase();
    if (video.gop !== undefined) context.gopSize = video.gop;
    if (video.maxBFrames !== undefined) context.maxBFrames = video.maxBFrames;
    openEncoder(context, codec, video);
    return new SynthesisStream(context, source, video.startMs ?? 0, video.language);
  } catch (error) {
    context.freeContext();
    source[Symbol.dispose]();
    throw error;
  }
}

/**
 * Opens a sound track.
 * @param audio - what to make.
 * @param durationMs - how much of it.
 * @throws {UnsupportedMediaError | EngineError} when there is no such encoder, or it or the source fails.
 */
export function openAudioStream(audio: SynthesizedAudio, durationMs: number): SynthesisStream {
  const codec = findEncoder(audio.encoder);
  const format =
    audio.sampleFormat ?? avGetSampleFmtName(codec.sampleFormats?.[0] ?? AV_SAMPLE_FMT_S16) ?? 's16';
  const end = rescale(durationMs, 1000, audio.sampleRate);
  const chain =
    `${audio.source},aformat=sample_fmts=${format}:sample_rates=${audio.sampleRate}` +
    `:channel_layouts=${audio.layout},atrim=end_sample=${end}`;
  const context = new CodecContext();
  context.allocContext3(codec);
  try {
    // The chain itself tells the encoder its format; only then is it known how many samples a frame must have.
    using probe = new SynthesisSource(chain, 'audio');
    context.sampleRate = audio.sampleRate;
    context.channelLayout = probe.sink.buffersinkGetChannelLayout();
    context.sampleFormat = probe.sink.buffersinkGetFormat() as never;
    context.timeBase = new Rational(1, audio.sampleRate);
    openEncoder(context, codec, audio);
    const frameSamples = context.frameSize > 0 ? context.frameSize : 1024;
    const source = new SynthesisSource(`${chain},asetnsamples=n=${frameSamples}:p=0`, 'audio');
    return new SynthesisStream(context, source, audio.startMs ?? 0, audio.language);
  } catch (error) {
    context.freeContext();
    throw error;
  }
}

function openEncoder(
  context: CodecContext,
  codec: Codec,
  { bitRate, options }: Pick<SynthesizedVideo, 'bitRate' | 'options'>,
): void {
  context.flags = (AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT) as never;
  context.threadCount = 1;
  if (bitRate !== undefined) context.bitRate = BigInt(bitRate);
  for (const [name, value] of Object.entries({ strict: 'experimental', ...options })) {
    check(context.setOption(name, value), `Setting the encoder's ${name}`);
  }
  check(context.open2Sync(codec, null), `Opening the encoder ${codec.name ?? ''}`);
}

function findEncoder(name: string): Codec {
  const codec = Codec.findEncoderByName(name as never);
  if (codec === null) throw new UnsupportedMediaError(`This engine has no encoder "${name}".`);
  return codec;
}
