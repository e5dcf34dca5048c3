import type { ByteRange } from './byte-range.js';

/** Bytes of a list: enough for the system to be busy, and few enough that a slow client is seen to read. */
const LIST_BYTES = 1024 * 1024;

/**
 * Divides the bytes of an object into lists of chunks for sending, without copying.
 * @param chunks - the object's bytes.
 * @param range - which of them.
 * @returns lists of views, each of up to 1 MiB.
 */
export async function* divideChunks(
  chunks: readonly Uint8Array[],
  { start, end }: ByteRange,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  let list: Uint8Array[] = [];
  let listBytes = 0;
  let offset = 0;
  for (const chunk of chunks) {
    let from = Math.max(0, start - offset);
    const to = Math.min(chunk.byteLength, end - offset);
    while (from < to) {
      const view = chunk.subarray(from, Math.min(to, from + LIST_BYTES - listBytes));
      list.push(view);
      listBytes += view.byteLength;
      from += view.byteLength;
      if (listBytes === LIST_BYTES) {
        yield await Promise.resolve(list);
        list = [];
        listBytes = 0;
      }
    }
    offset += chunk.byteLength;
  }
  if (list.length > 0) yield list;
}
