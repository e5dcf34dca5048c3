import { createHash } from 'node:crypto';
import { EngineError, RequestError } from '../errors.js';
import type { ChainVariant } from './device-chain.js';
import type { EngineReply } from './engine-job.js';
import { pictureMemoryOf } from './memory-budget.js';
import type { EngineJobOptions, EnginePool } from './pool.js';
import type { VideoDevice } from './video-device.js';
import type { EncodingWay } from './video-encoders.js';
import { encodedFormatOf, type EncodedFormat, type VideoGeometry, type VideoOutput } from './video-output.js';
import { listPackets, partsOf, type PacketEntry, type VideoPacket } from './video-packet.js';

/**
 * The most packets of one job: nearly 11 minutes at 25 frames a second, all of which are decoded where a file has no
 * earlier place to begin at. It bounds the engine's time whatever the source holds.
 */
export const MAX_JOB_PACKETS = 16_384;

/** What a decoder must know before the first packet. A video track of `media/` is one. */
export interface VideoDecoderConfig extends VideoGeometry {
  /** The codec, as `VideoTrack` names it, or any name of a libavcodec video decoder. */
  readonly codec: string;
  /** What the container calls the codec, for messages. */
  readonly codecTag: string;
  /** Decoder configuration as libavcodec takes it for extradata. */
  readonly codecPrivate: Uint8Array | undefined;
  /** Bits a pixel, where the container states them. */
  readonly bitsPerPixel?: number | undefined;
}

/**
 * Pictures to be encoded anew. A pure function of its content: whoever does it, alone or beside the jobs for the time
 * before and after, makes the same bytes.
 */
export interface EncodeVideoJob {
  /** How to decode the packets. */
  readonly decoder: VideoDecoderConfig;
  /** The packets that the job needs, in decode order, the first one a picture that decoding can begin at. */
  readonly packets: readonly VideoPacket[];
  /** Ticks a second of all times. */
  readonly timescale: number;
  /** Frames from this presentation time on are encoded; those before are only decoded. */
  readonly startTicks: number;
  /** Presentation time of the first frame that is not encoded any more. */
  readonly endTicks: number;
  /** Times within the range: the first frame at or after each is an IDR picture. The first frame always is. */
  readonly keyframeTicks?: readonly number[] | undefined;
  /** What comes out. */
  readonly output: VideoOutput;
  /**
   * Threads of x264; one when absent. With more of them a job is done sooner where engines are idle beside it, but not with the
   * same bytes each time.
   */
  readonly threads?: number | undefined;
}

/** One encoded picture. */
export interface EncodedSample {
  /** Presentation time in ticks: that of the source's frame, to the tick. */
  readonly presentationTicks: number;
  /** Whether it is an IDR picture; it then holds the parameter sets. */
  readonly isSync: boolean;
  /** NAL units, each after its length in 4 bytes. A view. */
  readonly data: Uint8Array;
}

/** How encoded pictures are declared: the same for every job with the same geometry and output. */
export interface EncodedConfiguration {
  /** AVCDecoderConfigurationRecord: x264's, whichever encoder makes the pictures, which never need a better decoder. */
  readonly avcC: Uint8Array;
  /** What is fixed about the pictures: size, pixel shape, colour, cap of the bit rate. */
  readonly format: EncodedFormat;
  /** Name and options of the encoder and versions of the libraries: part of a rendition's identity. */
  readonly encoder: string;
}

/** Pictures, encoded. */
export interface EncodedVideo extends EncodedConfiguration {
  /** The pictures in decode order; their data are adjacent views of one buffer. Empty when nothing was decoded. */
  readonly samples: readonly EncodedSample[];
  /** Packets of the job's own time range that could not be decoded; what they would have shown is missing. */
  readonly decodeErrors: number;
  /** Decoded frames that had no time of their own, or that of a frame before them, and were left out. */
  readonly undatedFrames: number;
  /** Which hardware failed before another encoder made this, in words for a person. */
  readonly remarks: readonly string[];
  /** Time that the engine took, in milliseconds. */
  readonly elapsedMs: number;
}

