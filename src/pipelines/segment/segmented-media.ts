import type { ReadOptions } from '../../media/source.js';
import type { SubtitleRendition } from '../../playlist/hls/subtitle-tags.js';
import type { SegmentPlan } from '../../timeline/segment-plan.js';
import type { Decision } from '../decide.js';
import type { PlayerTarget } from '../player-target.js';
import type { ThumbnailTrack } from '../stills/thumbnail-track.js';
import type { SubtitleDescription } from '../subtitles/describe-subtitles.js';
import type { SourceAttachments } from '../subtitles/source-attachments.js';
import type { SourceSubtitles } from '../subtitles/source-subtitles.js';

/** What a player asks for: what it plays, and in how many forms it wants the video. */
export interface PlayerRequest extends PlayerTarget {
  /**
   * `all`: beside the form that is as high as the source, lower ones for slower lines, each encoded when it is watched;
   * `none`: that form alone. `all` when absent.
   */
  readonly ladder?: 'all' | 'none' | undefined;
  /**
   * How video is cut of which the player gets no copy. `short`: into segments of some three seconds, the first of two, so that
   * whoever begins or seeks waits for less to be encoded; `planned`: as a copy would be, of six seconds, which takes fewer
   * bits. `short` when absent.
   */
  readonly encodedSegments?: 'short' | 'planned' | undefined;
}

/** A rendition of a source: one track, in one form. */
export interface Rendition {
  /** Name of its folder: letters, digits and hyphens. Holds the version of the source, where that is known. */
  readonly id: string;
  /** What it is. */
  readonly type: 'video' | 'audio';
  /** Number of the source's track. */
  readonly trackId: number;
  /** Of video that is lower than the source the height of the 16:9 box that it fits, in pixels; else absent. */
  readonly height?: number | undefined;
  /** What is done with the track, and why. */
  readonly decision: Decision;
  /** How many segments it has. */
  readonly segmentCount: number;
}

/** An init segment or a media segment. */
export interface SegmentBytes {
  /** Its bytes, to be written one after another; views that nobody writes into. */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all chunks. */
  readonly byteLength: number;
  /** What was not copied or encoded as planned, in words for a person; empty as a rule. */
  readonly remarks: readonly string[];
}

/** What is known of an index. */
export interface IndexDescription {
  /** `cues`: the container's own passed the tests; `repaired`: parts of it were scanned; `scan`: there was none. */
  readonly origin: string;
  /** How many keyframes it has. */
  readonly keyframes: number;
  /** Of how many of them the picture itself was looked at, when the index was tested. */
  readonly tested: number;
  /** The longest time from a keyframe to the next one, or to the end of the track, in seconds. */
  readonly largestGapSeconds: number;
  /** What was found wrong with the container's own, in words for a person. */
  readonly faults: readonly string[];
}

/** What is known of a source that was opened for segments, as plain JSON. */
export interface SegmentedDescription {
  /** Where the index comes from; undefined for audio alone. */
  readonly index: IndexDescription | undefined;
  /** When the segments of the video begin for the player that is asked about. */
  readonly plan: SegmentPlan;
  /** Duration in seconds. */
  readonly durationSeconds: number;
  /** The renditions of the master playlist for the player that is asked about; of the video, the highest first. */
  readonly renditions: readonly Rendition[];
}

/**
 * A source that was opened for playing in segments: its index is tested and its plan is made. Everything it gives is a
 * pure function of the source; all of it may be asked for side by side, and again.
 */
export interface SegmentedMedia extends AsyncDisposable {
  /**
   * Changes with the source's bytes and with the software that makes the segments; part of every rendition's `id`.
   * Undefined where the source cannot tell: then nothing may be kept under the name of a rendition.
   */
  readonly version: string | undefined;

  /**
   * What is known of it.
   * @param player - what it plays and wants.
   */
  describe(player: PlayerRequest): SegmentedDescription;

  /** Its subtitles; undefined of media that has none to offer. */
  readonly subtitles?: SourceSubtitles | undefined;

  /** Files that travel inside of it; undefined of media that has none to offer. */
  readonly attachments?: SourceAttachments | undefined;
  /** Its thumbnails; undefined of media without video. */
  readonly thumbnails?: ThumbnailTrack | undefined;

  /**
   * Writes the multivariant playlist. Nothing is encoded, and nothing read, for it.
   * @param player - what it plays, which decides what is copied, and whether it wants lower forms.
   * @param beside - subtitles that are no tracks of the source, with the URIs of their playlists.
   * @returns text; its URIs are relative, `<rendition>/playlist.m3u8`.
   */
  masterPlaylist(player: PlayerRequest, beside?: readonly SubtitleRendition[]): string;

  /**
   * Writes the playlist of any subtitle: all are cut alike, by the plan.
   * @returns text; its URIs are relative, `<n>.vtt` with n from 0.
   */
  subtitlePlaylist(): string;

  /**
   * Writes the DASH manifest, of the same renditions and the same segments. Nothing is encoded, and nothing read, for it.
   * @param player - what it plays, which decides what is copied, and whether it wants lower forms.
   * @param beside - subtitles with text that are no tracks of the source.
   * @returns text; its URIs are relative, `<rendition>/init.mp4` and `<rendition>/<n>.m4s` with n from 0, and
   *   `subtitles/<id>.vtt`.
   * @throws {LimitExceededError} when it would list more segments than a document should.
   */
  manifest(player: PlayerRequest, beside?: readonly SubtitleDescription[]): string;

  /**
   * Writes the playlist of a rendition.
   * @returns text; its URIs are relative, `init.mp4` and `<n>.m4s` with n from 0.
   * @throws {RequestError} `not_found` when there is no such rendition.
   */
  mediaPlaylist(rendition: string): string;

  /**
   * How many segments a rendition has: numbers from 0 up to, and without, this one are served.
   * @throws {RequestError} `not_found` when there is no such rendition.
   */
  segmentCount(rendition: string): number;

  /** Makes the init segment of a rendition. */
  initSegment(rendition: string, options?: ReadOptions): Promise<SegmentBytes>;

  /**
   * Makes a segment of a rendition.
   * @param number - from 0.
   * @throws {RequestError} `not_found` when there is no such rendition or segment.
   */
  segment(rendition: string, number: number, options?: ReadOptions): Promise<SegmentBytes>;
}
