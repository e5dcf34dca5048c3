import type { MuxAudioTrack, MuxVideoTrack } from '../../isobmff/mux-track.js';
import { declaredPixelAspectRatio } from '../../isobmff/visual-sample-entry.js';

/** What playlists state of a track: known before anything is encoded, and without an encoder. */
export type Announcement = AnnouncedVideo | AnnouncedAudio;

/** What playlists state of video. */
export interface AnnouncedVideo {
  readonly type: 'video';
  /** The `codecs` parameter of RFC 6381. */
  readonly codecString: string;
  /** Width in pixels, as it is stored. */
  readonly width: number;
  /** Height in pixels, as it is stored. */
  readonly height: number;
  /** Shape of one pixel, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Degrees, clockwise, by which the picture is turned to be shown upright. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Transfer characteristics, an H.273 code point; undefined where nothing tells. */
  readonly transfer: number | undefined;
}

/** What playlists state of audio. */
export interface AnnouncedAudio {
  readonly type: 'audio';
  /** The `codecs` parameter of RFC 6381. */
  readonly codecString: string;
  /** Channels that are sent. */
  readonly channels: number;
}

/** Gives what playlists state of a video track whose declaration is known. */
export function announceVideo(track: MuxVideoTrack): AnnouncedVideo {
  const { configuration, rotation, color } = track;
  const { codecString, width, height } = configuration;
  return {
    type: 'video',
    codecString,
    width,
    height,
    pixelAspectRatio: declaredPixelAspectRatio(track),
    rotation,
    transfer: color?.transfer ?? configuration.color?.transfer,
  };
}

/** Gives what playlists state of an audio track whose declaration is known. */
export function announceAudio({ configuration: { codecString, channels } }: MuxAudioTrack): AnnouncedAudio {
  return { type: 'audio', codecString, channels };
}
