/**
 * Writes buffers with as few system calls as the system allows, and without joining them.
 * @param writev - makes one system call; gives the number of bytes it took.
 * @param list - not changed until the call has returned.
 * @throws the system's error.
 */
export async function writeVector(
  writev: (list: Uint8Array[]) => Promise<{ bytesWritten: number }>,
  list: readonly Uint8Array[],
): Promise<void> {
  let rest = list.filter(({ length }) => length > 0);
  while (rest.length > 0) {
    const { bytesWritten } = await writev(rest);
    rest = skipBytes(rest, bytesWritten);
  }
}

/** What is left of buffers after their first bytes are gone. */
export function skipBytes(list: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  let index = 0;
  while (index < list.length && left >= list[index]!.length) left -= list[index++]!.length;
  const rest = list.slice(index);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
