/** obu_type values that segmint acts on. AV1 specification, section 6.2.2. */
export const obuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  metadata: 5,
  frame: 6,
} as const;

/** Where one OBU lies in the bytes that hold it. */
export interface Obu {
  /** obu_type. */
  readonly type: number;
  /** Offset of the OBU's header. */
  readonly start: number;
  /** Offset of the payload. */
  readonly payloadStart: number;
  /** Offset after the payload. */
  readonly end: number;
}

/**
 * Reads the OBU header at `at`. An OBU without a size field lasts to the end, as does one whose size passes it.
 * @param bytes - OBUs in the low-overhead format.
 * @returns undefined at the end, or where no header can be read.
 * @see AV1 specification, section 5.3.2
 */
export function readObu(bytes: Uint8Array, at: number): Obu | undefined {
  const header = bytes[at];
  if (header === undefined || (header & 0x80) !== 0) return undefined;
  const hasExtension = (header & 4) !== 0;
  const hasSize = (header & 2) !== 0;
  let position = at + (hasExtension ? 2 : 1);
  let size = bytes.length - position;
  if (hasSize) {
    // leb128, at most eight bytes; multiplication keeps sizes above 2^31 positive.
    size = 0;
    let scale = 1;
    let byte: number | undefined;
    do {
      byte = bytes[position++];
      if (byte === undefined || scale > 2 ** 49) return undefined;
      size += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80);
  }
  if (position > bytes.length) return undefined;
  return {
    type: (header >> 3) & 15,
    start: at,
    payloadStart: position,
    end: Math.min(position + size, bytes.length),
  };
}

/**
 * Views the first whole OBU of one type, header included.
 * @returns undefined when there is none.
 */
export function findObu(bytes: Uint8Array, type: number): Obu | undefined {
  let obu = readObu(bytes, 0);
  while (obu !== undefined && obu.type !== type) obu = readObu(bytes, obu.end);
  return obu;
}

/**
 * Views a temporal unit without the temporal delimiter that it may begin with: MP4 and Matroska samples hold none.
 * @returns a view of `sample`; `sample` itself when there is nothing to leave out.
 * @see AV1 Codec ISO Media File Format Binding, section 2.4
 */
export function viewWithoutTemporalDelimiter(sample: Uint8Array): Uint8Array {
  const first = readObu(sample, 0);
  return first?.type === obuType.temporalDelimiter ? sample.subarray(first.end) : sample;
}
