import { EngineError } from '../errors.js';

/**
 * How the parent and an engine process talk: one message at a time over one duplex pipe. A message is a header of
 * fixed size (magic, meta length, payload length, each 32 bits, big endian), the meta as JSON, and a payload of raw
 * bytes. No structured clone: the payload's parts go to the pipe as they are.
 */

/** What a message says about itself and its payload, as JSON. */
export type MessageMeta = Readonly<Record<string, unknown>>;

/** Size of a message's header in bytes. */
export const MESSAGE_HEADER_BYTES = 12;

/** The largest meta that is accepted, in bytes. */
const MAX_META_BYTES = 32 * 1024 * 1024;

/** The largest payload that is accepted, in bytes. */
const MAX_PAYLOAD_BYTES = 512 * 1024 * 1024;

/** "SGMT": anything else means that the two sides have lost step. */
const MAGIC = 0x53474d54;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The lengths that a header announces. */
export interface MessageLengths {
  /** Bytes of meta that follow the header. */
  readonly metaBytes: number;
  /** Bytes of payload that follow the meta. */
  readonly payloadBytes: number;
}

/**
 * Writes a message's header and meta; the payload's parts follow it on the pipe.
 * @param meta - anything that JSON can hold.
 * @param parts - the payload, which is only measured here.
 * @returns header and meta in one buffer.
 * @throws {EngineError} when the message is above the caps.
 */
export function writeMessageHead(meta: MessageMeta, parts: readonly Uint8Array[]): Uint8Array {
  const text = encoder.encode(JSON.stringify(meta));
  let payloadBytes = 0;
  for (const part of parts) payloadBytes += part.byteLength;
  checkLengths({ metaBytes: text.byteLength, payloadBytes });
  const head = new Uint8Array(MESSAGE_HEADER_BYTES + text.byteLength);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, text.byteLength);
  view.setUint32(8, payloadBytes);
  head.set(text, MESSAGE_HEADER_BYTES);
  return head;
}

/**
 * Parses a message's header.
 * @param header - at least {@link MESSAGE_HEADER_BYTES} bytes; not kept.
 * @throws {EngineError} when it is no header, or announces more than the caps allow.
 */
export function parseMessageHeader(header: Uint8Array): MessageLengths {
  const view = new DataView(header.buffer, header.byteOffset, MESSAGE_HEADER_BYTES);
  if (view.getUint32(0) !== MAGIC) {
    throw new EngineError('What came over the engine pipe is not a message.');
  }
  const lengths = { metaBytes: view.getUint32(4), payloadBytes: view.getUint32(8) };
  checkLengths(lengths);
  return lengths;
}

/**
 * Parses a message's meta.
 * @param text - the JSON; not kept.
 * @throws {EngineError} when it is not a JSON object.
 */
export function parseMessageMeta(text: Uint8Array): MessageMeta {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(text));
  } catch (cause) {
    throw new EngineError('A message of the engine pipe is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null) {
    throw new EngineError('A message of the engine pipe is not an object.');
  }
  return value as MessageMeta;
}

function checkLengths({ metaBytes, payloadBytes }: MessageLengths): void {
  if (metaBytes > MAX_META_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new EngineError(
      `A message for the engine holds ${metaBytes} + ${payloadBytes} bytes; at most ${MAX_META_BYTES} + ${MAX_PAYLOAD_BYTES} are sent.`,
    );
  }
}
