/** What the header of an MPEG audio frame says, layers I to III. */
export interface MpegAudioFrame {
  /** MPEG-1, MPEG-2 (half rates) or MPEG-2.5 (quarter rates). */
  readonly version: 1 | 2 | 2.5;
  /** Layer. */
  readonly layer: 1 | 2 | 3;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Channels. */
  readonly channels: 1 | 2;
  /** Samples a channel that the frame gives. */
  readonly samples: number;
  /** Bytes of the whole frame; undefined for the free format, which only the next header ends. */
  readonly frameSize: number | undefined;
}

const versions = [2.5, undefined, 2, 1] as const;
const layers = [undefined, 3, 2, 1] as const;

const baseRates: readonly (number | undefined)[] = [44100, 48000, 32000, undefined];

/** kbit/s by index, for MPEG-1 layers I, II, III and MPEG-2 layer I, and II with III. ISO/IEC 11172-3, 2.4.2.3. */
const bitRates = {
  mpeg1: {
    1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  mpeg2: {
    1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;

/**
 * Parses the four bytes of a frame header.
 * @param frame - bytes that begin with a frame.
 * @returns undefined when there is no frame header there, or it uses a reserved value.
 * @see ISO/IEC 11172-3, section 2.4.2.3; ISO/IEC 13818-3, section 2.4.2.3
 */
export function parseMpegAudioFrame(frame: Uint8Array): MpegAudioFrame | undefined {
  if (frame.length < 4 || frame[0] !== 0xff || (frame[1]! & 0xe0) !== 0xe0) return undefined;
  const version = versions[(frame[1]! >> 3) & 3];
  const layer = layers[(frame[1]! >> 1) & 3];
  const baseRate = baseRates[(frame[2]! >> 2) & 3];
  if (version === undefined || layer === undefined || baseRate === undefined) return undefined;
  const bitRate = bitRates[version === 1 ? 'mpeg1' : 'mpeg2'][layer][frame[2]! >> 4];
  if (bitRate === undefined) return undefined;
  const sampleRate = version === 1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  const slotSize = layer === 1 ? 4 : 1;
  const padding = (frame[2]! >> 1) & 1;
  const slots = Math.floor((samples * bitRate * 125) / sampleRate / slotSize) + padding;
  return {
    version,
    layer,
    sampleRate,
    channels: frame[3]! >> 6 === 3 ? 1 : 2,
    samples,
    frameSize: bitRate === 0 ? undefined : slots * slotSize,
  };
}

/**
 * Samples a channel in one packet, which AVI-born files fill with several frames.
 * @returns undefined when the packet does not begin with a frame.
 */
export function mpegAudioSamples(packet: Uint8Array): number | undefined {
  let samples: number | undefined;
  let at = 0;
  while (at + 4 <= packet.length) {
    const frame = parseMpegAudioFrame(at === 0 ? packet : packet.subarray(at, at + 4));
    if (frame === undefined) break;
    samples = (samples ?? 0) + frame.samples;
    if (frame.frameSize === undefined) break;
    at += frame.frameSize;
  }
  return samples;
}
