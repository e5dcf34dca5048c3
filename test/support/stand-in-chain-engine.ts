/**
 * The entry of an engine process in which Vulkan stands in for the memory of hardware encoders: pictures are decoded by the
 * processor, copied to a Vulkan device, filtered there, and copied back for x264. Mesa has such a device on every machine, in
 * software. Each is sound with the pictures that chains are tried with, unless its line says otherwise; with other sizes it is
 * what its line says.
 */
import process from 'node:process';
import { Frame, HardwareFramesContext, Log, type HardwareDeviceContext } from 'node-av/lib';
import { AV_HWDEVICE_TYPE_VULKAN, AV_LOG_ERROR, AV_PIX_FMT_VULKAN } from 'node-av/constants';
import { createEncodeVideoJob } from '../../src/engine/process/encode-video.js';
import type { DecodingTask, DeviceChain } from '../../src/engine/process/device-chain.js';
import type { DeviceChains } from '../../src/engine/process/device-chains.js';
import { deviceSetups, type DeviceSetups } from '../../src/engine/process/device-setups.js';
import type { DeviceWork } from '../../src/engine/process/device-work.js';
import type { EncoderSetup } from '../../src/engine/process/encoder-setup.js';
import { createProbeVideoDeviceJob } from '../../src/engine/process/probe-video-device.js';
import { createProveDeviceChainJob } from '../../src/engine/process/prove-device-chain.js';
import { serveJobs } from '../../src/engine/process/serve-jobs.js';
import { synthesizeJob } from '../../src/engine/process/synthesize.js';
import { VideoDecoder, type TakeFrame } from '../../src/engine/process/video-decoder.js';

/** x264, as another encoder would be. */
function sound(level: number): EncoderSetup {
  return {
    codecName: 'libx264',
    options: { preset: 'ultrafast', profile: 'main', level: String(level), 'forced-idr': '1', g: '1000' },
    pixelFormat: 'nv12',
    threads: 1,
  };
}

const encoders: DeviceSetups = {
  nvenc: (_output, _format, level) => sound(level),
  videotoolbox: (_output, _format, level) => sound(level),
  qsv: (_output, _format, level) => sound(level),
  vaapi: (_output, _format, level) => sound(level),
  amf: deviceSetups.amf,
  v4l2: deviceSetups.v4l2,
};

/** Copies frames to a device. */
class Upload implements Disposable {
  readonly #device: HardwareDeviceContext;
  readonly #frames = new HardwareFramesContext();
  readonly #copy = new Frame();
  #isOpen = false;

  constructor(device: HardwareDeviceContext) {
    this.#device = device;
    this.#copy.alloc();
  }

