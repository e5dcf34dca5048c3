import { RequestError } from '../errors.js';
import { pictureMemoryOf } from './memory-budget.js';
import type { EngineJobOptions, EnginePool } from './pool.js';
import type { VideoDecoderConfig } from './video-job.js';

/** A picture out of a video, to be shown by itself. */
export interface StillJob {
  /** How to decode the packets. A size of 0 is one that the container does not say. */
  readonly decoder: VideoDecoderConfig;
  /** Degrees, clockwise, by which the picture is turned to be upright; 0 when absent. */
  readonly rotation?: 0 | 90 | 180 | 270 | undefined;
  /** Whether left and right change places before the turn. */
  readonly isMirrored?: boolean | undefined;
  /** Packets in decode order, the first one a picture that decoding can begin at. The first picture that comes is it. */
  readonly packets: readonly Uint8Array[];
  /** The palette that they are of, as `VideoPacket` has it. */
  readonly palette?: Uint8Array | undefined;
  /** The most pixels across, upright. */
  readonly width: number;
  /** The most pixels down. */
  readonly height: number;
}

/** A picture, decoded: 8 bits, 4:2:0, full range and the matrix of BT.601, as JPEG has it; upright, with square pixels. */
export interface StillPicture {
  /** Pixels across; even. */
  readonly width: number;
  /** Pixels down; even. */
  readonly height: number;
  /** Mean of the luma, 0 to 255. */
  readonly brightness: number;
  /** Standard deviation of the luma: next to nothing where the picture is even all over. */
  readonly contrast: number;
  /** Planes of Y, Cb and Cr, one after another, without padding. */
  readonly data: Uint8Array;
}

/** Pictures side by side, to become one JPEG. */
export interface StillSheet {
  /** Pixels across; even. */
  readonly width: number;
  /** Pixels down; even. */
  readonly height: number;
  /** The pictures and where their upper left corners lie, at even numbers. What none covers stays grey. */
  readonly pictures: readonly { readonly x: number; readonly y: number; readonly picture: StillPicture }[];
  /** The quantiser, 1 to 31: lower is better. */
  readonly quantizer: number;
}

const NOTHING = new Uint8Array(0);

/** Most pixels across or down of what is made here. */
const MAX_SIDE = 8192;

/** Most packets of one picture: pictures that need more have nothing that decoding can begin at. */
const MAX_PACKETS = 64;

/** Pixels that are decoded in a millisecond at the very least, on a busy machine, and what else a picture may take. */
const PIXELS_PER_MS = 2000;
const BASE_DEADLINE_MS = 15_000;

/** Assumed of a picture whose size nobody says. */
const UNKNOWN_PIXELS = 3840 * 2160;

/**
 * Has one picture decoded and brought to a size by an engine. It is never enlarged, and HDR becomes what every screen shows.
 * @param pool - the engines.
 * @param job - what to make; its packets must not change until this returns.
 * @param options - a signal, and a deadline; by default one that grows with the pixels.
 * @returns undefined when nothing of the packets can be decoded.
 * @throws {UnsupportedMediaError} when there is no decoder for the codec, or it does not accept the configuration.
 * @throws {EngineError | OverloadedError} as {@link EnginePool.run}.
 * @throws {RequestError} when sizes make no sense.
 */
