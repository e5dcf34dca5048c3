/** What a stream asks of a decoder. */
export interface AvcDemand {
  /** Width of the coded frame in macroblocks. */
  readonly macroblocksAcross: number;
  /** Height of the coded frame in macroblocks. */
  readonly macroblocksDown: number;
  /** Macroblocks a second. */
  readonly macroblockRate: number;
  /** Frames that the decoder has to hold. */
  readonly heldFrames: number;
  /** The most bits a second. */
  readonly bitRate: number;
  /** Bits of the coded picture buffer. */
  readonly bufferBits: number;
  /** Profile High: its levels allow a quarter more bits. */
  readonly isHigh: boolean;
}

/** Limits of a level. Columns as in the table: MaxMBPS, MaxFS, MaxDpbMbs, MaxBR and MaxCPB, which are in 1000 bits. */
type Level = readonly [idc: number, rate: number, frame: number, held: number, bits: number, buffer: number];

/** ITU-T H.264, table A-1. Level 1b is 9, as the High profile writes it. */
const LEVELS: readonly Level[] = [
  [10, 1485, 99, 396, 64, 175],
  [9, 1485, 99, 396, 128, 350],
  [11, 3000, 396, 900, 192, 500],
  [12, 6000, 396, 2376, 384, 1000],
  [13, 11_880, 396, 2376, 768, 2000],
  [20, 11_880, 396, 2376, 2000, 2000],
  [21, 19_800, 792, 4752, 4000, 4000],
  [22, 20_250, 1620, 8100, 4000, 4000],
  [30, 40_500, 1620, 8100, 10_000, 10_000],
  [31, 108_000, 3600, 18_000, 14_000, 14_000],
  [32, 216_000, 5120, 20_480, 20_000, 20_000],
  [40, 245_760, 8192, 32_768, 20_000, 25_000],
  [41, 245_760, 8192, 32_768, 50_000, 62_500],
  [42, 522_240, 8704, 34_816, 50_000, 62_500],
  [50, 589_824, 22_080, 110_400, 135_000, 135_000],
  [51, 983_040, 36_864, 184_320, 240_000, 240_000],
  [52, 2_073_600, 36_864, 184_320, 240_000, 240_000],
  [60, 4_177_920, 139_264, 696_320, 240_000, 240_000],
  [61, 8_355_840, 139_264, 696_320, 480_000, 480_000],
  [62, 16_711_680, 139_264, 696_320, 800_000, 800_000],
];

/**
 * Finds the lowest level whose decoders can do what a stream asks.
 * @returns level_idc; the highest one where none is enough.
 * @see ITU-T H.264, section A.3.1 and table A-1; for High, section A.3.3 (cpbBrVclFactor)
 */
export function lowestAvcLevel(demand: AvcDemand): number {
  const { macroblocksAcross: across, macroblocksDown: down, macroblockRate, heldFrames } = demand;
  const unit = demand.isHigh ? 1250 : 1000;
  const enough = LEVELS.find(
    ([, rate, frame, held, bits, buffer]) =>
      across * down <= frame &&
      Math.max(across, down) ** 2 <= frame * 8 &&
      across * down * heldFrames <= held &&
      macroblockRate <= rate &&
      demand.bitRate <= bits * unit &&
      demand.bufferBits <= buffer * unit,
  );
  return (enough ?? LEVELS.at(-1)!)[0];
}
