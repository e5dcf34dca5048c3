import { AV_HWDEVICE_TYPE_VAAPI } from 'node-av/constants';
import type { VideoDevice } from '../video-device.js';
import type { EncodedFormat, VideoOutput } from '../video-output.js';
import type { EncoderSetup } from './encoder-setup.js';

/**
 * Writes what a hardware encoder is told.
 * @param output - what is wanted.
 * @param format - what is fixed about it.
 * @param level - level_idc that the pictures are declared with, and must keep to.
 */
export type WriteDeviceSetup = (output: VideoOutput, format: EncodedFormat, level: number) => EncoderSetup;

/** How each kind of hardware encoder is used. An engine can be given others, under the same names. */
export type DeviceSetups = Readonly<Record<VideoDevice, WriteDeviceSetup>>;

/**
 * Frames from one keyframe to the next where none is asked for. Keyframes stand where they are asked for; some encoders
 * must be told a distance, and AMF takes no more than this.
 */
const KEYFRAME_DISTANCE = '1000';

/**
 * The cap on the bit rate is the same for all. Where an encoder wants an average beside a quality, it gets three quarters
 * of the cap: quality decides where pictures are easy, the cap where they are not.
 */
const AVERAGE_OF_CAP = 3 / 4;

/** NVENC's presets by x264's. From the fastest on, they are about the same distance apart. */
const NVENC_PRESETS = {
  ultrafast: 'p1',
  superfast: 'p2',
  veryfast: 'p4',
  faster: 'p4',
  fast: 'p5',
  medium: 'p6',
};

/** AMF's. */
const AMF_PRESETS = {
  ultrafast: 'speed',
  superfast: 'speed',
  veryfast: 'balanced',
  faster: 'balanced',
  fast: 'quality',
  medium: 'quality',
};

/** The hardware encoders of libavcodec. Each makes closed groups that begin with the IDR pictures that are asked for. */
export const deviceSetups: DeviceSetups = {
  // `cq` beside `vbr` and no bit rate: constant quality below the cap. B frames are not referred to, so that every
  // generation of the hardware can do it. Messages that say nothing are left out.
  nvenc: ({ crf, preset }, _format, level) => ({
    codecName: 'h264_nvenc',
    options: {
      preset: NVENC_PRESETS[preset],
      tune: 'hq',
      profile: 'high',
      level: String(level),
      rc: 'vbr',
      b: '0',
      cq: String(crf),
      'spatial-aq': '1',
      'forced-idr': '1',
      'no-scenecut': '1',
      strict_gop: '1',
      bf: '2',
      b_ref_mode: 'disabled',
      g: KEYFRAME_DISTANCE,
      a53cc: '0',
      udu_sei: '0',
    },
    pixelFormat: 'nv12',
    threads: 1,
  }),
  // Constant quality is there with Apple's own processors; others are told a bit rate.
  videotoolbox: ({ crf }, format, level) => ({
    codecName: 'h264_videotoolbox',
    options: {
      profile: 'high',
      // It refuses lower ones, and chooses by itself where none is given.
      ...(level >= 30 ? { level: String(level) } : {}),
      ...(process.arch === 'arm64'
        ? { flags: '+qscale', global_quality: String(appleQuality(crf) * QP_TO_LAMBDA) }
        : { b: averageOf(format) }),
      realtime: '0',
      allow_sw: '0',
      bf: '0',
      g: KEYFRAME_DISTANCE,
      a53cc: '0',
    },
    pixelFormat: 'nv12',
    threads: 1,
  }),
  // A quality with an average and a cap makes libavcodec choose Intel's QVBR.
  qsv: ({ crf, preset }, format, level) => ({
    codecName: 'h264_qsv',
    options: {
      preset: preset === 'ultrafast' || preset === 'superfast' ? 'veryfast' : preset,
      profile: 'high',
      level: String(level),
      global_quality: String(Math.round(crf)),
      b: averageOf(format),
      look_ahead: '0',
      forced_idr: '1',
      idr_interval: '0',
      bf: '2',
      g: KEYFRAME_DISTANCE,
      a53cc: '0',
      pic_timing_sei: '0',
      recovery_point_sei: '0',
    },
    pixelFormat: 'nv12',
    threads: 1,
  }),
  // libavcodec takes the best of QVBR, ICQ and constant QP that the driver has. Not every driver does B frames.
  vaapi: ({ crf }, format, level) => ({
    codecName: 'h264_vaapi',
    options: {
      profile: 'high',
      level: String(level),
      rc_mode: 'auto',
      global_quality: String(Math.round(crf)),
      b: averageOf(format),
      idr_interval: '0',
      bf: '0',
      g: KEYFRAME_DISTANCE,
      sei: '0',
    },
    pixelFormat: 'nv12',
    threads: 1,
    memory: AV_HWDEVICE_TYPE_VAAPI,
  }),
  amf: ({ crf, preset }, format, level) => ({
    codecName: 'h264_amf',
    options: {
      usage: 'transcoding',
      quality: AMF_PRESETS[preset],
      profile: 'high',
      level: String(level),
      rc: 'qvbr',
      qvbr_quality_level: String(Math.round(crf)),
      b: averageOf(format),
      forced_idr: '1',
      frame_skipping: '0',
      filler_data: '0',
      max_b_frames: '0',
      bf: '0',
      g: KEYFRAME_DISTANCE,
    },
    pixelFormat: 'nv12',
    threads: 1,
  }),
  // These encoders know nothing but a bit rate.
  v4l2: (_output, format, level) => ({
    codecName: 'h264_v4l2m2m',
    options: { profile: '100', level: String(level), b: averageOf(format), bf: '0', g: KEYFRAME_DISTANCE },
    pixelFormat: 'nv12',
    threads: 1,
  }),
};

/** FF_QP2LAMBDA: how libavcodec writes a quality where a fraction could be asked for. */
const QP_TO_LAMBDA = 118;

/** Apple's quality goes from 1 to 100, upwards. The two scales are only laid beside each other: 65 for 21, two for one. */
function appleQuality(crf: number): number {
  return Math.min(100, Math.max(1, Math.round(65 + (21 - crf) * 2)));
}

function averageOf({ maxBitRate }: EncodedFormat): string {
  return String(Math.round(maxBitRate * AVERAGE_OF_CAP));
}
