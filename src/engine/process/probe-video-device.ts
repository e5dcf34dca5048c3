import { Frame } from 'node-av/lib';
import { AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import type { VideoDevice } from '../video-device.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf } from '../video-output.js';
import { blameDevice } from './device-failure.js';
import type { DeviceSetups } from './device-setups.js';
import type { Job } from './job.js';
import { check } from './native.js';
import { VideoDecoder } from './video-decoder.js';
import { VideoEncoder, type EncodedPicture } from './video-encoder.js';
import { x264Setup } from './x264-setup.js';

/** A size that every hardware encoder takes; NVENC's smallest is 145 pixels across. */
const WIDTH = 640;
const HEIGHT = 360;

/** Ticks a second; a time is the number of a picture. */
const TIMESCALE = 30;

/** Brightness of the test pictures, each even all over. */
const LUMA = [40, 80, 120, 160, 200, 90] as const;

/** The picture at which another IDR picture is asked for, so that asking is tested as well. */
const SECOND_SYNC = 3;

/** How far brightness may be off: what quantisation does to an even picture is far less. */
const TOLERANCE = 8;

/**
 * Makes the job that tries a hardware encoder: it encodes a few pictures, and what comes out is decoded and looked at.
 * @param setups - how hardware encoders are used.
 */
export function createProbeVideoDeviceJob(setups: DeviceSetups): Job {
  return ({ meta }) => {
    const device = meta['device'] as VideoDevice;
    const startedAt = performance.now();
    const geometry = { width: WIDTH, height: HEIGHT, pixelAspectRatio: [1, 1] as const, color: undefined };
    const output = DEFAULT_VIDEO_OUTPUT;
    const format = encodedFormatOf(geometry, output);
    const common = { format, frameRate: undefined, timescale: TIMESCALE };
    using software = new VideoEncoder({ setup: x264Setup(output), ...common });
    const declared = software.parameterSets;
    const setup = setups[device](output, format, declared.sequence.level);
    using encoder = blameDevice(device, 'opening', () => new VideoEncoder({ setup, ...common }));
    const pictures: EncodedPicture[] = [];
    const keep = (picture: EncodedPicture): void => void pictures.push(picture);
    using frame = new Frame();
    for (const [time, luma] of LUMA.entries()) {
      paint(frame, luma, setup.pixelFormat);
      encoder.encode(frame, time, time === 0 || time === SECOND_SYNC, keep);
      frame.unref();
    }
    encoder.drain(keep);
    if (!encoder.parameterSets.fits(declared.sequence)) {
      throw new EngineError('Its pictures have another profile, level or size than was asked for.');
    }
    look(pictures, declared.buildAvcC());
    return { meta: { encoder: setup.codecName, elapsedMs: performance.now() - startedAt }, parts: [] };
  };
}

function paint(frame: Frame, luma: number, pixelFormat: 'yuv420p' | 'nv12'): void {
  frame.alloc();
  frame.format = pixelFormat === 'nv12' ? AV_PIX_FMT_NV12 : AV_PIX_FMT_YUV420P;
  frame.width = WIDTH;
  frame.height = HEIGHT;
  check(frame.allocBuffer(), 'Taking memory for a picture');
  for (const [i, plane] of (frame.data ?? []).entries()) plane.fill(i === 0 ? luma : 128);
}

/** Decodes the pictures by the parameter sets of the declaration, as a player does. */
function look(pictures: readonly EncodedPicture[], avcC: Uint8Array): void {
  const seen: (number | undefined)[] = [];
  const config = { codec: 'h264', codecTag: 'h264', width: WIDTH, height: HEIGHT, color: undefined };
  {
    using decoder = new VideoDecoder(config, avcC, TIMESCALE, false, (frame, time) => {
      const plane = frame.data?.[0];
      if (time !== undefined) seen[time] = plane?.[(HEIGHT / 2) * frame.linesize[0]! + WIDTH / 2];
    });
    for (const { data, time, isSync } of pictures) decoder.decode(data, time, null, isSync);
    decoder.drain();
  }
  for (const [time, luma] of LUMA.entries()) {
    const is = seen[time];
    if (is === undefined) throw new EngineError(`Of its picture ${time}, nothing can be decoded.`);
    if (Math.abs(is - luma) > TOLERANCE) {
      throw new EngineError(`Its picture ${time} has a brightness of ${is}; it was given ${luma}.`);
    }
  }
}
