import { deflateSync } from 'node:zlib';
import { ID } from '../../src/matroska/schema.js';
import type { PlainFrame, PlainMatroska, PlainTrack } from './ebml-walker.js';
import {
  blockGroup,
  bytes,
  ebmlHeader,
  element,
  elementOfUnknownSize,
  info,
  simpleBlock,
  trackEntry,
  uint,
  voidElement,
  type Lacing,
} from './ebml-writer.js';

/** How Matroska is written: as libavformat would unless told otherwise. */
export interface MatroskaForm {
  /** BlockGroups instead of SimpleBlocks. */
  readonly groups?: boolean;
  /** Lacing of sound, five frames to a block. */
  readonly lacing?: Exclude<Lacing, 'none'>;
  /** How frames are compressed. */
  readonly compression?: 'header' | 'zlib';
  /** Width of the size fields of Clusters (and of the Segment) that say that their size is unknown. */
  readonly unknownSizes?: number;
  /** Leaves DefaultDuration out. */
  readonly noDefaultDuration?: boolean;
  /** Nanoseconds of a tick; a millisecond by default. */
  readonly timestampScale?: number;
  /** Nanoseconds that are added to all times; they may make them negative. */
  readonly shiftNs?: number;
  /** Bytes that stand between Clusters, beginning after the first one. */
  readonly junk?: Uint8Array;
  /** Void elements and CRC-32s of zero length between blocks. */
  readonly voids?: boolean;
  /** Width of the track number in blocks. */
  readonly trackWidth?: number;
  /** Nanoseconds after which a Cluster ends; a second by default. */
  readonly clusterNs?: number;
  /** Which frames are written; all by default. */
  readonly keep?: (frame: PlainFrame) => boolean;
}

const framesPerLace = 5;

/** Writes the same frames in another form. */
export function writeMatroska(plain: PlainMatroska, form: MatroskaForm = {}): Uint8Array {
  const scale = form.timestampScale ?? 1_000_000;
  const frames = plain.frames.filter((frame) => form.keep?.(frame) ?? true);
  const tracks = plain.tracks.filter(({ type }) => type !== 'subtitle');
  const writers = new Map(tracks.map((track) => [track.number, trackWriter(track, frames, form)]));
  const entries = tracks.map((track) => writeTrack(track, writers.get(track.number)!.encodings, form));
  const clusters: Uint8Array[] = [];
  for (const group of groupByCluster(frames, writers, form)) {
    const clusterTicks = Math.max(0, Math.round(blockTime(group[0]!, writers, form) / scale));
    const blocks = group.flatMap((frame) => {
      const ticks = Math.round(blockTime(frame, writers, form) / scale) - clusterTicks;
      return writers.get(frame.track)!.write(frame, ticks);
    });
    for (const { flush } of writers.values()) blocks.push(...flush());
    const spaced = form.voids === true ? blocks.flatMap((block) => [voidElement(5), block]) : blocks;
    const children = [uint(ID.Timestamp, clusterTicks), ...spaced];
    if (form.junk !== undefined && clusters.length > 0) clusters.push(form.junk);
    clusters.push(
      form.unknownSizes === undefined
        ? element(ID.Cluster, ...children)
        : elementOfUnknownSize(ID.Cluster, form.unknownSizes, ...children),
    );
  }
  const content = [info({ timestampScale: scale }), element(ID.Tracks, ...entries), ...clusters];
  const segment =
    form.unknownSizes === undefined
      ? element(ID.Segment, ...content)
      : elementOfUnknownSize(ID.Segment, form.unknownSizes, ...content);
  return bytes(ebmlHeader(), segment);
}

interface TrackWriter {
  readonly track: PlainTrack;
  readonly encodings: Uint8Array | undefined;
  /** Gives the blocks that are complete. */
  readonly write: (frame: PlainFrame, ticks: number) => Uint8Array[];
  /** Gives what waits for its lace to be filled. */
  readonly flush: () => Uint8Array[];
}

