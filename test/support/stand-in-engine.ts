/**
 * The entry of an engine process in which software and faults stand in for hardware encoders. Each is sound with the size
 * of the pictures that encoders are tried with, so that it is taken for one that works; with other sizes it is what its
 * line says.
 */
import process from 'node:process';
import { Log } from 'node-av/lib';
import { AV_LOG_ERROR } from 'node-av/constants';
import { createEncodeVideoJob } from '../../src/engine/process/encode-video.js';
import { deviceSetups, type DeviceSetups } from '../../src/engine/process/device-setups.js';
import type { EncoderSetup } from '../../src/engine/process/encoder-setup.js';
import { createProbeVideoDeviceJob } from '../../src/engine/process/probe-video-device.js';
import { serveJobs } from '../../src/engine/process/serve-jobs.js';
import { synthesizeJob } from '../../src/engine/process/synthesize.js';
import type { EncodedFormat } from '../../src/engine/video-output.js';

/** x264 as another encoder would be: Main profile, its parameter sets under number 0, delimiters, messages. */
function sound(level: number, more = ''): EncoderSetup {
  return {
    codecName: 'libx264',
    options: {
      preset: 'ultrafast',
      profile: 'main',
      level: String(level),
      'forced-idr': '1',
      g: '1000',
      'x264-params': `bframes=2:cabac=1:aud=1:nal-hrd=vbr:sps-id=0${more}`,
    },
    pixelFormat: 'nv12',
    threads: 1,
  };
}

function isTrial({ width }: EncodedFormat): boolean {
  return width === 640;
}

const standIns: DeviceSetups = {
  // Works.
  nvenc: (_output, _format, level) => sound(level),
  // Makes no IDR picture where one is asked for in mid-stream.
  videotoolbox: (_output, format, level) => {
    const setup = sound(level, isTrial(format) ? '' : ':open-gop=1');
    return isTrial(format) ? setup : { ...setup, options: { ...setup.options, 'forced-idr': '0' } };
  },
  // Takes the whole process with it.
  qsv: (_output, format, level) => {
    if (!isTrial(format)) process.kill(process.pid, 'SIGKILL');
    return sound(level);
  },
  // Never comes back.
  vaapi: (_output, format, level) => {
    if (!isTrial(format)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return sound(level);
  },
  // Makes pictures of a higher level than was declared.
  amf: (_output, format, level) => sound(isTrial(format) ? level : 52),
  // The real one, which no test machine has.
  v4l2: deviceSetups.v4l2,
};

Log.setLevel(AV_LOG_ERROR);
await serveJobs(
  { ffmpeg: 'stand-in', libavcodec: 'stand-in', aacEncoder: 'none' },
  new Map([
    ['encodeVideo', createEncodeVideoJob(standIns, {})],
    ['probeVideoDevice', createProbeVideoDeviceJob(standIns)],
    ['synthesize', synthesizeJob],
  ]),
);
