// What media-chrome's controls show and ask for, by way of a session: its times are those of the source, which are not always
// the element's, and it knows how long an item lasts before anything is loaded.
import { createMediaStore, type MediaStore } from 'media-chrome/dist/media-store/media-store.js';
import { requestMap } from 'media-chrome/dist/media-store/request-map.js';
import { stateMediator } from 'media-chrome/dist/media-store/state-mediator.js';
import type { ChapterInfo } from '../shared/api.js';
import { readable } from '../shared/readable.js';
import type { PlayerSession } from './player-session.js';
import { thumbnailAt, type Thumbnail } from './thumbnails.js';

/** A chapter on the time bar. */
export interface ChapterCue {
  readonly text: string;
  /** Seconds. */
  readonly startTime: number;
  /** Seconds. */
  readonly endTime: number;
}

const NS = 1e9;

/**
 * The chapters of an item without gaps between them, as they are shown on the time bar.
 * @param chapters - in the order of their beginnings.
 * @param duration - of the item, in seconds.
 */
export function chapterCues(chapters: readonly ChapterInfo[], duration: number): readonly ChapterCue[] {
  return chapters
    .map(({ startNs, titles }, index) => ({
      text: readable(titles[0]?.title ?? '') || `Chapter ${index + 1}`,
      startTime: startNs / NS,
      endTime: Math.min((chapters[index + 1]?.startNs ?? Infinity) / NS, duration),
    }))
    .filter(({ startTime, endTime }) => endTime > startTime);
}

/** Makes the store of a player's controls. */
export function createPlayerStore(
  session: PlayerSession,
  chapters: () => readonly ChapterCue[],
  thumbnails: () => readonly Thumbnail[],
): MediaStore {
  const { state } = session;
  const times = ['timeupdate', 'loadedmetadata', 'seeking', 'seeked', 'emptied'];
  const mediator = {
    ...stateMediator,
    mediaCurrentTime: {
      get: () => state.position.value,
      set: (seconds: number) => session.seek(seconds),
      mediaEvents: times,
    },
    mediaDuration: { get: () => state.duration.value, mediaEvents: [...times, 'durationchange'] },
    mediaSeekable: {
      get: (): [number, number] | undefined =>
        state.duration.value > 0 ? [0, state.duration.value] : undefined,
      mediaEvents: [...times, 'durationchange'],
    },
    mediaBuffered: {
      ...stateMediator.mediaBuffered,
      get: (owners: Parameters<typeof stateMediator.mediaBuffered.get>[0]) =>
        stateMediator.mediaBuffered
          .get(owners)
          .map(([from, to]) => [from + session.offset, to + session.offset]),
    },
    mediaPaused: {
      ...stateMediator.mediaPaused,
      set: (isPaused: boolean) => {
        if (isPaused) session.video.pause();
        else session.play();
      },
    },
    mediaPlaybackRate: {
      ...stateMediator.mediaPlaybackRate,
      set: (speed: number) => session.setSpeed(speed),
    },
    mediaStreamType: { get: () => 'on-demand', mediaEvents: [] },
    // What is wrong is said by the session, which may take up again what the element gave up.
    mediaError: { get: () => undefined, mediaEvents: [] },
    mediaErrorCode: { get: () => undefined, mediaEvents: [] },
    mediaErrorMessage: { get: () => '', mediaEvents: [] },
    mediaChaptersCues: { get: chapters, mediaEvents: ['durationchange'] },
  } as unknown as typeof stateMediator;
  const requests = {
    ...requestMap,
    mediapreviewrequest: (_: unknown, __: unknown, { detail }: { readonly detail?: number | null }) => {
      const seconds = detail ?? undefined;
      const chapter = chapters().findLast(({ startTime }) => startTime <= (seconds ?? -1));
      const picture = seconds === undefined ? undefined : thumbnailAt(thumbnails(), seconds);
      return {
        mediaPreviewTime: seconds,
        mediaPreviewImage: picture?.url,
        mediaPreviewCoords: picture?.part,
        mediaPreviewChapter: seconds === undefined ? undefined : (chapter?.text ?? ''),
      };
    },
  } as unknown as typeof requestMap;
  return createMediaStore({ stateMediator: mediator, requestMap: requests });
}

/** Lets a store see what no event of the element told. */
export function refreshStore(store: MediaStore): void {
  store.dispatch({ type: 'optionschangerequest', detail: {} });
}
