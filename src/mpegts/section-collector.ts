import { sectionCrc32 } from './crc32.js';
import { packetBytes, payloadAt } from './packet.js';

/** What stands where a section could begin and none does. */
const stuffing = 0xff;

/**
 * Joins the sections that the packets of one PID carry. One is open at a time, of 4098 bytes at most. What is not as it was
 * written is left out.
 * @see ISO/IEC 13818-1, section 2.4.4
 */
export class SectionCollector {
  #open: Uint8Array | undefined;

  /**
   * Takes a packet.
   * @param bytes - where it stands; not held.
   * @param at - position of its sync byte.
   * @returns the sections that end in it.
   */
  push(bytes: Uint8Array, at: number): Uint8Array[] {
    const sections: Uint8Array[] = [];
    let payload = bytes.subarray(payloadAt(bytes, at), at + packetBytes);
    if (payload.length === 0) return sections;
    const begins = (bytes[at + 1]! & 0x40) !== 0;
    if (begins) {
      const pointer = payload[0]!;
      this.#append(payload.subarray(1, 1 + pointer), sections);
      this.#open = new Uint8Array(0);
      payload = payload.subarray(1 + pointer);
    }
    this.#append(payload, sections);
    return sections;
  }

  /** A packet is missing: the open section is not whole. */
  drop(): void {
    this.#open = undefined;
  }

  #append(bytes: Uint8Array, sections: Uint8Array[]): void {
    if (this.#open === undefined) return;
    let data = new Uint8Array(this.#open.length + bytes.length);
    data.set(this.#open);
    data.set(bytes, this.#open.length);
    while (data.length >= 3 && data[0] !== stuffing) {
      const length = 3 + (((data[1]! & 0x0f) << 8) | data[2]!);
      if (data.length < length) break;
      const section = data.subarray(0, length);
      if (sectionCrc32(section) === 0) sections.push(section);
      data = data.subarray(length);
    }
    this.#open = data.length > 0 && data[0] !== stuffing ? data : undefined;
  }
}
