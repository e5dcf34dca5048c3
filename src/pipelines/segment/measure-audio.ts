import { createFrameDuration } from '../../codecs/frame-duration.js';
import type { Demuxer } from '../../media/demuxer.js';
import type { AudioTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';

/**
 * Containers that state no duration: what is known of it is guessed from the first frames' bit rate, or from the last
 * time near the end.
 */
const UNMEASURED: ReadonlySet<string> = new Set([
  'aac',
  'ac3',
  'amr',
  'amrnb',
  'amrwb',
  'dts',
  'dtshd',
  'eac3',
  'loas',
  'mlp',
  'mp3',
  'mpeg',
  'mpegts',
  'truehd',
]);

/**
 * Containers that tell where each packet stands, and count the last one as full. CAF can state how much of that is missing:
 * FFmpeg does not write it, and counts it in when it reads.
 */
const COUNTED_FULL: ReadonlySet<string> = new Set(['caf']);
/** How long before a stated end reading begins: packets enough to have the last one. */
const tailNs = 1e9;

/** Whether only reading all of a source tells how long its sound is. */
export function isUnmeasured({ info }: Demuxer): boolean {
  return info.durationNs === undefined || UNMEASURED.has(info.container);
}

/** Whether the last packets tell better than the container how long a source's sound is. */
export function isCountedFull({ info }: Demuxer): boolean {
  return info.durationNs !== undefined && COUNTED_FULL.has(info.container);
}

/**
 * Reads a source to its end, for where its audio tracks end.
 * @param demuxer - of a source of audio alone.
 * @param budgetBytes - of the source; where it is larger, nothing is known.
 * @returns nanoseconds on the source's own timeline by the tracks' ids.
 * @throws {SourceError | EngineError} when it cannot be read.
 */
export async function measureAudio(
  demuxer: Demuxer,
  budgetBytes: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const tracks = audioTracksOf(demuxer);
  const ends = new Map<number, number>();
  for await (const batch of demuxer.samples({ trackIds: new Set(tracks.keys()), signal })) {
    for (const { trackId, presentationTime, duration = 0, discardPadding, offset } of batch) {
      if (offset > budgetBytes) return new Map();
      const heard = Math.max(0, duration - Math.max(0, discardPadding));
      const end = rescale(presentationTime + heard, tracks.get(trackId)!.timescale, 1e9);
      ends.set(trackId, Math.max(ends.get(trackId) ?? -Infinity, end));
    }
  }
  return ends;
}

/**
 * Reads the last packets of a source, for where its audio tracks end by what those packets hold.
 * @param demuxer - of a source of audio alone, for which {@link isCountedFull} holds.
 * @param budgetBytes - that are read; where the end lies further on, nothing is known.
 * @returns nanoseconds on the source's own timeline by the ids of those tracks whose packets tell.
 * @throws {SourceError | EngineError} when it cannot be read.
 */
export async function measureLastPackets(
  demuxer: Demuxer,
  budgetBytes: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const tracks = audioTracksOf(demuxer);
  const trackIds = new Set(tracks.keys());
  const measures = new Map([...tracks].map(([id, track]) => [id, createFrameDuration(track)] as const));
  const ends = new Map<number, number>();
  const startNs = Math.max(0, demuxer.info.durationNs! - tailNs);
  let from: number | undefined;
  for await (const batch of demuxer.samples({ trackIds, startNs, signal })) {
    for (const { trackId, presentationTime, data, discardPadding, offset } of batch) {
      from ??= offset;
      if (offset - from > budgetBytes) return new Map();
      const measure = measures.get(trackId)!;
      const frames = measure(data);
      if (frames === undefined) {
        ends.delete(trackId);
        continue;
      }
      const withoutFrames = presentationTime - Math.max(0, discardPadding);
      const withoutFramesNs = rescale(withoutFrames, tracks.get(trackId)!.timescale, 1e9);
      ends.set(trackId, withoutFramesNs + rescale(frames, measure.rate, 1e9));
    }
  }
  return ends;
}

function audioTracksOf({ info }: Demuxer): ReadonlyMap<number, AudioTrack> {
  return new Map(
    info.tracks.flatMap((track) => (track.type === 'audio' ? [[track.id, track] as const] : [])),
  );
}
