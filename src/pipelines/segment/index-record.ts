import { crc32 } from 'node:zlib';
import { ByteWriter } from '../../bytes/byte-writer.js';
import { ByteCursor } from '../../bytes/cursor.js';
import { checkLimit } from '../../bytes/limits.js';
import { readVarint, varintLength, writeVarint } from '../../bytes/varint.js';
import type { ClockStretch } from '../../time/continuous-time.js';
import { SegmintError } from '../../errors.js';
import type { Keyframe, MediaIndex } from '../../media/media-index.js';

/** What it took long to find out about a source. */
export interface IndexRecord {
  /** The index of its video track. */
  readonly index: MediaIndex;
  /** What is added to the source's own times, of a container that libavformat reads. */
  readonly stretches: readonly ClockStretch[];
}

/**
 * A record begins with `SGIX`, the version of its form, and the CRC-32 of what follows: numbers as LEB128, signed ones
 * folded (0, -1, 1, -2, …), times and offsets as differences from the ones before.
 */
const magic = 'SGIX';
const version = 1;
const headBytes = 9;

const origins: readonly MediaIndex['origin'][] = ['cues', 'repaired', 'scan'];
const startable: readonly Keyframe['isStartable'][] = [undefined, false, true];

const mostBytes = 64 << 20;
const mostKeyframes = 2_000_000;
const mostTracks = 10_000;
const mostStretches = 10_000;
const mostFaults = 10_000;
const longestFault = 10_000;
/** Folded, a number takes one bit more, and 2^53 is the end. */
const largestSigned = 2 ** 52 - 1;

/**
 * Writes a record.
 * @returns its bytes; undefined when it holds a number that no record can: it is then found out anew each time.
 */
export function writeIndexRecord({ index, stretches }: IndexRecord): Uint8Array | undefined {
  const { keyframes, trackEndsNs, faults } = index;
  const fields: number[] = [index.trackId, origins.indexOf(index.origin), keyframes.length];
  const time = new Differences();
  const offset = new Differences();
  for (const keyframe of keyframes) {
    const { timeNs, offset: at, isStartable } = keyframe;
    fields.push(time.of(timeNs), offset.of(at), startable.indexOf(isStartable));
  }
  fields.push(trackEndsNs.size);
  for (const [trackId, endNs] of trackEndsNs) fields.push(trackId, fold(endNs));
  fields.push(stretches.length);
  for (const { offset: at, shiftNs } of stretches) fields.push(at, fold(shiftNs));
  fields.push(faults.length);
  for (const fault of faults) {
    const text = new TextEncoder().encode(fault);
    fields.push(text.byteLength, ...text);
  }
  if (!fields.every((field) => Number.isSafeInteger(field) && field >= 0)) return undefined;
  return writeFields(fields);
}

/**
 * Parses a record.
 * @param bytes - from a cache that may have lost or changed any of them; not held.
 * @returns what it says; undefined when it is not whole, or is no record of this version.
 */
export function parseIndexRecord(bytes: Uint8Array): IndexRecord | undefined {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function writeFields(fields: readonly number[]): Uint8Array {
  const body = new ByteWriter(fields.reduce((sum, field) => sum + varintLength(field), 0));
  for (const field of fields) writeVarint(body, field);
  const numbers = body.finish();
  const writer = new ByteWriter(headBytes + numbers.byteLength);
  writer.ascii(magic);
  writer.u8(version);
  writer.u32(crc32(numbers));
  writer.bytes(numbers);
  return writer.finish();
}

function parse(bytes: Uint8Array): IndexRecord {
  checkLimit('size of an index record', bytes.byteLength, mostBytes);
  const cursor = new ByteCursor(bytes, 'index record');
  const isOurs = new TextDecoder('latin1').decode(cursor.view(magic.length)) === magic;
  if (!isOurs || cursor.u8() !== version) throw cursor.malformed('is of another form');
  if (cursor.u32() !== crc32(bytes.subarray(headBytes))) throw cursor.malformed('is damaged');
  const trackId = readVarint(cursor);
  const origin = origins[readVarint(cursor)];
  if (origin === undefined) throw cursor.malformed('has an unknown origin');
  const keyframes = parseKeyframes(cursor);
  const trackEndsNs = new Map(
    parseList(cursor, 'tracks', mostTracks, () => [readVarint(cursor), unfold(readVarint(cursor))] as const),
  );
  const stretches = parseList(cursor, 'stretches', mostStretches, () => {
    return { offset: readVarint(cursor), shiftNs: unfold(readVarint(cursor)) };
  });
  const faults = parseList(cursor, 'faults', mostFaults, () => {
    const letters = parseList(cursor, 'letters', longestFault, () => readVarint(cursor));
    return new TextDecoder().decode(Uint8Array.from(letters));
  });
  if (cursor.remaining > 0) throw cursor.malformed('has bytes behind its end');
  return { index: { trackId, origin, keyframes, trackEndsNs, faults }, stretches };
}

function parseKeyframes(cursor: ByteCursor): Keyframe[] {
  let timeNs = 0;
  let offset = 0;
  const keyframes = parseList(cursor, 'keyframes', mostKeyframes, (i) => {
    const step = unfold(readVarint(cursor));
    if (i > 0 && step <= 0) throw cursor.malformed('has keyframes out of order');
    timeNs += step;
    offset += unfold(readVarint(cursor));
    const access = readVarint(cursor);
    if (offset < 0 || !Number.isSafeInteger(timeNs + offset) || access >= startable.length) {
      throw cursor.malformed('has an impossible keyframe');
    }
    return { timeNs, offset, isStartable: startable[access] };
  });
  if (keyframes.length === 0) throw cursor.malformed('has no keyframe');
  return keyframes;
}

function parseList<T>(cursor: ByteCursor, what: string, most: number, parseOne: (i: number) => T): T[] {
  const count = readVarint(cursor);
  // Each takes at least a byte: a count alone makes no memory be taken.
  checkLimit(`number of ${what} in an index record`, count, Math.min(most, cursor.remaining));
  return Array.from({ length: count }, (_, i) => parseOne(i));
}

/** Gives how far each number lies from the one before. */
class Differences {
  #before = 0;

  of(value: number): number {
    const difference = fold(value - this.#before);
    this.#before = value;
    return difference;
  }
}

/** A whole signed number as an unsigned one; -1 for any other and for one that is too large: no number of a record. */
function fold(value: number): number {
  if (!Number.isInteger(value) || Math.abs(value) > largestSigned) return -1;
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unfold(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
