import {
  AV_HWDEVICE_TYPE_CUDA,
  AV_HWDEVICE_TYPE_QSV,
  AV_HWDEVICE_TYPE_VAAPI,
  AV_HWDEVICE_TYPE_VIDEOTOOLBOX,
  AV_PIX_FMT_CUDA,
  AV_PIX_FMT_QSV,
  AV_PIX_FMT_VAAPI,
  AV_PIX_FMT_VIDEOTOOLBOX,
} from 'node-av/constants';
import type { VideoDevice } from '../video-device.js';
import type { DeviceChain } from './device-chain.js';
import { openHardwareDecoder } from './hardware-decoder.js';

/** More than the look-ahead and the B frames of any of these encoders, and a deinterlacer's neighbours. */
const EXTRA_FRAMES = 24;

/** The chains of the kinds of hardware that have one. An engine can be given others, under the same names. */
export type DeviceChains = Readonly<Partial<Record<VideoDevice, DeviceChain>>>;

/** AMF and V4L2 are not among them: libavfilter has no filters, or libavcodec no decoders, for frames in their memory. */
export const deviceChains: DeviceChains = {
  nvenc: {
    memory: AV_HWDEVICE_TYPE_CUDA,
    pixelFormat: AV_PIX_FMT_CUDA,
    // libavcodec copies what NVDEC has decoded, which takes no more than 32 in all.
    extraFrames: 0,
    openDecoder: openHardwareDecoder,
    writeFilters: ({ variant, isScaled, width, height }) => {
      const size = `w=${width}:h=${height}:interp_algo=bicubic`;
      if (variant === 'hdr') {
        return [
          ...(isScaled ? [`scale_cuda=${size}:format=p010le`] : []),
          'tonemap_cuda=tonemap=bt2390:desat=0:peak=100:t=bt709:m=bt709:p=bt709:r=tv:format=nv12',
        ];
      }
      return [
        ...(variant === 'interlaced' ? ['bwdif_cuda=mode=send_frame:parity=auto:deint=interlaced'] : []),
        ...(isScaled || variant === 'deep' ? [`scale_cuda=${size}:format=nv12`] : []),
      ];
    },
  },
  // What the drivers of these make of HDR is their own affair, and not what the processor makes of it.
  vaapi: {
    memory: AV_HWDEVICE_TYPE_VAAPI,
    pixelFormat: AV_PIX_FMT_VAAPI,
    extraFrames: EXTRA_FRAMES,
    openDecoder: openHardwareDecoder,
    writeFilters: ({ variant, isScaled, width, height }) => {
      if (variant === 'hdr') return undefined;
      return [
        ...(variant === 'interlaced' ? ['deinterlace_vaapi=mode=default:rate=frame:auto=1'] : []),
        ...(isScaled || variant === 'deep' ? [`scale_vaapi=w=${width}:h=${height}:format=nv12:mode=hq`] : []),
      ];
    },
  },
  qsv: {
    memory: AV_HWDEVICE_TYPE_QSV,
    pixelFormat: AV_PIX_FMT_QSV,
    extraFrames: EXTRA_FRAMES,
    openDecoder: openHardwareDecoder,
    writeFilters: ({ variant, isScaled, width, height }) => {
      if (variant === 'hdr') return undefined;
      const deinterlace = variant === 'interlaced' ? ':deinterlace=advanced:rate=frame' : '';
      if (!isScaled && variant === 'plain') return [];
      return [`vpp_qsv=w=${width}:h=${height}:format=nv12:scale_mode=hq${deinterlace}`];
    },
  },
  // `scale_vt` leaves the depth as it is.
  videotoolbox: {
    memory: AV_HWDEVICE_TYPE_VIDEOTOOLBOX,
    pixelFormat: AV_PIX_FMT_VIDEOTOOLBOX,
    extraFrames: 0,
    openDecoder: openHardwareDecoder,
    writeFilters: ({ variant, isScaled, width, height }) => {
      if (variant === 'hdr' || variant === 'deep') return undefined;
      const isInterlaced = variant === 'interlaced';
      return [
        ...(isInterlaced ? ['yadif_videotoolbox=mode=send_frame:parity=auto:deint=interlaced'] : []),
        ...(isScaled ? [`scale_vt=w=${width}:h=${height}`] : []),
      ];
    },
  },
};
