import {
  findBoxes,
  readBoxes,
  theBox,
  readTrackFragments,
  type Mp4Box,
  type Mp4Sample,
} from './mp4-boxes.js';

/** A track of fragmented MP4, put together from all its fragments. */
export interface FragmentedTrack {
  readonly trackId: number;
  readonly type: 'video' | 'audio';
  /** Ticks a second. */
  readonly timescale: number;
  /** Fourcc of the sample entry. */
  readonly sampleEntry: string;
  readonly samples: readonly Mp4Sample[];
  /** The parts that fragments hold, in order. */
  readonly parts: readonly FragmentPart[];
}

/** What one fragment holds of one track. */
export interface FragmentPart {
  /** Number of the fragment, from 0. */
  readonly fragment: number;
  /** What `tfdt` says, in ticks. */
  readonly baseMediaDecodeTime: number;
  /** Index of the first sample in the track. */
  readonly firstSample: number;
  readonly sampleCount: number;
  /** Sum of the samples' durations, in ticks. */
  readonly duration: number;
}

/** A fragmented MP4, read. */
export interface FragmentedMp4 {
  readonly tracks: readonly FragmentedTrack[];
  readonly fragments: number;
  /** The init segment's boxes. */
  readonly moov: Mp4Box;
}

/**
 * Reads a whole fragmented MP4.
 * @throws {RangeError} when it is anything but `ftyp moov (moof mdat)*` with fragments numbered from 1, `mdat`s that
 * their samples fill to the byte, and no edit list.
 */
export function readFragmentedMp4(bytes: Uint8Array): FragmentedMp4 {
  const boxes = readBoxes(bytes);
  const order = boxes.map(({ type }) => type).join(' ');
  if (!/^ftyp moov( moof mdat)*$/.test(order)) throw new RangeError(`boxes in another order: ${order}`);
  const moov = boxes[1]!;
  const tracks = findBoxes(moov.children, 'trak').map((trak) => ({
    ...readTrak(trak),
    samples: [] as Mp4Sample[],
    parts: [] as FragmentPart[],
  }));
  const moofs = boxes.filter(({ type }) => type === 'moof');
  moofs.forEach((moof, fragment) => {
    const sequence = u32(theBox(moof.children, 'mfhd').bytes, 12);
    if (sequence !== fragment + 1) throw new RangeError(`fragment ${fragment} has the number ${sequence}`);
    let sampleBytes = 0;
    for (const { trackId, baseMediaDecodeTime, samples } of readTrackFragments(bytes, moof)) {
      const track = tracks.find((one) => one.trackId === trackId);
      if (track === undefined) throw new RangeError(`track ${trackId} is not declared`);
      track.parts.push({
        fragment,
        baseMediaDecodeTime,
        firstSample: track.samples.length,
        sampleCount: samples.length,
        duration: samples.reduce((sum, sample) => sum + sample.duration, 0),
      });
      track.samples.push(...samples);
      sampleBytes += samples.reduce((sum, sample) => sum + sample.data.length, 0);
    }
    const mdat = boxes[boxes.indexOf(moof) + 1]!;
    if (mdat.bytes.length - 8 !== sampleBytes) {
      throw new RangeError(
        `fragment ${fragment} has ${mdat.bytes.length - 8} bytes, ${sampleBytes} in samples`,
      );
    }
  });
  return { tracks, fragments: moofs.length, moov };
}

function readTrak(trak: Mp4Box): Pick<FragmentedTrack, 'trackId' | 'type' | 'timescale' | 'sampleEntry'> {
  if (trak.children.some(({ type }) => type === 'edts')) throw new RangeError('there is an edit list');
  const tkhd = theBox(trak.children, 'tkhd').bytes;
  const mdhd = theBox(trak.children, 'mdia/mdhd').bytes;
  const handler = String.fromCharCode(...theBox(trak.children, 'mdia/hdlr').bytes.subarray(16, 20));
  if (handler !== 'vide' && handler !== 'soun') throw new RangeError(`unknown handler ${handler}`);
  return {
    trackId: u32(tkhd, tkhd[8] === 1 ? 28 : 20),
    type: handler === 'vide' ? 'video' : 'audio',
    timescale: u32(mdhd, mdhd[8] === 1 ? 28 : 20),
    sampleEntry: theBox(trak.children, 'mdia/minf/stbl/stsd').children[0]!.type,
  };
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