/**
 * Has pictures encoded by an engine.
 * @param pool - the engines.
 * @param job - what to make; its packets must not change until this returns.
 * @param options - a signal, and a deadline; by default one that grows with the pixels. Hardware has one of
 * its own, which is shorter.
 * @returns each frame that is decoded in the range, once, with its own time.
 * @throws {UnsupportedMediaError} when there is no decoder for the codec, or it does not accept the configuration.
 * @throws {EngineError | OverloadedError} as {@link EnginePool.run}.
 * @throws {RequestError} when range or sizes make no sense.
 */
export async function encodeVideo(
  pool: EnginePool,
  job: EncodeVideoJob,
  options: EngineJobOptions = {},
): Promise<EncodedVideo> {
  checkJob(job);
  const format = encodedFormatOf(job.decoder, job.output);
  const { codec, codecTag, codecPrivate, width, height, color, bitsPerPixel } = job.decoder;
  const request: EncodeVideoRequest = {
    decoder: { codec, codecTag, width, height, color, bitsPerPixel },
    codecPrivateBytes: codecPrivate?.byteLength ?? 0,
    packets: listPackets(job.packets),
    timescale: job.timescale,
    startTicks: job.startTicks,
    endTicks: job.endTicks,
    keyframeTicks: job.keyframeTicks ?? [],
    output: job.output,
    threads: job.threads,
    format,
  };
  const parts = [codecPrivate ?? new Uint8Array(0), ...partsOf(job.packets)];
  const memoryBytes = job.packets.length === 0 ? 0 : pictureMemoryOf(job.decoder, format);
  const run = ({ device, chain }: EncodingWay): Promise<EngineReply> =>
    pool.run(
      {
        kind: 'encodeVideo',
        meta: { ...request, ...(device && { device }), ...(chain && { chain }) },
        parts,
      },
      // Hardware that hangs or crashes is not given the same job again: another encoder is.
      device === undefined
        ? {
            ...options,
            memoryBytes,
            deadlineMs: options.deadlineMs ?? deadlineOf(job, format, SOFTWARE_PACE),
          }
        : { ...options, memoryBytes, deadlineMs: deadlineOf(job, format, HARDWARE_PACE), maxDeaths: 1 },
    );
  const { made, remarks } = await pool.videoEncoders.encode({
    format: `${format.width} x ${format.height} at ${format.maxBitRate}`,
    // Without pictures, what is asked for is how they are declared, and that is by x264's parameter sets.
    encoder: job.packets.length === 0 ? 'libx264' : job.output.encoder,
    source: { codec, format: nameSource(job.decoder) },
    run,
  });
  return viewEncodedVideo(made.meta as unknown as EncodeVideoReply, made.payload, format, remarks);
}

/** Other films are as a rule configured otherwise: what is learnt of one in which a place is damaged does not hold for them. */
function nameSource({ width, height, color, codecPrivate }: VideoDecoderConfig): string {
  const digest = createHash('sha256')
    .update(codecPrivate ?? '')
    .digest('base64');
  return JSON.stringify([width, height, color ?? null, digest]);
}

/** The meta of an `encodeVideo` request, as it crosses the pipe. */
export interface EncodeVideoRequest {
  /** How to decode. */
  readonly decoder: Omit<VideoDecoderConfig, 'codecPrivate' | 'pixelAspectRatio'>;
  /** Bytes of decoder configuration at the payload's start. */
  readonly codecPrivateBytes: number;
  /** What is said of each packet; their data fill the payload, palettes before their packets. */
  readonly packets: readonly PacketEntry[];
  /** Ticks a second. */
  readonly timescale: number;
  /** First presentation time that is encoded. */
  readonly startTicks: number;
  /** First presentation time that is not. */
  readonly endTicks: number;
  /** Where further IDR pictures are. */
  readonly keyframeTicks: readonly number[];
  /** What comes out. */
  readonly output: VideoOutput;
  /** Threads of x264. */
  readonly threads?: number | undefined;
  /** What that means for the source's geometry. */
  readonly format: EncodedFormat;
  /** The hardware to encode with; x264 when absent. */
  readonly device?: VideoDevice | undefined;
  /** What its chain is known to do right, where decoding and filters are its work too; the processor's when absent. */
  readonly chain?: readonly ChainVariant[] | undefined;
}

