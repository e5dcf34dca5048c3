import type { MediaInfo } from '../media/media-info.js';
import type { Head } from './head.js';
import type { SegmentInfo } from './info.js';
import type { MatroskaTrack } from './tracks.js';

/** Gathers what a file's head says about it. */
export function buildInfo(head: Head, info: SegmentInfo, tracks: readonly MatroskaTrack[]): MediaInfo {
  const { parts } = head;
  const idsByUid = new Map(tracks.map(({ uid, track }) => [uid, track.id]));
  return {
    container: head.docType,
    durationNs: info.durationNs,
    title: info.title,
    writingApp: info.writingApp,
    tracks: tracks.map(({ track }) => track),
    chapters: parts.chapters,
    // A tag for a track that is not among those read (buttons, a track that does not exist) is of no use to anyone.
    tags: parts.tags.flatMap(({ name, value, trackUid }) => {
      const trackId = trackUid === undefined ? undefined : idsByUid.get(trackUid);
      return trackUid !== undefined && trackId === undefined ? [] : [{ name, value, trackId }];
    }),
    attachments: parts.attachments,
  };
}
