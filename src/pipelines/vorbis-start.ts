import { createFrameDuration } from '../codecs/frame-duration.js';
import type { MediaInfo } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack } from '../media/track.js';
import { rescale } from '../time/rescale.js';
import { believeTimes } from '../timeline/believe-times.js';
import { placeAudio } from '../timeline/place-audio.js';
import type { SampleFeed } from './sample-feed.js';
import { vorbisGranule } from './vorbis-granule.js';

/** How many packets a beginning is fitted over: some laces of 8, as mkvmerge writes them; less than a second as a rule. */
const fittedPackets = 32;

/**
 * Puts the first packet of each Vorbis track of Matroska where those behind it say that it stands. A first packet decodes to
 * nothing, so muxers differ in how long it lasts: ffmpeg lets the second begin as far behind it as the block sizes say,
 * mkvmerge only half as far. All that is heard follows the second.
 * @param info - of the source.
 * @param feed - at the beginning of the source.
 * @param first - the first sample of some tracks.
 * @param limitBytes - how many bytes of samples are looked through at most.
 * @returns the first samples, those of Vorbis with the time that makes the others follow.
 * @throws {SourceError | EngineError} when the source cannot be read.
 * @see Vorbis I specification, section 4.3.8
 */
export async function settleVorbisStarts(
  { container, tracks }: MediaInfo,
  feed: SampleFeed,
  first: Map<number, Sample>,
  limitBytes: number,
): Promise<Map<number, Sample>> {
  if (container !== 'matroska' && container !== 'webm') return first;
  const settled = new Map(first);
  for (const track of tracks) {
    const sample = first.get(track.id);
    if (sample === undefined || track.type !== 'audio' || track.codec !== 'vorbis') continue;
    const samples = await feed.peekSeveral(track.id, fittedPackets, limitBytes);
    if (samples.length > 0)
      settled.set(track.id, { ...sample, presentationTime: fittedTime(track, samples) });
  }
  return settled;
}

/** When the first of some packets would begin if all of them abutted, in container ticks. */
function fittedTime(track: AudioTrack, samples: readonly Sample[]): number {
  const durations = createFrameDuration(track);
  const anchorTime = samples[0]!.presentationTime;
  const rules = {
    timing: track,
    rate: durations.rate,
    quantum: undefined,
    granule: vorbisGranule(track),
    anchorTime,
  };
  const packets = samples.map(({ data, presentationTime, laceIndex = 0 }) => ({
    time: presentationTime,
    frames: durations(data),
    timeIsOwn: laceIndex === 0,
  }));
  const anchorTicks = rescale(anchorTime, track.timescale, durations.rate);
  const start = placeAudio(believeTimes(packets, rules), rules)[0]!;
  return anchorTime + rescale(start - anchorTicks, durations.rate, track.timescale);
}
