import type { Track } from './track.js';

/** A chapter's title in one language. */
export interface ChapterTitle {
  /** BCP-47 language tag. */
  readonly language: string;
  /** The title. */
  readonly title: string;
}

/** A chapter of an edition. */
export interface Chapter {
  /** Start in nanoseconds on the source's own timeline. */
  readonly startNs: number;
  /** End in nanoseconds, where the file says it. */
  readonly endNs: number | undefined;
  /** Titles with their BCP-47 languages, in stored order. */
  readonly titles: readonly ChapterTitle[];
}

/** A file that travels inside the container: a font, a cover. */
export interface Attachment {
  /** File name. */
  readonly name: string;
  /** Media type, such as `font/ttf`. */
  readonly mediaType: string;
  /** Size in bytes. */
  readonly size: number;
  /** Byte offset of its data in the source. */
  readonly offset: number;
}

/** A name and a value that describe the file or one of its tracks. */
export interface Tag {
  /** Tag name, such as `TITLE`. */
  readonly name: string;
  /** Its text. */
  readonly value: string;
  /** The track it belongs to; undefined for the whole file. */
  readonly trackId: number | undefined;
}

/** What a container says about itself and its tracks. */
export interface MediaInfo {
  /** `matroska`, `webm`, or the name of another container. */
  readonly container: string;
  /** Duration in nanoseconds, where the file states a believable one. */
  readonly durationNs: number | undefined;
  /** The file's title. */
  readonly title: string | undefined;
  /** The program that wrote the file. */
  readonly writingApp: string | undefined;
  /** Tracks in stored order. */
  readonly tracks: readonly Track[];
  /** Chapters of the default edition, in order of start. */
  readonly chapters: readonly Chapter[];
  /** Tags. */
  readonly tags: readonly Tag[];
  /** Attached files. */
  readonly attachments: readonly Attachment[];
  /** There is a picture of the whole, a cover, that is none of the attachments. */
  readonly hasPicture?: boolean;
}
