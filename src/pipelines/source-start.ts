import { createFrameDuration } from '../codecs/frame-duration.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import { createCadence } from '../time/cadence.js';
import { earliest, ticksOf, type Instant } from '../time/instant.js';
import { rescale } from '../time/rescale.js';

/** A track and when its first sample is presented. */
export interface TrackStart<T> {
  /** The track. */
  readonly track: T;
  /** Presentation time of its first sample, in ticks of the container. */
  readonly time: number;
}

/**
 * Finds where the earliest of some tracks begins: the time of the source that is zero in the output. With video, in
 * whole ticks of the video, so that taking it off moves pictures by no fraction of a tick: a tick can be longer than a
 * sample of the audio, which then alone is rounded.
 * @param video - the video track, if any.
 * @param audio - the audio tracks.
 */
export function findSourceStart(
  video: TrackStart<VideoTrack> | undefined,
  audio: readonly TrackStart<AudioTrack>[],
): Instant {
  const audioStart = earliest(audio.map(({ track, time }) => ({ ticks: time, timescale: track.timescale })));
  if (video === undefined) return audioStart ?? { ticks: 0, timescale: 1e9 };
  const cadence = createCadence(video.track, video.time);
  const { timescale } = cadence;
  // On the cadence's grid, so that zero is exactly zero.
  const videoStart: Instant = { ticks: cadence.toTicks(video.time), timescale };
  if (audioStart === undefined) return videoStart;
  return earliest([videoStart, { ticks: ticksOf(audioStart, timescale, 'down'), timescale }])!;
}

/**
 * When the first of a track's samples that is meant to be seen or heard begins, in container ticks: behind what an edit
 * list leaves out at the beginning, and behind a first packet of Vorbis, of which nothing is heard: it is there for the second to
 * overlap with. Where that is more than the first sample, it is zero, at which edits begin.
 * @param track - the track.
 * @param first - its first sample.
 * @see Vorbis I specification, section 4.3.8
 */
export function shownFromTime(track: VideoTrack | AudioTrack, first: Sample): number {
  const { presentationTime, discardPadding, duration } = first;
  if (track.type === 'audio' && track.codec === 'vorbis') {
    const measure = createFrameDuration(track);
    return presentationTime + rescale(measure(first.data) ?? 0, measure.rate, track.timescale);
  }
  if (discardPadding >= 0) return presentationTime;
  const shownFrom = presentationTime - discardPadding;
  return duration !== undefined && -discardPadding >= duration ? Math.max(0, shownFrom) : shownFrom;
}
