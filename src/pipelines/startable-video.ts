import { UnsupportedMediaError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';
import { rescale } from '../time/rescale.js';
import type { DecisionRequest } from './decide.js';
import { createSampleInspector } from './inspect-picture.js';
import type { SampleFeed } from './sample-feed.js';
import type { Selection } from './select-lanes.js';

/** Copied video begins at a picture no later than this after the first: what lies before it is not shown. */
const longestWaitMs = 12_000;
/** How far is read for it at most. */
const searchedBytes = 32 * 1024 * 1024;

/**
 * Sees to it that video which is copied has a picture that playing can begin at: what was recorded of television in open
 * GOPs, or cut out of such a file, may hold none at all. It is encoded instead, as decoders of the engine begin anywhere.
 * @param feed - the source from its beginning; nothing of it is used up.
 * @param selection - the tracks.
 * @param firstSample - the first sample of the video track, where one was found.
 * @param request - what is asked for.
 * @returns the selection, with the video encoded where that is needed.
 * @throws {UnsupportedMediaError} when it is needed and not allowed.
 * @see docs/decisions/0003-recovery-points.md
 */
export async function ensureStartableVideo(
  feed: SampleFeed,
  selection: Selection,
  firstSample: Sample | undefined,
  request: DecisionRequest,
): Promise<Selection> {
  const { video } = selection;
  if (video?.decision.action !== 'copy' || firstSample === undefined) return selection;
  if (await hasStart(feed, video.track, firstSample)) return selection;
  if (request.mayEncodeVideo !== true || request.video === 'copy') {
    throw new UnsupportedMediaError(
      'The video has no picture that playing can begin at, as far as could be read.',
      {
        context: { track: video.track.id },
      },
    );
  }
  const reason = 'playing can begin at none of its first pictures';
  return { ...selection, video: { ...video, decision: { ...video.decision, action: 'transcode', reason } } };
}

/** Whether a picture that playing can begin at comes in time. */
async function hasStart(feed: SampleFeed, track: VideoTrack, first: Sample): Promise<boolean> {
  const inspect = createSampleInspector(track);
  const isStart = (sample: Sample): boolean => inspect(sample)?.randomAccess === 'start';
  const latest = first.presentationTime + rescale(longestWaitMs, 1000, track.timescale);
  const isSettled = (sample: Sample): boolean => isStart(sample) || sample.presentationTime > latest;
  const found = (await feed.peekFirst(new Set([track.id]), searchedBytes, isSettled)).get(track.id);
  return found !== undefined && isStart(found);
}
