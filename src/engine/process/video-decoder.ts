import type { Buffer } from 'node:buffer';
import { Codec, CodecContext, Frame, Packet, Rational, type HardwareDeviceContext } from 'node-av/lib';
import {
  AVMEDIA_TYPE_VIDEO,
  AV_NOPTS_VALUE,
  AV_PICTURE_TYPE_B,
  AV_PKT_DATA_PALETTE,
  AV_PKT_FLAG_DISCARD,
  type AVPixelFormat,
} from 'node-av/constants';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import { paletteOf } from '../palette.js';
import type { EncodeVideoRequest } from '../video-job.js';
import { check, isPause, viewAsBuffer } from './native.js';

/** libavcodec's decoders whose name is not that of the codec. */
const DECODER_NAMES: Readonly<Record<string, string>> = {
  av1: 'libdav1d',
  msmpeg4v3: 'msmpeg4',
  flv1: 'flv',
  tscc: 'camtasia',
};

/** The largest picture that is decoded: 8K in any shape. It bounds what a few bytes of a file can make the engine hold. */
const MAX_PIXELS = 8192 * 4608;

/**
 * Takes a decoded picture.
 * @param frame - valid only during the call; its reference may be taken over.
 * @param time - presentation time in ticks; undefined when the decoder does not know it.
 */
export type TakeFrame = (frame: Frame, time: number | undefined) => void;

/** Decoding by hardware, whose frames lie in its own memory where it can do it, and in this process's where it cannot. */
export interface HardwareDecoding {
  /** libavcodec's decoder. */
  readonly codec: Codec;
  /** The device, open; the decoder keeps a reference of its own. */
  readonly device: HardwareDeviceContext;
  /** How libavutil names frames in its memory. */
  readonly pixelFormat: AVPixelFormat;
  /** Frames that others hold at the same time. */
  readonly extraFrames: number;
}

