import { RequestError } from '../errors.js';
import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';

/** What every id of a rendition begins with, before the version: `v1`, `v1-h264`, `a2`, `a2-aac`. */
const FORM = /^[av]\d+(?:-[a-z0-9]+)*-([A-Za-z0-9]+)$/;

/**
 * How many segments a rendition has.
 * @param media - the media as it is now.
 * @param rendition - its id, as a client gave it.
 * @throws {RequestError} `not_found`; one that speaks of another version of the source says so.
 */
export function segmentCountOf(media: SegmentedMedia, rendition: string): number {
  try {
    return media.segmentCount(rendition);
  } catch (error) {
    const isAbsent = error instanceof RequestError && error.reason === 'not_found';
    if (isAbsent && speaksOfOtherVersion(rendition, media.version)) throw sourceChanged();
    throw error;
  }
}

/** The error for what was made, or asked for, of a source that is no longer what it was. */
export function sourceChanged(): RequestError {
  return new RequestError(
    'The source has changed since its playlists were made: load the master playlist again.',
    'not_found',
  );
}

function speaksOfOtherVersion(rendition: string, version: string | undefined): boolean {
  const stated = FORM.exec(rendition)?.[1];
  return version !== undefined && stated?.length === version.length && stated !== version;
}
