import { statedAacForm } from '../codecs/aac/stated-form.js';
import type { Demuxer } from '../media/demuxer.js';
import type { Sample } from '../media/sample.js';
import type { Source } from '../media/source.js';
import { SampleFeed } from './sample-feed.js';

/** Containers whose frames of AAC each say how they are to be decoded, and may say so anew at any time. */
const SELF_DESCRIBING: ReadonlySet<string> = new Set(['mpegts', 'aac', 'loas']);

/** Of these reading begins at no place but the first, so that looking at each of their frames takes no longer than at a few. */
const READ_THROUGH: ReadonlySet<string> = new Set(['aac']);

/** Places that are looked at, evenly apart: where reading is a request, few. */
const LOCAL_PLACES = 12;
const REMOTE_PLACES = 2;

/** How far is read for a frame of every track, and how many bytes of samples are looked through. */
const LOOKED_BYTES = 512 << 10;

/**
 * Finds the tracks whose AAC is of another form (channels, sampling frequency) elsewhere in the source than where it begins: a
 * recording that begins within the programme before. Their sound cannot be copied under one declaration.
 * @param demuxer - the opened source.
 * @param source - its bytes; one that can only be streamed is not looked into.
 * @param first - the first sample of each track.
 * @param signal - ends it.
 * @returns the tracks' ids; what changes only between the places that are looked at is not among them.
 * Bare ADTS is read to its end, or to where it changes.
 * @throws {SourceError | EngineError} when the source cannot be read.
 */
export async function findChangingSound(
  demuxer: Demuxer,
  source: Pick<Source, 'seekable' | 'size' | 'isLocal'>,
  first: ReadonlyMap<number, Pick<Sample, 'data'>>,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const { container, tracks } = demuxer.info;
  const { size } = source;
  const changing = new Set<number>();
  if (!SELF_DESCRIBING.has(container) || !source.seekable || size === undefined) return changing;
  const forms = new Map<number, string>();
  for (const { id, type, codec } of tracks) {
    const sample = type === 'audio' && codec === 'aac' ? first.get(id) : undefined;
    const form = sample && statedAacForm(sample.data);
    if (form !== undefined) forms.set(id, form);
  }
  if (READ_THROUGH.has(container)) return await readThrough(demuxer, forms, signal);
  const places = source.isLocal === true ? LOCAL_PLACES : REMOTE_PLACES;
  for (let place = 1; place <= places && forms.size > 0; place++) {
    const startOffset = Math.floor((size * place) / (places + 1));
    const trackIds = new Set(forms.keys());
    const endOffset = startOffset + LOOKED_BYTES;
    await using feed = new SampleFeed(demuxer, { trackIds, startOffset, endOffset, signal });
    const found = await feed.peekFirst(trackIds, LOOKED_BYTES, isStated);
    for (const [id, { data }] of found) {
      if (statedAacForm(data) === forms.get(id)) continue;
      changing.add(id);
      forms.delete(id);
    }
  }
  return changing;
}

/** Compares every frame with the first one. */
async function readThrough(
  demuxer: Demuxer,
  forms: ReadonlyMap<number, string>,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  if (forms.size === 0) return new Set();
  for await (const batch of demuxer.samples({ trackIds: new Set(forms.keys()), signal })) {
    const other = batch.find(({ trackId, data }) => {
      const form = statedAacForm(data);
      return form !== undefined && form !== forms.get(trackId);
    });
    // There is one track.
    if (other !== undefined) return new Set([other.trackId]);
  }
  return new Set();
}

function isStated({ data }: Sample): boolean {
  return statedAacForm(data) !== undefined;
}
