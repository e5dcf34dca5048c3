import type { DamageLog } from '../media/damage-log.js';
import type { ElementaryStream } from './elementary-stream.js';
import { findPackets, packetBytes, syncByte } from './packet.js';
import { PesReader } from './pes-reader.js';
import type { ProgrammeFollower } from './programme-follower.js';
import type { ElementaryStreamInfo } from './stream-info.js';

/** Bytes in which packets are looked for again, where they are not where they should be. */
const soughtBytes = 2048;

/** What a {@link TransportReader} reads. */
export interface TransportReaderOptions {
  /** Bytes from one packet to the next. */
  readonly distance: number;
  /** Follows the programme. */
  readonly programme: ProgrammeFollower;
  /** What takes the streams of the programme that are wanted. */
  readonly streams: ReadonlyMap<ElementaryStreamInfo, ElementaryStream>;
  /** Told of damage. */
  readonly damage: DamageLog;
}

/** Takes the packets of a transport stream to the streams that they are of. Synchronous: whoever reads pushes bytes. */
export class TransportReader {
  readonly #options: TransportReaderOptions;
  readonly #readers: ReadonlyMap<ElementaryStreamInfo, PesReader>;
  /** By PID. */
  #routes: (PesReader | undefined)[] = [];
  /** What could not be taken yet: a part of a packet, or bytes in which none was found. */
  #rest: Uint8Array = new Uint8Array(0);
  #hasPackets = false;
  /** Bytes to pass over: what stands between two packets. */
  #skip = 0;

  /** @param options - what is read. */
  constructor(options: TransportReaderOptions) {
    this.#options = options;
    this.#readers = new Map([...options.streams].map(([info, stream]) => [info, new PesReader(stream)]));
    this.#route();
  }

  /**
   * Takes the next bytes.
   * @param chunk - follows the one before; not held.
   * @param offset - of its first byte in the source.
   */
  push(chunk: Uint8Array, offset: number): void {
    const rest = this.#rest;
    if (rest.length === 0) {
      this.#read(chunk, offset, false);
      return;
    }
    // Of what was left a part of a packet at most is joined with as much as makes it whole.
    const missing =
      rest.length < packetBytes ? Math.min(chunk.length, packetBytes - rest.length) : chunk.length;
    const joined = new Uint8Array(rest.length + missing);
    joined.set(rest);
    joined.set(chunk.subarray(0, missing), rest.length);
    this.#rest = new Uint8Array(0);
    this.#read(joined, offset - rest.length, false);
    if (missing < chunk.length) this.push(chunk.subarray(missing), offset + missing);
  }

  /** The source has ended. */
  finish(offset: number): void {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    this.#read(rest, offset - rest.length, true);
    for (const reader of this.#readers.values()) reader.finish();
  }

  /** The streams' routes as the programme's map has them now. */
  #route(): void {
    this.#routes = new Array<PesReader | undefined>(0x2000).fill(undefined);
    for (const [info, reader] of this.#readers) {
      const pid = this.#options.programme.pidOf(info);
      if (pid !== undefined) this.#routes[pid] = reader;
    }
  }

  #read(bytes: Uint8Array, offset: number, isEnd: boolean): void {
    const { distance, programme } = this.#options;
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (at + packetBytes <= bytes.length) {
      if (bytes[at] !== syncByte) {
        const found = this.#resync(bytes, at, offset, isEnd);
        if (found < 0) return;
        at = found;
        continue;
      }
      this.#hasPackets = true;
      const pid = ((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!;
      const reader = this.#routes[pid];
      if (reader !== undefined) {
        if ((bytes[at + 1]! & 0x40) !== 0) programme.meetOwn();
        reader.push(bytes, at, offset + at);
      } else if (pid !== 0x1fff && programme.push(bytes, at)) this.#route();
      at += distance;
    }
    this.#skip += Math.max(0, at - bytes.length);
    if (at < bytes.length) this.#rest = bytes.slice(at);
  }

  /** Finds packets again behind bytes that are none. Returns -1 when more bytes must come first. */
  #resync(bytes: Uint8Array, at: number, offset: number, isEnd: boolean): number {
    const { distance, damage } = this.#options;
    const found = findPackets(bytes.subarray(at), distance)?.first;
    if (found === undefined && !isEnd && bytes.length - at < soughtBytes) {
      this.#rest = bytes.slice(at);
      return -1;
    }
    // A run of packets may begin in the last bytes.
    const passed = found ?? Math.max(0, bytes.length - at - (isEnd ? 0 : soughtBytes));
    // Less than a packet before the first one is what stands before it, or the end of another.
    if (passed > 0 && (this.#hasPackets || passed >= distance)) {
      damage.add('unreadable', offset + at, passed, 'Bytes that are no packets of a transport stream.');
    }
    if (found !== undefined) return at + found;
    this.#rest = bytes.slice(at + passed);
    return -1;
  }
}
