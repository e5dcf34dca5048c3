import { Problem, problemOf } from '../../shared/words.js';

/**
 * Fetches a file, up to a size.
 * @param maxBytes - what is longer is cut off there: the whole of it would not fit.
 * @throws {Problem} when the server refuses.
 */
export async function readCapped(url: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new Problem(await problemOf(response));
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    chunks.push(next.value.subarray(0, maxBytes - length));
    length += chunks.at(-1)!.length;
    if (length >= maxBytes) {
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
