import type { ReadOptions, Source } from '../../media/source.js';
import type { StreamTrack } from './describe-tracks.js';

/**
 * What the table of packets of a CAF file says of sound to which an encoder added some before and behind, in frames of its rate.
 * libavformat counts times from where it is meant to be heard, and plays all.
 */
export interface CafPadding {
  /** Frames of a packet. */
  readonly perPacket: number;
  /** Frames of what went in. */
  readonly valid: number;
}

/** Codecs whose packets are all full, so that only the container knows where their sound ends. */
const PADDED: ReadonlySet<string> = new Set(['aac', 'mp3']);

/** Chunks that are passed over at most: a file has a dozen. */
const MOST_CHUNKS = 64;
const FILE_HEAD_BYTES = 8;
const CHUNK_HEAD_BYTES = 12;
/** Of a chunk no more is wanted than the numbers at its beginning. */
const NUMBERS_BYTES = 24;

/**
 * Reads how much of the sound of a CAF file is meant to be heard.
 * @param source - seekable.
 * @param options - a signal.
 * @returns undefined where nothing is said, or what is said does not add up.
 * @throws {SourceError} when the source cannot be read.
 * @see Apple Core Audio Format Specification 1.0, "Packet Table Chunk"
 */
export async function readCafPadding(source: Source, options: ReadOptions): Promise<CafPadding | undefined> {
  let perPacket = 0;
  let at = FILE_HEAD_BYTES;
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) {
    const bytes = await source.read(at, CHUNK_HEAD_BYTES + NUMBERS_BYTES, options);
    if (bytes.length < CHUNK_HEAD_BYTES + NUMBERS_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const type = view.getUint32(0);
    const size = Number(view.getBigInt64(4));
    // Behind the rate, the codec, its flags and the bytes of a packet.
    if (type === DESC) perPacket = view.getUint32(CHUNK_HEAD_BYTES + 20);
    if (type === PAKT) return paddingOf(view, perPacket);
    // Data that go on to the end have no size.
    if (size < 0) return undefined;
    at += CHUNK_HEAD_BYTES + size;
  }
  return undefined;
}

const DESC = 0x64657363;
const PAKT = 0x70616b74;

function paddingOf(view: DataView, perPacket: number): CafPadding | undefined {
  const [packets, valid] = [0, 8].map((at) => Number(view.getBigInt64(CHUNK_HEAD_BYTES + at))) as [number, number]; // prettier-ignore
  const [priming, remainder] = [16, 20].map((at) => view.getInt32(CHUNK_HEAD_BYTES + at)) as [number, number];
  const isWhole = priming + valid + remainder === packets * perPacket && Number.isSafeInteger(valid);
  const isStated = priming >= 0 && remainder >= 0 && priming + remainder > 0 && valid > 0;
  return perPacket > 0 && isWhole && isStated ? { perPacket, valid } : undefined;
}

/** Tells the tracks of a CAF file what of their sound is meant to be heard. */
export function withoutPadding(
  tracks: readonly StreamTrack[],
  padding: CafPadding | undefined,
): readonly StreamTrack[] {
  if (padding === undefined) return tracks;
  const heard = { perPacket: padding.perPacket, end: padding.valid };
  return tracks.map((one) => (PADDED.has(one.track.codec) ? { ...one, heard } : one));
}
