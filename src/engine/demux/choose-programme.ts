import type { Tag } from '../../media/media-info.js';
import type { Track } from '../../media/track.js';
import type { LibavDemuxer } from './libav-demuxer.js';
import type { TransportProgramme, TransportSurvey } from '../../mpegts/programmes.js';

/** What a track is said to be encrypted with whose packets state that they are scrambled. */
const SCRAMBLING = 'transport stream scrambling';

/**
 * Narrows a transport stream to one programme: the first whose video can be read, else the first whose sound can, else the
 * first. A viewer is offered what belongs together, and a programme that is encrypted does not keep others from being seen.
 * @param demuxer - of the whole stream; what is returned reads through it.
 * @param survey - what the stream's beginning says.
 * @returns the demuxer itself where there is but one programme, and nothing of it is scrambled.
 */
export function chooseProgramme(demuxer: LibavDemuxer, survey: TransportSurvey): LibavDemuxer {
  const { scrambledPids, programmes } = survey;
  const marked = demuxer.info.tracks.map((track): Track => {
    return scrambledPids.has(track.id) ? { ...track, encryption: SCRAMBLING } : track;
  });
  const known = programmes.filter(({ pids }) => marked.some(({ id }) => pids.has(id)));
  const chosen = best(known, marked);
  const others = new Set(known.filter((one) => one !== chosen).flatMap(({ pids }) => [...pids]));
  const tracks = marked.filter(({ id }) => chosen?.pids.has(id) === true || !others.has(id));
  const isWhole = tracks.length === marked.length;
  if (isWhole && marked.every(({ id }) => !scrambledPids.has(id))) return demuxer;
  const list = known.map(({ number }) => number).join(', ');
  const tags: Tag[] = isWhole
    ? []
    : [{ name: 'PROGRAMME', value: `${chosen!.number} of ${list}`, trackId: undefined }];
  return narrow(demuxer, tracks, tags);
}

function best(
  programmes: readonly TransportProgramme[],
  tracks: readonly Track[],
): TransportProgramme | undefined {
  const first = (type: Track['type']): TransportProgramme | undefined =>
    programmes.find(({ pids }) =>
      tracks.some((track) => track.type === type && track.encryption === undefined && pids.has(track.id)),
    );
  return first('video') ?? first('audio') ?? programmes[0];
}

/** The same demuxer, of which only some tracks are known. */
function narrow(demuxer: LibavDemuxer, tracks: readonly Track[], tags: readonly Tag[]): LibavDemuxer {
  const ids = new Set(tracks.map(({ id }) => id));
  const own = demuxer.info.tags.filter(({ trackId }) => trackId === undefined || ids.has(trackId));
  return {
    info: { ...demuxer.info, tracks, tags: [...tags, ...own] },
    get damage() {
      return demuxer.damage;
    },
    get damageCount() {
      return demuxer.damageCount;
    },
    get pids() {
      return demuxer.pids;
    },
    samples: (options) => demuxer.samples({ ...options, trackIds: options?.trackIds ?? ids }),
    scanKeyframes: (trackId, options) => demuxer.scanKeyframes(trackId, options),
    close: () => demuxer.close(),
    [Symbol.asyncDispose]: () => demuxer[Symbol.asyncDispose](),
  };
}
