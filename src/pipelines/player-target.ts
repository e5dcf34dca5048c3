import type { AudioCodec, VideoCodec } from '../media/codec.js';

/** What the player, or whatever takes the output, can decode from fragmented MP4. */
export interface PlayerTarget {
  /** Video codecs that may be copied. */
  readonly video: ReadonlySet<VideoCodec>;
  /** Audio codecs that may be copied. */
  readonly audio: ReadonlySet<AudioCodec>;
}

/**
 * What the continuous stream counts on when the caller knows nothing of the player: the audio codecs that every current
 * browser decodes from MP4, and the video codecs that current browsers do, given hardware for HEVC. MP3 is not among
 * them: Chromium's Media Source Extensions refuse it in MP4.
 */
export const browserTarget: PlayerTarget = {
  video: new Set<VideoCodec>(['h264', 'hevc', 'av1', 'vp9']),
  audio: new Set<AudioCodec>(['aac', 'opus', 'flac']),
};

/**
 * What segments are made for when the player says nothing: what every current browser plays from segments of MP4.
 * A player that can do more says so.
 */
export const everyBrowserTarget: PlayerTarget = {
  video: new Set<VideoCodec>(['h264']),
  audio: new Set<AudioCodec>(['aac']),
};
