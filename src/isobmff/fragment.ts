import { checkLimit } from '../bytes/limits.js';
import { InvariantError } from '../errors.js';
import { writeBoxes, type Box } from './box.js';
import { buildMdatHeader, MDAT_HEADER_SIZE } from './boxes/mdat.js';
import { buildMfhd } from './boxes/mfhd.js';
import { buildMoof } from './boxes/moof.js';
import { buildStyp } from './boxes/styp.js';
import { buildTfdt } from './boxes/tfdt.js';
import { buildTfhd } from './boxes/tfhd.js';
import { buildTraf } from './boxes/traf.js';
import { buildTrun } from './boxes/trun.js';
import { mediaSegmentBrands } from './brands.js';
import type { MuxSample } from './mux-sample.js';
import { appendSampleChunks } from './sample-chunks.js';
import { summarizeRun, type RunSummary } from './track-run.js';

/** A track run's data_offset is a signed 32-bit number; every sample of a fragment stays within its reach. */
const MAX_FRAGMENT_SIZE = 2 ** 31 - 1;

/** The samples of one track in one fragment. */
export interface FragmentTrack {
  /** track_ID of the init segment. */
  readonly trackId: number;
  /** Decode time of the first sample: ticks of the track's timescale, on the whole stream's timeline, 0 or more. */
  readonly baseMediaDecodeTime: number;
  /** Samples in decode order. A track without samples is left out of the fragment. */
  readonly samples: readonly MuxSample[];
}

/** What a fragment is built of. */
export interface FragmentOptions {
  /** mfhd sequence_number: the segment's number; 32 bits. */
  readonly sequenceNumber: number;
  /** Tracks in the order of their data; at least one sample in all. */
  readonly tracks: readonly FragmentTrack[];
  /** Put `styp` first: for the first fragment of a media segment that is a resource of its own. */
  readonly withSegmentType?: boolean | undefined;
}

/** A fragment as a list of buffers, to be written one after another. */
export interface Fragment {
  /**
   * First one new buffer with `styp` (if wanted), `moof` and the header of `mdat`, then views of the samples' bytes: the
   * memory of the samples that went in, not to be changed before the chunks are written.
   */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all chunks. */
  readonly byteLength: number;
}

interface SummarizedTrack {
  readonly track: FragmentTrack;
  readonly run: RunSummary;
}

/**
 * Builds a movie fragment: `moof`, and `mdat` as views of the samples, track after track. Allocates one buffer and one
 * list; copies no sample.
 * @returns chunks and their size.
 * @throws {LimitExceededError} when the fragment is 2 GiB or larger, or a time does not fit 32 bits.
 * @throws {InvariantError} when there is no sample, or a number is none that the fields can hold.
 * @see ISO/IEC 14496-12 - 8.8.4 to 8.8.12
 */
export function buildFragment(options: FragmentOptions): Fragment {
  const { sequenceNumber } = options;
  checkOptions(options);
  const tracks: SummarizedTrack[] = [];
  let dataSize = 0;
  for (const track of options.tracks) {
    if (track.samples.length === 0) continue;
    const run = summarizeRun(track.trackId, track.samples);
    tracks.push({ track, run });
    dataSize += run.byteLength;
  }
  if (tracks.length === 0) throw new InvariantError('A fragment needs a sample.');

  // A moof's size does not depend on the offsets in it, so it is sized before they are known.
  const moofSize = buildMovieFragment(sequenceNumber, tracks, 0).size;
  const fragmentSize = moofSize + MDAT_HEADER_SIZE + dataSize;
  checkLimit('size of a fragment in bytes', fragmentSize, MAX_FRAGMENT_SIZE, {
    spec: 'ISO/IEC 14496-12 - 8.8.8',
  });

  const boxes = [
    buildMovieFragment(sequenceNumber, tracks, moofSize + MDAT_HEADER_SIZE),
    buildMdatHeader(dataSize),
  ];
  if (options.withSegmentType === true) boxes.unshift(buildStyp(mediaSegmentBrands(options.tracks.length)));
  const head = writeBoxes(boxes);
  const chunks = [head];
  for (const { track } of tracks) appendSampleChunks(chunks, track.samples);
  return { chunks, byteLength: head.byteLength + dataSize };
}

function checkOptions({ sequenceNumber, tracks }: FragmentOptions): void {
  if (sequenceNumber >>> 0 !== sequenceNumber) {
    throw new InvariantError(`The sequence number ${sequenceNumber} is not a 32-bit number.`);
  }
  for (const { trackId, baseMediaDecodeTime } of tracks) {
    if (!Number.isSafeInteger(baseMediaDecodeTime) || baseMediaDecodeTime < 0) {
      throw new InvariantError(`A fragment cannot start at decode time ${baseMediaDecodeTime}.`, {
        context: { track: trackId, spec: 'ISO/IEC 14496-12 - 8.8.12' },
      });
    }
  }
}

/** Composes the `moof`; the tracks' data lie one after another from `dataOffset`, counted from its first byte. */
function buildMovieFragment(
  sequenceNumber: number,
  tracks: readonly SummarizedTrack[],
  dataOffset: number,
): Box {
  const trafs: Box[] = [];
  let offset = dataOffset;
  for (const { track, run } of tracks) {
    trafs.push(buildTrackFragment(track, run, offset));
    offset += run.byteLength;
  }
  return buildMoof(buildMfhd(sequenceNumber), trafs);
}

function buildTrackFragment(track: FragmentTrack, run: RunSummary, dataOffset: number): Box {
  return buildTraf(
    buildTfhd({
      trackId: track.trackId,
      defaultDuration: run.duration,
      defaultSize: run.size,
      defaultFlags: run.flags,
    }),
    buildTfdt(track.baseMediaDecodeTime),
    buildTrun({
      dataOffset,
      samples: track.samples,
      firstSampleFlags: run.firstSampleFlags,
      hasDurations: run.duration === undefined,
      hasSizes: run.size === undefined,
      hasFlags: run.flags === undefined,
      hasCompositionOffsets: run.hasCompositionOffsets,
    }),
  );
}
