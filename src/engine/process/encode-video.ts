import { AV_FRAME_FLAG_DISCARD } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { PALETTE_BYTES } from '../palette.js';
import type { EncodeVideoReply, EncodeVideoRequest } from '../video-job.js';
import { PACKET_MARK } from '../video-packet.js';
import { throwIfUnwanted } from './cancel-watch.js';
import type { DeviceChains } from './device-chains.js';
import { blameDevice, deviceError } from './device-failure.js';
import { blameChain, DeviceRoute } from './device-route.js';
import type { DeviceSetups } from './device-setups.js';
import type { EncoderSetup } from './encoder-setup.js';
import type { Job } from './job.js';
import { exitWithParent } from './parent-watch.js';
import type { PictureRoute } from './picture-route.js';
import { DecoderInParts } from './decoder-in-parts.js';
import { ProcessorRoute } from './processor-route.js';
import { describeVideoEncoder, VideoEncoder, type EncodedPicture } from './video-encoder.js';
import { x264Setup } from './x264-setup.js';

/**
 * Makes the job that encodes pictures anew: packet by packet, decode, filter, encode. At no time are there more raw frames
 * than codecs and filters hold by themselves.
 * @param setups - how hardware encoders are used.
 * @param chains - how their memory is.
 */
export function createEncodeVideoJob(setups: DeviceSetups, chains: DeviceChains): Job {
  return ({ meta, payload }) => {
    const startedAt = performance.now();
    const request = meta as unknown as EncodeVideoRequest;
    const made = encodeRequest(request, payload, setups, chains);
    const reply: EncodeVideoReply = {
      avcCBytes: made.avcC.byteLength,
      samples: made.pictures.map(({ time, isSync, data }) => [time, isSync ? 1 : 0, data.byteLength]),
      encoder: describeVideoEncoder(made.setup, request.format),
      decodeErrors: made.decodeErrors,
      undatedFrames: made.undatedFrames,
      elapsedMs: performance.now() - startedAt,
    };
    return { meta: { ...reply }, parts: [made.avcC, ...made.pictures.map(({ data }) => data)] };
  };
}

interface Encoded {
  readonly pictures: readonly EncodedPicture[];
  readonly decodeErrors: number;
  readonly undatedFrames: number;
}

const nothing: Encoded = { pictures: [], decodeErrors: 0, undatedFrames: 0 };

/**
 * Encodes pictures anew.
 * @param request - what to make.
 * @param payload - decoder configuration and packets.
 * @param setups - how hardware encoders are used.
 * @param chains - how their memory is.
 * @returns the pictures in decode order, how they are declared, and what the encoder was told.
 * @throws {UnsupportedMediaError | EngineError} when it cannot; the error says so where it is a device's fault.
 */
export function encodeRequest(
  request: EncodeVideoRequest,
  payload: Uint8Array,
  setups: DeviceSetups,
  chains: DeviceChains,
): Encoded & { readonly avcC: Uint8Array; readonly setup: EncoderSetup } {
  const { output, format, timescale } = request;
  const task = { format, frameRate: output.frameRate, timescale };
  const setup = x264Setup(output, request.threads);
  // Whichever encoder makes the pictures, x264's parameter sets declare them: it is always opened.
  using software = new VideoEncoder({ setup, ...task });
  const avcC = software.parameterSets.buildAvcC();
  if (request.packets.length === 0) return { ...nothing, avcC, setup };
  const { device } = request;
  const { sequence } = software.parameterSets;
  if (device === undefined) {
    using route = new ProcessorRoute(request, software, setup.pixelFormat);
    return { ...encodePackets(request, payload, route), avcC, setup };
  }
  const deviceSetup = setups[device](output, format, sequence.level);
  const deviceTask = { setup: deviceSetup, ...task };
  const checkDeclared = (encoder: VideoEncoder | undefined): void => {
    if (encoder === undefined || encoder.parameterSets.fits(sequence)) return;
    throw deviceError('The encoder made pictures other than those that are declared.', device, 'format');
  };
  const chain = chains[device];
  if (request.chain !== undefined && chain !== undefined) {
    const variants = request.chain;
    return blameChain(device, () => {
      using route = new DeviceRoute(device, chain, request, variants, deviceTask);
      const encoded = encodePackets(request, payload, route);
      checkDeclared(route.encoder);
      return { ...encoded, avcC, setup: deviceSetup };
    });
  }
  using hardware = blameDevice(device, 'opening', () => new VideoEncoder(deviceTask));
  using route = new ProcessorRoute(request, hardware, deviceSetup.pixelFormat);
  const encoded = encodePackets(request, payload, route);
  if (encoded.pictures.length > 0) checkDeclared(hardware);
  return { ...encoded, avcC, setup: deviceSetup };
}

function encodePackets(request: EncodeVideoRequest, payload: Uint8Array, route: PictureRoute): Encoded {
  const { codecPrivateBytes, startTicks, endTicks, device } = request;
  const pictures: EncodedPicture[] = [];
  const keep = (picture: EncodedPicture): void => {
    // At the end an encoder gives all that it holds at once, which may be a second's work.
    throwIfUnwanted();
    pictures.push(picture);
  };
  const syncTicks = request.keyframeTicks.toSorted((a, b) => a - b);
  const count = { encoded: 0, undated: 0 };
  let lastTime = -Infinity;
  let encoder: VideoEncoder | undefined;

  const encode = (frame: Frame, time: number | undefined): void => {
    if (time === undefined || time < startTicks || time >= endTicks) return;
    const isSync = isDue(syncTicks, time) || count.encoded === 0;
    count.encoded += 1;
    const taker = (encoder ??= route.encoderFor(frame));
    blameDevice(device, 'encoding', () => taker.encode(frame, time, isSync, keep));
  };
  using filter = route.openFilter(encode);
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
  const codecPrivate = payload.subarray(0, codecPrivateBytes);
  using decoder = new DecoderInParts(() => route.openDecoder(codecPrivate, takeDecoded));
  let decodeErrors = 0;
  let position = codecPrivateBytes;
  for (const [time, decodeTime, marks, size] of request.packets) {
    exitWithParent();
    throwIfUnwanted();
    if ((marks & PACKET_MARK.beginsAnew) !== 0) decoder.beginAnew();
    if ((marks & PACKET_MARK.hasPalette) !== 0) {
      decoder.usePalette(payload.subarray(position, (position += PALETTE_BYTES)));
    }
    const data = payload.subarray(position, (position += size));
    if (decoder.decode(data, time, decodeTime, marks)) continue;
    route.notePacketLost();
    // What lies outside the range is counted by the job whose range it is.
    if (time >= startTicks && time < endTicks) decodeErrors += 1;
  }
  decoder.drain();
  filter.drain();
  const taker = encoder;
  if (taker !== undefined) blameDevice(device, 'encoding', () => taker.drain(keep));
  route.checkPictures(pictures);
  return { pictures, decodeErrors, undatedFrames: count.undated };
}

/** Whether a forced IDR picture is due at a time; takes those that are out of the list. */
function isDue(syncTicks: number[], time: number): boolean {
  let due = 0;
  while (due < syncTicks.length && syncTicks[due]! <= time) due += 1;
  syncTicks.splice(0, due);
  return due > 0;
}
