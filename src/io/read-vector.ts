import type { FileHandle } from 'node:fs/promises';
import { skipBytes } from './write-vector.js';

/**
 * Reads a file from its beginning into buffers, with as few system calls as the system allows.
 * @param handle - the file.
 * @param list - filled one after the other.
 * @returns how many bytes there were: fewer than there is room for where the file ends.
 * @throws the system's error; nothing is written into the buffers after that.
 */
export async function readVector(
  handle: Pick<FileHandle, 'readv'>,
  list: readonly Uint8Array[],
): Promise<number> {
  let rest = list.filter(({ length }) => length > 0);
  let filled = 0;
  while (rest.length > 0) {
    const { bytesRead } = await handle.readv(rest, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
    rest = skipBytes(rest, bytesRead);
  }
  return filled;
}
