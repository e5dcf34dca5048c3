import { configureVideo } from '../codecs/video.js';
import type { EncodedConfiguration, EncodedSample } from '../engine/video-job.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import { videoSampleFlags } from '../isobmff/sample-flags.js';
import type { VideoTrack } from '../media/track.js';
import { timeSegment } from '../timeline/segment-timeline.js';
import { declareVideo } from './declare-video.js';

/**
 * Declares a video track that is encoded anew.
 * @param track - the source's track.
 * @param configuration - what the encoder says of its pictures.
 * @param trackId - track_ID in the output.
 * @param timescale - ticks a second in the output.
 */
export function declareEncodedVideo(
  track: VideoTrack,
  { avcC, format }: EncodedConfiguration,
  trackId: number,
  timescale: number,
): MuxVideoTrack {
  const encoded: VideoTrack = {
    ...track,
    codec: 'h264',
    codecPrivate: avcC,
    width: format.width,
    height: format.height,
    pixelAspectRatio: format.pixelAspectRatio,
    color: format.color,
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: undefined,
  };
  return declareVideo(encoded, configureVideo(encoded, undefined), trackId, timescale);
}

/**
 * Times encoded pictures so that they fill a range of time.
 * @param encoded - in decode order, at least one.
 * @param startTicks - decode time of the first.
 * @param endTicks - where the range ends, and the last sample's duration.
 */
export function timeEncodedVideo(
  encoded: readonly EncodedSample[],
  startTicks: number,
  endTicks: number,
): MuxSample[] {
  const presentationTicks = encoded.map((sample) => sample.presentationTicks);
  const { durations, compositionOffsets } = timeSegment(presentationTicks, startTicks, endTicks);
  return encoded.map(({ isSync, data }, i): MuxSample => ({
    duration: durations[i]!,
    compositionOffset: compositionOffsets[i]!,
    flags: isSync ? SYNC_FLAGS : OTHER_FLAGS,
    data,
  }));
}

const OTHER_FLAGS = videoSampleFlags({
  hasPicture: true,
  randomAccess: 'none',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: false,
});
const SYNC_FLAGS = videoSampleFlags({
  hasPicture: true,
  randomAccess: 'start',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: true,
});
