import type { ElementaryStream } from './elementary-stream.js';
import { packetBytes, payloadAt } from './packet.js';
import { mostHeaderBytes, parsePesHeader } from './pes-header.js';

/** Takes the PES packets of one PID out of its transport packets. */
export class PesReader {
  readonly #stream: ElementaryStream;
  /** continuity_counter of the last packet; -1 before the first. */
  #counter = -1;
  /** A header that is not complete yet. */
  #header: Uint8Array | undefined;
  #headerLength = 0;
  #headerOffset = 0;
  #state: 'idle' | 'header' | 'payload' = 'idle';
  /** Bytes of payload that are still to come; Infinity where nothing tells. */
  #remaining = Infinity;

  /** @param stream - takes what the PES packets carry. */
  constructor(stream: ElementaryStream) {
    this.#stream = stream;
  }

  /**
   * Takes the next packet of the PID.
   * @param bytes - where it stands; not held.
   * @param at - position of its sync byte.
   * @param offset - of that in the source.
   */
  push(bytes: Uint8Array, at: number, offset: number): void {
    const control = bytes[at + 3]!;
    const isScrambled = control >= 0x40;
    if ((bytes[at + 1]! & 0x80) !== 0 || isScrambled) this.#stream.markLoss();
    if (this.#isRepeated(bytes, at)) return;
    if ((control & 0x10) === 0 || isScrambled) return;
    const end = at + packetBytes;
    const payload = payloadAt(bytes, at);
    if ((bytes[at + 1]! & 0x40) !== 0) this.#begin(bytes, payload, end, offset);
    else if (this.#state === 'payload') this.#append(bytes, payload, end);
    else if (this.#state === 'header') this.#growHeader(bytes, payload, end);
  }

  /** The source has ended. */
  finish(): void {
    this.#stream.finish();
  }

  /**
   * Follows the counter, which tells of missing packets. A packet may come twice, and then both have the same.
   * @see ISO/IEC 13818-1, section 2.4.3.3 (continuity_counter)
   */
  #isRepeated(bytes: Uint8Array, at: number): boolean {
    const control = bytes[at + 3]!;
    const counter = control & 0x0f;
    const last = this.#counter;
    const isJump = (control & 0x20) !== 0 && bytes[at + 4]! > 0 && (bytes[at + 5]! & 0x80) !== 0;
    this.#counter = counter;
    if (last < 0 || isJump) return false;
    const hasPayload = (control & 0x10) !== 0;
    if (counter === (hasPayload ? (last + 1) & 0x0f : last)) return false;
    if (hasPayload && counter === last) return true;
    if (this.#state !== 'idle') this.#stream.markLoss();
    return false;
  }

  #begin(bytes: Uint8Array, from: number, end: number, offset: number): void {
    const header = parsePesHeader(bytes, from, end);
    this.#header = undefined;
    if (header === undefined) {
      this.#state = 'idle';
    } else if (header === 'short') {
      this.#state = 'header';
      this.#header = new Uint8Array(mostHeaderBytes + packetBytes);
      this.#headerLength = 0;
      this.#headerOffset = offset;
      this.#growHeader(bytes, from, end);
    } else {
      const { pts, dts, payloadBytes } = header;
      this.#state = 'payload';
      this.#remaining = payloadBytes ?? Infinity;
      this.#stream.begin({ pts, dts, offset });
      this.#append(bytes, from + header.headerBytes, end);
    }
  }

  #growHeader(bytes: Uint8Array, from: number, end: number): void {
    const header = this.#header!;
    header.set(bytes.subarray(from, end), this.#headerLength);
    this.#headerLength += end - from;
    const isTooLong = this.#headerLength >= mostHeaderBytes;
    if (isTooLong || parsePesHeader(header, 0, this.#headerLength) !== 'short') {
      this.#begin(header, 0, this.#headerLength, this.#headerOffset);
    }
  }

  #append(bytes: Uint8Array, from: number, end: number): void {
    this.#stream.append(bytes, from, end);
    this.#remaining -= end - from;
    if (this.#remaining > 0) return;
    // What comes in spite of that belongs to it all the same: lengths are wrong where pictures are large.
    this.#remaining = Infinity;
    this.#stream.complete();
  }
}
