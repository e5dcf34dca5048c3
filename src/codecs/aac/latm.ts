import { BitReader } from '../../bytes/bit-reader.js';
import { isSameBytes } from '../../bytes/same-bytes.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { readAudioSpecificConfig } from './audio-specific-config.js';

/** The raw AAC frame of a LOAS frame, with the configuration that holds for it. */
export interface LatmFrame {
  /** AudioSpecificConfig. */
  readonly config: Uint8Array;
  /** The raw AAC frame, a copy: it begins at any bit. */
  readonly payload: Uint8Array;
}

/** What of a StreamMuxConfig is needed to find the payload. */
interface StreamMuxConfig {
  readonly config: Uint8Array;
  readonly frameLengthType: number;
  /** Bytes of the payload for frameLengthType 1. */
  readonly fixedLength: number;
}

const loasHeaderSize = 3;

/**
 * Whether a sample begins with a LOAS syncword and is one frame by its own length.
 * @see ISO/IEC 14496-3, section 1.7.2
 */
export function isLoasFrame(sample: Uint8Array): boolean {
  return (
    sample.length > loasHeaderSize &&
    sample[0] === 0x56 &&
    (sample[1]! & 0xe0) === 0xe0 &&
    (((sample[1]! & 0x1f) << 8) | sample[2]!) + loasHeaderSize === sample.length
  );
}

/**
 * Takes AAC frames out of LOAS frames. Holds the last StreamMuxConfig, to which later frames refer. Understands one
 * program of one layer with one frame in each element, which is what broadcasters send.
 * @see ISO/IEC 14496-3, section 1.7.3
 */
export class LatmReader {
  #mux: StreamMuxConfig | undefined;

  /**
   * Reads one LOAS frame.
   * @param sample - a frame that {@link isLoasFrame} accepts.
   * @throws {MalformedMediaError} when it is cut off, or refers to a configuration that was not there.
   * @throws {UnsupportedMediaError} for several programs, layers or frames.
   */
  read(sample: Uint8Array): LatmFrame {
    const reader = new BitReader(sample, 'LATM AudioMuxElement');
    const { config, frameLengthType, fixedLength } = this.#readMux(reader, sample);
    const length = frameLengthType === 0 ? readPayloadLength(reader) : fixedLength;
    return { config, payload: copyBits(reader, length * 8) };
  }

  /**
   * Reads of a LOAS frame only what configuration holds for it.
   * @param sample - a frame that {@link isLoasFrame} accepts; its end is not looked at.
   * @returns AudioSpecificConfig; the same object as for the frame before, when that one's still holds.
   * @throws As {@link LatmReader.read}.
   */
  readConfig(sample: Uint8Array): Uint8Array {
    return this.#readMux(new BitReader(sample, 'LATM AudioMuxElement'), sample).config;
  }

  #readMux(reader: BitReader, sample: Uint8Array): StreamMuxConfig {
    reader.skip(8 * loasHeaderSize);
    const usesSameMux = reader.flag();
    if (!usesSameMux) this.#take(readStreamMuxConfig(reader, sample));
    if (this.#mux !== undefined) return this.#mux;
    throw new MalformedMediaError('The LATM stream begins without its configuration.', {
      context: { spec: 'ISO/IEC 14496-3, section 1.7.3' },
    });
  }

  /** What is repeated, as it is in most frames, stays the same object. */
  #take(mux: StreamMuxConfig): void {
    const known = this.#mux?.config;
    const isKnown = known !== undefined && isSameBytes(known, mux.config);
    this.#mux = isKnown ? { ...mux, config: known } : mux;
  }
}

function readStreamMuxConfig(reader: BitReader, bytes: Uint8Array): StreamMuxConfig {
  const isVersion1 = reader.flag();
  if (isVersion1 && reader.flag()) throw unsupported('an unknown version');
  if (isVersion1) readValue(reader); // taraBufferFullness
  const isSameTimeFraming = reader.flag();
  const subFrames = reader.bits(6) + 1;
  const programs = reader.bits(4) + 1;
  const layers = reader.bits(3) + 1;
  if (!isSameTimeFraming || subFrames > 1 || programs > 1 || layers > 1) {
    throw unsupported('several programs, layers or frames in one element');
  }
  const config = isVersion1 ? readSizedConfig(reader) : readUnsizedConfig(reader, bytes);
  const frameLengthType = reader.bits(3);
  if (frameLengthType > 1) throw unsupported(`frame length type ${frameLengthType}`);
  // latmBufferFullness for type 0; frameLength, in bytes above 20, for type 1
  const lengthField = reader.bits(frameLengthType === 0 ? 8 : 9);
  if (reader.flag()) skipOtherDataLength(reader, isVersion1);
  if (reader.flag()) reader.skip(8); // crcCheckSum
  return { config, frameLengthType, fixedLength: lengthField + 20 };
}

function readSizedConfig(reader: BitReader): Uint8Array {
  const config = copyBits(reader, readValue(reader));
  // Read for its faults alone: a configuration that cannot be read must not reach an init segment.
  readAudioSpecificConfig(new BitReader(config, 'AudioSpecificConfig'), { isLengthKnown: true });
  return config;
}

/**
 * Version 0 gives no length: the configuration lasts as long as its own syntax says. It is read once for its length
 * with a second reader over the same `bytes`, then copied.
 */
function readUnsizedConfig(reader: BitReader, bytes: Uint8Array): Uint8Array {
  const start = reader.position;
  const probe = new BitReader(bytes, 'LATM StreamMuxConfig');
  probe.skip(start);
  readAudioSpecificConfig(probe, { isLengthKnown: false });
  return copyBits(reader, probe.position - start);
}

function skipOtherDataLength(reader: BitReader, isVersion1: boolean): void {
  if (isVersion1) {
    readValue(reader);
    return;
  }
  let isMore = true;
  while (isMore) {
    isMore = reader.flag();
    reader.skip(8);
  }
}

/** PayloadLengthInfo: bytes of 255 go on. */
function readPayloadLength(reader: BitReader): number {
  let length = 0;
  let byte: number;
  do {
    byte = reader.bits(8);
    length += byte;
  } while (byte === 255);
  return length;
}

/** LatmGetValue: two bits say how many bytes follow. */
function readValue(reader: BitReader): number {
  const bytes = reader.bits(2) + 1;
  return reader.bits(8 * bytes);
}

function copyBits(reader: BitReader, count: number): Uint8Array {
  if (count > reader.remaining) {
    throw new MalformedMediaError(
      `LATM AudioMuxElement ends early: ${count} bits wanted, ${reader.remaining} left.`,
    );
  }
  const bytes = new Uint8Array(Math.ceil(count / 8));
  const whole = count >> 3;
  for (let i = 0; i < whole; i++) bytes[i] = reader.bits(8);
  const rest = count & 7;
  if (rest > 0) bytes[whole] = reader.bits(rest) << (8 - rest);
  return bytes;
}

function unsupported(what: string): UnsupportedMediaError {
  return new UnsupportedMediaError(`The LATM stream has ${what}, which cannot be copied.`, {
    context: { spec: 'ISO/IEC 14496-3, section 1.7.3' },
  });
}
