import { checkLimit } from '../bytes/limits.js';
import { MalformedMediaError } from '../errors.js';
import type { Attachment } from '../media/media-info.js';
import { ElementHeader } from './element-header.js';
import { LIMITS } from './limits.js';
import type { QueueReader } from './queue-reader.js';
import { ID } from './schema.js';
import { UNKNOWN_SIZE } from './vint.js';

const UTF8 = new TextDecoder('utf-8');

/**
 * Reads an Attachments element, whose header has been passed. The files' data is passed over and never held: only
 * where it stands is told.
 * @param reader - at the element's data.
 * @param end - offset at which the element ends.
 * @param found - takes the attached files.
 * @throws {MalformedMediaError} when a child does not end within its parent, or the source ends within one.
 * @throws {LimitExceededError} when there are too many files, or a name is too long.
 * @see RFC 9559, section 5.1.6
 */
export async function readAttachments(reader: QueueReader, end: number, found: Attachment[]): Promise<void> {
  const header = new ElementHeader();
  while (reader.queue.offset < end) {
    await readChildHeader(reader, header, end, 'Segment/Attachments');
    if (header.id !== ID.AttachedFile) {
      reader.queue.skip(header.size);
      continue;
    }
    checkLimit('number of attachments', found.length + 1, LIMITS.attachments);
    found.push(await readAttachedFile(reader, reader.queue.offset + header.size));
  }
}

async function readAttachedFile(reader: QueueReader, end: number): Promise<Attachment> {
  const header = new ElementHeader();
  let name = '';
  let mediaType = 'application/octet-stream';
  let size = 0;
  let offset = 0;
  while (reader.queue.offset < end) {
    await readChildHeader(reader, header, end, 'Segment/Attachments/AttachedFile');
    switch (header.id) {
      case ID.FileName:
        name = await readText(reader, header.size);
        break;
      case ID.FileMediaType:
        mediaType = await readText(reader, header.size);
        break;
      case ID.FileData:
        size = header.size;
        offset = reader.queue.offset;
        reader.queue.skip(size);
        break;
      default:
        reader.queue.skip(header.size);
    }
  }
  return { name, mediaType, size, offset };
}

/** Reads and passes the header of the next child, which must end at or before `end`. */
async function readChildHeader(
  reader: QueueReader,
  header: ElementHeader,
  end: number,
  element: string,
): Promise<void> {
  for (;;) {
    const { queue } = reader;
    const state = header.parse(queue);
    const isWithin = header.size !== UNKNOWN_SIZE && queue.offset + header.total <= end;
    if (state === 'whole' && isWithin) {
      queue.skip(header.length);
      return;
    }
    if (state === 'partial' && (await reader.fill())) continue;
    const fault =
      state === 'partial' ? 'is cut off' : 'holds an element that does not end within it, or is none';
    throw new MalformedMediaError(`${element} ${fault}.`, { context: { element, offset: queue.offset } });
  }
}

async function readText(reader: QueueReader, size: number): Promise<string> {
  const context = { element: 'Segment/Attachments/AttachedFile', offset: reader.queue.offset };
  checkLimit('size of an attachment name in bytes', size, LIMITS.textBytes, context);
  if (!(await reader.ensure(size))) {
    throw new MalformedMediaError('Segment/Attachments/AttachedFile is cut off.', { context });
  }
  return UTF8.decode(reader.queue.take(size)).replace(/\0.*$/su, '');
}
