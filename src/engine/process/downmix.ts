/**
 * Which source channel goes where, and how loud. The levels are those of ITU-R BS.775-3, annex 4, table 2 (and of the
 * "Lo/Ro" downmix of ATSC A/52, section 7.8): the centre and each surround at -3 dB into a front channel, the LFE
 * left out of stereo. Nothing is scaled down beforehand, so dialogue keeps its power; peaks are the limiter's business.
 */

/** -3 dB: half the power, so that a channel that is split in two keeps its power. */
const HALF_POWER = Math.SQRT1_2;

/** The channels that everything is first folded to, in libavcodec's order of 5.1. */
const SURROUND = ['FL', 'FR', 'FC', 'LFE', 'SL', 'SR'] as const;
type SurroundChannel = (typeof SURROUND)[number];

/** Gain of one source channel in some channels of 5.1. */
type Gains = readonly (readonly [SurroundChannel, number])[];

/** Channel bits of libavutil's native masks that the rules below ask for. */
const CHANNEL = {
  frontLeft: 0,
  frontRight: 1,
  frontCenter: 2,
  backLeft: 4,
  backRight: 5,
  sideLeft: 9,
  sideRight: 10,
};

/** Gains of the channels that are placed the same way in every layout, by bit number of libavutil's masks. */
const FIXED_GAINS: ReadonlyMap<number, Gains> = new Map<number, Gains>([
  [0, [['FL', 1]]],
  [1, [['FR', 1]]],
  [2, [['FC', 1]]],
  [3, [['LFE', 1]]],
  // Front left and right of centre.
  [6, both('FL', 'FC')],
  [7, both('FR', 'FC')],
  // Back centre.
  [8, both('SL', 'SR')],
  // Top: centre; front left, centre, right; back left, centre, right.
  [11, [...halves('FL', 'FR'), ...halves('SL', 'SR')]],
  [12, [['FL', HALF_POWER]]],
  [13, [['FC', HALF_POWER]]],
  [14, [['FR', HALF_POWER]]],
  [15, [['SL', HALF_POWER]]],
  [16, halves('SL', 'SR')],
  [17, [['SR', HALF_POWER]]],
  // A stereo downmix that the source brings along.
  [29, [['FL', 1]]],
  [30, [['FR', 1]]],
  // Wide left and right; direct surrounds; second LFE; top side left and right.
  [31, both('FL', 'SL')],
  [32, both('FR', 'SR')],
  [33, [['SL', 1]]],
  [34, [['SR', 1]]],
  [35, [['LFE', 1]]],
  [36, [['SL', HALF_POWER]]],
  [37, [['SR', HALF_POWER]]],
  // Bottom front centre, left, right.
  [38, [['FC', HALF_POWER]]],
  [39, [['FL', HALF_POWER]]],
  [40, [['FR', HALF_POWER]]],
]);

/** How each channel of 5.1 sounds in stereo: gain in the left and in the right channel. */
const STEREO_GAINS: Record<SurroundChannel, readonly [number, number]> = {
  FL: [1, 0],
  FR: [0, 1],
  FC: [HALF_POWER, HALF_POWER],
  LFE: [0, 0],
  SL: [HALF_POWER, 0],
  SR: [0, HALF_POWER],
};

/** Masks to assume where only the number of channels is known: WAVE's order, as libavutil assumes it. */
const MASK_BY_COUNT = [0n, 0x4n, 0x3n, 0x7n, 0x107n, 0x37n, 0x3fn, 0x70fn, 0x63fn];

/** How to make the output's channels of the source's. */
export interface DownmixMatrix {
  /** Gains, row by row: for each output channel, one for each source channel. */
  readonly gains: readonly number[];
  /** Whether an output channel can become louder than the loudest source channel. */
  readonly canOverload: boolean;
}

/**
 * Builds the matrix for a channel layout.
 * @param mask - libavutil's channel mask; 0 when the layout is not known.
 * @param sourceChannels - number of channels.
 * @param outputChannels - 2 for stereo, 6 for 5.1 (front left, front right, centre, LFE, surround left and right).
 */
export function buildDownmix(mask: bigint, sourceChannels: number, outputChannels: 2 | 6): DownmixMatrix {
  const known = mask === 0n ? (MASK_BY_COUNT[sourceChannels] ?? 0n) : mask;
  const bits = channelBits(known).slice(0, sourceChannels);
  const gains = new Array<number>(sourceChannels * outputChannels).fill(0);
  for (let source = 0; source < sourceChannels; source++) {
    const column = outputChannels === 2 ? stereoColumn(source, bits) : surroundColumn(source, bits);
    column.forEach((gain, output) => (gains[output * sourceChannels + source] = gain));
  }
  return { gains, canOverload: loudestRow(gains, sourceChannels) > 1 + 1e-6 };
}

function stereoColumn(source: number, bits: readonly number[]): number[] {
  if (isMono(bits)) return [1, 1];
  const column = [0, 0];
  for (const [channel, gain] of placeChannel(source, bits)) {
    column[0]! += gain * STEREO_GAINS[channel][0];
    column[1]! += gain * STEREO_GAINS[channel][1];
  }
  return column;
}

function surroundColumn(source: number, bits: readonly number[]): number[] {
  const column = [0, 0, 0, 0, 0, 0];
  for (const [channel, gain] of placeChannel(source, bits)) column[SURROUND.indexOf(channel)]! += gain;
  return column;
}

function placeChannel(source: number, bits: readonly number[]): Gains {
  const bit = bits[source];
  // A layout without names: its first two channels are taken for left and right.
  if (bits.length === 0) return source === 0 ? [['FL', 1]] : source === 1 ? [['FR', 1]] : [];
  if (bit === undefined) return [];
  const hasSides = bits.includes(CHANNEL.sideLeft) || bits.includes(CHANNEL.sideRight);
  const hasBacks = bits.includes(CHANNEL.backLeft) || bits.includes(CHANNEL.backRight);
  // Where sides and backs (7.1) share one pair of surrounds, they share its power.
  const surround = hasSides && hasBacks ? HALF_POWER : 1;
  if (bit === CHANNEL.backLeft || bit === CHANNEL.sideLeft) return [['SL', surround]];
  if (bit === CHANNEL.backRight || bit === CHANNEL.sideRight) return [['SR', surround]];
  return FIXED_GAINS.get(bit) ?? [];
}

/** A lone centre is a mono source: both speakers play it as it is. */
function isMono(bits: readonly number[]): boolean {
  return bits.length === 1 && bits[0] === CHANNEL.frontCenter;
}

function channelBits(mask: bigint): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 64; bit++) if ((mask >> BigInt(bit)) & 1n) bits.push(bit);
  return bits;
}

function loudestRow(gains: readonly number[], columns: number): number {
  let loudest = 0;
  for (let row = 0; row < gains.length; row += columns) {
    const sum = gains.slice(row, row + columns).reduce((total, gain) => total + Math.abs(gain), 0);
    loudest = Math.max(loudest, sum);
  }
  return loudest;
}

function both(a: SurroundChannel, b: SurroundChannel): Gains {
  return [
    [a, HALF_POWER],
    [b, HALF_POWER],
  ];
}

function halves(a: SurroundChannel, b: SurroundChannel): Gains {
  return [
    [a, 0.5],
    [b, 0.5],
  ];
}
