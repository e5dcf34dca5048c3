import { checkLimit } from '../../bytes/limits.js';
import type { EnginePool } from '../../engine/pool.js';
import { writeStillSheet, type StillPicture } from '../../engine/still-job.js';
import { RequestError, UnsupportedMediaError } from '../../errors.js';
import { cacheChunks } from '../../io/chunk-cache.js';
import type { Demuxer } from '../../media/demuxer.js';
import type { Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { rankTracks } from '../choose-tracks.js';
import { openDemuxer, type OpenedDemuxer } from '../open-demuxer.js';
import { chooseCover, decodeCover, isPicture, MAX_COVER_BYTES, readCover, SIGNATURE_BYTES } from './cover.js';
import { makeKeyframeStill, unlessDamaged } from './keyframe-still.js';
import { readKeyframe } from './read-keyframe.js';
import type { TakeTurn } from './take-turn.js';
import type { StillSize } from './upright-size.js';

/** Options of {@link makePoster}. */
export interface PosterOptions {
  /** Who decodes. */
  readonly engine: EnginePool;
  /** The most pixels across. */
  readonly width: number;
  /** Says when each step is made. */
  readonly turn: TakeTurn;
}

/** Where pictures are looked for, as shares of the duration: behind the titles, before what nobody should know. */
const PLACES = [0.2, 0.3, 0.12, 0.4, 0.25] as const;

/** A picture between these, with so much in it, is taken at once, in steps of 256: fades and title cards are not. */
const DARKEST = 40;
const BRIGHTEST = 215;
const ENOUGH_CONTRAST = 28;

/** How much darker or brighter counts as much as a step of contrast. */
const BRIGHTNESS_WEIGHT = 0.5;

/** Video tracks that are tried until one has a picture. */
const MAX_TRACKS = 3;

/** libavcodec's quantiser for posters. */
const QUANTIZER = 4;

/**
 * Makes the picture by which a file is known: its cover, where one is attached; else one of its own pictures from the first
 * half, and not a dark or an empty one where there is another. A local file that is a picture itself is made smaller.
 * @param source - where the bytes come from; must be seekable, and stays the caller's to close.
 * @param options - its size, and who makes it.
 * @returns a JPEG.
 * @throws {RequestError} `not_found` when the file has no picture.
 * @throws {UnsupportedMediaError} when its video is encrypted, or nobody here can decode it.
 * @throws {MalformedMediaError | LimitExceededError | SourceError | EngineError} when it cannot be read.
 */
export async function makePoster(source: Source, options: PosterOptions): Promise<Uint8Array> {
  const { engine, turn } = options;
  const picture = await findPicture(source, options);
  if (picture === undefined) throw withoutPicture('No picture of this file can be decoded.');
  const placed = { x: 0, y: 0, picture };
  const sheet = { width: picture.width, height: picture.height, quantizer: QUANTIZER, pictures: [placed] };
  return await turn('encode', (signal) => writeStillSheet(engine, sheet, { signal }));
}

async function findPicture(source: Source, options: PosterOptions): Promise<StillPicture | undefined> {
  const { engine, turn, width } = options;
  // What stands upright is no taller than a cover twice as high as wide.
  const box = { width, height: width * 2 };
  if (source.isLocal === true && isPicture(await source.read(0, SIGNATURE_BYTES))) {
    const size = source.size ?? Infinity;
    checkLimit('number of bytes of a picture', size, MAX_COVER_BYTES);
    return await turn('encode', (signal) =>
      unlessDamaged(signal, async () =>
        decodeCover(await source.read(0, size, { signal }), engine, box, signal),
      ),
    );
  }
  const opened = await turn('open', (signal) => openSource(source, signal));
  try {
    const cover = chooseCover(opened.demuxer.info.attachments);
    if (cover !== undefined) {
      const picture = await turn('encode', (signal) =>
        unlessDamaged(signal, () => readCover(opened.source, cover, engine, box, signal)),
      );
      if (picture !== undefined) return picture;
    }
    const attached = await turn('open', (signal) =>
      unlessDamaged(signal, async () => await opened.demuxer.readPicture?.(MAX_COVER_BYTES, { signal })),
    );
    if (attached !== undefined) {
      const picture = await turn('encode', (signal) =>
        unlessDamaged(signal, () => decodeCover(attached, engine, box, signal)),
      );
      if (picture !== undefined) return picture;
    }
    for (const track of listVideo(opened.demuxer)) {
      const picture = await chooseKeyframe(opened, track, box, options);
      if (picture !== undefined) return picture;
    }
    return undefined;
  } finally {
    await opened.demuxer.close();
  }
}

async function openSource(source: Source, signal: AbortSignal): Promise<OpenedDemuxer> {
  const cached = source.isLocal === true || source.isCached === true ? source : cacheChunks(source);
  return await openDemuxer(cached, { signal, includeTail: source.isLocal });
}

/** The video tracks that can be looked at, that which is played first: a capture names such as it has nothing of. */
function listVideo({ info }: Demuxer): readonly VideoTrack[] {
  const tracks = rankTracks<VideoTrack>(info.tracks, 'video', undefined);
  if (tracks.length === 0) throw withoutPicture('The file has no video and no cover.');
  const open = tracks.filter(({ encryption }) => encryption === undefined);
  if (open.length > 0) return open.slice(0, MAX_TRACKS);
  throw new UnsupportedMediaError('The video is encrypted: there is no picture of it.');
}

/** Looks at one picture after another until one is good, and takes the best of them when none is. */
async function chooseKeyframe(
  { demuxer, kind }: OpenedDemuxer,
  track: VideoTrack,
  box: StillSize,
  { engine, turn }: PosterOptions,
): Promise<StillPicture | undefined> {
  const { durationNs } = demuxer.info;
  const seen = new Set<number>();
  let best: StillPicture | undefined;
  const look = async (startNs: number | undefined): Promise<boolean> => {
    const until = startNs === undefined ? undefined : rescale(startNs, 1e9, track.timescale);
    const still = await turn('encode', (signal) =>
      unlessDamaged(signal, () =>
        makeKeyframeStill({ demuxer, track }, { from: { startNs }, until }, engine, box, signal),
      ),
    );
    const { picture, time } = still ?? {};
    if (picture === undefined || time === undefined || seen.has(time)) return false;
    seen.add(time);
    if (best === undefined || scoreOf(picture) > scoreOf(best)) best = picture;
    return isGood(picture);
  };
  const zeroNs = kind === 'matroska' || kind === 'mp4' ? 0 : await findZero(demuxer, track, turn);
  for (const place of durationNs === undefined ? [] : PLACES) {
    if (await look(zeroNs + Math.round(durationNs! * place))) return best;
  }
  if (best === undefined) await look(undefined);
  return best;
}

/** Transport streams begin at any time. */
async function findZero(demuxer: Demuxer, track: VideoTrack, turn: TakeTurn): Promise<number> {
  const first = await turn('open', (signal) =>
    unlessDamaged(signal, () => readKeyframe(demuxer, track, { from: {} }, 1, signal)),
  );
  return Math.round(((first?.[0]?.presentationTime ?? 0) / track.timescale) * 1e9);
}

function isGood({ brightness, contrast }: StillPicture): boolean {
  return brightness >= DARKEST && brightness <= BRIGHTEST && contrast >= ENOUGH_CONTRAST;
}

function scoreOf({ brightness, contrast }: StillPicture): number {
  const excess = Math.max(0, DARKEST - brightness, brightness - BRIGHTEST);
  return contrast - BRIGHTNESS_WEIGHT * excess;
}

function withoutPicture(message: string): RequestError {
  return new RequestError(message, 'not_found');
}
