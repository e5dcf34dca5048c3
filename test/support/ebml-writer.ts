/**
 * Writes EBML and Matroska byte by byte, for tests: well-formed by default, and as wrong as a test wants it.
 *
 * Everything is a `Uint8Array`; nesting is by arguments:
 *
 * ```ts
 * element(ID.Segment, element(ID.Info, uint(ID.TimestampScale, 1_000_000)), cluster(0, simpleBlock({ track: 1 })));
 * ```
 */
import { ID } from '../../src/matroska/schema.js';

/** Joins byte runs. */
export function bytes(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Writes a number in as many bytes as are asked for, most significant first; in as few as it needs by default. */
export function bigEndian(value: number | bigint, width?: number): Uint8Array {
  const digits: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (width === undefined ? rest > 0n || digits.length === 0 : digits.length < width) {
    digits.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  }
  return new Uint8Array(digits);
}

/** Writes a variable-size integer; in as few bytes as hold it, all ones excluded, unless a width is given. */
export function vint(value: number | bigint, width?: number): Uint8Array {
  let length = width ?? 1;
  if (width === undefined) while (BigInt(value) >= (1n << BigInt(7 * length)) - 1n) length++;
  return bigEndian(BigInt(value) | (1n << BigInt(7 * length)), length);
}

/** Writes an element of known size. */
export function element(id: number, ...children: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return elementWithSizeWidth(id, undefined, ...children);
}

/** Writes an element whose size takes a given number of bytes. */
export function elementWithSizeWidth(
  id: number,
  width: number | undefined,
  ...children: readonly (Uint8Array | readonly number[])[]
): Uint8Array {
  const data = bytes(...children);
  return bytes(bigEndian(id), vint(data.length, width), data);
}

/** Writes an element of unknown size, whose size takes a given number of bytes. */
export function elementOfUnknownSize(
  id: number,
  width: number,
  ...children: readonly (Uint8Array | readonly number[])[]
): Uint8Array {
  return bytes(bigEndian(id), vint((1n << BigInt(7 * width)) - 1n, width), ...children);
}

/** Writes an unsigned integer element. */
export function uint(id: number, value: number | bigint, width?: number): Uint8Array {
  return element(id, bigEndian(value, width));
}

/** Writes a signed integer element of eight bytes. */
export function int(id: number, value: number | bigint): Uint8Array {
  return element(id, bigEndian(value, 8));
}

/** Writes a float element of four or eight bytes. */
export function float(id: number, value: number, width: 4 | 8 = 8): Uint8Array {
  const data = new DataView(new ArrayBuffer(width));
  if (width === 4) data.setFloat32(0, value);
  else data.setFloat64(0, value);
  return element(id, new Uint8Array(data.buffer));
}

/** Writes a string or UTF-8 element. */
export function text(id: number, value: string): Uint8Array {
  return element(id, new TextEncoder().encode(value));
}

/** Writes a Void element that takes `total` bytes (2 to 128) with its header. */
export function voidElement(total: number): Uint8Array {
  return element(ID.Void, new Uint8Array(total - 2));
}

/** Writes an EBML header. */
export function ebmlHeader(
  fields: {
    readonly docType?: string;
    readonly readVersion?: number;
    readonly docTypeReadVersion?: number;
    readonly maxIdLength?: number;
    readonly maxSizeLength?: number;
  } = {},
): Uint8Array {
  return element(
    ID.EBML,
    uint(ID.EBMLReadVersion, fields.readVersion ?? 1),
    uint(ID.EBMLMaxIDLength, fields.maxIdLength ?? 4),
    uint(ID.EBMLMaxSizeLength, fields.maxSizeLength ?? 8),
    text(ID.DocType, fields.docType ?? 'matroska'),
    uint(ID.DocTypeReadVersion, fields.docTypeReadVersion ?? 2),
  );
}

/** Writes an Info element; `durationTicks` is left out unless given. */
export function info(
  fields: { readonly timestampScale?: number; readonly durationTicks?: number } = {},
): Uint8Array {
  return element(
    ID.Info,
    uint(ID.TimestampScale, fields.timestampScale ?? 1_000_000),
    ...(fields.durationTicks === undefined ? [] : [float(ID.Duration, fields.durationTicks)]),
  );
}

/** Writes a TrackEntry; `extra` elements are put last. */
export function trackEntry(
  fields: {
    readonly number?: number;
    readonly uid?: bigint;
    readonly type?: 'video' | 'audio' | 'subtitle' | number;
    readonly codecId?: string;
    readonly codecPrivate?: Uint8Array;
    readonly defaultDuration?: number;
    readonly codecDelay?: number;
  } = {},
  ...extra: readonly Uint8Array[]
): Uint8Array {
  const types = { video: 1, audio: 2, subtitle: 17 };
  const type = fields.type ?? 'video';
  const number = fields.number ?? 1;
  return element(
    ID.TrackEntry,
    uint(ID.TrackNumber, number),
    uint(ID.TrackUID, fields.uid ?? BigInt(number) + 1000n),
    uint(ID.TrackType, typeof type === 'number' ? type : types[type]),
    text(ID.CodecID, fields.codecId ?? (type === 'audio' ? 'A_OPUS' : 'V_VP9')),
    ...(fields.codecPrivate === undefined ? [] : [element(ID.CodecPrivate, fields.codecPrivate)]),
    ...(fields.defaultDuration === undefined ? [] : [uint(ID.DefaultDuration, fields.defaultDuration)]),
    ...(fields.codecDelay === undefined ? [] : [uint(ID.CodecDelay, fields.codecDelay)]),
    ...extra,
  );
}

/** Lacing of a block. */
export type Lacing = 'none' | 'xiph' | 'fixed' | 'ebml';

/** What a block is made from. */
export interface BlockFields {
  readonly track?: number;
  /** Bytes of the track number's vint. */
  readonly trackWidth?: number;
  /** Relative to the Cluster, in ticks; signed. */
  readonly time?: number;
  readonly lacing?: Lacing;
  /** Frames; one of four bytes by default. More than one need a lacing. */
  readonly frames?: readonly Uint8Array[];
  /** Key frame flag of a SimpleBlock. */
  readonly isKey?: boolean;
}

/** Writes the data of a block: track number, time, flags, lacing and frames. */
export function blockBody(fields: BlockFields = {}): Uint8Array {
  const lacing = fields.lacing ?? 'none';
  const frames = fields.frames ?? [new Uint8Array([1, 2, 3, 4])];
  const bits = { none: 0, xiph: 1, fixed: 2, ebml: 3 }[lacing];
  return bytes(
    vint(fields.track ?? 1, fields.trackWidth),
    bigEndian(fields.time ?? 0, 2),
    [(fields.isKey === true ? 0x80 : 0) | (bits << 1)],
    lacing === 'none' ? [] : [frames.length - 1],
    laceSizes(
      lacing,
      frames.map((frame) => frame.length),
    ),
    ...frames,
  );
}

/** Writes a SimpleBlock; a key frame unless told otherwise. */
export function simpleBlock(fields: BlockFields = {}): Uint8Array {
  return element(ID.SimpleBlock, blockBody({ isKey: true, ...fields }));
}

/** Writes a BlockGroup. */
export function blockGroup(
  fields: BlockFields & {
    readonly durationTicks?: number;
    /** Relative times of the blocks it refers to; none makes it a key frame. */
    readonly references?: readonly number[];
    readonly discardPadding?: number;
  } = {},
  ...extra: readonly Uint8Array[]
): Uint8Array {
  return element(
    ID.BlockGroup,
    element(ID.Block, blockBody({ ...fields, isKey: false })),
    ...(fields.durationTicks === undefined ? [] : [uint(ID.BlockDuration, fields.durationTicks)]),
    ...(fields.references ?? []).map((reference) => int(ID.ReferenceBlock, reference)),
    ...(fields.discardPadding === undefined ? [] : [int(ID.DiscardPadding, fields.discardPadding)]),
    ...extra,
  );
}

/** Writes a Cluster of known size. */
export function cluster(timestamp: number, ...children: readonly Uint8Array[]): Uint8Array {
  return element(ID.Cluster, uint(ID.Timestamp, timestamp), ...children);
}

/** Writes a CuePoint. */
export function cuePoint(time: number, track: number, clusterPosition: number): Uint8Array {
  return element(
    ID.CuePoint,
    uint(ID.CueTime, time),
    element(
      ID.CueTrackPositions,
      uint(ID.CueTrack, track),
      // Of fixed width, so that a position can be known before the element before it is written.
      uint(ID.CueClusterPosition, clusterPosition, 8),
    ),
  );
}

/** Writes a Seek entry of fixed size: 22 bytes for an ID of four. */
export function seekEntry(id: number, position: number): Uint8Array {
  return element(ID.Seek, element(ID.SeekID, bigEndian(id)), uint(ID.SeekPosition, position, 8));
}

/** Writes a whole file: EBML header, Info, Tracks and what else is given, in a Segment of known size. */
export function matroskaFile(tracks: readonly Uint8Array[], ...children: readonly Uint8Array[]): Uint8Array {
  return bytes(ebmlHeader(), element(ID.Segment, info(), element(ID.Tracks, ...tracks), ...children));
}

function laceSizes(lacing: Lacing, sizes: readonly number[]): Uint8Array {
  const stated = sizes.slice(0, -1);
  if (lacing === 'xiph') {
    return bytes(
      ...stated.map((size) => [...new Array<number>(Math.floor(size / 255)).fill(255), size % 255]),
    );
  }
  if (lacing !== 'ebml') return new Uint8Array(0);
  return bytes(...stated.map((size, i) => (i === 0 ? vint(size) : signedVint(size - stated[i - 1]!))));
}

function signedVint(value: number): Uint8Array {
  for (let length = 1; ; length++) {
    const bias = 2 ** (7 * length - 1) - 1;
    if (Math.abs(value) <= bias) return vint(value + bias, length);
  }
}
