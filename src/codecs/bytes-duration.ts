import type { AudioTrack } from '../media/track.js';

/** Samples a channel in a packet, undefined where its bytes do not tell. */
type MeasureBytes = (packet: Uint8Array, track: AudioTrack) => number | undefined;

/** Codecs whose blocks always have the same bytes and hold the same number of samples, of one channel. */
const BLOCKS: Readonly<Partial<Record<AudioTrack['codec'], readonly [bytes: number, samples: number]>>> = {
  gsm: [33, 160],
  gsm_ms: [65, 320],
  ra_144: [20, 160],
  ra_288: [38, 160],
  nellymoser: [64, 256],
  truespeech: [32, 240],
};

/** Samples in a block of SIPRO's codec by its bytes, which tell its bit rate. */
const SIPR_SAMPLES: ReadonlyMap<number, number> = new Map([
  [19, 144],
  [20, 160],
  [29, 288],
  [37, 480],
]);

/** Bytes of a frame of G.723.1 by its first two bits: 6.3 kbit/s, 5.3 kbit/s, silence described, silence. ITU-T G.723.1, table 5. */
const G723_FRAME_BYTES = [24, 20, 4, 1];
const G723_FRAME_SAMPLES = 240;

const MEASURES: Readonly<Partial<Record<AudioTrack['codec'], MeasureBytes>>> = {
  adpcm_g722: (packet, { channels }) => wholeRatio(2 * packet.length, channels),
  adpcm_yamaha: (packet, { channels }) => wholeRatio(2 * packet.length, channels),
  adpcm_g726: (packet, { bitDepth }) => wholeRatio(8 * packet.length, bitDepth ?? 0),
  adpcm_swf: measureSwf,
  adpcm_ima_qt: (packet, { channels }) => wholeRatio(64 * packet.length, 34 * channels),
  g723_1: measureG723,
  sipr: (packet) => SIPR_SAMPLES.get(packet.length),
  atrac3: ({ length }, { blockAlign }) => {
    const blocks = wholeRatio(length, blockAlign ?? 0);
    return blocks === undefined ? undefined : 1024 * blocks;
  },
  cook: measureCook,
  pcm_bluray: (packet, { channels }) => measureBlurayPcm(packet, channels),
};

/**
 * Tells how long a packet of a simple codec is, of which the number of bytes says it.
 * @param track - the track.
 * @param packet - one of its packets.
 * @returns samples a channel; undefined where the codec is another or the packet is not whole.
 */
export function samplesByBytes(track: AudioTrack, packet: Uint8Array): number | undefined {
  const block = BLOCKS[track.codec];
  if (block === undefined) return MEASURES[track.codec]?.(packet, track);
  const blocks = wholeRatio(packet.length, block[0]);
  return blocks === undefined ? undefined : blocks * block[1];
}

/**
 * ADPCM of Flash: two bits that tell how many each sample has, and blocks of 4096 samples of which the first has 22 bits.
 * @see SWF File Format Specification 19, "ADPCM compression"
 */
function measureSwf(packet: Uint8Array, { channels }: AudioTrack): number | undefined {
  if (packet.length === 0 || channels < 1) return undefined;
  const sampleBits = ((packet[0]! >> 6) + 2) * channels;
  const headBits = 22 * channels;
  const blockBits = headBits + 4095 * sampleBits;
  const bits = 8 * packet.length - 2;
  const blocks = Math.floor(bits / blockBits);
  const rest = bits - blocks * blockBits;
  // What fills up the last byte is no block.
  return 4096 * blocks + (rest < headBits ? 0 : 1 + Math.floor((rest - headBits) / sampleBits));
}

/** RealAudio's Cook states how many samples a packet holds, of all channels; with more than two it has several streams. */
function measureCook({ length }: Uint8Array, { codecPrivate }: AudioTrack): number | undefined {
  if (length === 0 || codecPrivate === undefined || codecPrivate.length < 8) return undefined;
  const head = new DataView(codecPrivate.buffer, codecPrivate.byteOffset, 8);
  const version = head.getUint32(0);
  const samples = head.getUint16(4);
  if (version === COOK_MONO) return wholeRatio(samples, 1);
  return version === COOK_STEREO || version === COOK_JOINT_STEREO ? wholeRatio(samples, 2) : undefined;
}

const COOK_MONO = 0x1000001;
const COOK_STEREO = 0x1000002;
const COOK_JOINT_STEREO = 0x1000003;

function measureG723(packet: Uint8Array): number | undefined {
  let samples = 0;
  for (let at = 0; at < packet.length; at += G723_FRAME_BYTES[packet[at]! & 3]!) {
    samples += G723_FRAME_SAMPLES;
  }
  return samples === 0 ? undefined : samples;
}

/** Bytes of a sample of Blu-ray's LPCM, by the upper two bits of its fourth byte: none, 16, 20 and 24 bits. */
const BLURAY_BYTES = [0, 2, 3, 3];

/**
 * Four bytes of head, then samples of an even number of channels.
 * @see System Description Blu-ray Disc Read-Only Format, part 3, "LPCM audio data packet"
 */
function measureBlurayPcm(packet: Uint8Array, channels: number): number | undefined {
  if (packet.length <= 4) return undefined;
  const bytes = BLURAY_BYTES[packet[3]! >> 6]! * (channels + (channels & 1));
  return wholeRatio(packet.length - 4, bytes);
}

function wholeRatio(dividend: number, divisor: number): number | undefined {
  return divisor > 0 && dividend > 0 && dividend % divisor === 0 ? dividend / divisor : undefined;
}
