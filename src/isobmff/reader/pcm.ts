import type { AudioCodec } from '../../media/codec.js';
import { boxCursor, findBox, openFullBox, type BoxView } from '../box-view.js';
import type { AudioSampleEntry } from './sample-entry.js';

/** Uncompressed sound. */
export interface PcmFormat {
  /** Its codec. */
  readonly codec: AudioCodec;
  /** Bytes of one sample of one channel. */
  readonly sampleBytes: number;
}

/** formatSpecificFlags of QuickTime's `lpcm`. */
const LPCM = { float: 1, bigEndian: 2, signed: 4 } as const;

/**
 * Recognises uncompressed sound.
 * @returns undefined when the entry is of another kind, or of a form that libavcodec has no name for.
 * @see QuickTime File Format, "Sound sample descriptions"; ISO/IEC 23003-5 (`ipcm`, `fpcm`)
 */
export function pcmFormatOf(entry: AudioSampleEntry): PcmFormat | undefined {
  const isLittle = isLittleEndian(entry.boxes);
  const bits = entry.bitDepth;
  switch (entry.format) {
    case 'raw ':
    case 'NONE':
      return bits === 16 ? integer(16, false) : { codec: 'pcm_u8', sampleBytes: 1 };
    case 'twos':
      return integer(bits === 0 ? 16 : bits, false);
    case 'sowt':
      return integer(bits === 0 ? 16 : bits, true);
    case 'in24':
      return integer(24, isLittle);
    case 'in32':
      return integer(32, isLittle);
    case 'fl32':
      return float(32, isLittle);
    case 'fl64':
      return float(64, isLittle);
    case 'ulaw':
      return { codec: 'pcm_mulaw', sampleBytes: 1 };
    case 'alaw':
      return { codec: 'pcm_alaw', sampleBytes: 1 };
    case 'lpcm':
      return lpcm(bits, entry.lpcmFlags ?? LPCM.signed);
    case 'ipcm':
    case 'fpcm':
      return isoPcm(entry);
    default:
      return undefined;
  }
}

function integer(bits: number, isLittle: boolean): PcmFormat | undefined {
  switch (bits) {
    case 8:
      return { codec: 'pcm_s8', sampleBytes: 1 };
    case 16:
      return { codec: isLittle ? 'pcm_s16le' : 'pcm_s16be', sampleBytes: 2 };
    case 24:
      return { codec: isLittle ? 'pcm_s24le' : 'pcm_s24be', sampleBytes: 3 };
    case 32:
      return { codec: isLittle ? 'pcm_s32le' : 'pcm_s32be', sampleBytes: 4 };
    default:
      return undefined;
  }
}

function float(bits: number, isLittle: boolean): PcmFormat | undefined {
  if (bits === 32) return { codec: isLittle ? 'pcm_f32le' : 'pcm_f32be', sampleBytes: 4 };
  if (bits === 64) return { codec: isLittle ? 'pcm_f64le' : 'pcm_f64be', sampleBytes: 8 };
  return undefined;
}

function lpcm(bits: number, flags: number): PcmFormat | undefined {
  const isLittle = (flags & LPCM.bigEndian) === 0;
  if ((flags & LPCM.float) !== 0) return float(bits, isLittle);
  if (bits === 8 && (flags & LPCM.signed) === 0) return { codec: 'pcm_u8', sampleBytes: 1 };
  return integer(bits, isLittle);
}

function isoPcm(entry: AudioSampleEntry): PcmFormat | undefined {
  const box = findBox(entry.boxes, 'pcmC');
  if (box === undefined || box.body.length < 6) return undefined;
  const { cursor } = openFullBox(box);
  const isLittle = (cursor.u8() & 1) !== 0;
  const bits = cursor.u8();
  return entry.format === 'fpcm' ? float(bits, isLittle) : integer(bits, isLittle);
}

/** QuickTime's `enda`, in `wave`. */
function isLittleEndian(boxes: readonly BoxView[]): boolean {
  const box = findBox(boxes, 'enda');
  return box !== undefined && box.body.length >= 2 && boxCursor(box).u16() === 1;
}
