import { Buffer } from 'node:buffer';
import type { Frame } from 'node-av/lib';
import { EngineError } from '../../errors.js';
import type { ChainVariant } from '../device-chain.js';
import type { SynthesizeReply } from '../synthesis.js';
import type { VideoDevice } from '../video-device.js';
import type { EncodeVideoRequest } from '../video-job.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf } from '../video-output.js';
import { chainClipOf, CLIP_MS, CLIP_SIZE } from './chain-clips.js';
import type { DeviceChains } from './device-chains.js';
import type { DeviceSetups } from './device-setups.js';
import { encodeRequest } from './encode-video.js';
import type { Job } from './job.js';
import { synthesizeJob } from './synthesize.js';
import { VideoDecoder } from './video-decoder.js';
import type { EncodedPicture } from './video-encoder.js';
import { VideoFilter } from './video-filter.js';

/**
 * How far a value may be off, of 255 and on average over a picture, from what the processor makes of it. Of x264, encoding costs 0.4
 * to 0.8, and another way to scale 0.1 to 1.6; fields side by side are 3.7 off and more, a wrong matrix or range 8, and a neighbour
 * in a picture's place 12.
 */
const TOLERANCE = 2.5;

/**
 * Makes the job that tries a chain on a device: a few pictures are decoded, filtered and encoded there, and what comes out is
 * decoded by the processor and compared with what the processor makes of them.
 * @param setups - how hardware encoders are used.
 * @param chains - how their memory is.
 */
export function createProveDeviceChainJob(setups: DeviceSetups, chains: DeviceChains): Job {
  return ({ meta }) => {
    const { device, codec, variant } = meta as unknown as ProofRequest;
    if (chains[device] === undefined) {
      throw new EngineError('Pictures cannot stay in the memory of this kind of device.');
    }
    const { request, payload } = makeClip(codec, variant);
    const startedAt = performance.now();
    const made = encodeRequest({ ...request, device, chain: [variant] }, payload, setups, chains);
    const elapsedMs = performance.now() - startedAt;
    const seen = lookAt(made.pictures, made.avcC, request);
    const error = compare(seen, makeReference(request, payload));
    return { meta: { elapsedMs, pictures: seen.size, error }, parts: [] };
  };
}

/** The meta of the request. */
interface ProofRequest {
  readonly device: VideoDevice;
  readonly codec: string;
  readonly variant: ChainVariant;
}

/** Makes the pictures, and a job for them. */
function makeClip(
  codec: string,
  variant: ChainVariant,
): { request: EncodeVideoRequest; payload: Uint8Array } {
  const { video, color } = chainClipOf(codec, variant);
  const meta = { spec: { durationMs: CLIP_MS, video: [video] } };
  const made = synthesizeJob({ meta, payload: new Uint8Array(0) });
  const [track] = (made.meta as unknown as SynthesizeReply).tracks;
  const { codecPrivateBytes, packets } = track!;
  const timescale = track!.timescale * TICKS;
  const { height } = CLIP_SIZE;
  // Half the size, so that scaling is tried as well; but not of fields, which would be blended by it.
  const output = {
    ...DEFAULT_VIDEO_OUTPUT,
    ...GENEROUS,
    height: variant === 'interlaced' ? height : height / 2,
  };
  const request: EncodeVideoRequest = {
    decoder: { codec, codecTag: codec, ...CLIP_SIZE, color },
    codecPrivateBytes,
    packets: packets.map(([start, , , isSync, size]) => [start * TICKS, null, isSync === 1 ? 1 : 0, size]),
    ...{ timescale, startTicks: 0, endTicks: Number.MAX_SAFE_INTEGER, keyframeTicks: [timescale] },
    output,
    format: encodedFormatOf({ ...CLIP_SIZE, pixelAspectRatio: [1, 1], color }, output),
  };
  return { request, payload: Buffer.concat(made.parts) };
}

/** Times are as fine as those of films, in which some filters of devices lose themselves. */
const TICKS = 1001;

/** So that what encoding costs does not hide other errors. */
const GENEROUS = { crf: 16, maxBitRate: 8_000_000 };

/** Pictures by their times: planes of 4:2:0, one after the other, without padding. */
type Pictures = ReadonlyMap<number, Uint8Array>;

/** What the processor makes of the packets, before it is encoded. */
function makeReference(request: EncodeVideoRequest, payload: Uint8Array): Pictures {
  const pictures = new Map<number, Uint8Array>();
  const { codecPrivateBytes, decoder: config, format, timescale } = request;
  using filter = new VideoFilter(config, format, timescale, (frame, time) => keep(pictures, frame, time));
  const codecPrivate = payload.subarray(0, codecPrivateBytes);
  const take = (frame: Frame, time: number | undefined): void => {
    if (time !== undefined) filter.push(frame, time);
  };
  using decoder = new VideoDecoder(config, codecPrivate, timescale, false, take);
  let position = codecPrivateBytes;
  for (const [time, decodeTime, isKey, size] of request.packets) {
    decoder.decode(payload.subarray(position, (position += size)), time, decodeTime, isKey === 1);
  }
  decoder.drain();
  filter.drain();
  return pictures;
}

/** What a player sees, by the parameter sets of the declaration. */
function lookAt(made: readonly EncodedPicture[], avcC: Uint8Array, request: EncodeVideoRequest): Pictures {
  const pictures = new Map<number, Uint8Array>();
  const { width, height, color } = request.format;
  const config = { codec: 'h264', codecTag: 'h264', width, height, color };
  using decoder = new VideoDecoder(config, avcC, request.timescale, false, (frame, time) =>
    keep(pictures, frame, time),
  );
  for (const { data, time, isSync } of made) decoder.decode(data, time, null, isSync);
  decoder.drain();
  return pictures;
}

function keep(pictures: Map<number, Uint8Array>, frame: Frame, time: number | undefined): void {
  if (time !== undefined) pictures.set(time, frame.toBuffer());
}

/** The largest mean error of a picture. */
function compare(seen: Pictures, wanted: Pictures): number {
  if (seen.size !== wanted.size) {
    throw new EngineError(`${seen.size} pictures came out, and ${wanted.size} went in.`);
  }
  const order = [...wanted.keys()].sort((a, b) => a - b);
  let largest = 0;
  for (const [i, time] of order.entries()) {
    const picture = seen.get(time);
    if (picture === undefined) throw new EngineError(`There is no picture for time ${time}.`);
    const error = meanError(picture, wanted.get(time)!);
    for (const neighbour of [order[i - 1], order[i + 1]]) {
      if (neighbour === undefined || meanError(picture, wanted.get(neighbour)!) > error) continue;
      throw new EngineError(`At time ${time} it shows the picture of ${neighbour}.`);
    }
    if (error > TOLERANCE) {
      throw new EngineError(
        `Its picture at ${time} differs by ${error.toFixed(1)} on average from the processor's.`,
      );
    }
    largest = Math.max(largest, error);
  }
  return largest;
}

function meanError(picture: Uint8Array, wanted: Uint8Array): number {
  if (picture.byteLength !== wanted.byteLength) return Infinity;
  let sum = 0;
  for (const [i, value] of picture.entries()) sum += Math.abs(value - wanted[i]!);
  return sum / picture.byteLength;
}
