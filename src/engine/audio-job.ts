import { EngineError, RequestError } from '../errors.js';
import type { AacEncoder } from './aac-encoder.js';
import type { EngineJobOptions, EnginePool } from './pool.js';

/** Samples a second of everything that is encoded. */
export const OUTPUT_SAMPLE_RATE = 48_000;

/** Samples of one AAC frame. Frame k of the global grid covers output samples [1024 k, 1024 k + 1024). */
export const FRAME_SAMPLES = 1024;

/** The most grid frames of one job: some 43 s. It bounds the engine's memory whatever the source claims. */
export const MAX_JOB_FRAMES = 2048;

/** What a decoder must know before the first packet. */
export interface AudioDecoderConfig {
  /** The codec, as {@link AudioTrack} names it, or any name of a libavcodec audio decoder. */
  readonly codec: string;
  /** What the container calls the codec, for messages. */
  readonly codecTag: string;
  /** Decoder configuration as libavcodec takes it for extradata. */
  readonly codecPrivate: Uint8Array | undefined;
  /** Samples a second that the container states. */
  readonly sampleRate: number;
  /** Channels that the container states. */
  readonly channels: number;
  /** Bits a sample that the container states; needed by PCM and lossless codecs that do not say it themselves. */
  readonly bitDepth: number | undefined;
  /** Bytes of one block of a codec that has blocks (WMA, ADPCM); by default, what the first packet has. */
  readonly blockAlign?: number | undefined;
}

/** One coded packet on the output timeline. */
export interface AudioPacket {
  /** Presentation time of the first sample that the decoder makes of this packet, in ticks; may be negative. */
  readonly start: number;
  /** Ticks to drop from the end of what is decoded; negative: from its start. 0 as a rule. */
  readonly discardPadding: number;
  /** The packet; a view is fine, it is written to the engine's pipe as it is. */
  readonly data: Uint8Array;
}

/** What comes out. */
export interface AudioOutput {
  /** Stereo, or 5.1. */
  readonly channels: 2 | 6;
  /** Bits a second. */
  readonly bitRate: number;
  /** The encoder; when absent, the first of `AAC_ENCODERS` that the engine has. */
  readonly encoder?: AacEncoder | undefined;
}

/** What is made when nobody asks for anything else. */
export const DEFAULT_AUDIO_OUTPUT: AudioOutput = { channels: 2, bitRate: 192_000 };

/** The 5.1 choice. */
export const SURROUND_AUDIO_OUTPUT: AudioOutput = { channels: 6, bitRate: 384_000 };

/**
 * Frames of the global AAC grid, to be made from packets. A pure function of its content: whoever does it, alone or
 * beside the jobs for the frames before and after, makes the same bytes.
 */
export interface EncodeAudioJob {
  /** How to decode the packets. */
  readonly decoder: AudioDecoderConfig;
  /**
   * The packets that the job needs, in decode order: all that touch {@link audioJobSpan}, and before them as many as
   * the decoder needs to settle ({@link decoderPreRollMs}). What no packet covers is silence.
   */
  readonly packets: readonly AudioPacket[];
  /** Ticks a second of the packets' times; as a rule the source's sample rate, so that they are exact. */
  readonly timescale: number;
  /** First grid frame; 0 or above. */
  readonly firstFrame: number;
  /** Number of grid frames. */
  readonly frameCount: number;
  /** What comes out. */
  readonly output: AudioOutput;
}

/** Grid frames, encoded. */
export interface EncodedAudio {
  /** One raw AAC access unit for each frame asked for; adjacent views of one buffer. */
  readonly accessUnits: readonly Uint8Array[];
  /** AudioSpecificConfig; the same for every job with the same output. */
  readonly audioSpecificConfig: Uint8Array;
  /** Name and options of the encoder and version of its library: part of a rendition's identity. */
  readonly encoder: string;
  /** Packets that start in the job's own time range and could not be decoded; their time is silent. */
  readonly decodeErrors: number;
  /** Time that the engine took, in milliseconds. */
  readonly elapsedMs: number;
}

/** A range of time on the output timeline. */
export interface AudioSpan {
  /** First output sample; may be negative. */
  readonly startSample: number;
  /** First output sample that is not part of it. */
  readonly endSample: number;
}

/** Grid frames that are encoded and dropped before the first one kept, so that the encoder has settled. */
export const ENCODER_PRE_ROLL_FRAMES = 4;

/** Grid frames after the last one kept whose samples its encoder looks at. */
export const ENCODER_POST_ROLL_FRAMES = 2;

/** Samples before and after those encoded that the limiter looks at. */
export const LIMITER_REACH_SAMPLES = 2048;

/** Samples that the resampler looks at before and after; generous, for source rates of 2 kHz and more. */
const RESAMPLER_REACH_SAMPLES = 1024;

/**
 * Tells which stretch of the timeline a job hears.
 * @param firstFrame - first grid frame.
 * @param frameCount - number of grid frames.
 * @returns the span, in output samples at 48 kHz. Nothing before sample 0 is ever heard.
 */
export function audioJobSpan(firstFrame: number, frameCount: number): AudioSpan {
  const reach = LIMITER_REACH_SAMPLES + RESAMPLER_REACH_SAMPLES;
  return {
    startSample: (firstFrame - ENCODER_PRE_ROLL_FRAMES) * FRAME_SAMPLES - reach,
    endSample: (firstFrame + frameCount + ENCODER_POST_ROLL_FRAMES) * FRAME_SAMPLES + reach,
  };
}

