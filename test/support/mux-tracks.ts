import type { MuxAudioTrack, MuxVideoTrack } from '../../src/isobmff/mux-track.js';
import { fromHex } from './hex.js';

/** An H.264 track as x264 and FFmpeg 5.1 made it: 320 x 240, High at level 1.3, pixels of 4:3, BT.709. */
export const h264Track: MuxVideoTrack = {
  type: 'video',
  trackId: 1,
  timescale: 24_000,
  language: 'und',
  name: undefined,
  isDefault: true,
  configuration: {
    sampleEntry: 'avc1',
    codecString: 'avc1.64000d',
    decoder: {
      kind: 'box',
      type: 'avcC',
      payload: fromHex(
        '0164000dffe1001a6764000dacd94141fb0e6a020202800001f480005dc0078a14cb01000668ebe3cb22c0fdf8f800',
      ),
    },
    width: 320,
    height: 240,
    pixelAspectRatio: [4, 3],
    color: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: undefined,
    reorderDepth: 2,
    bitDepth: 8,
    chroma: '4:2:0',
  },
  rotation: 0,
  pixelAspectRatio: undefined,
  color: undefined,
  masteringDisplay: undefined,
  contentLight: undefined,
  dolbyVision: undefined,
};

/** An AAC-LC track of 48 kHz stereo. */
export const aacTrack: MuxAudioTrack = {
  type: 'audio',
  trackId: 2,
  timescale: 48_000,
  language: 'und',
  name: undefined,
  isDefault: true,
  configuration: {
    sampleEntry: 'mp4a',
    codecString: 'mp4a.40.2',
    decoder: { kind: 'descriptor', objectType: 0x40, specificInfo: fromHex('1190') },
    sampleRate: 48_000,
    channels: 2,
    sampleSize: 16,
    preRoll: 0,
  },
};
