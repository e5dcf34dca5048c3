/**
 * A small MP4 reader for tests, written apart from `src/isobmff` so that a fault of the writer cannot hide in the reader.
 * It trusts its input: test files only.
 */

/** A box, with its children where the reader knows that it has some. */
export interface Mp4Box {
  /** Fourcc. */
  readonly type: string;
  /** Offset of the header in the bytes that were read. */
  readonly offset: number;
  /** The whole box, header included. */
  readonly bytes: Uint8Array;
  /** Boxes inside. */
  readonly children: readonly Mp4Box[];
}

/** A sample of a fragment as its moof describes it. */
export interface Mp4Sample {
  readonly decodeTime: number;
  readonly duration: number;
  readonly compositionOffset: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** What a fragment holds of one track. */
export interface Mp4TrackFragment {
  readonly trackId: number;
  readonly baseMediaDecodeTime: number;
  readonly samples: readonly Mp4Sample[];
}

/** Bytes between a container's header and its first child. */
const FIELDS_BEFORE_CHILDREN: Readonly<Record<string, number>> = {
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  dinf: 0,
  stbl: 0,
  mvex: 0,
  moof: 0,
  traf: 0,
  stsd: 8,
  dref: 8,
  avc1: 78,
  avc3: 78,
  hvc1: 78,
  hev1: 78,
  av01: 78,
  vp09: 78,
  mp4a: 28,
  'ac-3': 28,
  'ec-3': 28,
  Opus: 28,
  fLaC: 28,
};

/** Reads the boxes that fill `bytes`; throws when sizes do not add up. */
export function readBoxes(bytes: Uint8Array, from = 0, to = bytes.byteLength): Mp4Box[] {
  const boxes: Mp4Box[] = [];
  let offset = from;
  while (offset < to) {
    const size = u32(bytes, offset);
    if (size < 8 || offset + size > to) throw new RangeError(`bad box size ${size} at ${offset}`);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const skip = FIELDS_BEFORE_CHILDREN[type];
    boxes.push({
      type,
      offset,
      bytes: bytes.subarray(offset, offset + size),
      children: skip === undefined ? [] : readBoxes(bytes, offset + 8 + skip, offset + size),
    });
    offset += size;
  }
  return boxes;
}

/** All boxes at a path such as `moov/trak/tkhd`. */
export function findBoxes(boxes: readonly Mp4Box[], path: string): Mp4Box[] {
  const [first, ...rest] = path.split('/');
  const here = boxes.filter((box) => box.type === first);
  return rest.length === 0 ? here : here.flatMap((box) => findBoxes(box.children, rest.join('/')));
}

/** The one box at a path; throws when there is none or more than one. */
export function theBox(boxes: readonly Mp4Box[], path: string): Mp4Box {
  const found = findBoxes(boxes, path);
  if (found.length !== 1) throw new RangeError(`${found.length} boxes at ${path}`);
  return found[0]!;
}

/** The samples of every track in `bytes` (one or more fragments), by track_ID. */
export function readSamples(bytes: Uint8Array): Map<number, Mp4Sample[]> {
  const samples = new Map<number, Mp4Sample[]>();
  for (const moof of readBoxes(bytes).filter((box) => box.type === 'moof')) {
    for (const part of readTrackFragments(bytes, moof)) {
      const list = samples.get(part.trackId) ?? [];
      samples.set(part.trackId, list);
      list.push(...part.samples);
    }
  }
  return samples;
}

/** What one moof holds, track by track. */
export function readTrackFragments(bytes: Uint8Array, moof: Mp4Box): Mp4TrackFragment[] {
  return findBoxes(moof.children, 'traf').map((traf) => {
    const tfhd = theBox(traf.children, 'tfhd').bytes;
    const tfdt = theBox(traf.children, 'tfdt').bytes;
    const baseMediaDecodeTime = tfdt[8] === 1 ? u32(tfdt, 12) * 2 ** 32 + u32(tfdt, 16) : u32(tfdt, 12);
    const samples = readTrackRuns(bytes, moof.offset, traf, tfhd, baseMediaDecodeTime);
    return { trackId: u32(tfhd, 12), baseMediaDecodeTime, samples };
  });
}

function readTrackRuns(
  bytes: Uint8Array,
  base: number,
  traf: Mp4Box,
  tfhd: Uint8Array,
  baseMediaDecodeTime: number,
): Mp4Sample[] {
  const defaults = { duration: 0, size: 0, flags: 0 };
  const tfhdFlags = u32(tfhd, 8) & 0xffffff;
  if ((tfhdFlags & 0x20000) === 0) throw new RangeError('default-base-is-moof is not set');
  let at = 16;
  if ((tfhdFlags & 0x08) !== 0) defaults.duration = u32(tfhd, (at += 4) - 4);
  if ((tfhdFlags & 0x10) !== 0) defaults.size = u32(tfhd, (at += 4) - 4);
  if ((tfhdFlags & 0x20) !== 0) defaults.flags = u32(tfhd, (at += 4) - 4);
  if (at !== tfhd.byteLength) throw new RangeError('tfhd has another size than its flags say');

  let decodeTime = baseMediaDecodeTime;
  const samples: Mp4Sample[] = [];
  for (const { bytes: trun } of findBoxes(traf.children, 'trun')) {
    const flags = u32(trun, 8) & 0xffffff;
    let next = 16;
    let dataAt = base + ((flags & 0x1) !== 0 ? u32(trun, (next += 4) - 4) : 0);
    const firstFlags = (flags & 0x4) !== 0 ? u32(trun, (next += 4) - 4) : undefined;
    for (let i = 0; i < u32(trun, 12); i++) {
      const duration = (flags & 0x100) !== 0 ? u32(trun, (next += 4) - 4) : defaults.duration;
      const size = (flags & 0x200) !== 0 ? u32(trun, (next += 4) - 4) : defaults.size;
      const ownFlags = (flags & 0x400) !== 0 ? u32(trun, (next += 4) - 4) : defaults.flags;
      const compositionOffset = (flags & 0x800) !== 0 ? u32(trun, (next += 4) - 4) | 0 : 0;
      samples.push({
        decodeTime,
        duration,
        compositionOffset,
        flags: i === 0 ? (firstFlags ?? ownFlags) : ownFlags,
        data: bytes.subarray(dataAt, dataAt + size),
      });
      dataAt += size;
      decodeTime += duration;
    }
    if (next !== trun.byteLength) throw new RangeError('trun has another size than its flags say');
  }
  return samples;
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