function trackWriter(track: PlainTrack, all: readonly PlainFrame[], form: MatroskaForm): TrackWriter {
  const own = all.filter((frame) => frame.track === track.number);
  const { lacing } = form;
  const prefix = form.compression === 'header' ? commonPrefix(own) : new Uint8Array(0);
  const pack = (data: Uint8Array): Uint8Array =>
    form.compression === 'zlib' ? deflateSync(data) : data.subarray(prefix.length);
  const waiting: { frame: PlainFrame; ticks: number }[] = [];
  const flush = (): Uint8Array[] => {
    if (waiting.length === 0) return [];
    const times = waiting.map(({ ticks }) => ticks);
    const frames = waiting.splice(0).map(({ frame }) => pack(frame.data));
    // Where sizes differ, or one frame is left over, this lacing does not do.
    const isLaced =
      frames.length > 1 && (lacing !== 'fixed' || frames.every(({ length }) => length === frames[0]!.length));
    const laces = isLaced ? [frames] : frames.map((frame) => [frame]);
    return laces.map((lace, i) =>
      writeBlock(track, { ticks: times[i]!, isKey: true, padding: 0 }, lace, form),
    );
  };
  return {
    track,
    encodings: form.compression === undefined ? undefined : writeEncodings(form.compression, prefix),
    write: (frame, ticks) => {
      const { isKey, discardPadding: padding } = frame;
      if (lacing === undefined || track.type !== 'audio' || padding !== 0) {
        return [...flush(), writeBlock(track, { ticks, isKey, padding }, [pack(frame.data)], form)];
      }
      waiting.push({ frame, ticks });
      return waiting.length === framesPerLace ? flush() : [];
    },
    flush,
  };
}

function writeBlock(
  track: PlainTrack,
  { ticks, isKey, padding }: { ticks: number; isKey: boolean; padding: number },
  frames: readonly Uint8Array[],
  { groups, lacing, trackWidth }: MatroskaForm,
): Uint8Array {
  const fields = {
    track: track.number,
    time: ticks,
    frames,
    isKey,
    lacing: frames.length > 1 ? lacing! : ('none' as const),
    ...(trackWidth === undefined ? {} : { trackWidth }),
  };
  if (groups !== true && padding === 0) return simpleBlock(fields);
  return blockGroup({
    ...fields,
    references: isKey ? [] : [-1],
    ...(padding === 0 ? {} : { discardPadding: padding }),
  });
}

function writeTrack(track: PlainTrack, encodings: Uint8Array | undefined, form: MatroskaForm): Uint8Array {
  const { number, type, codecId, codecPrivate, defaultDuration, codecDelay, seekPreRoll, settings } = track;
  return trackEntry(
    {
      number,
      type,
      codecId,
      ...(codecPrivate === undefined ? {} : { codecPrivate }),
      ...(defaultDuration === undefined || form.noDefaultDuration === true ? {} : { defaultDuration }),
      ...(codecDelay === 0 ? {} : { codecDelay }),
    },
    ...(seekPreRoll === 0 ? [] : [uint(ID.SeekPreRoll, seekPreRoll)]),
    ...(settings === undefined ? [] : [settings]),
    ...(encodings === undefined ? [] : [encodings]),
  );
}

function writeEncodings(compression: 'header' | 'zlib', prefix: Uint8Array): Uint8Array {
  return element(
    ID.ContentEncodings,
    element(
      ID.ContentEncoding,
      element(
        ID.ContentCompression,
        uint(ID.ContentCompAlgo, compression === 'zlib' ? 0 : 3),
        ...(compression === 'zlib' ? [] : [element(ID.ContentCompSettings, prefix)]),
      ),
    ),
  );
}

/** A block's time holds the codec's delay, which a frame's time does not. */
function blockTime(
  frame: PlainFrame,
  writers: ReadonlyMap<number, TrackWriter>,
  { shiftNs = 0 }: MatroskaForm,
): number {
  return frame.timeNs + writers.get(frame.track)!.track.codecDelay + shiftNs;
}

function* groupByCluster(
  frames: readonly PlainFrame[],
  writers: ReadonlyMap<number, TrackWriter>,
  form: MatroskaForm,
): Generator<PlainFrame[]> {
  // A block's time is a signed number of two bytes.
  const furthest = 30_000 * (form.timestampScale ?? 1_000_000);
  let group: PlainFrame[] = [];
  for (const frame of frames) {
    if (!writers.has(frame.track)) continue;
    const begins = group[0] && blockTime(group[0], writers, form);
    const distance = begins === undefined ? 0 : blockTime(frame, writers, form) - begins;
    if (distance >= (form.clusterNs ?? 1e9) || Math.abs(distance) > furthest) {
      yield group;
      group = [];
    }
    group.push(frame);
  }
  if (group.length > 0) yield group;
}

function commonPrefix(frames: readonly PlainFrame[]): Uint8Array {
  const first = frames[0]?.data ?? new Uint8Array(0);
  let length = Math.min(first.length, ...frames.map(({ data }) => data.length));
  for (const { data } of frames) {
    let same = 0;
    while (same < length && data[same] === first[same]) same++;
    length = same;
  }
  return first.subarray(0, length);
}
