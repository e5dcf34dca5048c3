import { UnsupportedMediaError } from '../errors.js';
import { ElementCursor } from './element-cursor.js';
import { ID } from './schema.js';
import { isUnknownSize, parseVint, vintLength } from './vint.js';

/** The document types that the demuxer reads. */
export type DocType = 'matroska' | 'webm';

/**
 * Parses the data of an EBML header and checks that a file with it can be read.
 * @param data - the header's data.
 * @param offset - offset of `data[0]` in the source.
 * @throws {UnsupportedMediaError} when the file is of another type, or of a version that came later.
 * @throws {MalformedMediaError} when the header is broken.
 * @see RFC 8794, section 11.2; RFC 9559, section 4
 */
export function parseEbmlHeader(data: Uint8Array, offset: number): DocType {
  const header = new ElementCursor(data, offset, 'EBML');
  let readVersion = 1;
  let maxIdLength = 4;
  let maxSizeLength = 8;
  let docType = '';
  let docTypeReadVersion = 1;
  while (header.next()) {
    if (header.id === ID.EBMLReadVersion) readVersion = header.uint(1);
    else if (header.id === ID.EBMLMaxIDLength) maxIdLength = header.uint(4);
    else if (header.id === ID.EBMLMaxSizeLength) maxSizeLength = header.uint(8);
    else if (header.id === ID.DocType) docType = header.text();
    else if (header.id === ID.DocTypeReadVersion) docTypeReadVersion = header.uint(1);
  }
  const context = { element: 'EBML', offset };
  if (docType !== 'matroska' && docType !== 'webm') {
    throw new UnsupportedMediaError(
      `The source is an EBML document of type "${docType.slice(0, 40)}", and only Matroska and WebM are read.`,
      { context },
    );
  }
  requireAtMost('EBMLReadVersion', readVersion, 1);
  requireAtMost('EBMLMaxIDLength', maxIdLength, 4);
  requireAtMost('EBMLMaxSizeLength', maxSizeLength, 8);
  requireAtMost('DocTypeReadVersion', docTypeReadVersion, 4);
  return docType;

  function requireAtMost(what: string, value: number, most: number): void {
    if (value <= most) return;
    throw new UnsupportedMediaError(
      `The file wants a reader for ${what} ${value}, and this one reads up to ${most}.`,
      { context },
    );
  }
}

/**
 * Tells from a file's first bytes whether it is Matroska or WebM: by EBML header and DocType, not by name.
 * @param head - the first bytes of the file; 64 are enough for real files, 4096 for any.
 */
export function isMatroska(head: Uint8Array): boolean {
  if (head.length < 5 || parseVint(head, 0, 4) !== ID.EBML - 0x10000000) return false;
  const sizeLength = vintLength(head[4]!);
  if (sizeLength > 8 || head.length < 4 + sizeLength) return false;
  const size = parseVint(head, 4, sizeLength);
  if (isUnknownSize(size, sizeLength)) return false;
  const start = 4 + sizeLength;
  const header = new ElementCursor(head.subarray(start, start + size), start, 'EBML');
  try {
    while (header.next()) {
      if (header.id === ID.DocType) return ['matroska', 'webm'].includes(header.text());
    }
  } catch {
    // Broken before a DocType: whatever it is, it cannot be read as Matroska.
  }
  return false;
}