export async function makeStill(
  pool: EnginePool,
  job: StillJob,
  options: EngineJobOptions = {},
): Promise<StillPicture | undefined> {
  checkSide(job.width);
  checkSide(job.height);
  if (job.packets.length > MAX_PACKETS) {
    throw new RequestError(`A still takes at most ${MAX_PACKETS} packets; ${job.packets.length} were given.`);
  }
  const { codec, codecTag, codecPrivate, width, height, color, pixelAspectRatio, bitsPerPixel } = job.decoder;
  const request: StillPictureRequest = {
    decoder: { codec, codecTag, width, height, color, bitsPerPixel },
    pixelAspectRatio,
    rotation: job.rotation ?? 0,
    isMirrored: job.isMirrored === true,
    codecPrivateBytes: codecPrivate?.byteLength ?? 0,
    paletteBytes: job.palette?.byteLength ?? 0,
    packets: job.packets.map(({ byteLength }) => byteLength),
    box: [job.width, job.height],
  };
  const pixels = (width * height || UNKNOWN_PIXELS) * job.packets.length;
  const reply = await pool.run(
    {
      kind: 'stillPicture',
      meta: { ...request },
      parts: [codecPrivate ?? NOTHING, job.palette ?? NOTHING, ...job.packets],
    },
    {
      ...options,
      memoryBytes: pictureMemoryOf(job.decoder),
      deadlineMs: options.deadlineMs ?? BASE_DEADLINE_MS + Math.ceil(pixels / PIXELS_PER_MS),
    },
  );
  const { still } = reply.meta as unknown as StillPictureReply;
  return still === undefined ? undefined : { ...still, data: reply.payload };
}

/**
 * Has pictures put together and written as a JPEG by an engine.
 * @param pool - the engines.
 * @param sheet - the pictures; they must not change until this returns.
 * @param options - a signal and a deadline.
 * @returns the file.
 * @throws {EngineError | OverloadedError} as {@link EnginePool.run}.
 * @throws {RequestError} when a picture lies outside, or sizes make no sense.
 */
export async function writeStillSheet(
  pool: EnginePool,
  sheet: StillSheet,
  options: EngineJobOptions = {},
): Promise<Uint8Array> {
  const { width, height, quantizer, pictures } = sheet;
  for (const side of [width, height]) checkEven(checkSide(side));
  for (const { x, y, picture } of pictures) {
    for (const number of [x, y, picture.width, picture.height]) checkEven(number);
    const isInside = x >= 0 && y >= 0 && x + picture.width <= width && y + picture.height <= height;
    if (!isInside)
      throw new RequestError(`A picture at ${x}, ${y} does not lie within ${width} x ${height}.`);
  }
  const request: StillSheetRequest = {
    width,
    height,
    quantizer,
    pictures: pictures.map(({ x, y, picture }) => [x, y, picture.width, picture.height]),
  };
  const parts = pictures.map(({ picture }) => picture.data);
  const reply = await pool.run({ kind: 'stillSheet', meta: { ...request }, parts }, options);
  return reply.payload;
}

/** The meta of a `stillPicture` request; the payload holds the decoder configuration, the palette and the packets. */
export interface StillPictureRequest {
  /** How to decode. */
  readonly decoder: Omit<VideoDecoderConfig, 'codecPrivate' | 'pixelAspectRatio'>;
  /** Shape of one pixel. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Degrees, clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether left and right change places first. */
  readonly isMirrored: boolean;
  /** Bytes of decoder configuration at the payload's start. */
  readonly codecPrivateBytes: number;
  /** Bytes of the palette behind it; 0 for what the decoder configuration says. */
  readonly paletteBytes: number;
  /** Bytes of each packet. */
  readonly packets: readonly number[];
  /** The most pixels across and down. */
  readonly box: readonly [number, number];
}

/** The meta of its reply; the payload is the picture's data. */
export interface StillPictureReply {
  /** The picture; absent when nothing could be decoded. */
  readonly still?: Omit<StillPicture, 'data'> | undefined;
}

/** The meta of a `stillSheet` request; the payload holds the pictures, and that of the reply is the JPEG. */
export interface StillSheetRequest {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** The quantiser. */
  readonly quantizer: number;
  /** Place and size of each picture: x, y, width, height. */
  readonly pictures: readonly (readonly [number, number, number, number])[];
}

function checkSide(side: number): number {
  if (Number.isInteger(side) && side >= 2 && side <= MAX_SIDE) return side;
  throw new RequestError(`The side of a picture has 2 to ${MAX_SIDE} pixels, not ${side}.`);
}

function checkEven(number: number): void {
  if (number % 2 !== 0) throw new RequestError(`Pictures in 4:2:0 lie at even numbers, not at ${number}.`);
}
