import type { MuxAudioTrack, MuxVideoTrack } from '../../isobmff/mux-track.js';
import type { VideoColor } from '../../media/track.js';
import { declaredColor, declaredPixelAspectRatio } from '../../isobmff/visual-sample-entry.js';

/** What playlists state of a track: known before anything is encoded, and without an encoder. */
export type Announcement = AnnouncedVideo | AnnouncedAudio;

/** How colours are coded, in the code points of ITU-T H.273. */
export type AnnouncedColor = Pick<VideoColor, 'primaries' | 'transfer' | 'matrix'>;

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
  /** How its colours are coded; undefined where nothing tells. */
  readonly color: AnnouncedColor | undefined;
}

/** What playlists state of audio. */
export interface AnnouncedAudio {
  readonly type: 'audio';
  /** The `codecs` parameter of RFC 6381. */
  readonly codecString: string;
  /** Channels that are sent. */
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRate: number;
}

/** Gives what playlists state of a video track whose declaration is known. */
export function announceVideo(track: MuxVideoTrack): AnnouncedVideo {
  const { configuration, rotation } = track;
  const { codecString, width, height } = configuration;
  return {
    type: 'video',
    codecString,
    width,
    height,
    pixelAspectRatio: declaredPixelAspectRatio(track),
    rotation,
    color: announceColor(declaredColor(track)),
  };
}

/** Gives what playlists state of colours. */
export function announceColor(color: VideoColor | undefined): AnnouncedColor | undefined {
  return color && { primaries: color.primaries, transfer: color.transfer, matrix: color.matrix };
}

/** Gives what playlists state of an audio track whose declaration is known. */
export function announceAudio({ configuration }: MuxAudioTrack): AnnouncedAudio {
  const { codecString, channels, sampleRate } = configuration;
  return { type: 'audio', codecString, channels, sampleRate };
}
