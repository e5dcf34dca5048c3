import type { Demuxer } from '../../media/demuxer.js';
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

/** Whether only reading all of a source tells how long its sound is. */
export function isUnmeasured({ info }: Demuxer): boolean {
  return info.durationNs === undefined || UNMEASURED.has(info.container);
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
  const tracks = new Map(
    demuxer.info.tracks.flatMap((track) => (track.type === 'audio' ? [[track.id, track] as const] : [])),
  );
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
