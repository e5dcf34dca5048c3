import { addEmulationPrevention, removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { nalLengthAt } from '../nal/length-prefixed.js';
import { seiPayloadType } from '../nal/sei.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';

/** Bytes of the lengths before NAL units, in all samples that are sent. */
const lengthSize = 4;
/** Longer SEI units hold no recovery point as a rule; they are left alone. */
const maxSeiBytes = 4096;

/**
 * Takes the recovery point messages out of a sample: a player that believes them takes the picture for one to begin at.
 * Nothing else changes; a decoder that begins at an IDR picture has no use for them.
 * @param sample - NAL units, each after its length in four bytes; not written to.
 * @returns `sample` itself when it holds no such message, which is the rule; else a new buffer.
 * @see ITU-T H.264, section D.2.8; docs/decisions/0003-recovery-points.md
 */
export function withoutRecoveryPoints(sample: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  let at = 0;
  while (at + lengthSize < sample.length) {
    const start = at + lengthSize;
    const end = start + nalLengthAt(sample, at, lengthSize);
    // SEI stands before the first slice.
    if (end > sample.length || (end > start && isSlice(sample[start]!))) break;
    const nal = sample.subarray(start, end);
    if (nal.length > 0 && nal.length <= maxSeiBytes && avcNalTypeOf(nal) === avcNalType.sei) {
      const rest = withoutMessage(nal, seiPayloadType.recoveryPoint);
      if (rest !== nal) {
        parts.push(sample.subarray(kept, at));
        if (rest !== undefined) parts.push(writeLength(rest.length), rest);
        kept = end;
      }
    }
    at = end;
  }
  return kept === 0 ? sample : join([...parts, sample.subarray(kept)]);
}

function isSlice(header: number): boolean {
  const type = header & 0x1f;
  return type >= avcNalType.slice && type <= avcNalType.idrSlice;
}

/** Gives the SEI unit without messages of a type: itself when it has none, undefined when it has no others. */
function withoutMessage(nal: Uint8Array, unwanted: number): Uint8Array | undefined {
  const unit = removeEmulationPrevention(nal);
  const kept: Uint8Array[] = [unit.subarray(0, 1)];
  let at = 1;
  let isChanged = false;
  // The last byte is the RBSP trailing bits; two bytes are the shortest message.
  while (at + 2 < unit.length) {
    const from = at;
    let type = 0;
    let size = 0;
    while (unit[at] === 0xff) type += unit[at++]!;
    type += unit[at++] ?? 0;
    while (unit[at] === 0xff) size += unit[at++]!;
    size += unit[at++] ?? 0;
    at += size;
    if (at > unit.length) return nal;
    if (type === unwanted) isChanged = true;
    else kept.push(unit.subarray(from, at));
  }
  if (!isChanged) return nal;
  return kept.length === 1 ? undefined : addEmulationPrevention(join([...kept, unit.subarray(at)]));
}

function writeLength(length: number): Uint8Array {
  const bytes = new Uint8Array(lengthSize);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
