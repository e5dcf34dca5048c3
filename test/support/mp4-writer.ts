/**
 * Writes small MP4 and QuickTime files with sample tables or fragments, for tests: written apart from `src/isobmff`, byte by
 * byte, so that a fault of the demuxer cannot hide in what it reads.
 */

type Part = Uint8Array | readonly number[];

/** Joins bytes. */
export function join(...parts: readonly Part[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A 16-bit integer. */
export function u16(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}

/** 32-bit integers, signed or not. */
export function u32(...values: readonly number[]): number[] {
  return values.flatMap((value) => [...u16(value >>> 16), ...u16(value & 0xffff)]);
}

/** 64-bit integers. */
export function u64(...values: readonly number[]): number[] {
  return values.flatMap((value) => u32(Math.floor(value / 2 ** 32), value % 2 ** 32));
}

/** The bytes of characters below 256. */
export function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

/** A box. */
export function box(type: string, ...parts: readonly Part[]): Uint8Array {
  const body = join(...parts);
  return join(u32(8 + body.length), ascii(type), body);
}

/** A full box. */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly Part[]): Uint8Array {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

/** A matrix that turns by nothing. */
const IDENTITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** `ftyp`. */
export const FTYP = box('ftyp', ascii('isom'), u32(512), ascii('isommp42'));

/** `mvhd` with 1000 ticks a second. */
export function mvhd(duration = 0): Uint8Array {
  return fullBox('mvhd', 0, 0, u32(0, 0, 1000, duration, 0x10000), u16(0x100), new Uint8Array(10), IDENTITY, new Uint8Array(24), u32(9)); // prettier-ignore
}

/** What a track is to be like. */
export interface TrackPlan {
  readonly id: number;
  readonly handler?: string;
  readonly timescale?: number;
  readonly sampleEntries?: readonly Uint8Array[];
  /** Further boxes of `trak`. */
  readonly more?: readonly Uint8Array[];
  readonly flags?: number;
  readonly language?: number;
  readonly matrix?: readonly number[];
  readonly dataReferences?: Uint8Array;
  /** Boxes of `stbl` behind `stsd`. */
  readonly tables?: readonly Uint8Array[];
}

/** `dref` of a file that holds its own samples. */
const SELF_CONTAINED = fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1));

/** A `trak`. */
export function trak(plan: TrackPlan): Uint8Array {
  const { id, handler = 'vide', timescale = 1000, sampleEntries = [avc1()], tables = [] } = plan;
  const language = plan.language ?? 0x55c4;
  return box(
    'trak',
    fullBox('tkhd', 0, plan.flags ?? 3, u32(0, 0, id, 0, 0, 0, 0), new Uint8Array(8), plan.matrix ?? IDENTITY, u32(0, 0)), // prettier-ignore
    ...(plan.more ?? []),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(language), u16(0)),
      fullBox('hdlr', 0, 0, u32(0), ascii(handler), new Uint8Array(12), ascii('Handler\0')),
      box(
        'minf',
        box('dinf', plan.dataReferences ?? SELF_CONTAINED),
        box('stbl', fullBox('stsd', 0, 0, u32(sampleEntries.length), ...sampleEntries), ...tables),
      ),
    ),
  );
}

/** A visual sample entry of 16 by 16 pixels. */
export function visualEntry(type: string, ...boxes: readonly Uint8Array[]): Uint8Array {
  return box(
    type,
    new Uint8Array(6),
    u16(1),
    new Uint8Array(16),
    u16(16),
    u16(16),
    new Uint8Array(50),
    ...boxes,
  );
}

/** `avc1` with an `avcC` that holds one parameter set of each kind, of the given last byte. */
export function avc1(mark = 0x80, lengthSize = 4): Uint8Array {
  const sps = [0x67, 66, 0xc0, 10, mark];
  return visualEntry('avc1', box('avcC', [1, 66, 0xc0, 10, 0xfc | (lengthSize - 1), 0xe1], u16(5), sps, [1], u16(2), [0x68, mark])); // prettier-ignore
}

/** An audio sample entry. */
export function audioEntry(
  type: string,
  fields: { readonly channels?: number; readonly bits?: number; readonly rate?: number } = {},
  ...boxes: readonly Uint8Array[]
): Uint8Array {
  const { channels = 2, bits = 16, rate = 48_000 } = fields;
  return box(type, new Uint8Array(6), u16(1), new Uint8Array(8), u16(channels), u16(bits), u32(0), u16(rate), u16(0), ...boxes); // prettier-ignore
}

