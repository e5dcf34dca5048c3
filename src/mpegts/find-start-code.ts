/**
 * Finds the next start code prefix (00 00 01) four bytes at a time: nearly all words of coded pictures have no zero byte.
 * @param bytes - where it is searched; begins its buffer.
 * @param words - the same memory.
 * @param from - the position of the first byte.
 * @param end - the position behind the last.
 * @returns the position of its first zero, or -1.
 * @see ITU-T H.264, section B.1.1
 */
export function findStartCode(bytes: Uint8Array, words: Int32Array, from: number, end: number): number {
  const lastCode = end - 3;
  const lastWord = (end >> 2) - 1;
  let at = from;
  while (at <= lastCode) {
    if ((at & 3) === 0) {
      let word = at >> 2;
      while (word < lastWord && !hasZeroByte(words[word]!)) word++;
      at = word << 2;
    }
    // A code begins within this word, or in none before the next one.
    const next = Math.min((at | 3) + 1, lastCode + 1);
    for (; at < next; at++) {
      if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at;
    }
  }
  return -1;
}

/** A borrow reaches the highest bit of each byte that is zero, and of none that has that bit set itself. */
function hasZeroByte(word: number): boolean {
  return ((word - 0x01010101) & ~word & 0x80808080) !== 0;
}
