import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

/**
 * The seal that an object is kept with wherever bytes can be lost, changed or mixed up. Big-endian:
 *
 * | bytes | what                                        |
 * | ----- | ------------------------------------------- |
 * | 8     | `SEGMINT1`                                  |
 * | 8     | length of the object                        |
 * | 32    | SHA-256 of its key                          |
 * | 4     | CRC-32 of the object                        |
 * | 4     | CRC-32 of all of the above                  |
 *
 * A CRC and not a hash: it guards against accidents, and at 3 GB/s it costs little more than reading.
 */
export const SEAL_BYTES = 56;

const magic = new TextEncoder().encode('SEGMINT1');
const keyOffset = 16;
const checksumOffset = 48;
const sealChecksumOffset = 52;

/** What is checked in one turn of the event loop: about two milliseconds. */
const turnBytes = 8 << 20;

/**
 * Seals an object.
 * @param key - its name.
 * @param chunks - its bytes; not copied, not held.
 * @returns the seal, to be kept before the chunks.
 */
export async function sealObject(key: string, chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const seal = new Uint8Array(SEAL_BYTES);
  const view = new DataView(seal.buffer);
  seal.set(magic);
  view.setBigUint64(magic.length, BigInt(lengthOf(chunks)));
  seal.set(digestKey(key), keyOffset);
  view.setUint32(checksumOffset, await checksum(chunks));
  view.setUint32(sealChecksumOffset, crc32(seal.subarray(0, sealChecksumOffset)));
  return seal;
}

/**
 * Opens what was kept.
 * @param key - the name that was asked for.
 * @param sealed - the seal and the object.
 * @returns a view of the object; undefined when a single bit of it all is not as it was sealed, or it is another's.
 */
export async function openSealed(key: string, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  const object = sealed.subarray(SEAL_BYTES);
  return (await isSealOf(key, sealed.subarray(0, SEAL_BYTES), [object])) ? object : undefined;
}

/**
 * Whether nothing has changed since an object was sealed.
 * @param key - the name that was asked for.
 * @param seal - what was kept before the object, fewer bytes than a seal has where there were no more.
 * @param chunks - the object.
 */
export async function isSealOf(
  key: string,
  seal: Uint8Array,
  chunks: readonly Uint8Array[],
): Promise<boolean> {
  if (seal.byteLength < SEAL_BYTES) return false;
  const view = new DataView(seal.buffer, seal.byteOffset, seal.byteLength);
  return (
    view.getUint32(sealChecksumOffset) === crc32(seal.subarray(0, sealChecksumOffset)) &&
    startsWith(seal, magic) &&
    startsWith(seal.subarray(keyOffset), digestKey(key)) &&
    view.getBigUint64(magic.length) === BigInt(lengthOf(chunks)) &&
    view.getUint32(checksumOffset) === (await checksum(chunks))
  );
}

/** The SHA-256 of a key: a name of fixed length in which nothing of the key can be read. */
export function digestKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

/** Bytes of all chunks. */
export function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

async function checksum(chunks: readonly Uint8Array[]): Promise<number> {
  let sum = 0;
  let inTurn = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += turnBytes) {
      const part = chunk.subarray(at, at + turnBytes);
      if (inTurn + part.byteLength > turnBytes) {
        await nextTurn();
        inTurn = 0;
      }
      sum = crc32(part, sum);
      inTurn += part.byteLength;
    }
  }
  return sum;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
