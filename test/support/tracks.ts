import type { AudioTrack, VideoTrack } from '../../src/media/track.js';

const base = {
  id: 1,
  codecTag: '',
  codecPrivate: undefined,
  timescale: 1_000_000_000,
  timePrecision: 1_000_000,
  language: 'und',
  name: undefined,
  isDefault: true,
  isForced: false,
  isEnabled: true,
  defaultDuration: undefined,
  encryption: undefined,
} as const;

/** A video track as a Matroska demuxer gives it, with every field that a test does not care for set to nothing. */
export function videoTrack(codec: VideoTrack['codec'], fields: Partial<VideoTrack> = {}): VideoTrack {
  return {
    ...base,
    type: 'video',
    codec,
    width: 0,
    height: 0,
    pixelAspectRatio: [1, 1],
    rotation: 0,
    color: undefined,
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: undefined,
    stereoMode: 0,
    isInterlaced: false,
    ...fields,
  };
}

/** An audio track in the same way. */
export function audioTrack(codec: AudioTrack['codec'], fields: Partial<AudioTrack> = {}): AudioTrack {
  return {
    ...base,
    type: 'audio',
    codec,
    sampleRate: 48000,
    outputSampleRate: undefined,
    channels: 2,
    bitDepth: undefined,
    codecDelay: 0,
    seekPreRoll: 0,
    ...fields,
  };
}
