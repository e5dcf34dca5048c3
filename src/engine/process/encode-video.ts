import { AV_FRAME_FLAG_DISCARD } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { EncodeVideoReply, EncodeVideoRequest } from '../video-job.js';
import type { VideoDevice } from '../video-device.js';
import { throwIfUnwanted } from './cancel-watch.js';
import { blameDevice, deviceError } from './device-failure.js';
import type { DeviceSetups } from './device-setups.js';
import type { EncoderSetup } from './encoder-setup.js';
import type { Job } from './job.js';
import { exitWithParent } from './parent-watch.js';
import { VideoDecoder } from './video-decoder.js';
import { describeVideoEncoder, VideoEncoder, type EncodedPicture } from './video-encoder.js';
import { VideoFilter } from './video-filter.js';
import { x264Setup } from './x264-setup.js';

/**
 * Makes the job that encodes pictures anew: packet by packet, decode, filter, encode. At no time are there more raw frames
 * than codecs and filters hold by themselves.
 * @param setups - how hardware encoders are used.
 */
export function createEncodeVideoJob(setups: DeviceSetups): Job {
  return ({ meta, payload }) => {
    const startedAt = performance.now();
    const request = meta as unknown as EncodeVideoRequest;
    const { output, format, timescale } = request;
    const { frameRate } = output;
    const setup = x264Setup(output, request.threads);
    // Whichever encoder makes the pictures, x264's parameter sets declare them: it is always opened.
    using software = new VideoEncoder({ setup, format, frameRate, timescale });
    const isIdle = request.packets.length === 0;
    const device = isIdle ? undefined : request.device;
    const { sequence } = software.parameterSets;
    const deviceSetup = device && setups[device](output, format, sequence.level);
    using hardware =
      deviceSetup &&
      blameDevice(
        device,
        'opening',
        () => new VideoEncoder({ setup: deviceSetup, format, frameRate, timescale }),
      );
    const encoding = { encoder: hardware ?? software, device, setup: deviceSetup ?? setup };
    const { pictures, decodeErrors, undatedFrames } = isIdle
      ? nothing
      : encodePackets(request, payload, encoding);
    if (hardware && pictures.length > 0 && !hardware.parameterSets.fits(sequence)) {
      throw deviceError('The encoder made pictures other than those that are declared.', device, 'format');
    }
    const avcC = software.parameterSets.buildAvcC();
    const reply: EncodeVideoReply = {
      avcCBytes: avcC.byteLength,
      samples: pictures.map(({ time, isSync, data }) => [time, isSync ? 1 : 0, data.byteLength]),
      encoder: describeVideoEncoder(encoding.setup, format),
      decodeErrors,
      undatedFrames,
      elapsedMs: performance.now() - startedAt,
    };
    return { meta: { ...reply }, parts: [avcC, ...pictures.map(({ data }) => data)] };
  };
}

/** The encoder of a job. */
interface Encoding {
  readonly encoder: VideoEncoder;
  readonly device: VideoDevice | undefined;
  readonly setup: EncoderSetup;
}

interface Encoded {
  readonly pictures: readonly EncodedPicture[];
  readonly decodeErrors: number;
  readonly undatedFrames: number;
}

const nothing: Encoded = { pictures: [], decodeErrors: 0, undatedFrames: 0 };

function encodePackets(
  request: EncodeVideoRequest,
  payload: Uint8Array,
  { encoder, device, setup }: Encoding,
): Encoded {
  const { decoder: config, codecPrivateBytes, timescale, startTicks, endTicks } = request;
  const pictures: EncodedPicture[] = [];
  const keep = (picture: EncodedPicture): void => {
    // At the end an encoder gives all that it holds at once, which may be a second's work.
    throwIfUnwanted();
    pictures.push(picture);
  };
  const syncTicks = request.keyframeTicks.toSorted((a, b) => a - b);
  const count = { encoded: 0, undated: 0 };
  let lastTime = -Infinity;

  const encode = (frame: Frame, time: number | undefined): void => {
    if (time === undefined || time < startTicks || time >= endTicks) return;
    const isSync = isDue(syncTicks, time) || count.encoded === 0;
    count.encoded += 1;
    blameDevice(device, 'encoding', () => encoder.encode(frame, time, isSync, keep));
  };
  const packing = setup.pixelFormat === 'yuv420p' ? [] : [`format=${setup.pixelFormat}`];
  using filter = new VideoFilter(config, request.format, timescale, encode, packing);
  const takeDecoded = (frame: Frame, time: number | undefined): void => {
    if (frame.hasFlags(AV_FRAME_FLAG_DISCARD)) return;
    // The encoder takes rising times only, and no time may be invented.
    if (time === undefined || time <= lastTime) {
      count.undated += 1;
      return;
    }
    lastTime = time;
    // Frames beside the range go through the filters too: a deinterlacer looks at its neighbours.
    filter.push(frame, time);
  };
  using decoder = new VideoDecoder(
    config,
    payload.subarray(0, codecPrivateBytes),
    timescale,
    hasDecodeTimesOnly(request),
    takeDecoded,
  );
  let decodeErrors = 0;
  let position = codecPrivateBytes;
  for (const [time, decodeTime, isKey, size] of request.packets) {
    exitWithParent();
    throwIfUnwanted();
    const data = payload.subarray(position, (position += size));
    const isDecoded = decoder.decode(data, time, decodeTime, isKey === 1);
    // What lies outside the range is counted by the job whose range it is.
    if (!isDecoded && time >= startTicks && time < endTicks) decodeErrors += 1;
  }
  decoder.drain();
  filter.drain();
  if (count.encoded > 0) blameDevice(device, 'encoding', () => encoder.drain(keep));
  return { pictures, decodeErrors, undatedFrames: count.undated };
}

/** Whether a forced IDR picture is due at a time; takes those that are out of the list. */
function isDue(syncTicks: number[], time: number): boolean {
  let due = 0;
  while (due < syncTicks.length && syncTicks[due]! <= time) due += 1;
  syncTicks.splice(0, due);
  return due > 0;
}

/** Presentation times that are the decode times throughout tell nothing of the order in which pictures are shown. */
function hasDecodeTimesOnly({ packets }: EncodeVideoRequest): boolean {
  return packets.every(([time, decodeTime]) => time === decodeTime);
}