  copy(frame: Frame): Frame {
    const frames = this.#frames;
    if (!this.#isOpen) {
      frames.alloc(this.#device);
      frames.format = AV_PIX_FMT_VULKAN;
      frames.swFormat = frame.format as never;
      frames.width = frame.width;
      frames.height = frame.height;
      succeed(frames.init());
      this.#isOpen = true;
    }
    this.#copy.unref();
    succeed(frames.getBuffer(this.#copy, 0));
    succeed(frames.transferDataSync(this.#copy, frame, 0));
    succeed(this.#copy.copyProps(frame));
    // Without it, libplacebo loses the last picture.
    this.#copy.duration = 1n;
    return this.#copy;
  }

  [Symbol.dispose](): void {
    this.#copy.free();
    this.#frames.free();
  }
}

function succeed(code: number): void {
  if (code < 0) throw new RangeError(`Copying to the device failed: ${code}.`);
}

/** A decoder that copies what it decodes. */
class UploadingDecoder extends VideoDecoder {
  readonly #upload: Upload;

  constructor(device: HardwareDeviceContext, task: DecodingTask, fault: ChainFault | undefined) {
    const upload = new Upload(device);
    const give: TakeFrame = (frame, time) => task.take(upload.copy(frame), time);
    super(task.config, task.codecPrivate, task.timescale, false, fault === undefined ? give : fault(give));
    this.#upload = upload;
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#upload[Symbol.dispose]();
  }
}

/** How pictures are not given as they should be. */
type ChainFault = (give: TakeFrame) => TakeFrame;

/** Each picture at the time of the next one, the first one twice. */
const late: ChainFault = (give) => {
  let before: Frame | undefined;
  return (frame, time) => {
    const own = new Frame();
    own.alloc();
    own.ref(frame);
    give(before ?? own, time);
    before?.free();
    before = own;
  };
};

/** All but one. */
const incomplete: ChainFault = (give) => {
  let count = 0;
  return (frame, time) => {
    if (count++ !== 20) give(frame, time);
  };
};

function vulkan(
  fault: (task: DecodingTask) => ChainFault | undefined = () => undefined,
  writeFilters: DeviceChain['writeFilters'] = scaleAfterwards,
): DeviceChain {
  return {
    memory: AV_HWDEVICE_TYPE_VULKAN,
    pixelFormat: AV_PIX_FMT_VULKAN,
    extraFrames: 0,
    openDecoder: (_chain, device, task) => new UploadingDecoder(device, task, fault(task)),
    writeFilters,
  };
}

/** On the device, which takes a second until it has begun. */
function scaleThere({ isScaled, variant, width, height }: DeviceWork): string[] | undefined {
  if (variant !== 'plain') return undefined;
  const back = ['hwdownload', `format=${isScaled ? 'nv12' : 'yuv420p'}`, 'format=nv12'];
  return isScaled ? [`libplacebo=w=${width}:h=${height}:format=nv12:downscaler=bicubic`, ...back] : back;
}

/** Fields stay as they are. */
function scaleAfterwards({ width, height }: DeviceWork): string[] {
  return ['hwdownload', 'format=yuv420p', `scale=w=${width}:h=${height}`, 'format=nv12'];
}

const deinterlaceWrongly: readonly string[] = [
  ...['hwdownload', 'format=yuv420p', 'bwdif=mode=send_frame'],
  ...['scale=in_color_matrix=bt709:out_color_matrix=smpte170m', 'format=nv12'],
];

function isTrial({ config }: DecodingTask): boolean {
  return config.width === 640;
}

const chains: DeviceChains = {
  // Works.
  nvenc: vulkan(undefined, scaleThere),
  // Says nothing and decodes to the processor's memory; tried with fields, it takes another matrix for theirs.
  videotoolbox: {
    ...vulkan(undefined, (work) =>
      work.variant === 'interlaced' ? deinterlaceWrongly : scaleAfterwards(work),
    ),
    openDecoder: (_chain, device, task) =>
      isTrial(task)
        ? new UploadingDecoder(device, task, undefined)
        : new VideoDecoder(task.config, task.codecPrivate, task.timescale, false, task.take),
  },
  // Loses a picture; tried with MPEG-2, it shows each too late.
  qsv: vulkan((task) => (task.config.codec === 'mpeg2video' ? late : isTrial(task) ? undefined : incomplete)),
  // Takes the whole process with it.
  vaapi: {
    ...vulkan(),
    openDecoder: (_chain, device, task) => {
      if (!isTrial(task)) process.kill(process.pid, 'SIGKILL');
      return new UploadingDecoder(device, task, undefined);
    },
  },
};

Log.setLevel(AV_LOG_ERROR);
await serveJobs(
  { ffmpeg: 'stand-in', libavcodec: 'stand-in', aacEncoder: 'none' },
  new Map([
    ['encodeVideo', createEncodeVideoJob(encoders, chains)],
    ['probeVideoDevice', createProbeVideoDeviceJob(encoders)],
    ['proveDeviceChain', createProveDeviceChainJob(encoders, chains)],
    ['synthesize', synthesizeJob],
  ]),
);
