import { checkCueCount } from '../file-limits.js';

/** One picture of a VobSub pair, as its index lists it. */
export interface VobsubEntry {
  /** When it appears, in whole milliseconds. */
  readonly timeMs: number;
  /** Where its first pack stands in the `.sub` file, in bytes. */
  readonly position: number;
}

/** The pictures of one language. */
export interface VobsubStream {
  /** Two letters as a rule; empty when the index does not tell. */
  readonly language: string;
  /** In the order of the index. */
  readonly entries: readonly VobsubEntry[];
}

/** Streams of a pair; MPEG has room for 32 of sub-pictures. */
const MAX_STREAMS = 32;

const STREAM = /^id:\s*([a-z-]{0,8})/i;
const DELAY = /^delay:\s*([+-]?)(\d+):(\d\d):(\d\d):(\d{3})/i;
const ENTRY = /^timestamp:\s*(\d+):(\d\d):(\d\d):(\d{3}),\s*filepos:\s*([0-9a-f]{1,12})\s*$/i;

/**
 * Parses the index of a VobSub pair (`.idx`). Lines that are something else are left out, and pictures that stand where one
 * does already.
 * @param text - of the file.
 * @returns the streams that have pictures.
 * @throws {LimitExceededError} when there are too many pictures.
 */
export function parseVobsubStreams(text: string): VobsubStream[] {
  const streams: { language: string; entries: VobsubEntry[] }[] = [];
  let stream: (typeof streams)[number] | undefined;
  let delayMs = 0;
  let count = 0;
  const positions = new Set<number>();
  for (const line of text.split(/[\r\n]+/)) {
    const [, language] = STREAM.exec(line) ?? [];
    if (language !== undefined) {
      if (streams.length >= MAX_STREAMS) break;
      stream = { language: language.replaceAll('-', ''), entries: [] };
      streams.push(stream);
      delayMs = 0;
      continue;
    }
    const [, sign, ...delay] = DELAY.exec(line) ?? [];
    if (sign !== undefined) delayMs += (sign === '-' ? -1 : 1) * millisecondsIn(delay);
    const [, hours, minutes, seconds, ms, filePosition = ''] = ENTRY.exec(line) ?? [];
    if (hours === undefined) continue;
    checkCueCount(++count);
    const position = Number.parseInt(filePosition, 16);
    if (positions.has(position)) continue;
    positions.add(position);
    if (stream === undefined) streams.push((stream = { language: '', entries: [] }));
    const timeMs = Math.max(0, millisecondsIn([hours, minutes, seconds, ms]) + delayMs);
    stream.entries.push({ timeMs, position });
  }
  return streams.filter(({ entries }) => entries.length > 0);
}

function millisecondsIn([hours, minutes, seconds, ms]: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}
