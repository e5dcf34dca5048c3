import type { FrameRate } from '../../time/frame-rate.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import type { NameableSubtitle } from '../hls/subtitle-names.js';
import type { AudioPurpose, ColorDescription } from './descriptors.js';

/** What can be played of a source, and in which forms. */
export interface Manifest {
  /** Sets of forms of the video; a player goes by itself from any to any other. The first is the one to begin with. */
  readonly video: readonly VideoSet[];
  /** Audio renditions, each a choice of the viewer, in the order in which a menu shows them. */
  readonly audio: readonly AudioRepresentation[];
  /** Subtitles, each a choice of the viewer, in the order in which a menu shows them. */
  readonly text: readonly TextRepresentation[];
}

/** Forms of the video in one codec and one kind of colour, cut at the same ticks. */
export interface VideoSet {
  /** When their segments begin and end. */
  readonly times: SegmentTimes;
  /** How their colours are coded, where it is known. */
  readonly color: ColorDescription | undefined;
  /** The forms; at least one. */
  readonly representations: readonly VideoRepresentation[];
}

/** What is said of any representation. */
interface RepresentationBase {
  /** Its name, and that of its folder, which holds `init.mp4` and `<n>.m4s`. */
  readonly id: string;
  /** Bits a second of its most expensive segment. */
  readonly bandwidth: number;
  /** RFC 6381 codec string. */
  readonly codec: string;
}

/** A form of the video. */
export interface VideoRepresentation extends RepresentationBase {
  /** Width of the upright picture in pixels. */
  readonly width: number;
  /** Height of the upright picture in pixels. */
  readonly height: number;
  /** Shape of one pixel of the upright picture, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Frames a second, where it is constant and known. */
  readonly frameRate: FrameRate | undefined;
  /**
   * The greatest type of stream access point that its segments begin with: 1, nothing is shown before the first picture; 3,
   * pictures before it may be missing after a seek.
   */
  readonly startsWithSap: 1 | 3;
}

/** An audio rendition. */
export interface AudioRepresentation extends RepresentationBase {
  /** When its segments begin and end. */
  readonly times: SegmentTimes;
  /** The track's title. */
  readonly title: string | undefined;
  /** BCP-47 tag; `und` when not known. */
  readonly language: string;
  /** To be chosen when the viewer has not said otherwise. Of several the first is, and without any the first of all. */
  readonly isDefault: boolean;
  /** Beside the main presentation, what it is. */
  readonly role: 'dub' | 'commentary' | undefined;
  /** Whom it is made for, if not for everyone. */
  readonly purpose: AudioPurpose | undefined;
  /** Number of channels. */
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRate: number;
}

/** A subtitle: one file of WebVTT for all of the presentation. */
export interface TextRepresentation extends NameableSubtitle {
  /** Its name. */
  readonly id: string;
  /** URI of the file. */
  readonly uri: string;
}
