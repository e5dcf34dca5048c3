import { SegmintError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import { decodeContent, type Inflate } from './content-encoding.js';
import { ElementCursor } from './element-cursor.js';
import { LACING, parseLacing } from './lacing.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import type { MatroskaTrack } from './tracks.js';
import { parseVint, vintLength } from './vint.js';

/** What a BlockGroup says of its block, beside the block itself. */
interface GroupFacts {
  isSync: boolean;
  durationTicks: number;
  discardPadding: number;
  addition: Uint8Array | undefined;
}

/** The BlockAddID whose meaning is the codec's. RFC 9559, section 5.1.3.5.2.3 */
const CODEC_ADDITION = 1;

/**
 * Turns blocks into samples. What cannot be believed is not thrown but told as a sentence, so that reading goes on
 * with the next block.
 *
 * Times: a block's time is (Cluster Timestamp + its own) x TimestampScale - CodecDelay, in nanoseconds. Only the first
 * frame of a lace has it. Later ones follow by DefaultDuration; else by equal parts of BlockDuration; else they carry
 * the block's time, and `laceIndex` tells the reader to time them by the codec's frame lengths.
 * @see RFC 9559, sections 10 and 11
 */
export class BlockReader {
  /** Bytes of samples that are copies, since whoever counts last set it to 0. */
  copiedBytes = 0;
  readonly #tracks: ReadonlyMap<number, MatroskaTrack>;
  readonly #timestampScale: number;
  readonly #inflate: Inflate | undefined;
  readonly #sizes: number[] = [];
  readonly #facts: GroupFacts = {
    isSync: true,
    durationTicks: 0,
    discardPadding: 0,
    addition: undefined,
  };

  /**
   * @param tracks - the tracks whose samples are wanted, by number; other tracks' blocks give nothing.
   * @param timestampScale - nanoseconds a Segment Tick.
   * @param inflate - for tracks that are stored with zlib compression.
   */
  constructor(
    tracks: ReadonlyMap<number, MatroskaTrack>,
    timestampScale: number,
    inflate: Inflate | undefined,
  ) {
    this.#tracks = tracks;
    this.#timestampScale = timestampScale;
    this.#inflate = inflate;
  }

  /** Whether a track's samples are wanted. */
  wants(trackNumber: number): boolean {
    return this.#tracks.has(trackNumber);
  }

  /**
   * Reads a SimpleBlock.
   * @param body - the element's data; samples are views of it.
   * @param offset - offset of the element in the source.
   * @param clusterTicks - the Cluster's Timestamp.
   * @param out - takes the samples.
   * @returns what is wrong with the block, when something is; nothing was added then.
   * @see RFC 9559, sections 5.1.3.4 and 10.2
   */
  readSimpleBlock(body: Uint8Array, offset: number, clusterTicks: number, out: Sample[]): string | undefined {
    const facts = this.#facts;
    facts.durationTicks = 0;
    facts.discardPadding = 0;
    facts.addition = undefined;
    // The flags stand behind the track number and the two bytes of time.
    facts.isSync = (body[vintLength(body[0] ?? 0) + 2]! & 0x80) !== 0;
    return this.#readFrames(body, offset, clusterTicks, out);
  }

  /**
   * Reads a BlockGroup. Its frames are random access points when the group refers to no other block.
   * @see RFC 9559, section 5.1.3.5; for the parameters {@link BlockReader.readSimpleBlock}
   */
  readBlockGroup(body: Uint8Array, offset: number, clusterTicks: number, out: Sample[]): string | undefined {
    const facts = this.#facts;
    facts.durationTicks = 0;
    facts.discardPadding = 0;
    facts.addition = undefined;
    facts.isSync = true;
    let block: Uint8Array | undefined;
    try {
      const group = new ElementCursor(body, offset, 'Segment/Cluster/BlockGroup');
      while (group.next()) {
        if (group.id === ID.Block) block ??= group.view();
        else if (group.id === ID.BlockDuration) facts.durationTicks = group.uint();
        else if (group.id === ID.ReferenceBlock) facts.isSync = false;
        else if (group.id === ID.DiscardPadding) facts.discardPadding = group.int();
        else if (group.id === ID.BlockAdditions) facts.addition ??= codecAddition(group.master());
      }
    } catch (error) {
      if (error instanceof SegmintError) return error.message;
      throw error;
    }
    return block === undefined
      ? 'A BlockGroup holds no Block.'
      : this.#readFrames(block, offset, clusterTicks, out);
  }

  /**
   * Reads the data of a Block or SimpleBlock, whatever it says of itself, as a random access point or none. The data may
   * be cut short, where they are neither laced nor compressed.
   * @param body - the data from the track number on.
   * @returns what is wrong with the block, when something is.
   */
  readBlock(
    body: Uint8Array,
    isSync: boolean,
    offset: number,
    clusterTicks: number,
    out: Sample[],
  ): string | undefined {
    const facts = this.#facts;
    facts.durationTicks = 0;
    facts.discardPadding = 0;
    facts.addition = undefined;
    facts.isSync = isSync;
    return this.#readFrames(body, offset, clusterTicks, out);
  }

  #readFrames(body: Uint8Array, offset: number, clusterTicks: number, out: Sample[]): string | undefined {
    const numberLength = vintLength(body[0] ?? 0);
    const headerLength = numberLength + 3;
    if (numberLength > 8 || body.length < headerLength) return 'A block is too short for its header.';
    const trackNumber = parseVint(body, 0, numberLength);
    const track = this.#tracks.get(trackNumber);
    if (track === undefined) return undefined;

    const blockTime = this.#timeOf(track, body, numberLength, clusterTicks);
    if (!Number.isSafeInteger(blockTime)) return 'A block has a time beyond 2^53 nanoseconds.';

    const lacing = (body[numberLength + 2]! >> 1) & 3;
    const sizes = this.#sizes;
    let position = headerLength;
    if (lacing === LACING.none) {
      // Setting the length costs more than all else here, and most blocks are not laced.
      if (sizes.length !== 1) sizes.length = 1;
      sizes[0] = body.length - headerLength;
    } else {
      position = parseLacing(body, headerLength, lacing, sizes);
      if (position < 0) return 'A block has a lacing whose frame sizes cannot be true.';
    }
    return this.#pushFrames(body, position, offset, track, blockTime, out);
  }

  /**
   * Gives the time of a block by the first bytes of its data.
   * @returns nanoseconds; undefined when it is of no wanted track, or has no believable time.
   */
  blockTime(body: Uint8Array, clusterTicks: number): number | undefined {
    const numberLength = vintLength(body[0] ?? 0);
    if (numberLength > 8 || body.length < numberLength + 2) return undefined;
    const track = this.#tracks.get(parseVint(body, 0, numberLength));
    const time = track && this.#timeOf(track, body, numberLength, clusterTicks);
    return Number.isSafeInteger(time) ? time : undefined;
  }

  #timeOf(track: MatroskaTrack, body: Uint8Array, numberLength: number, clusterTicks: number): number {
    const relativeTicks = ((body[numberLength]! << 24) >> 16) | body[numberLength + 1]!;
    const trackScale = this.#timestampScale * track.timestampScale;
    return Math.round(clusterTicks * this.#timestampScale + relativeTicks * trackScale) - track.codecDelay;
  }

  #pushFrames(
    body: Uint8Array,
    start: number,
    offset: number,
    track: MatroskaTrack,
    blockTime: number,
    out: Sample[],
  ): string | undefined {
    const { durationTicks, discardPadding, addition } = this.#facts;
    const isSync = this.#facts.isSync || track.isAlwaysSync;
    const count = this.#sizes.length;
    const statedFrame = (durationTicks * this.#timestampScale * track.timestampScale) / count;
    const frameDuration = track.defaultDuration ?? statedFrame;
    const before = out.length;
    const copiedBefore = this.copiedBytes;
    let position = start;
    for (let i = 0; i < count; i++) {
      const end = position + this.#sizes[i]!;
      let data = body.subarray(position, end);
      position = end;
      if (track.frameSteps.length > 0) {
        try {
          const spent = this.copiedBytes - copiedBefore;
          data = decodeContent(data, track.frameSteps, this.#inflate, LIMITS.inflatedBlockBytes - spent);
          this.copiedBytes += data.length;
        } catch (error) {
          out.length = before;
          this.copiedBytes = copiedBefore;
          if (error instanceof SegmintError) return error.message;
          throw error;
        }
      }
      const time = count === 1 ? blockTime : blockTime + Math.round(i * frameDuration);
      const sample: Sample = {
        trackId: track.track.id,
        presentationTime: time,
        decodeTime: track.hasDecodeTimes ? time : undefined,
        duration:
          statedFrame > 0 ? Math.round((i + 1) * statedFrame) - Math.round(i * statedFrame) : undefined,
        isSync,
        // What is discarded is discarded from the end of the block, and so from its last frame.
        discardPadding: i === count - 1 ? discardPadding : 0,
        laceIndex: i,
        offset,
        data,
      };
      out.push(addition === undefined ? sample : { ...sample, addition });
    }
    return undefined;
  }
}

/** The BlockAdditional that the codec defines, if there is one. */
function codecAddition(additions: ElementCursor): Uint8Array | undefined {
  while (additions.next()) {
    if (additions.id !== ID.BlockMore) continue;
    const more = additions.master();
    let id = CODEC_ADDITION;
    let data: Uint8Array | undefined;
    while (more.next()) {
      if (more.id === ID.BlockAddID) id = more.uint(CODEC_ADDITION);
      else if (more.id === ID.BlockAdditional) data = more.view();
    }
    if (id === CODEC_ADDITION && data !== undefined) return data;
  }
  return undefined;
}