/**
 * Tells how much must be decoded before the first sample that counts, so that a decoder that starts there gives what
 * it would give had it started at the beginning.
 * @param codec - the codec.
 * @returns milliseconds.
 */
export function decoderPreRollMs(codec: string): number {
  switch (codec) {
    case 'truehd':
    case 'mlp':
      // A major sync comes at least every 128 access units of 40 samples at 48 kHz (107 ms), as Dolby's encoders do it.
      return 300;
    case 'mp3':
    case 'mp2':
    case 'mp1':
      // The bit reservoir reaches back 511 bytes: nine frames of the lowest bit rates.
      return 300;
    case 'aac':
      // Overlap of one frame, and some more for the state of SBR and parametric stereo.
      return 200;
    case 'opus':
      // 80 ms are enough to hear no difference (RFC 7845, section 4.6); after 600 there is none, to the last bit.
      return 600;
    case 'ac3':
    case 'eac3':
    case 'dts':
    case 'vorbis':
      return 100;
    case 'wmav1':
    case 'wmav2':
    case 'wmapro':
    case 'wmalossless':
    case 'wmavoice':
      // Superframes with a bit reservoir between them.
      return 800;
    default:
      return codec.startsWith('pcm_') || codec === 'flac' || codec === 'alac' ? 0 : 300;
  }
}

/**
 * Has grid frames made by an engine.
 * @param pool - the engines.
 * @param job - what to make; its packets must not change until this returns.
 * @param options - a signal and a deadline.
 * @returns exactly `frameCount` access units.
 * @throws {UnsupportedMediaError} when there is no decoder for the codec, or it does not accept the configuration.
 * @throws {EngineError | OverloadedError} as {@link EnginePool.run}.
 * @throws {RequestError} when the frame range makes no sense.
 */
export async function encodeAudio(
  pool: EnginePool,
  job: EncodeAudioJob,
  options?: EngineJobOptions,
): Promise<EncodedAudio> {
  checkRange(job);
  const { codecPrivate, ...decoder } = job.decoder;
  const { meta, payload } = await pool.run(
    {
      kind: 'encodeAudio',
      meta: {
        decoder,
        codecPrivateBytes: codecPrivate?.byteLength ?? 0,
        starts: job.packets.map((packet) => packet.start),
        discards: job.packets.map((packet) => packet.discardPadding),
        sizes: job.packets.map((packet) => packet.data.byteLength),
        timescale: job.timescale,
        firstFrame: job.firstFrame,
        frameCount: job.frameCount,
        output: job.output,
      },
      parts: [codecPrivate ?? new Uint8Array(0), ...job.packets.map((packet) => packet.data)],
    },
    options,
  );
  return viewEncodedAudio(meta as unknown as EncodeAudioReply, payload, job.frameCount);
}

/** The meta of an `encodeAudio` request, as it crosses the pipe. */
export interface EncodeAudioRequest {
  /** How to decode. */
  readonly decoder: Omit<AudioDecoderConfig, 'codecPrivate'>;
  /** Bytes of decoder configuration at the payload's start. */
  readonly codecPrivateBytes: number;
  /** Start of each packet. */
  readonly starts: readonly number[];
  /** Padding to discard of each packet. */
  readonly discards: readonly number[];
  /** Size of each packet; they follow each other in the payload. */
  readonly sizes: readonly number[];
  /** Ticks a second. */
  readonly timescale: number;
  /** First grid frame. */
  readonly firstFrame: number;
  /** Number of grid frames. */
  readonly frameCount: number;
  /** What comes out. */
  readonly output: AudioOutput;
}

/** The meta of its reply. The payload holds the AudioSpecificConfig and then the access units. */
export interface EncodeAudioReply {
  /** Bytes of AudioSpecificConfig at the payload's start. */
  readonly configBytes: number;
  /** Size of each access unit. */
  readonly sizes: readonly number[];
  /** Identity of the encoder. */
  readonly encoder: string;
  /** Packets that could not be decoded. */
  readonly decodeErrors: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

function viewEncodedAudio(
  reply: EncodeAudioReply,
  payload: Uint8Array<ArrayBuffer>,
  frameCount: number,
): EncodedAudio {
  const accessUnits: Uint8Array[] = [];
  let position = reply.configBytes;
  for (const size of reply.sizes) accessUnits.push(payload.subarray(position, (position += size)));
  if (accessUnits.length !== frameCount || position !== payload.byteLength) {
    throw new EngineError(`The engine made ${accessUnits.length} AAC frames of the ${frameCount} asked for.`);
  }
  return {
    accessUnits,
    audioSpecificConfig: payload.subarray(0, reply.configBytes),
    encoder: reply.encoder,
    decodeErrors: reply.decodeErrors,
    elapsedMs: reply.elapsedMs,
  };
}

function checkRange(job: EncodeAudioJob): void {
  const whole = Number.isSafeInteger(job.firstFrame) && Number.isSafeInteger(job.frameCount);
  if (!whole || job.firstFrame < 0 || job.frameCount < 1 || job.frameCount > MAX_JOB_FRAMES) {
    throw new RequestError(
      `An audio job makes 1 to ${MAX_JOB_FRAMES} frames from frame 0 on; ${job.frameCount} from ${job.firstFrame} were asked for.`,
    );
  }
}
