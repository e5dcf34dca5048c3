/** Writes files of some minutes with an index, as right or as wrong as a test wants it. */
import { ID } from '../../src/matroska/schema.js';
import * as ebml from './ebml-writer.js';

/** Pictures of H.264 in four-byte lengths: what an inspector sees is true, the rest is filling. */
export const PICTURES = {
  idr: ebml.bytes([0, 0, 0, 3, 0x65, 0x88, 0x80], new Uint8Array(50)),
  /** A recovery point message of no frames to go, and an I slice. */
  recovery: ebml.bytes(
    [0, 0, 0, 5, 0x06, 6, 1, 0xc4, 0x80, 0, 0, 0, 3, 0x41, 0x88, 0x80],
    new Uint8Array(50),
  ),
  /** A P slice. */
  dependent: ebml.bytes([0, 0, 0, 3, 0x41, 0x9a, 0x80], new Uint8Array(50)),
} as const;

/** An avcC that says that lengths have four bytes, and nothing else. */
const AVCC = new Uint8Array([1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0]);

/** A cue as it is to be written. */
export interface CueFields {
  readonly second: number;
  /** Added to the Cluster's true position. */
  readonly shift?: number;
  /** Added to the time, in milliseconds. */
  readonly late?: number;
}

/** What a file is made of. */
export interface IndexedFields {
  /** A Cluster a second: a picture at its 40th millisecond, another at 540, and a frame of sound before each. */
  readonly seconds: number;
  /** The picture of a second; the one in its second half is always dependent. */
  readonly picture: (second: number) => keyof typeof PICTURES;
  /** The index; none when absent. */
  readonly cues?: readonly CueFields[];
  /** Whether the Cues stand before the Clusters; behind them by default. */
  readonly cuesFirst?: boolean;
  /** Whether every picture is marked as a keyframe. */
  readonly marksAll?: boolean;
  /** Whether Clusters and Segment have no size. */
  readonly isLive?: boolean;
  /** Bytes of filling in every Cluster. */
  readonly padding?: number;
}

/** A file, and what is true of it. */
export interface IndexedFile {
  readonly bytes: Uint8Array;
  /** Offset of each second's Cluster. */
  readonly clusters: readonly number[];
  /** Offset behind the last Cluster. */
  readonly clustersEnd: number;
}

/** Writes a file: track 1 is H.264 without DefaultDuration, track 2 Opus in frames of 20 ms. */
export function writeIndexed(fields: IndexedFields): IndexedFile {
  const head = ebml.bytes(
    ebml.info(),
    ebml.element(
      ID.Tracks,
      ebml.trackEntry({ number: 1, codecId: 'V_MPEG4/ISO/AVC', codecPrivate: AVCC }),
      ebml.trackEntry({ number: 2, type: 'audio' }),
    ),
  );
  const clusters = Array.from({ length: fields.seconds }, (_, second) => writeCluster(second, fields));
  // Positions are of fixed width, so that the Cues' size is known before they are.
  const cuesBytes = fields.cues === undefined ? 0 : writeCues(fields.cues, []).length;
  const seekBytes = fields.cues === undefined ? 0 : writeSeekHead(0).length;
  const first = seekBytes + head.length + (fields.cuesFirst === true ? cuesBytes : 0);
  const positions: number[] = [];
  let at = first;
  for (const cluster of clusters) {
    positions.push(at);
    at += cluster.length;
  }
  const clustersEnd = at;
  const cues = fields.cues === undefined ? [] : [writeCues(fields.cues, positions)];
  const seekHead =
    fields.cues === undefined
      ? []
      : [writeSeekHead(fields.cuesFirst === true ? seekBytes + head.length : clustersEnd)];
  const content =
    fields.cuesFirst === true
      ? [...seekHead, head, ...cues, ...clusters]
      : [...seekHead, head, ...clusters, ...cues];
  const segment =
    fields.isLive === true
      ? ebml.elementOfUnknownSize(ID.Segment, 8, ...content)
      : ebml.elementWithSizeWidth(ID.Segment, 8, ...content);
  const header = ebml.ebmlHeader();
  const segmentData = header.length + segment.length - content.reduce((sum, part) => sum + part.length, 0);
  return {
    bytes: ebml.bytes(header, segment),
    clusters: positions.map((position) => position + segmentData),
    clustersEnd: clustersEnd + segmentData,
  };
}

function writeCluster(second: number, fields: IndexedFields): Uint8Array {
  const kind = fields.picture(second);
  const picture = (time: number, name: keyof typeof PICTURES): Uint8Array =>
    ebml.simpleBlock({
      track: 1,
      time,
      isKey: fields.marksAll === true || name !== 'dependent',
      frames: [PICTURES[name]],
    });
  // TOC 0x98: one frame of 20 ms.
  const sound = (time: number): Uint8Array =>
    ebml.simpleBlock({ track: 2, time, frames: [new Uint8Array([0x98, 1, 2, 3])] });
  const children = [
    ebml.uint(ID.Timestamp, second * 1000, 4),
    sound(20),
    picture(40, kind),
    ...(fields.padding === undefined ? [] : [ebml.voidElement(fields.padding)]),
    sound(520),
    picture(540, 'dependent'),
  ];
  return fields.isLive === true
    ? ebml.elementOfUnknownSize(ID.Cluster, 8, ...children)
    : ebml.element(ID.Cluster, ...children);
}

function writeSeekHead(cuesPosition: number): Uint8Array {
  return ebml.element(ID.SeekHead, ebml.seekEntry(ID.Cues, cuesPosition));
}

function writeCues(cues: readonly CueFields[], positions: readonly number[]): Uint8Array {
  return ebml.element(
    ID.Cues,
    ...cues.map(({ second, shift = 0, late = 0 }) =>
      ebml.element(
        ID.CuePoint,
        ebml.uint(ID.CueTime, second * 1000 + 40 + late, 4),
        ebml.element(
          ID.CueTrackPositions,
          ebml.uint(ID.CueTrack, 1),
          ebml.uint(ID.CueClusterPosition, Math.max(0, (positions[second] ?? 0) + shift), 8),
        ),
        // A cue of the sound, which is never to be used.
        ebml.element(ID.CueTrackPositions, ebml.uint(ID.CueTrack, 2), ebml.uint(ID.CueClusterPosition, 0, 8)),
      ),
    ),
  );
}