/** A libavcodec video decoder. */
export class VideoDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly #take: TakeFrame;
  /** Decode times of the packets so far, where they are all that the container has; else undefined. */
  readonly #decodeTimes: number[] | undefined;
  /** Beside each packet: which one is the first that a decoder takes, only it knows. */
  #palette: Buffer | undefined;
  /** Frames that came out while the decoder was drained. */
  #drained = 0;
  #isDraining = false;
  #hasReordered = false;

  /**
   * Opens a decoder.
   * @param config - the codec, and what the container says about it.
   * @param codecPrivate - its extradata; may be empty.
   * @param timescale - ticks a second of packet times.
   * @param hasDecodeTimesOnly - whether the presentation times are but decode times, as in what was made from AVI.
   * @param take - takes what comes out, in presentation order.
   * @param hardware - decodes; the processor when absent.
   * @throws {UnsupportedMediaError} when libavcodec has no such decoder, or it does not accept the configuration.
   */
  constructor(
    config: EncodeVideoRequest['decoder'],
    codecPrivate: Uint8Array,
    timescale: number,
    hasDecodeTimesOnly: boolean,
    take: TakeFrame,
    hardware?: HardwareDecoding,
  ) {
    const codec = hardware?.codec ?? findDecoder(config);
    this.#decodeTimes = hasDecodeTimesOnly ? [] : undefined;
    this.#take = take;
    this.#palette = paletteOf(config, codecPrivate);
    this.#packet.alloc();
    this.#frame.alloc();
    const context = this.#context;
    context.allocContext3(codec);
    try {
      if (codecPrivate.byteLength > 0) context.extraData = viewAsBuffer(codecPrivate);
      context.width = config.width;
      context.height = config.height;
      if (config.bitsPerPixel !== undefined) context.bitsPerCodedSample = config.bitsPerPixel;
      // How the pixels of plain pictures are stored only the container's name for it tells.
      const isNamed = NAMED.has(config.codec);
      const fourcc = isNamed ? fourccOf(config.codecTag) : undefined;
      if (fourcc !== undefined) context.codecTag = fourcc;
      context.pktTimebase = new Rational(1, timescale);
      // One: with more, errors surface later than at their packet, and memory grows with the threads.
      context.threadCount = 1;
      check(context.setOption('max_pixels', String(MAX_PIXELS)), 'Limiting the picture size');
      // Where the SPS does not say how far pictures are reordered, H.264's decoder learns it from those that it loses.
      // Strict, it waits as long as the standard allows.
      if (config.codec === 'h264') check(context.setOption('strict', '1'), 'Setting the decoder up');
      if (hardware !== undefined) decodeBy(hardware, context);
      check(context.open2Sync(codec, null), `Opening the ${config.codec} decoder`);
    } catch (error) {
      this[Symbol.dispose]();
      if (!(error instanceof EngineError)) throw error;
      // The decoder is there; what it does not like is the source's configuration.
      throw new UnsupportedMediaError(
        `The decoder for ${config.codecTag} does not accept the track's configuration: it is damaged, or of a kind that the decoder does not know.`,
        { cause: error, context: { codec: config.codec } },
      );
    }
  }

  /**
   * Has the packets from the next one on decoded with another palette.
   * @param palette - AV_PKT_DATA_PALETTE; stays as it is while the decoder is in use.
   */
  usePalette(palette: Uint8Array): void {
    this.#palette = viewAsBuffer(palette);
  }

  /**
   * Decodes one packet.
   * @param data - the packet; copied by libavcodec, with the padding that it needs.
   * @param time - its presentation time in ticks.
   * @param decodeTime - its decode time in ticks; null when the container has none.
   * @param isKey - whether decoding can begin here.
   * @param isHidden - what it shows is for the decoder alone, and does not come out.
   * @returns false when the packet could not be decoded; the next one may be.
   */
  decode(
    data: Uint8Array,
    time: number,
    decodeTime: number | null,
    isKey: boolean,
    isHidden = false,
  ): boolean {
    // An empty packet would be taken for the end of the stream.
    if (data.byteLength === 0) return false;
    const packet = this.#packet;
    // The one copy of the compressed bytes: into memory that libavcodec may read past the end of.
    packet.data = viewAsBuffer(data);
    packet.pts = BigInt(time);
    packet.dts = decodeTime === null ? AV_NOPTS_VALUE : BigInt(decodeTime);
    packet.isKeyframe = isKey;
    if (isHidden) packet.setFlags(AV_PKT_FLAG_DISCARD);
    this.#decodeTimes?.push(time);
    if (this.#palette !== undefined) packet.addSideData(AV_PKT_DATA_PALETTE, this.#palette);
    const code = this.#context.sendPacketSync(packet);
    packet.unref();
    // A packet can fail when pictures of those before it are still to be had.
    const isReceived = this.#receive();
    return code >= 0 && isReceived;
  }

  /** Takes out what the decoder still holds. Once, after the last packet: a codec must not be flushed twice. */
  drain(): void {
    this.#isDraining = true;
    if (this.#context.sendPacketSync(null) < 0) return;
    // What cannot be decoded at the end does not keep back what comes after it.
    for (let failures = 0; !this.#receive() && failures < MAX_DRAIN_FAILURES; failures++);
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }

  #receive(): boolean {
    const frame = this.#frame;
    for (;;) {
      const code = this.#context.receiveFrameSync(frame);
      if (code < 0) return isPause(code);
      try {
        this.#take(frame, this.#timeOf(frame));
      } finally {
        frame.unref();
      }
    }
  }

  /**
   * A frame's time is its packet's. Where that is only a decode time, pictures are shown in the order in which they come
   * out, one for each packet that goes in: a decoder that holds back n gives the one that is due n packets ago.
   */
  #timeOf(frame: Frame): number | undefined {
    const { pts } = frame;
    const own = pts === AV_NOPTS_VALUE ? undefined : Number(pts);
    if (this.#decodeTimes === undefined) return own;
    this.#hasReordered ||= frame.pictType === AV_PICTURE_TYPE_B;
    if (this.#isDraining) this.#drained += 1;
    if (!this.#hasReordered) return own;
    const last = this.#decodeTimes.length - 1 + this.#drained;
    return this.#decodeTimes[last - this.#context.hasBFrames] ?? own;
  }
}

/** The most pictures that a decoder holds back; so many can fail when it is drained. */
const MAX_DRAIN_FAILURES = 64;

function decodeBy({ device, pixelFormat, extraFrames }: HardwareDecoding, context: CodecContext): void {
  context.hwDeviceCtx = device;
  context.setHardwarePixelFormat(pixelFormat);
  context.extraHWFrames = extraFrames;
}

function findDecoder(config: EncodeVideoRequest['decoder']): Codec {
  const name = DECODER_NAMES[config.codec] ?? config.codec;
  const codec = Codec.findDecoderByName(name as never);
  if (codec?.type !== AVMEDIA_TYPE_VIDEO) {
    throw new UnsupportedMediaError(`There is no decoder for video of the kind ${config.codecTag}.`, {
      context: { codec: config.codec },
    });
  }
  return codec;
}

/** Codecs whose decoders are told what the container calls them: it says how pixels are stored. */
const NAMED: ReadonlySet<string> = new Set(['rawvideo', 'utvideo', 'hap']);

/**
 * A container's four characters for a codec, which may stand behind the container's name (`avi/ULY0`) or Matroska's
 * (`V_MS/VFW/FOURCC ULY0`), and without blanks; undefined when none do.
 */
function fourccOf(codecTag: string): string | undefined {
  const last = codecTag.slice(codecTag.lastIndexOf('/') + 1);
  const name = last.length <= 4 ? last : last.slice(last.indexOf(' ') + 1);
  return name.length <= 4 ? name.padEnd(4) : undefined;
}
