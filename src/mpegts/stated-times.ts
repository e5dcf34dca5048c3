import type { ReadOptions, Source } from '../media/source.js';
import { findPackets, packetBytes, payloadAt, pidAt, syncByte } from './packet.js';
import { parsePesHeader } from './pes-header.js';

/** A presentation time that a PES packet states. */
export interface StatedTime {
  /** PID of its stream. */
  readonly pid: number;
  /** The time in 90 kHz. */
  readonly pts: number;
  /** Byte offset of the packet that states it. */
  readonly offset: number;
}

/**
 * Finds the presentation times that some bytes of a transport stream state.
 * @param bytes - from anywhere in it.
 * @param offset - of the first byte.
 * @param distance - bytes from one packet to the next.
 * @param pids - of the streams whose times are wanted.
 */
export function findStatedTimes(
  bytes: Uint8Array,
  offset: number,
  distance: number,
  pids: ReadonlySet<number>,
): StatedTime[] {
  const times: StatedTime[] = [];
  const first = findPackets(bytes, distance)?.first ?? bytes.length;
  for (let at = first; at + packetBytes <= bytes.length; at += distance) {
    const isBegun = bytes[at] === syncByte && (bytes[at + 1]! & 0xc0) === 0x40;
    if (!isBegun || !pids.has(pidAt(bytes, at))) continue;
    const header = parsePesHeader(bytes, payloadAt(bytes, at), at + packetBytes);
    if (typeof header !== 'object' || header.pts === undefined) continue;
    times.push({ pid: pidAt(bytes, at), pts: header.pts, offset: offset + at });
  }
  return times;
}

/** How much of the end is read for its last times, and how much more when none stands there. */
const tailBytes: readonly number[] = [256 << 10, 2 << 20];

/**
 * Finds the last presentation time of a source, as its own clock has it.
 * @returns undefined where its end is not known, or states no time.
 * @throws {SourceError} when the source cannot be read.
 */
export async function readLastTime(
  source: Source,
  distance: number,
  pids: ReadonlySet<number>,
  { signal }: ReadOptions,
): Promise<number | undefined> {
  const { size } = source;
  if (!source.seekable || size === undefined) return undefined;
  for (const wanted of tailBytes) {
    const start = Math.max(0, size - wanted);
    const tail = await source.read(start, size - start, { signal });
    const times = findStatedTimes(tail, start, distance, pids);
    if (times[0] !== undefined) return latestOf(times[0].pts, times);
    if (start === 0) return undefined;
  }
  return undefined;
}

/** The latest of times that lie close together, whether or not their counter begins anew among them. */
function latestOf(reference: number, times: readonly StatedTime[]): number {
  const distances = times.map(({ pts }) => elapsedTicks(reference - turn / 2, pts) - turn / 2);
  return (reference + distances.reduce((most, one) => Math.max(most, one), 0) + turn) % turn;
}

/** PTS and DTS begin anew here: they are counted in 33 bits. */
const turn = 2 ** 33;

/** Ticks from one time to a later one, between which the counter may have begun anew. */
export function elapsedTicks(from: number, to: number): number {
  return (((to - from) % turn) + turn) % turn;
}