/** The meta of its reply. The payload holds the avcC and then the samples. */
export interface EncodeVideoReply {
  /** Bytes of avcC at the payload's start. */
  readonly avcCBytes: number;
  /** Presentation time, whether it is an IDR picture, and size of each sample. */
  readonly samples: readonly (readonly [number, 0 | 1, number])[];
  /** Identity of the encoder. */
  readonly encoder: string;
  /** Packets that could not be decoded. */
  readonly decodeErrors: number;
  /** Frames without a time of their own. */
  readonly undatedFrames: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

function viewEncodedVideo(
  reply: EncodeVideoReply,
  payload: Uint8Array,
  format: EncodedFormat,
  remarks: readonly string[],
): EncodedVideo {
  let position = reply.avcCBytes;
  const samples = reply.samples.map(([presentationTicks, isSync, size]): EncodedSample => ({
    presentationTicks,
    isSync: isSync === 1,
    data: payload.subarray(position, (position += size)),
  }));
  if (position !== payload.byteLength) {
    throw new EngineError(`The engine's samples have ${position} bytes, and ${payload.byteLength} came.`);
  }
  const { encoder, decodeErrors, undatedFrames, elapsedMs } = reply;
  const avcC = payload.subarray(0, reply.avcCBytes);
  return { samples, avcC, format, encoder, decodeErrors, undatedFrames, remarks, elapsedMs };
}

/** What an engine does at the very least when the machine is busy. */
interface Pace {
  /** Pixels that are decoded or encoded in a millisecond. */
  readonly pixelsPerMs: number;
  /** What a job may take beside that, whatever its size, in milliseconds. */
  readonly baseMs: number;
}

const SOFTWARE_PACE: Pace = { pixelsPerMs: 2000, baseMs: 30_000 };

/** Somebody waits while hardware hangs, and x264 has yet to begin. Decoding and filters may be the processor's work. */
const HARDWARE_PACE: Pace = { pixelsPerMs: 20_000, baseMs: 10_000 };

/** The most that a job may take, in milliseconds. */
const LONGEST_DEADLINE_MS = 600_000;

function deadlineOf(
  { decoder, packets }: EncodeVideoJob,
  { width, height }: EncodedFormat,
  { pixelsPerMs, baseMs }: Pace,
): number {
  const pixels = packets.length * (decoder.width * decoder.height + width * height);
  return Math.min(baseMs + Math.ceil(pixels / pixelsPerMs), LONGEST_DEADLINE_MS);
}

function checkJob(job: EncodeVideoJob): void {
  const { packets, timescale, startTicks, endTicks } = job;
  if (packets.length > MAX_JOB_PACKETS) {
    throw new RequestError(
      `A video job takes at most ${MAX_JOB_PACKETS} packets; ${packets.length} were given.`,
    );
  }
  const isWhole = [startTicks, endTicks, ...(job.keyframeTicks ?? [])].every(Number.isSafeInteger);
  if (!isWhole || endTicks < startTicks) {
    throw new RequestError(`A video job cannot go from tick ${startTicks} to tick ${endTicks}.`);
  }
  if (!Number.isInteger(timescale) || timescale < 1 || timescale > 0x7fff_ffff) {
    throw new RequestError(`A video job's timescale is 1 to 2147483647 ticks a second, not ${timescale}.`);
  }
}
