/** Bytes of a transport packet, without what some put before or behind it. */
export const packetBytes = 188;
/** The byte that each packet begins with. */
export const syncByte = 0x47;

/** Distances between packets: plain, with a time before each (M2TS), with a checksum behind it. */
const distances = [188, 192, 204] as const;
/** So many sync bytes in a row are no accident. */
const syncRun = 5;

/** Where packets stand. */
export interface PacketLattice {
  /** Position of the first packet's sync byte. */
  readonly first: number;
  /** Bytes from one sync byte to the next. */
  readonly distance: number;
}

/**
 * Finds the packets of a transport stream.
 * @param bytes - bytes from anywhere in it.
 * @param known - the distance, where it is known already.
 * @returns undefined where there are not five packets in a row.
 * @see ISO/IEC 13818-1, section 2.4.3.2
 */
export function findPackets(bytes: Uint8Array, known?: number): PacketLattice | undefined {
  for (const distance of known === undefined ? distances : [known]) {
    const end = bytes.length - (syncRun - 1) * distance;
    const reach = known === undefined ? Math.min(distance, end) : end;
    for (let first = 0; first < reach; first++) {
      if (isSynchronous(bytes, first, distance)) return { first, distance };
    }
  }
  return undefined;
}

/** Views the packets of some bytes, without what stands before, between or behind them. */
export function* viewPackets(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const lattice = findPackets(bytes);
  if (lattice === undefined) return;
  for (let at = lattice.first; at + packetBytes <= bytes.length; at += lattice.distance) {
    if (bytes[at] === syncByte) yield bytes.subarray(at, at + packetBytes);
  }
}

/** The PID of a packet. */
export function pidAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!;
}

/**
 * Where the payload of a packet begins.
 * @returns the position of the packet's end where it has none, or where its adaptation field is longer than it is.
 * @see ISO/IEC 13818-1, section 2.4.3.3
 */
export function payloadAt(bytes: Uint8Array, at: number): number {
  const control = bytes[at + 3]! & 0x30;
  if (control === 0x10) return at + 4;
  const end = at + packetBytes;
  return control === 0x30 ? Math.min(end, at + 5 + bytes[at + 4]!) : end;
}

function isSynchronous(bytes: Uint8Array, first: number, distance: number): boolean {
  for (let i = 0; i < syncRun; i++) if (bytes[first + i * distance] !== syncByte) return false;
  return true;
}
