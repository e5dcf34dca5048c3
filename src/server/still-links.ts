import type { MediaDescription } from '../pipelines/describe.js';

/** The part of a description that is looked at. It may be missing: it may come from another program's media service. */
interface Described {
  readonly tracks?: readonly Pick<MediaDescription['tracks'][number], 'type'>[] | undefined;
  readonly hasCover?: boolean;
}

/** Addresses of the pictures of an item, relative to that of its description. */
export interface StillLinks {
  /** A picture by which it is known; takes `width`. */
  readonly poster?: 'poster.jpg';
  /** Small pictures over time. */
  readonly thumbnails?: 'thumbnails.vtt';
}

/**
 * Says which pictures an item has, as far as its head tells.
 * @param description - of the item.
 * @param isPictured - whether somebody has laid a picture beside it.
 */
export function stillLinksOf(description: object, isPictured = false): StillLinks {
  const { tracks = [], hasCover = false } = description as Described;
  const hasVideo = tracks.some(({ type }) => type === 'video');
  return {
    ...((hasVideo || hasCover || isPictured) && { poster: 'poster.jpg' }),
    ...(hasVideo && { thumbnails: 'thumbnails.vtt' }),
  };
}
