import { analyse } from 'chardet';

/** How much of a file its encoding is guessed by. */
const GUESSED_BYTES = 64 << 10;

/**
 * Decodes a text file that does not say how it is encoded: by its byte order mark, as UTF-8 where it is that, else as what
 * its bytes look like.
 * @param bytes - the whole file.
 * @returns text without a byte order mark.
 */
export function decodeFileText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(guessEncoding(bytes)).decode(bytes);
  }
}

/** The likeliest encoding that browsers know as well, and Node with them. */
function guessEncoding(bytes: Uint8Array): string {
  for (const { name } of analyse(bytes.subarray(0, GUESSED_BYTES))) {
    // Text of Windows is what files say that call themselves Latin-1: WHATWG Encoding, section 4.2.
    if (name.startsWith('UTF-32')) continue;
    try {
      return new TextDecoder(name).encoding;
    } catch {
      continue;
    }
  }
  return 'windows-1252';
}
