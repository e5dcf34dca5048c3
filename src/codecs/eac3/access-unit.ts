import { MalformedMediaError } from '../../errors.js';
import { checkLimit } from '../../bytes/limits.js';
import { isEac3SyncFrame, parseAc3SyncFrame } from '../ac3/sync-frame.js';
import { parseEac3SyncFrame, type Eac3SyncFrame } from './sync-frame.js';

/** Eight programs of one independent and eight dependent substreams, in up to six frames of one block. */
const maxFrames = 8 * 9 * 6;

/**
 * Parses the headers of all syncframes in one sample. Bytes after the last whole frame, and AC-3 frames that some
 * discs interleave as a core, are passed over.
 * @throws {MalformedMediaError} when the sample does not begin with an E-AC-3 frame.
 * @throws {LimitExceededError} for more frames than an access unit can have.
 */
export function parseEac3AccessUnit(sample: Uint8Array): Eac3SyncFrame[] {
  const frames: Eac3SyncFrame[] = [];
  let at = 0;
  while (at + 6 <= sample.length && sample[at] === 0x0b && sample[at + 1] === 0x77) {
    const rest = sample.subarray(at);
    if (isEac3SyncFrame(rest)) {
      const frame = parseEac3SyncFrame(rest);
      frames.push(frame);
      at += frame.frameSize;
    } else {
      at += parseAc3SyncFrame(rest).frameSize;
    }
    checkLimit('number of E-AC-3 frames in a sample', frames.length, maxFrames);
  }
  if (frames.length === 0) {
    throw new MalformedMediaError('The E-AC-3 sample holds no E-AC-3 syncframe.', {
      context: { spec: 'ETSI TS 102 366, section E.1.2' },
    });
  }
  return frames;
}
