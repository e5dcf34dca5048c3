/**
 * Decodes text of a container, which says that it is UTF-8: what is not is taken for that of Windows, in which the files
 * were that it was made of.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
