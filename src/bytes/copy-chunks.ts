/**
 * Copies bytes from one list of chunks into another, however either is cut.
 * @param from - the bytes.
 * @param into - has room for all of them; what is beyond stays as it is.
 */
export function copyChunks(from: readonly Uint8Array[], into: readonly Uint8Array[]): void {
  let index = 0;
  let filled = 0;
  for (const source of from) {
    for (let at = 0; at < source.byteLength;) {
      const target = into[index]!;
      if (filled === target.byteLength) {
        index++;
        filled = 0;
        continue;
      }
      const part = source.subarray(at, at + target.byteLength - filled);
      target.set(part, filled);
      at += part.byteLength;
      filled += part.byteLength;
    }
  }
}
