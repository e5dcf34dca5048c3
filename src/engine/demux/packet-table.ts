import type { TimedPacket } from '../../media/sample-builder.js';

/**
 * How packets cross the pipe: a table of fixed rows of 64-bit floats (a time is a whole number below 2^53, NaN where
 * there is none), then the packets' bytes one after another. A row costs 72 bytes, where JSON costs a parser.
 */

/** A packet as libavformat gives it. */
export interface DemuxedPacket extends TimedPacket {
  /** Index of its stream. */
  readonly stream: number;
}

const COLUMNS = 9;
const KEY = 1;
const CORRUPT = 2;

/**
 * Gathers packets into a table and a run of bytes: the one place where a packet is copied in the process that demuxes. The
 * memory serves one batch after another.
 */
export class PacketTableWriter {
  readonly #rows: number[] = [];
  #memory = new Uint8Array(0);
  #bytes = 0;

  /** Number of packets. */
  get count(): number {
    return this.#rows.length / COLUMNS;
  }

  /** Bytes of packets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a new batch. */
  clear(): void {
    this.#rows.length = 0;
    this.#bytes = 0;
  }

  /**
   * Adds a packet. Its data are copied.
   * @param units - NAL units: the data are then these, each after its length in four bytes, and not the packet's own.
   */
  add(packet: DemuxedPacket, units?: readonly Uint8Array[]): void {
    const flags = (packet.isKey ? KEY : 0) | (packet.isCorrupt ? CORRUPT : 0);
    const { stream, pts = NaN, dts = NaN, duration, discard = 0, offset, size, data } = packet;
    const begin = this.#bytes;
    if (units === undefined) this.#append(data);
    else for (const unit of units) this.#appendUnit(unit);
    this.#rows.push(stream, pts, dts, duration, offset, size, flags, this.#bytes - begin, discard);
  }

  /**
   * Gives the payload in two parts, table and data.
   * @returns parts that are good until the next batch is begun.
   */
  finish(): readonly Uint8Array[] {
    const table = new Uint8Array(Float64Array.from(this.#rows).buffer);
    return [table, this.#memory.subarray(0, this.#bytes)];
  }

  #append(data: Uint8Array): void {
    this.#reserve(this.#bytes + data.length);
    this.#memory.set(data, this.#bytes);
    this.#bytes += data.length;
  }

  #appendUnit(unit: Uint8Array): void {
    this.#reserve(this.#bytes + 4 + unit.length);
    const { length } = unit;
    this.#memory[this.#bytes++] = length >>> 24;
    this.#memory[this.#bytes++] = length >>> 16;
    this.#memory[this.#bytes++] = length >>> 8;
    this.#memory[this.#bytes++] = length;
    this.#append(unit);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#memory.length));
    grown.set(this.#memory.subarray(0, this.#bytes));
    this.#memory = grown;
  }
}

/**
 * Views the packets of a payload.
 * @param payload - the parts that {@link PacketTableWriter.finish} gave, joined; it begins its buffer.
 * @param count - number of packets.
 * @returns packets whose data share the payload's memory.
 */
export function viewPackets(payload: Uint8Array<ArrayBuffer>, count: number): DemuxedPacket[] {
  const table = new Float64Array(payload.buffer, payload.byteOffset, count * COLUMNS);
  const packets: DemuxedPacket[] = [];
  let at = table.byteLength;
  for (let row = 0; row < table.length; row += COLUMNS) {
    const pts = table[row + 1]!;
    const dts = table[row + 2]!;
    const flags = table[row + 6]!;
    const end = at + table[row + 7]!;
    packets.push({
      stream: table[row]!,
      pts: Number.isNaN(pts) ? undefined : pts,
      dts: Number.isNaN(dts) ? undefined : dts,
      duration: table[row + 3]!,
      discard: table[row + 8]!,
      offset: table[row + 4]!,
      size: table[row + 5]!,
      isKey: (flags & KEY) !== 0,
      isCorrupt: (flags & CORRUPT) !== 0,
      data: payload.subarray(at, end),
    });
    at = end;
  }
  return packets;
}
