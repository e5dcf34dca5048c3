/**
 * What the parent and a demuxing process say to each other, as the meta of messages. Times are libavformat's own: whole
 * units of a stream's time base, before anything is repaired.
 */

import type { TrackRole } from '../../media/track.js';

/** Asks the process to open an input, in place of the one that it has open. */
export interface OpenRequest {
  /** What libavformat opens: `file:` and a path, or the gateway's URL. */
  readonly url: string;
  /** That path, without symbolic links, of which it is made sure that it was not another file that was opened. */
  readonly path?: string | undefined;
  /** Names of the demuxers that may be used, with commas. */
  readonly formats: string;
  /** Names of the protocols that may be used, with commas. */
  readonly protocols: string;
  /** False for a source that can be read only from its beginning, and anew no longer than until it is open. */
  readonly seekable: boolean;
  /** Bytes that may be read to find out what is in the input. */
  readonly probeBytes: number;
  /** Media time, in microseconds, that may be read for that. */
  readonly analyzeUs: number;
}

/** What an opened input is. */
export interface OpenReply {
  /** libavformat's name of the container. */
  readonly container: string;
  /** Whether times may jump, as the format's rules say. */
  readonly mayJump: boolean;
  /** Its packets have the times that the container states, and none that libavformat guesses from those. */
  readonly hasStatedTimesOnly: boolean;
  /** Duration in microseconds; null when it is not known. */
  readonly durationUs: number | null;
  /** The container's own names and values. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Chapters, in stored order. */
  readonly chapters: readonly ChapterDescription[];
  /** All streams, those of no use to a player included; the position is the stream's index. */
  readonly streams: readonly StreamDescription[];
}

/** A chapter, as libavformat tells of it. */
export interface ChapterDescription {
  /** Start in microseconds, on the timeline of the streams. */
  readonly startUs: number;
  /** End in microseconds; where the container states none, the next one's start. */
  readonly endUs: number;
  /** Its title; empty when it has none. */
  readonly title: string;
}

/** What libavformat says of a stream. Where it says nothing, numbers are 0. */
export interface StreamDescription {
  /** Position among the streams. */
  readonly index: number;
  /** The container's own number for it. */
  readonly id: number;
  /** What it holds. */
  readonly type: 'video' | 'audio' | 'subtitle' | 'other';
  /** libavcodec's name of the codec. */
  readonly codec: string;
  /** The container's name of the codec. */
  readonly codecTag: string;
  /** The stream's extradata, base64; empty when there is none. */
  readonly extradata: string;
  /** A unit of its times is `timeBase[0] / timeBase[1]` seconds. */
  readonly timeBase: readonly [number, number];
  /** Bits in which its times are stored, after which they begin anew at zero; 64 when they do not. */
  readonly wrapBits: number;
  /** Whether the container calls it the default. */
  readonly isDefault: boolean;
  /** Whether it is to be shown even when no subtitles are wanted. */
  readonly isForced: boolean;
  /** What it is for, beside the main presentation. */
  readonly roles: readonly TrackRole[];
  /** It is a cover, and no moving picture. */
  readonly isAttachedPicture: boolean;
  /** The stream's names and values. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
  /** Shape of a pixel; zeros when not stated. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Frames a second as a fraction, where it is constant as far as libavformat has seen; zeros otherwise. */
  readonly frameRate: readonly [number, number];
  /** Primaries, transfer and matrix in H.273's code points. */
  readonly color: readonly [number, number, number];
  /** 0 unspecified, 1 limited, 2 full. */
  readonly colorRange: number;
  /** Whether fields are said to be interlaced. */
  readonly isInterlaced: boolean;
  /** So many pictures the decoder takes in before the first can be shown, as far as is known. */
  readonly reorderedPictures: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly bitsPerRawSample: number;
  readonly blockAlign: number;
  readonly bitRate: number;
  /** Records that travel beside the stream, base64, by name. */
  readonly sideData: Readonly<Partial<Record<SideDataName, string>>>;
}

/** Kinds of side data that are passed on. */
export type SideDataName =
  'displayMatrix' | 'masteringDisplay' | 'contentLight' | 'dolbyVision' | 'encryption';

/** Asks for another place to read from. */
export type SeekRequest =
  | {
      /** A byte offset: reading goes on with the first packet that is recognised behind it. */
      readonly byte: number;
    }
  | {
      /** The stream whose random access points count. */
      readonly stream: number;
      /** A time in units of its time base: reading goes on at or before the last random access point before it. */
      readonly time: number;
    };

/** Whether a seek went well. */
export interface SeekReply {
  /** False when libavformat could not; it may then stand anywhere. */
  readonly isDone: boolean;
}

/** What is wanted of packets. */
export interface PacketWish {
  /**
   * For each stream, how many bytes of a packet are wanted at most; -1 leaves its packets out altogether. A stream that
   * is not named is left out.
   */
  readonly bytes: readonly number[];
  /** Streams whose packets are byte streams of NAL units (Annex B): they are given with lengths of four bytes. */
  readonly byteStreams: readonly number[];
}

/** Asks for the next packets. */
export interface ReadRequest extends PacketWish {
  /** Packets after which the batch ends. */
  readonly maxPackets: number;
  /** Payload bytes at which it ends. */
  readonly maxBytes: number;
  /** Milliseconds after which it ends as soon as there is anything in it. */
  readonly maxMs: number;
}

/** A batch; its packets are in the payload. */
export interface ReadReply {
  /** Number of packets. */
  readonly packets: number;
  /** The input has ended, or cannot be read on. */
  readonly isEnd: boolean;
  /** Why it cannot be read on, in libavformat's words; empty when it has ended. */
  readonly fault: string;
}

/** Size of the largest number for a packet's data: all of it. */
export const WHOLE_PACKET = 2 ** 31;
