import { parseAudioSpecificConfig } from '../codecs/aac/audio-specific-config.js';
import { LatmReader } from '../codecs/aac/latm.js';
import { parseAc3SyncFrame, ac3FrameSamples } from '../codecs/ac3/sync-frame.js';
import { ac3BlockSamples, ac3SampleRates } from '../codecs/ac3/channels.js';
import { parseMpegAudioFrame } from '../codecs/mp3/frame-header.js';
import { SegmintError } from '../errors.js';

/** What the header of an audio frame says. */
export interface AudioFrameHeader {
  /** Bytes of the frame. */
  readonly size: number;
  /** How long it lasts, in 90 kHz; not rounded. */
  readonly ticks: number;
  /** It belongs to the frame before it: a dependent substream of E-AC-3. */
  readonly isDependent: boolean;
}

/** Reads the header of one kind of audio frames. */
export interface AudioFrameRule {
  /** The byte that every frame begins with. */
  readonly firstByte: number;
  /** Bytes by which a header is read. */
  readonly headerBytes: number;
  /** Frames may be followed by others that belong to them. */
  readonly mayJoin: boolean;

  /**
   * Reads the header at a position; as many bytes as a header has are there.
   * @returns undefined when there is none.
   */
  read(bytes: Uint8Array, at: number): AudioFrameHeader | undefined;

  /**
   * Tells how long a frame lasts, of frames whose headers do not; called for each, in stored order.
   * @param frame - all of it; not kept.
   * @returns 90 kHz, not rounded; undefined when the frame cannot be decoded by what came before.
   */
  measure?(frame: Uint8Array): number | undefined;
}

const clock = 90_000;

/** samplingFrequencyIndex to rate. ISO/IEC 14496-3, table 1.18. */
const aacRates: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/**
 * AAC with ADTS headers.
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export const adtsRule: AudioFrameRule = {
  firstByte: 0xff,
  headerBytes: 7,
  mayJoin: false,
  read(bytes, at) {
    if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined;
    const rate = aacRates[(bytes[at + 2]! >> 2) & 0xf];
    const size = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
    if (rate === undefined || size < this.headerBytes) return undefined;
    const blocks = (bytes[at + 6]! & 3) + 1;
    return { size, ticks: (blocks * 1024 * clock) / rate, isDependent: false };
  },
};

/**
 * Makes the rule for AAC in LATM with LOAS headers. It keeps the configuration, which not every frame repeats.
 * @see ISO/IEC 14496-3, section 1.7.2 (AudioSyncStream)
 */
export function createLoasRule(): AudioFrameRule {
  const latm = new LatmReader();
  let known: Uint8Array | undefined;
  let ticks = 0;
  return {
    firstByte: 0x56,
    headerBytes: 3,
    mayJoin: false,
    read(bytes, at) {
      if (bytes[at] !== 0x56 || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined;
      const size = 3 + (((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!);
      return size > 3 ? { size, ticks: 0, isDependent: false } : undefined;
    },
    measure(frame) {
      return unlessUnread(() => {
        const config = latm.readConfig(frame);
        if (config !== known) {
          const { frameSamples, sampleRate } = parseAudioSpecificConfig(config);
          ticks = (frameSamples * clock) / sampleRate;
          known = config;
        }
        return ticks;
      });
    },
  };
}

/**
 * MPEG audio, layers I to III.
 * @see ISO/IEC 11172-3, section 2.4.1.3
 */
export const mpegAudioRule: AudioFrameRule = {
  firstByte: 0xff,
  headerBytes: 4,
  mayJoin: false,
  read(bytes, at) {
    if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined;
    const frame = parseMpegAudioFrame(bytes.subarray(at, at + this.headerBytes));
    if (frame?.frameSize === undefined) return undefined;
    return { size: frame.frameSize, ticks: (frame.samples * clock) / frame.sampleRate, isDependent: false };
  },
};

/**
 * AC-3 and E-AC-3, which may come in one stream.
 * @see ETSI TS 102 366, sections 4.3 and E.1.2
 */
export const dolbyRule: AudioFrameRule = {
  firstByte: 0x0b,
  headerBytes: 8,
  mayJoin: true,
  read(bytes, at) {
    if (bytes[at] !== 0x0b || bytes[at + 1] !== 0x77) return undefined;
    return bytes[at + 5]! >> 3 > 10
      ? readEac3(bytes, at)
      : readAc3(bytes.subarray(at, at + this.headerBytes));
  },
};

function readAc3(header: Uint8Array): AudioFrameHeader | undefined {
  return unlessUnread(() => {
    const { frameSize, sampleRate } = parseAc3SyncFrame(header);
    return { size: frameSize, ticks: (ac3FrameSamples * clock) / sampleRate, isDependent: false };
  });
}

function unlessUnread<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function readEac3(bytes: Uint8Array, at: number): AudioFrameHeader | undefined {
  const streamType = bytes[at + 2]! >> 6;
  const size = 2 * ((((bytes[at + 2]! & 7) << 8) | bytes[at + 3]!) + 1);
  const code = bytes[at + 4]! >> 6;
  const second = (bytes[at + 4]! >> 4) & 3;
  const rate = code === 3 ? ac3SampleRates[second]! / 2 : ac3SampleRates[code]!;
  const blocks = code === 3 ? 6 : [1, 2, 3, 6][second]!;
  const isValid = streamType !== 3 && bytes[at + 5]! >> 3 <= 16 && size >= dolbyRule.headerBytes && rate > 0;
  if (!isValid) return undefined;
  return { size, ticks: (blocks * ac3BlockSamples * clock) / rate, isDependent: streamType === 1 };
}
