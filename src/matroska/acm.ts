import { MalformedMediaError } from '../errors.js';
import type { AudioCodec } from '../media/codec.js';

/** What a WAVEFORMATEX says. */
export interface AcmFormat {
  /** The codec that its format tag names. */
  readonly codec: AudioCodec;
  /** The format tag, that of the sub-format for WAVEFORMATEXTENSIBLE. */
  readonly formatTag: number;
  /** Channels. */
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Bits a second on average; undefined when not stated. */
  readonly bitRate: number | undefined;
  /** Bytes of one block; undefined when not stated. */
  readonly blockAlign: number | undefined;
  /** Bits a sample; undefined when not stated. */
  readonly bitDepth: number | undefined;
  /** What the codec adds. A view. */
  readonly extradata: Uint8Array | undefined;
}

const WAVE_FORMAT_EXTENSIBLE = 0xfffe;
/** Bytes that WAVEFORMATEXTENSIBLE has before what the codec adds: valid bits, channel mask, sub-format GUID. */
const EXTENSIBLE_BYTES = 22;

const CODECS: ReadonlyMap<number, AudioCodec> = new Map([
  [0x0002, 'adpcm_ms'],
  [0x0006, 'pcm_alaw'],
  [0x0007, 'pcm_mulaw'],
  [0x000a, 'wmavoice'],
  [0x0011, 'adpcm_ima_wav'],
  [0x0050, 'mp2'],
  [0x0055, 'mp3'],
  [0x0057, 'amr_nb'],
  [0x0058, 'amr_wb'],
  [0x00ff, 'aac'],
  [0x0160, 'wmav1'],
  [0x0161, 'wmav2'],
  [0x0162, 'wmapro'],
  [0x0163, 'wmalossless'],
  [0x1600, 'aac'],
  [0x2000, 'ac3'],
  [0x2001, 'dts'],
  [0x566f, 'vorbis'],
  [0x706d, 'aac'],
  [0x77a1, 'tta'],
  [0xf1ac, 'flac'],
]);

/**
 * Parses the CodecPrivate of `A_MS/ACM`: a WAVEFORMATEX or WAVEFORMATEXTENSIBLE, little-endian.
 * @throws {MalformedMediaError} when it is shorter than the 14 bytes that even the oldest form has.
 * @see RFC 9559, section 7, and draft-ietf-cellar-codec, section 6.3 (A_MS/ACM)
 */
export function parseAcmFormat(codecPrivate: Uint8Array): AcmFormat {
  if (codecPrivate.length < 14) {
    throw new MalformedMediaError(
      `A WAVEFORMATEX has at least 14 bytes, and the CodecPrivate has ${codecPrivate.length}.`,
      { context: { element: 'WAVEFORMATEX' } },
    );
  }
  const view = new DataView(codecPrivate.buffer, codecPrivate.byteOffset, codecPrivate.byteLength);
  const bitDepth = codecPrivate.length >= 16 ? view.getUint16(14, true) : 0;
  let formatTag = view.getUint16(0, true);
  let extradata = codecPrivate.subarray(18);
  // cbSize may say less than what is stored; never more is read than there is.
  if (codecPrivate.length >= 18) extradata = extradata.subarray(0, view.getUint16(16, true));
  if (formatTag === WAVE_FORMAT_EXTENSIBLE && extradata.length >= EXTENSIBLE_BYTES) {
    formatTag = view.getUint16(24, true);
    extradata = extradata.subarray(EXTENSIBLE_BYTES);
  }
  return {
    codec: CODECS.get(formatTag) ?? pcmCodec(formatTag, bitDepth),
    formatTag,
    channels: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
    bitRate: view.getUint32(8, true) * 8 || undefined,
    blockAlign: view.getUint16(12, true) || undefined,
    bitDepth: bitDepth || undefined,
    extradata: extradata.length > 0 ? extradata : undefined,
  };
}

function pcmCodec(formatTag: number, bitDepth: number): AudioCodec {
  switch (formatTag * 1000 + bitDepth) {
    case 1008:
      return 'pcm_u8';
    case 1016:
      return 'pcm_s16le';
    case 1024:
      return 'pcm_s24le';
    case 1032:
      return 'pcm_s32le';
    case 3032:
      return 'pcm_f32le';
    case 3064:
      return 'pcm_f64le';
    default:
      return 'unknown';
  }
}
