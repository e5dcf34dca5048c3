import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { MediaLoan } from '../delivery/media-shelf.js';
import { isVersioned } from '../delivery/segment-order.js';
import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { SendableText } from './send-text.js';

/** A playlist of a media. */
export interface WantedPlaylist {
  /** Says all that its text depends on beside the media. */
  readonly name: string;
  /** Its media type. */
  readonly type: 'application/vnd.apple.mpegurl' | 'application/dash+xml';
  /** Writes it; costs milliseconds for a long film. */
  readonly write: (media: SegmentedMedia) => string;
}

/** Texts of one media that are remembered: more renditions and kinds of players than one film is watched with at a time. */
const MAX_TEXTS = 32;

/**
 * Sends playlists: that of two hours has some 30 KB, of which 4 are left when it is compressed, and a player waits for all
 * of it. Each is written and compressed once for as long as the media is open.
 */
export class PlaylistSender {
  /** By media and name; those that were not asked for the longest go first. */
  readonly #texts = new WeakMap<SegmentedMedia, LRUCache<string, SendableText>>();

  /**
   * Sends a playlist.
   * @param reply - where to.
   * @param loan - the media.
   * @param wanted - which of its playlists.
   * @throws whatever writing it throws.
   */
  async send(reply: FastifyReply, loan: MediaLoan, wanted: WantedPlaylist): Promise<void> {
    // A client must not keep it where nothing tells whether it still holds.
    await this.#textOf(loan.media, wanted).send(reply, isVersioned(loan));
  }

  #textOf(media: SegmentedMedia, { name, type, write }: WantedPlaylist): SendableText {
    const texts = this.#texts.get(media) ?? new LRUCache<string, SendableText>({ max: MAX_TEXTS });
    const text = texts.get(name) ?? new SendableText(write(media), type);
    this.#texts.set(media, texts);
    texts.set(name, text);
    return text;
  }
}

/** What stands behind the question mark of an address: all that a playlist may depend on beside its path. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}
