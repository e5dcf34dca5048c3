import type { MuxSample } from './mux-sample.js';

/**
 * Appends views of the samples' bytes, in order. Samples that lie one after another in memory share one view, so that
 * a sink writes few buffers; empty ones have none. No byte is copied.
 * @param chunks - list that is appended to.
 * @param samples - samples in the order of their data.
 */
export function appendSampleChunks(chunks: Uint8Array[], samples: readonly MuxSample[]): void {
  let pending: Uint8Array | undefined;
  let length = 0;
  for (const { data } of samples) {
    if (data.byteLength === 0) continue;
    if (pending?.buffer === data.buffer && pending.byteOffset + length === data.byteOffset) {
      length += data.byteLength;
      continue;
    }
    if (pending !== undefined) chunks.push(viewOf(pending, length));
    pending = data;
    length = data.byteLength;
  }
  if (pending !== undefined) chunks.push(viewOf(pending, length));
}

/** Views `length` bytes from where `start` begins; `start` itself when it has that length. */
function viewOf(start: Uint8Array, length: number): Uint8Array {
  return start.byteLength === length ? start : new Uint8Array(start.buffer, start.byteOffset, length);
}
