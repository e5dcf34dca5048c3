import { checkLimit } from '../../bytes/limits.js';
import { MalformedMediaError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import { viewChildren } from '../box-view.js';
import { parseSidx, type SegmentIndex } from '../boxes/sidx.js';
import { parseTfra } from '../boxes/tfra.js';
import { parseFragment } from './fragment.js';
import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import type { SourceReader } from './source-reader.js';
import { readTopLevelBox, readWholeBox, type TopLevelBox } from './top-level.js';

/** A random access point in a fragment. */
export interface FragmentPoint {
  /** Presentation time in ticks of the track, on the media's own timeline. */
  readonly time: number;
  /** Byte offset of the moof, or of what stands before it. */
  readonly offset: number;
}

/** Where the random access points of a fragmented file are. */
export interface FragmentIndex {
  /** Points of each track in order of time, by track_ID. */
  readonly points: ReadonlyMap<number, readonly FragmentPoint[]>;
  /** Where each track's samples end, in ticks of the track, by track_ID; of tracks in the last fragments. */
  readonly ends: ReadonlyMap<number, number>;
}

/** What indexing works on. */
export interface FragmentIndexOptions {
  /** Reads the source in ranges. */
  readonly reader: SourceReader;
  /** Size of the source, when it is known. */
  readonly size: number | undefined;
  /** All tracks by track_ID. */
  readonly tracks: ReadonlyMap<number, MovieTrack>;
  /** Offset behind `moov`. */
  readonly start: number;
  /** Where the samples in `moov` end, in ticks by track_ID. */
  readonly decodeTimes: ReadonlyMap<number, number>;
}

/**
 * Indexes a fragmented file: by its segment indices (`sidx`), else by its table at the end (`mfra`), else by a walk over
 * the heads of all fragments. What they say is the file's word, and not tested.
 * @throws {MalformedMediaError | LimitExceededError} when an index is broken, or has absurdly many entries.
 * @throws {SourceError} as the source does.
 */
export async function indexFragments(options: FragmentIndexOptions): Promise<FragmentIndex> {
  const walk = new IndexWalk(options);
  await walk.run();
  return walk.index();
}

class IndexWalk {
  readonly #options: FragmentIndexOptions;
  readonly #points = new Map<number, FragmentPoint[]>();
  readonly #ends = new Map<number, number>();
  readonly #decodeTimes: Map<number, number>;
  readonly #indices = new Set<number>();
  #count = 0;
  #boxes = 0;

  constructor(options: FragmentIndexOptions) {
    this.#options = options;
    this.#decodeTimes = new Map(options.decodeTimes);
  }

  index(): FragmentIndex {
    for (const points of this.#points.values()) points.sort((a, b) => a.time - b.time);
    return { points: this.#points, ends: this.#ends };
  }

  async run(): Promise<void> {
    const { start } = this.#options;
    let position = start;
    let isIndexed = false;
    let pending: SegmentIndex[] = [];
    for (;;) {
      const box = await this.#boxAt(position);
      if (box?.type === 'sidx') {
        const index = await this.#readSidx(box);
        if (index !== undefined) pending.push(index);
      } else if (pending.length > 0) {
        const end = await this.#addIndices(pending);
        pending = [];
        isIndexed = true;
        if (end > position) {
          position = end;
          continue;
        }
      }
      if (box === undefined) break;
      if (box.type === 'moof') {
        if (!isIndexed && (await this.#addTableAtEnd())) {
          isIndexed = true;
          break;
        }
        // What is behind the last index that there is.
        await this.#addFragment(box, true);
      }
      if (box.end === Infinity) break;
      position = box.end;
    }
    if (isIndexed && this.#ends.size === 0) await this.#findEnds();
  }

  async #boxAt(position: number): Promise<TopLevelBox | undefined> {
    checkLimit('number of boxes', ++this.#boxes, LIMITS.fragmentBoxes, { offset: position });
    const box = await readTopLevelBox(this.#options.reader, position);
    return typeof box === 'string' ? undefined : box;
  }

  #add(trackId: number, point: FragmentPoint): void {
    checkLimit('number of random access points', ++this.#count, LIMITS.keyframes);
    const points = this.#points.get(trackId);
    if (points === undefined) this.#points.set(trackId, [point]);
    else points.push(point);
  }

  async #readSidx(box: TopLevelBox): Promise<SegmentIndex | undefined> {
    // One that follows on the index that points to it is met twice.
    if (this.#indices.has(box.offset)) return undefined;
    this.#indices.add(box.offset);
    const { reader, size } = this.#options;
    const view = await readWholeBox(reader, box, LIMITS.indexBytes, size);
    return view && parseSidx(view);
  }

  /** Adds what segment indices point to; gives where that ends. */
  async #addIndices(indices: readonly SegmentIndex[], depth = 0): Promise<number> {
    let end = 0;
    for (const { trackId, timescale, references } of indices) {
      const track = this.#options.tracks.get(trackId);
      // Many writers leave the flag away altogether; all parts are then taken for what the flag would say.
      const isSapSaid = references.some(({ startsWithSap }) => startsWithSap);
      for (const { isIndex, offset, size, time, startsWithSap } of references) {
        end = Math.max(end, offset + size);
        if (isIndex) {
          const nested = depth < LIMITS.indexDepth ? await this.#nestedIndex(offset) : undefined;
          if (nested !== undefined) end = Math.max(end, await this.#addIndices([nested], depth + 1));
        } else if (track !== undefined && (startsWithSap || !isSapSaid)) {
          const presented = rescale(time, timescale, track.track.timescale);
          this.#add(trackId, { time: presented - track.timeline.shift, offset });
        }
      }
    }
    return end;
  }

  async #nestedIndex(offset: number): Promise<SegmentIndex | undefined> {
    const box = await this.#boxAt(offset);
    return box?.type === 'sidx' ? this.#readSidx(box) : undefined;
  }

  /** Reads `mfra`, whose last box, at the end of the file, says how large it is. ISO/IEC 14496-12 - 8.8.9 to 8.8.11 */
  async #addTableAtEnd(): Promise<boolean> {
    const { reader, size, tracks, start } = this.#options;
    if (size === undefined || size < start + 16) return false;
    const tail = (await reader.read(size - 16, 16)).view(size - 16, 16);
    if (tail === undefined) return false;
    const view = new DataView(tail.buffer, tail.byteOffset, 16);
    const length = view.getUint32(12);
    if (view.getUint32(4) !== MFRO || length < 24 || length > size - start) return false;
    const box = await this.#boxAt(size - length);
    if (box?.type !== 'mfra' || box.end !== size) return false;
    const mfra = await readWholeBox(reader, box, LIMITS.indexBytes, size);
    if (mfra === undefined) return false;
    let isThere = false;
    for (const child of viewChildren(mfra)) {
      if (child.type !== 'tfra') continue;
      const { trackId, times, moofOffsets } = parseTfra(child);
      const track = tracks.get(trackId);
      if (track === undefined) continue;
      for (const [i, time] of times.entries()) {
        this.#add(trackId, { time: time - track.timeline.shift, offset: moofOffsets[i]! });
      }
      isThere ||= times.length > 0;
    }
    return isThere;
  }

  /** Adds a fragment's random access points. */
  async #addFragment(box: TopLevelBox, withPoints: boolean): Promise<void> {
    const { reader, size, tracks } = this.#options;
    const moof = await readWholeBox(reader, box, LIMITS.moofBytes, size);
    if (moof === undefined) return;
    try {
      for (const { track, samples } of parseFragment(moof, tracks, this.#decodeTimes)) {
        const { id } = track.track;
        let isFirst = true;
        let end = this.#ends.get(id) ?? 0;
        for (const { decodeTime, compositionOffset, duration, isSync } of samples) {
          const time = decodeTime + compositionOffset;
          end = Math.max(end, time + duration);
          // Every frame of sound is a random access point; one for a fragment is enough.
          const isPoint = isSync && withPoints && (track.track.type === 'video' || isFirst);
          if (isPoint) this.#add(id, { time, offset: box.offset });
          isFirst = false;
        }
        this.#ends.set(id, end);
      }
    } catch (error) {
      // The samples of a broken fragment are passed over when they are read.
      if (!(error instanceof MalformedMediaError)) throw error;
    }
  }

  /** An index says where parts begin: the fragments from each track's last one on tell where it ends. */
  async #findEnds(): Promise<void> {
    const lastOffsets = [...this.#points.values()].map((points) =>
      points.reduce((last, { offset }) => Math.max(last, offset), 0),
    );
    let position = Math.min(...lastOffsets);
    for (let box = await this.#boxAt(position); box !== undefined; box = await this.#boxAt(position)) {
      if (box.type === 'moof') await this.#addFragment(box, false);
      if (box.end === Infinity) return;
      position = box.end;
    }
  }
}

/** `mfro` as a number. */
const MFRO = 0x6d66726f;
