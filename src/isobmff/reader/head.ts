import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import type { Source } from '../../media/source.js';
import type { BoxView } from '../box-view.js';
import { LIMITS } from './limits.js';
import type { SourceReader } from './source-reader.js';
import { isIsobmff, readTopLevelBox, readWholeBox } from './top-level.js';

/** Where the movie box is. */
export interface Head {
  /** `moov`. */
  readonly moov: BoxView;
  /** Offset behind it, where fragments begin. */
  readonly end: number;
}

/** What stands behind the media is read at once up to this size: as a rule it is the movie box. */
const TAIL_BYTES = 1 << 20;

/**
 * Finds and reads the movie box: at the beginning, or at the end behind media that are passed over.
 * @param source - for its size, and whether it can be read anywhere.
 * @param reader - reads it.
 * @throws {MalformedMediaError} when the source is no MP4, or has no movie box.
 * @throws {UnsupportedMediaError} when it stands behind the media, and the source cannot be read anywhere.
 * @throws {LimitExceededError} when it is absurdly large.
 * @throws {SourceError} as the source does.
 */
export async function readHead(source: Source, reader: SourceReader): Promise<Head> {
  const first = (await reader.read(0, 16)).view(0, 8);
  if (first === undefined || !isIsobmff((await reader.read(0, 16)).view(0, 16) ?? first)) {
    throw new MalformedMediaError('The source is no MP4 or MOV file: it begins with no box of theirs.', {
      context: { offset: 0, spec: 'ISO/IEC 14496-12 - 4.2' },
    });
  }
  let offset = 0;
  for (let boxes = 0; boxes < LIMITS.boxesBeforeMoov; boxes++) {
    const box = await readTopLevelBox(reader, offset);
    if (box === 'end' || box === 'unreadable') break;
    if (box.type === 'moov') {
      const moov = await readWholeBox(reader, box, LIMITS.moovBytes, source.size);
      if (moov !== undefined) return { moov, end: moov.bodyOffset + moov.body.length };
      throw new MalformedMediaError('The file ends within its movie box (moov): it was cut off.', {
        context: { element: 'moov', offset },
      });
    }
    if (box.type === 'mdat' && !source.seekable) {
      throw new UnsupportedMediaError(
        'The file has its movie box (moov) behind its media, and comes as a stream that cannot be read from its end.',
        { context: { element: 'mdat', offset } },
      );
    }
    if (box.end === Infinity) break;
    offset = box.end;
    const rest = source.size === undefined ? Infinity : source.size - offset;
    if (box.type === 'mdat' && rest <= TAIL_BYTES) await reader.read(offset, rest);
  }
  throw new MalformedMediaError(
    'The file has no movie box (moov): it was cut off, or its recording was never finished.',
    { context: { offset, spec: 'ISO/IEC 14496-12 - 8.2.1' } },
  );
}
