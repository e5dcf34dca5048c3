import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import type { ContentLight, DolbyVision, MasteringDisplay, VideoColor } from '../media/track.js';

/** What the init segment says of any track. */
interface MuxTrackBase {
  /** track_ID, from 1; unique in the init segment. */
  readonly trackId: number;
  /** Ticks a second in which the track's samples are timed. */
  readonly timescale: number;
  /** BCP-47 language tag; `und` when not known. */
  readonly language: string;
  /** The track's title, which players show in menus. */
  readonly name: string | undefined;
  /** To be chosen when the viewer has not said otherwise. */
  readonly isDefault: boolean;
}

/**
 * A video track to declare. Where the container's word and the bitstream's differ, the container's is declared; a field
 * that is undefined here leaves the matter to `configuration`.
 */
export interface MuxVideoTrack extends MuxTrackBase {
  readonly type: 'video';
  /** Sample entry, decoder record, picture size, and what the bitstream says of itself. */
  readonly configuration: VideoConfiguration;
  /** Degrees, clockwise, by which the picture is turned to be shown upright. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether left and right change places before the turn. */
  readonly isMirrored?: boolean | undefined;
  /** Shape of one pixel, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number] | undefined;
  /** Colour; a code point of 2 (unspecified) leaves that one to the bitstream. */
  readonly color: VideoColor | undefined;
  /** Mastering display. */
  readonly masteringDisplay: MasteringDisplay | undefined;
  /** Content light level. */
  readonly contentLight: ContentLight | undefined;
  /** Dolby Vision record. */
  readonly dolbyVision: DolbyVision | undefined;
}

/** An audio track to declare. */
export interface MuxAudioTrack extends MuxTrackBase {
  readonly type: 'audio';
  /** Sample entry, decoder record, rate and channels. */
  readonly configuration: AudioConfiguration;
}

/** A track to declare in an init segment. */
export type MuxTrack = MuxVideoTrack | MuxAudioTrack;
