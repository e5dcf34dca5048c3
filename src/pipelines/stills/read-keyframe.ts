import type { VideoSampleTraits } from '../../codecs/configuration.js';
import type { Demuxer, SampleOptions } from '../../media/demuxer.js';
import type { IndexEntry } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { ReadOptions } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import { createSampleInspector } from '../inspect-picture.js';

/** Where a picture that decoding can begin at is looked for. */
export interface KeyframePlace {
  /** Where reading begins, as {@link SampleOptions} say it. */
  readonly from: Pick<SampleOptions, 'startNs' | 'startOffset' | 'endOffset'>;
  /** Earliest presentation time in ticks of the track; any, when absent. */
  readonly notBefore?: number | undefined;
  /** The last one that is shown no later is taken, where there is any: reading may begin well before it. */
  readonly until?: number | undefined;
  /** What the container's index says of it: where it is true, the picture is read alone. */
  readonly entry?: IndexEntry | undefined;
}

/** What a picture is read with. */
export interface KeyframeDemuxer extends Pick<Demuxer, 'samples'> {
  /** The one sample that an entry of an index points to; undefined when it is not there. */
  readCuedSample?(entry: IndexEntry, options?: ReadOptions): Promise<Sample | undefined>;
}

/** Samples and bytes that are looked through: what was found by then is taken. */
const MAX_SAMPLES = 2000;
const MAX_BYTES = 32 << 20;

/**
 * Reads a picture that decoding can begin at, and no samples behind it but those that are asked for.
 * @param demuxer - the opened source.
 * @param track - one of its tracks.
 * @param place - where it is looked for.
 * @param count - how many samples, the picture itself the first: a picture of two fields may be stored as two.
 * @param signal - ends it.
 * @returns empty when there is none within a bounded distance; fewer samples where the source ends.
 * @throws {MalformedMediaError | LimitExceededError | SourceError} when the source cannot be read there.
 */
export async function readKeyframe(
  demuxer: KeyframeDemuxer,
  track: VideoTrack,
  { from, notBefore = -Infinity, until = -Infinity, entry }: KeyframePlace,
  count: number,
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const inspect = createSampleInspector(track);
  if (entry !== undefined && count === 1) {
    const sample = await demuxer.readCuedSample?.(entry, { signal });
    if (sample !== undefined && isAccess(inspect(sample))) return [sample];
  }
  const earliest = notBefore - track.timePrecision;
  let found: Sample[] = [];
  let samples = 0;
  let bytes = 0;
  const trackIds = new Set([track.id]);
  for await (const batch of demuxer.samples({ ...from, trackIds, seekTrackId: track.id, signal })) {
    for (const sample of batch) {
      const { presentationTime } = sample;
      const isCandidate = presentationTime >= earliest && (found.length === 0 || presentationTime <= until);
      if (isCandidate && isAccess(inspect(sample))) found = [sample];
      else if (found.length > 0 && found.length < count) found.push(sample);
      if (found.length === count && presentationTime >= until) return found;
      samples += 1;
      bytes += sample.data.byteLength;
    }
    if (samples > MAX_SAMPLES || bytes > MAX_BYTES) break;
  }
  return found;
}

function isAccess(traits: VideoSampleTraits | undefined): boolean {
  return traits !== undefined && traits.randomAccess !== 'none';
}
