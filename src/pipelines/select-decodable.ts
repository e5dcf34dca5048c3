import type { EnginePool } from '../engine/pool.js';
import type { MediaInfo } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import { findRefusal, mayBeRefused } from './refused-sound.js';
import { selectTracks, type Selection, type SelectionRequest } from './select-lanes.js';

/** A selection, with what it was made by. */
export interface DecodableSelection {
  /** The tracks. */
  readonly selection: Selection;
  /** The first sample of each of them, and perhaps of others, where one was found. */
  readonly firstSamples: ReadonlyMap<number, Sample>;
}

/**
 * Selects tracks as {@link selectTracks} does, and passes over sound that its decoder refuses: the next track is taken in its
 * place, or none. An engine is asked only of sound that is to be encoded and of which nothing else tells.
 * @param info - what the container says.
 * @param given - the first sample of the likeliest tracks, where one was found.
 * @param request - what is wanted.
 * @param engines - who decodes.
 * @param findSamples - finds the first sample of each audio track; asked when the likeliest one is passed over.
 * @param signal - ends it.
 * @throws {UnsupportedMediaError | RequestError} as {@link selectTracks}, with the decoder's reason where it refuses sound
 * that was asked for, or all that there is to play.
 */
export async function selectDecodable(
  info: MediaInfo,
  given: ReadonlyMap<number, Sample>,
  request: SelectionRequest,
  engines: { get(): EnginePool },
  findSamples: () => Promise<ReadonlyMap<number, Sample>>,
  signal: AbortSignal,
): Promise<DecodableSelection> {
  const refusedSound = new Map<number, string>();
  let firstSamples = given;
  for (;;) {
    const selection = selectTracks(info, firstSamples, { ...request, refusedSound });
    const { audio } = selection;
    const packet = audio && firstSamples.get(audio.track.id)?.data;
    const isInDoubt =
      audio?.decision.action === 'transcode' && mayBeRefused(audio.track, audio.decision.configuration);
    if (!isInDoubt || packet === undefined) return { selection, firstSamples };
    const refusal = await findRefusal(engines.get(), audio.track, packet, signal);
    if (refusal === undefined) return { selection, firstSamples };
    if (refusedSound.size === 0) firstSamples = new Map([...(await findSamples()), ...given]);
    refusedSound.set(audio.track.id, refusal);
  }
}
