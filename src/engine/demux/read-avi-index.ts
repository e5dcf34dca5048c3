import type { ReadOptions, Source } from '../../media/source.js';

/** A chunk that the index of an AVI file names. */
export interface IndexedChunk {
  /** Its four characters. */
  readonly name: string;
  /** Offset of its data in the source, behind name and size. */
  readonly offset: number;
  /** Bytes of its data. */
  readonly size: number;
}

/** Chunks that are passed over at most on the way to the index: a file has a handful. */
const MOST_CHUNKS = 64;
const RIFF_HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
const LIST_HEAD_BYTES = 12;
const ENTRY_BYTES = 16;
/** Read at a time; whole entries. */
const PART_BYTES = 4096 * ENTRY_BYTES;
/** What is read of an index: more than a gigabyte of pictures and sound, which is all that it can be of, has. */
const MOST_INDEX_BYTES = 64 << 20;

/**
 * Reads of the index of an AVI file (`idx1`) where some of its chunks are.
 * @param source - seekable.
 * @param isWanted - whether chunks of a name are asked for.
 * @param most - so many are given at most.
 * @param options - a signal.
 * @returns them, in stored order as far as the index has it; empty where there is no index.
 * @throws {SourceError} when the source cannot be read.
 * @see Microsoft, "AVI RIFF File Reference": AVIOLDINDEX
 */
export async function readAviIndex(
  source: Source,
  isWanted: (name: string) => boolean,
  most: number,
  options: ReadOptions,
): Promise<readonly IndexedChunk[]> {
  let listAt: number | undefined;
  let at = RIFF_HEAD_BYTES;
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) {
    const head = await source.read(at, LIST_HEAD_BYTES, options);
    if (head.length < LIST_HEAD_BYTES) return [];
    const name = nameAt(head, 0);
    const size = numberAt(head, 4);
    if (name === 'LIST' && nameAt(head, 8) === 'movi') listAt = at + CHUNK_HEAD_BYTES;
    if (name === 'idx1' && listAt !== undefined) {
      const from = at + CHUNK_HEAD_BYTES;
      const end = from + Math.min(size, MOST_INDEX_BYTES);
      const entries = await readEntries(source, { from, end }, isWanted, most, options);
      return await placeChunks(source, entries, listAt, options);
    }
    at += CHUNK_HEAD_BYTES + size + (size % 2);
  }
  return [];
}

async function readEntries(
  source: Source,
  { from, end }: { readonly from: number; readonly end: number },
  isWanted: (name: string) => boolean,
  most: number,
  options: ReadOptions,
): Promise<IndexedChunk[]> {
  const entries: IndexedChunk[] = [];
  for (let at = from; at < end && entries.length < most; at += PART_BYTES) {
    const part = await source.read(at, Math.min(PART_BYTES, end - at), options);
    for (let row = 0; row + ENTRY_BYTES <= part.length && entries.length < most; row += ENTRY_BYTES) {
      const name = nameAt(part, row);
      if (!isWanted(name)) continue;
      entries.push({ name, offset: numberAt(part, row + 8), size: numberAt(part, row + 12) });
    }
  }
  return entries;
}

/** Offsets count from the name of the list of chunks, or, in some files, from the beginning: the chunk itself shows it. */
async function placeChunks(
  source: Source,
  entries: readonly IndexedChunk[],
  listAt: number,
  options: ReadOptions,
): Promise<readonly IndexedChunk[]> {
  const [first] = entries;
  if (first === undefined) return [];
  for (const origin of [listAt, 0]) {
    const head = await source.read(origin + first.offset, CHUNK_HEAD_BYTES, options);
    if (head.length < CHUNK_HEAD_BYTES || nameAt(head, 0) !== first.name) continue;
    return entries.map((one) => ({ ...one, offset: origin + one.offset + CHUNK_HEAD_BYTES }));
  }
  return [];
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
}

function numberAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
