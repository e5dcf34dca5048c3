/**
 * An MPEG-2 transport stream without end, made of a short one: the same packets over and over, with clocks and continuity
 * counters that go on as a broadcaster's would.
 * @see ISO/IEC 13818-1, sections 2.4.3 (transport packets, adaptation fields and PES packets)
 */

/** Bytes of a transport packet. */
export const TS_PACKET_BYTES = 188;

/** The 90 kHz clocks count to this and begin anew. */
const CLOCK_TURN = 2 ** 33;

/** How the stream is made. */
export interface EndlessOptions {
  /** By how much time each round is later than the one before, in ticks of 90 kHz. */
  readonly periodTicks: number;
  /** How many rounds. */
  readonly rounds: number;
  /** What the first round's times are shifted by, in ticks of 90 kHz; 0 when absent. */
  readonly shiftTicks?: number;
}

interface Stamp {
  /** Position of the time's first byte. */
  readonly at: number;
  /** The time as it is in the short stream. */
  readonly ticks: number;
  readonly kind: 'pcr' | 'pes';
}

/**
 * Repeats a transport stream.
 * @param loop - whole packets, from a sync byte on; a table and a keyframe come first.
 * @param options - how often and how far apart.
 * @returns one chunk for each round, in memory of its own.
 */
export function* endlessTransportStream(
  loop: Uint8Array,
  { periodTicks, rounds, shiftTicks = 0 }: EndlessOptions,
): Generator<Uint8Array, void, undefined> {
  const stamps: Stamp[] = [];
  const counters: { readonly at: number; readonly pid: number; readonly hasPayload: boolean }[] = [];
  for (let at = 0; at + TS_PACKET_BYTES <= loop.length; at += TS_PACKET_BYTES) {
    const pid = ((loop[at + 1]! & 0x1f) << 8) | loop[at + 2]!;
    const control = loop[at + 3]! >> 4;
    counters.push({ at: at + 3, pid, hasPayload: (control & 1) !== 0 });
    let payload = at + 4;
    if ((control & 2) !== 0) {
      const length = loop[payload]!;
      // The PCR_flag.
      if (length > 0 && (loop[payload + 1]! & 0x10) !== 0) stamps.push(pcrAt(loop, payload + 2));
      payload += 1 + length;
    }
    const isPesStart = (loop[at + 1]! & 0x40) !== 0 && (control & 1) !== 0 && isPes(loop, payload);
    if (!isPesStart) continue;
    const flags = loop[payload + 7]! >> 6;
    if ((flags & 2) !== 0) stamps.push(pesTimeAt(loop, payload + 9));
    if ((flags & 1) !== 0) stamps.push(pesTimeAt(loop, payload + 14));
  }
  const next = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    const chunk = loop.slice();
    const shift = shiftTicks + round * periodTicks;
    for (const { at, ticks, kind } of stamps) {
      const time = (((ticks + shift) % CLOCK_TURN) + CLOCK_TURN) % CLOCK_TURN;
      if (kind === 'pcr') writePcr(chunk, at, time);
      else writePesTime(chunk, at, time);
    }
    for (const { at, pid, hasPayload } of counters) {
      const last = next.get(pid) ?? (loop[at]! - 1) & 0xf;
      const counter = hasPayload ? (last + 1) & 0xf : last;
      next.set(pid, counter);
      chunk[at] = (chunk[at]! & 0xf0) | counter;
    }
    yield chunk;
  }
}

function isPes(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1 && bytes[at + 3]! >= 0xbd;
}

function pcrAt(bytes: Uint8Array, at: number): Stamp {
  const high = bytes[at]! * 2 ** 25 + (bytes[at + 1]! << 17) + (bytes[at + 2]! << 9) + (bytes[at + 3]! << 1);
  return { at, ticks: high + (bytes[at + 4]! >> 7), kind: 'pcr' };
}

function writePcr(bytes: Uint8Array, at: number, ticks: number): void {
  const high = Math.floor(ticks / 2);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, high);
  bytes[at + 4] = (bytes[at + 4]! & 0x7f) | ((ticks % 2) << 7);
}

function pesTimeAt(bytes: Uint8Array, at: number): Stamp {
  const top = (bytes[at]! >> 1) & 7;
  const middle = (bytes[at + 1]! << 7) | (bytes[at + 2]! >> 1);
  const low = (bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1);
  return { at, ticks: top * 2 ** 30 + middle * 2 ** 15 + low, kind: 'pes' };
}

function writePesTime(bytes: Uint8Array, at: number, ticks: number): void {
  const middle = Math.floor(ticks / 2 ** 15) & 0x7fff;
  const low = ticks & 0x7fff;
  bytes[at] = (bytes[at]! & 0xf1) | (Math.floor(ticks / 2 ** 30) << 1);
  bytes[at + 1] = middle >> 7;
  bytes[at + 2] = ((middle & 0x7f) << 1) | 1;
  bytes[at + 3] = low >> 7;
  bytes[at + 4] = ((low & 0x7f) << 1) | 1;
}
