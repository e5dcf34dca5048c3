/**
 * Takes the emulation prevention bytes (the 03 of 00 00 03) out of a NAL unit, so that its payload can be read as bits.
 * @param nal - a NAL unit or the first part of one.
 * @returns `nal` itself when there is none, which is the rule for short units; else a new buffer.
 * @see ITU-T H.264, section 7.4.1.1; ITU-T H.265, section 7.4.2
 */
export function removeEmulationPrevention(nal: Uint8Array): Uint8Array {
  const first = findEmulationPrevention(nal, 0);
  if (first < 0) return nal;
  const rbsp = new Uint8Array(nal.length - 1);
  let from = 0;
  let length = 0;
  let at = first;
  while (at >= 0) {
    rbsp.set(nal.subarray(from, at), length);
    length += at - from;
    from = at + 1;
    at = findEmulationPrevention(nal, from);
  }
  rbsp.set(nal.subarray(from), length);
  return rbsp.subarray(0, length + nal.length - from);
}

/**
 * Puts emulation prevention bytes into a NAL unit, so that it holds no start code.
 * @param nal - a NAL unit without them.
 * @returns `nal` itself when it needs none; else a new buffer.
 * @see ITU-T H.264, section 7.4.1.1
 */
export function addEmulationPrevention(nal: Uint8Array): Uint8Array {
  const places: number[] = [];
  let zeros = 0;
  nal.forEach((byte, at) => {
    if (zeros >= 2 && byte <= 3) {
      places.push(at);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
  });
  if (places.length === 0) return nal;
  const escaped = new Uint8Array(nal.length + places.length);
  let from = 0;
  for (const [i, place] of places.entries()) {
    escaped.set(nal.subarray(from, place), from + i);
    escaped[place + i] = 3;
    from = place;
  }
  escaped.set(nal.subarray(from), from + places.length);
  return escaped;
}

/** Offset of the next 03 after two zeros of which the first is at or after `from`; -1 when there is none. */
function findEmulationPrevention(nal: Uint8Array, from: number): number {
  for (let at = from + 2; at < nal.length; at++) {
    if (nal[at] === 3 && nal[at - 1] === 0 && nal[at - 2] === 0) return at;
  }
  return -1;
}