/** Samples in sample tables. */
export interface TablePlan {
  /** Sizes of samples. */
  readonly sizes: readonly number[];
  /** Runs of durations: count, ticks. */
  readonly durations: readonly (readonly [number, number])[];
  /** Runs of composition offsets: count, ticks. */
  readonly offsets?: readonly (readonly [number, number])[];
  /** Numbers of sync samples, from 1. */
  readonly syncSamples?: readonly number[];
  /** Runs of chunks: first chunk from 1, samples a chunk, sample entry from 1. */
  readonly chunks: readonly (readonly [number, number, number])[];
  /** Offsets of chunks. */
  readonly chunkOffsets: readonly number[];
  /** Offsets take 64 bits. */
  readonly isLarge?: boolean;
}

/** The boxes of `stbl` that describe samples. */
export function tables(plan: TablePlan): Uint8Array[] {
  const { sizes, durations, offsets, syncSamples, chunks, chunkOffsets } = plan;
  return [
    fullBox('stts', 0, 0, u32(durations.length, ...durations.flat())),
    ...(offsets === undefined ? [] : [fullBox('ctts', 1, 0, u32(offsets.length, ...offsets.flat()))]),
    ...(syncSamples === undefined ? [] : [fullBox('stss', 0, 0, u32(syncSamples.length, ...syncSamples))]),
    fullBox('stsz', 0, 0, u32(0, sizes.length, ...sizes)),
    fullBox('stsc', 0, 0, u32(chunks.length, ...chunks.flat())),
    plan.isLarge === true
      ? fullBox('co64', 0, 0, u32(chunkOffsets.length), u64(...chunkOffsets))
      : fullBox('stco', 0, 0, u32(chunkOffsets.length, ...chunkOffsets)),
  ];
}

/** `edts` with entries of duration and media time. */
export function edits(
  ...entries: readonly (readonly [duration: number, mediaTime: number, rate?: number])[]
): Uint8Array {
  const list = entries.flatMap(([duration, mediaTime, rate = 0x10000]) => [duration, mediaTime, rate]);
  return box('edts', fullBox('elst', 0, 0, u32(entries.length, ...list)));
}

/**
 * A file whose `moov` stands before or behind its one `mdat`; chunk offsets of the plan are set by what `build` is told.
 * @param build - makes the movie box, given the offset of the first media byte.
 */
export function movieFile(
  build: (mediaOffset: number) => Uint8Array,
  media: Uint8Array,
  placement: 'first' | 'last' = 'first',
): Uint8Array {
  const mdat = box('mdat', media);
  if (placement === 'last') return join(FTYP, mdat, build(FTYP.length + 8));
  const size = build(0).length;
  return join(FTYP, build(FTYP.length + size + 8), mdat);
}

/** A file of one track, whose chunks, if there are several, lie at these offsets in its media. */
export function trackFile(
  track: TrackPlan,
  samples: Omit<TablePlan, 'chunkOffsets'> & { readonly chunkOffsets?: readonly number[] },
  media: Uint8Array,
  placement?: 'first' | 'last',
): Uint8Array {
  const { chunkOffsets = [0] } = samples;
  const tablesAt = (at: number): Uint8Array[] =>
    tables({ ...samples, chunkOffsets: chunkOffsets.map((offset) => at + offset) });
  return movieFile((at) => box('moov', mvhd(), trak({ ...track, tables: tablesAt(at) })), media, placement);
}

/** Samples of a track in a fragment. */
export interface TrafPlan {
  readonly id: number;
  /** Flags of `tfhd`, and its fields behind the track's number. */
  readonly header?: readonly [flags: number, ...fields: number[]];
  readonly decodeTime?: number;
  /** Flags of `trun`, and its fields behind the number of samples. */
  readonly runs: readonly (readonly [flags: number, count: number, ...fields: number[]])[];
}

/** `moof`. */
export function moof(...trafs: readonly TrafPlan[]): Uint8Array {
  return box(
    'moof',
    fullBox('mfhd', 0, 0, u32(1)),
    ...trafs.map(({ id, header: [headerFlags, ...fields] = [0x20000], decodeTime, runs }) =>
      box(
        'traf',
        fullBox('tfhd', 0, headerFlags, u32(id, ...fields)),
        ...(decodeTime === undefined ? [] : [fullBox('tfdt', 0, 0, u32(decodeTime))]),
        ...runs.map(([flags, ...rest]) => fullBox('trun', 1, flags, u32(...rest))),
      ),
    ),
  );
}

/**
 * A fragment.
 * @param plan - what is in it, given the offset of the first media byte from its beginning.
 */
export function fragment(plan: (mediaOffset: number) => TrafPlan, media: Uint8Array): Uint8Array {
  return join(moof(plan(moof(plan(0)).length + 8)), box('mdat', media));
}

/** Bytes that tell where they are. */
export function media(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255);
}
