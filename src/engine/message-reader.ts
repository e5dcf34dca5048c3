import { allocateChunk } from '../io/recycled-memory.js';
import { MESSAGE_HEADER_BYTES, parseMessageHeader, parseMessageMeta, type MessageMeta } from './message.js';

/** A whole message. */
export interface Message {
  /** What it says. */
  readonly meta: MessageMeta;
  /** Its payload, in memory that was allocated for it. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Gives memory for a payload: exactly so many bytes, with anything in them. */
export type AllocatePayload = (bytes: number) => Uint8Array<ArrayBuffer>;

/** Puts messages together from a pipe's chunks, however they are cut. The payload is copied once, into its own memory. */
export class MessageReader {
  readonly #allocate: AllocatePayload;
  readonly #header = new Uint8Array(MESSAGE_HEADER_BYTES);
  #part: 'header' | 'meta' | 'payload' = 'header';
  #target: Uint8Array<ArrayBuffer> = this.#header;
  #filled = 0;
  #payloadBytes = 0;
  #meta: MessageMeta = {};

  /** @param allocate - gives memory for payloads; new memory for each when absent. */
  constructor(allocate: AllocatePayload = allocateChunk) {
    this.#allocate = allocate;
  }

  /**
   * Takes the pipe's next chunk.
   * @param chunk - any number of bytes; not kept.
   * @returns the messages that it completes, as a rule none or one.
   * @throws {EngineError} when the bytes are not messages; the pipe is useless then.
   */
  push(chunk: Uint8Array): Message[] {
    const messages: Message[] = [];
    let position = 0;
    for (;;) {
      const count = Math.min(this.#target.byteLength - this.#filled, chunk.byteLength - position);
      this.#target.set(chunk.subarray(position, position + count), this.#filled);
      this.#filled += count;
      position += count;
      if (this.#filled < this.#target.byteLength) return messages;
      const message = this.#completePart();
      if (message !== undefined) messages.push(message);
    }
  }

  #completePart(): Message | undefined {
    const bytes = this.#target;
    this.#filled = 0;
    switch (this.#part) {
      case 'header': {
        const { metaBytes, payloadBytes } = parseMessageHeader(bytes);
        this.#payloadBytes = payloadBytes;
        this.#part = 'meta';
        this.#target = new Uint8Array(metaBytes);
        return undefined;
      }
      case 'meta':
        this.#meta = parseMessageMeta(bytes);
        this.#part = 'payload';
        this.#target = this.#allocate(this.#payloadBytes);
        return undefined;
      case 'payload':
        this.#part = 'header';
        this.#target = this.#header;
        return { meta: this.#meta, payload: bytes };
    }
  }
}
