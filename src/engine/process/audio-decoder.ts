import { Codec, CodecContext, Frame, Packet, Rational, avChannelLayoutDefault } from 'node-av/lib';
import { AVMEDIA_TYPE_AUDIO, AV_CODEC_FLAG2_SKIP_MANUAL, AV_NOPTS_VALUE } from 'node-av/constants';
import { isLoasFrame } from '../../codecs/aac/latm.js';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import type { AudioDecoderConfig } from '../audio-job.js';
import { applyWaveParameters, waveFormatTag } from './wave-parameters.js';
import { check, isPause, viewAsBuffer } from './native.js';

/** libavcodec's decoders whose name is not that of the codec. Of several, the one that computes in floating point. */
const DECODER_NAMES: Readonly<Record<string, string>> = {
  dts: 'dca',
  mp1: 'mp1float',
  mp2: 'mp2float',
  mp3: 'mp3float',
  amr_nb: 'amrnb',
  amr_wb: 'amrwb',
  ra_144: 'real_144',
  ra_288: 'real_288',
  adpcm_g722: 'g722',
  adpcm_g726: 'g726',
  atrac3p: 'atrac3plus',
  musepack7: 'mpc7',
  musepack8: 'mpc8',
  mp4als: 'als',
};

/** Takes decoded frames. */
export interface FrameSink {
  /**
   * @param frame - decoded audio; valid only during the call.
   * @param start - presentation time of its first sample in ticks; undefined when it follows the frame before it.
   */
  takeFrame(frame: Frame, start: number | undefined): void;
}

/** A libavcodec audio decoder. Its output is never trimmed by libavcodec: packet times are taken as they are. */
export class AudioDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  /**
   * Opens a decoder.
   * @param config - the codec, and what the container says about it.
   * @param codecPrivate - its extradata; may be empty.
   * @param timescale - ticks a second of packet times.
   * @param firstPacket - the first packet: its size tells the block size of codecs that have one, and its beginning whether AAC
   * is in LATM. May be empty.
   * @throws {UnsupportedMediaError} when libavcodec has no such decoder, or it does not accept the configuration.
   */
  constructor(
    config: Omit<AudioDecoderConfig, 'codecPrivate'>,
    codecPrivate: Uint8Array,
    timescale: number,
    firstPacket: Uint8Array,
  ) {
    const codec = findDecoder(config, firstPacket);
    this.#packet.alloc();
    this.#frame.alloc();
    const context = this.#context;
    context.allocContext3(codec);
    try {
      const waveTag = waveFormatTag(config.codec);
      if (waveTag === undefined) {
        if (codecPrivate.byteLength > 0) context.extraData = viewAsBuffer(codecPrivate);
        if (config.sampleRate > 0) context.sampleRate = config.sampleRate;
        if (config.channels > 0) context.channelLayout = avChannelLayoutDefault(config.channels);
        if (config.bitDepth !== undefined) context.bitsPerCodedSample = config.bitDepth;
      } else {
        applyWaveParameters(context, {
          formatTag: waveTag,
          sampleRate: config.sampleRate,
          channels: config.channels,
          bitDepth: config.bitDepth ?? 16,
          blockAlign: config.blockAlign ?? firstPacket.byteLength,
          extradata: codecPrivate,
        });
      }
      context.pktTimebase = new Rational(1, timescale);
      context.threadCount = 1;
      context.flags2 = AV_CODEC_FLAG2_SKIP_MANUAL;
      // AC-3 fills empty bands with noise: seed it from each frame, not from where decoding began.
      if (config.codec === 'ac3' || config.codec === 'eac3') context.setOption('cons_noisegen', '1');
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
   * Decodes one packet.
   * @param data - the packet; copied by libavcodec, with the padding that it needs.
   * @param start - its presentation time in ticks.
   * @param sink - takes what comes out.
   * @returns false when the packet could not be decoded; the next one may be.
   */
  decode(data: Uint8Array, start: number, sink: FrameSink): boolean {
    // An empty packet would be taken for the end of the stream.
    if (data.byteLength === 0) return false;
    const packet = this.#packet;
    // The one copy of the compressed bytes: into memory that libavcodec may read past the end of.
    packet.data = viewAsBuffer(data);
    packet.pts = BigInt(start);
    packet.dts = packet.pts;
    const code = this.#context.sendPacketSync(packet);
    packet.unref();
    return code >= 0 && this.#receive(sink);
  }

  /**
   * Takes out what the decoder still holds. Once, after the last packet: a codec must not be flushed twice.
   * @param sink - takes it.
   */
  drain(sink: FrameSink): void {
    if (this.#context.sendPacketSync(null) >= 0) this.#receive(sink);
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }

  #receive(sink: FrameSink): boolean {
    const frame = this.#frame;
    for (;;) {
      const code = this.#context.receiveFrameSync(frame);
      if (code < 0) return isPause(code);
      const pts = frame.pts;
      try {
        sink.takeFrame(frame, pts === AV_NOPTS_VALUE ? undefined : Number(pts));
      } finally {
        frame.unref();
      }
    }
  }
}

function findDecoder(config: Omit<AudioDecoderConfig, 'codecPrivate'>, firstPacket: Uint8Array): Codec {
  // The decoder of AAC knows ADTS, but not LATM, as transport streams carry it.
  const isLatm = config.codec === 'aac' && isLoasFrame(firstPacket);
  const name = isLatm ? 'aac_latm' : (DECODER_NAMES[config.codec] ?? config.codec);
  const codec = Codec.findDecoderByName(name as never);
  if (codec?.type !== AVMEDIA_TYPE_AUDIO) {
    throw new UnsupportedMediaError(`There is no decoder for audio of the kind ${config.codecTag}.`, {
      context: { codec: config.codec },
    });
  }
  return codec;
}
