import type { VideoPacket } from '../../engine/video-packet.js';
import type { Stretch } from './bridge-gap.js';

/** A part is not shorter, in seconds: opening codecs and filters, and filling them, costs what a quarter of a second does. */
const LEAST_SECONDS = 1;
/** A random access point between these shares of a range is taken; the nearest to the middle. */
const EARLIEST_SHARE = 0.25;
const LATEST_SHARE = 0.75;
/**
 * Within a group of pictures a range is parted only where as many pixels are encoded for each decoded one. What is decoded
 * twice there is up to a quarter of all; of pictures that are scaled down, decoding is the greater part of the work.
 */
const LEAST_PIXELS_SHARE = 0.5;

/** A packet of which it is known whether others need it. */
export interface RangePacket extends VideoPacket {
  /** No other picture refers to it. */
  readonly isDisposable: boolean;
}

/** A part of a range, and the packets that a decoder needs for it. */
export interface RangePart extends Stretch {
  readonly packets: readonly RangePacket[];
}

/** What parting depends on beside the packets. */
export interface PartOptions {
  /** Ticks a second. */
  readonly timescale: number;
  /** Pixels of a picture that is encoded, over those of one that is decoded. */
  readonly pixelsShare: number;
}

/**
 * Parts a range of pictures in two, that are encoded side by side: at the random access point nearest its middle, else at
 * the picture there. A pure function of what it is given, so that a segment is the same whoever makes it.
 * @param packets - what a decoder needs for the range, in decode order, the first one a random access point.
 * @param range - of presentation time.
 * @param options - clock and sizes.
 * @returns one part where two would be no gain, or times do not tell the order in which pictures are shown.
 */
export function partRange(
  packets: readonly RangePacket[],
  { startTicks, endTicks }: Stretch,
  { timescale, pixelsShare }: PartOptions,
): readonly RangePart[] {
  const whole = { startTicks, endTicks, packets };
  if (packets.every(({ presentationTime, decodeTime }) => presentationTime === decodeTime)) return [whole];
  const length = endTicks - startTicks;
  const margin = Math.max(LEAST_SECONDS * timescale, length * EARLIEST_SHARE);
  const isAmid = (ticks: number): boolean =>
    ticks >= startTicks + margin &&
    ticks <= Math.min(endTicks - LEAST_SECONDS * timescale, startTicks + length * LATEST_SHARE);
  const middle = startTicks + length / 2;
  const nearest = (from: readonly RangePacket[]): number | undefined =>
    from
      .map(({ presentationTime }) => presentationTime)
      .filter(isAmid)
      .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)[0];
  const access = nearest(packets.filter(({ isKey }) => isKey));
  const cut =
    access ??
    (pixelsShare >= LEAST_PIXELS_SHARE
      ? nearest(packets.filter(({ isHidden }) => isHidden !== true))
      : undefined);
  if (cut === undefined) return [whole];
  return [
    { startTicks, endTicks: cut, packets: packets.slice(0, lastBefore(packets, cut) + 1) },
    {
      startTicks: cut,
      endTicks,
      packets: decodableFrom(packets, cut),
    },
  ];
}

/** Index of the last packet in decode order that is shown before a time. */
function lastBefore(packets: readonly RangePacket[], ticks: number): number {
  return packets.findLastIndex(({ presentationTime }) => presentationTime < ticks);
}

/** From the last random access point that all pictures from a time on can be decoded from; without what nothing refers to. */
function decodableFrom(packets: readonly RangePacket[], ticks: number): readonly RangePacket[] {
  const first = packets.findIndex(({ presentationTime }) => presentationTime >= ticks);
  const from = packets.findLastIndex(
    ({ isKey, presentationTime }, i) => i <= first && isKey && presentationTime <= ticks,
  );
  return packets
    .slice(Math.max(0, from))
    .filter(({ isDisposable, presentationTime }) => !isDisposable || presentationTime >= ticks);
}
